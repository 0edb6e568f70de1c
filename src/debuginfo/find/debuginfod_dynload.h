/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libdebuginfod's functions, once they are loaded. */
#ifndef DEBUGINFO_FIND_DEBUGINFOD_DYNLOAD_H
#define DEBUGINFO_FIND_DEBUGINFOD_DYNLOAD_H

#include <elfutils/debuginfod.h>

#include "base/error.h"

/* All that debuginfod.c calls, as debuginfod_lib.begin() for debuginfod_begin(). */
#define DEBUGINFOD_FUNCTIONS(X)                                                 \
	X(begin) X(end) X(find_debuginfo) X(set_progressfn) X(set_user_data)    \
	X(get_user_data) X(get_url)

/* Their types are those of the header that is installed. */
struct debuginfod_library {
#define DEBUGINFOD_POINTER(name) __typeof__(&debuginfod_##name) name;
	DEBUGINFOD_FUNCTIONS(DEBUGINFOD_POINTER)
#undef DEBUGINFOD_POINTER
};

extern struct debuginfod_library debuginfod_lib;

/* Before the first use of debuginfod_lib. UNSUPPORTED if there is no libdebuginfod. */
VMATLAS_CHECKED struct vmatlas_error *debuginfod_lib_load(void);

#endif
