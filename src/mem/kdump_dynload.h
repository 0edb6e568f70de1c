/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libkdumpfile's functions, once they are loaded. */
#ifndef MEM_KDUMP_DYNLOAD_H
#define MEM_KDUMP_DYNLOAD_H

#include <libkdumpfile/kdumpfile.h>

#include <vmatlas.h>

#include "base/error.h"

/*
 * All that kdump.c calls, as kdump_lib.new() for kdump_new(). Only what has kept its
 * prototype: kdump_get_typed_attr(), which the header's own kdump_get_number_attr()
 * calls, changed in 0.5.6.
 */
#define KDUMP_FUNCTIONS(X)                                                      \
	X(new) X(free) X(open_fdset) X(set_attr) X(get_attr) X(read) X(get_err) \
	X(strerror)

/* Their types are those of the header that is installed. */
struct kdump_library {
#define KDUMP_POINTER(name) __typeof__(&kdump_##name) name;
	KDUMP_FUNCTIONS(KDUMP_POINTER)
#undef KDUMP_POINTER
};

extern struct kdump_library kdump_lib;

/* Before the first use of kdump_lib. UNSUPPORTED if there is no libkdumpfile. */
VMATLAS_CHECKED struct vmatlas_error *kdump_lib_load(void);

#endif
