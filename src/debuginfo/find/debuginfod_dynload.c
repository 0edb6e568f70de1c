/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdebuginfod is loaded when something is to be fetched: it brings libcurl along, which
 * nobody else needs.
 */
#include "base/cleanup.h"
#include "base/dynload.h"
#include "debuginfo/find/debuginfod_dynload.h"

/* What the loader found, once for the life of the process: never unloaded. */
struct debuginfod_library debuginfod_lib;

struct vmatlas_error *debuginfod_lib_load(void)
{
	static const struct lib_function functions[] = {
#define FIND(name) { "debuginfod_" #name, &debuginfod_lib.name },
		DEBUGINFOD_FUNCTIONS(FIND)
	};

	return lib_load(DEBUGINFOD_SONAME, functions, ARRAY_SIZE(functions),
			"nothing can be fetched without libdebuginfod");
}
