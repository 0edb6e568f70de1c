/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libkdumpfile is loaded with the first kdump. Linked as usual it would bring libstdc++
 * along (through snappy), half of the time in which this program starts, and most dumps
 * are ELF.
 */
#include "base/cleanup.h"
#include "base/dynload.h"
#include "mem/kdump_dynload.h"

/* What the loader found, once for the life of the process: never unloaded. */
struct kdump_library kdump_lib;

struct vmatlas_error *kdump_lib_load(void)
{
	static const struct lib_function functions[] = {
#define FIND(name) { "kdump_" #name, &kdump_lib.name },
		KDUMP_FUNCTIONS(FIND)
	};

	return lib_load(VMATLAS_KDUMPFILE, functions, ARRAY_SIZE(functions),
			"libkdumpfile could not be loaded");
}
