/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A shared library that is loaded when it is needed, by name, and never given back. */
#ifndef BASE_DYNLOAD_H
#define BASE_DYNLOAD_H

#include <stddef.h>

#include "base/error.h"

/* One function of it, and the pointer that is to lead there. */
struct lib_function {
	const char *name;
	void *pointer;			/* the address of a function pointer */
};

/*
 * Fill in all @nr functions of the library @soname; once is enough, threads may meet
 * here. UNSUPPORTED if it, or one of them, is not there: "@trouble: why".
 */
VMATLAS_CHECKED struct vmatlas_error *
lib_load(const char *soname, const struct lib_function *functions, size_t nr,
	 const char *trouble);

#endif
