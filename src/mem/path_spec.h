/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people name as a dump: files, and raw images as FILE@ADDR. Fuzzed. */
#ifndef MEM_PATH_SPEC_H
#define MEM_PATH_SPEC_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"

/* Bounds a command line, far above what anyone splits a dump into. */
enum { INPUTS_MAX = 256 };

struct input {
	char *path;
	bool is_raw;			/* bytes of RAM alone, from @addr on */
	uint64_t addr;
};

struct inputs {
	VEC(struct input) list;
};

void inputs_done(struct inputs *in);

/*
 * Add what @spec names: a file of that name, if there is one; else raw images
 * FILE@ADDR[,FILE@ADDR]. ARGUMENT where an address makes no sense.
 */
VMATLAS_CHECKED struct vmatlas_error *inputs_add(struct inputs *in, const char *spec);

/* "0x80000000", "2147483648", "2G", "1024M", "512K": all of @len bytes. */
bool inputs_address(const char *text, size_t len, uint64_t *ret);

#endif
