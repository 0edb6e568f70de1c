/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* makedumpfile's flattened form: the headers in it. Pure; fuzzed. */
#ifndef MEM_FLATTENED_H
#define MEM_FLATTENED_H

#include <vmatlas.h>

#include "base/error.h"

enum { FLAT_HEAD_SIZE = 4096, FLAT_BLOCK_SIZE = 16 };

struct flat_block {
	uint64_t offset, size;		/* where its bytes belong, and how many follow */
	bool is_end;			/* the end marker: nothing follows */
};

bool flat_probe(const uint8_t *p, size_t len);

/* @p: the first @len bytes. FORMAT for a kind of flattening not known. */
VMATLAS_CHECKED struct vmatlas_error *flat_head_check(const uint8_t *p, size_t len);

/* @p: FLAT_BLOCK_SIZE bytes; @at: where they were, for the message. */
VMATLAS_CHECKED struct vmatlas_error *
flat_block_parse(const uint8_t *p, uint64_t at, struct flat_block *ret);

#endif
