/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdebuginfod's functions under their own names, out of a library that is loaded when
 * something is to be fetched: it brings libcurl along, which nobody else needs.
 */

#include "base/cleanup.h"
#include "base/dynload.h"
#include "debuginfo/find/debuginfod_dynload.h"

#define SONAME "libdebuginfod.so.1"

/* Return type, "return" if there is one, name, parameters and arguments. */
#define FUNCTIONS(X)                                                            \
	X(debuginfod_client *, return, debuginfod_begin, (void), ())            \
	X(void, , debuginfod_end, (debuginfod_client *client), (client))        \
	X(int, return, debuginfod_find_debuginfo,                               \
	  (debuginfod_client *client, const unsigned char *build_id, int len,   \
	   char **path), (client, build_id, len, path))                         \
	X(void, , debuginfod_set_progressfn,                                    \
	  (debuginfod_client *client, debuginfod_progressfn_t fn), (client, fn)) \
	X(void, , debuginfod_set_user_data,                                     \
	  (debuginfod_client *client, void *data), (client, data))              \
	X(void *, return, debuginfod_get_user_data,                             \
	  (debuginfod_client *client), (client))                                \
	X(const char *, return, debuginfod_get_url,                             \
	  (debuginfod_client *client), (client))

/* What the loader found, once for the life of the process: never unloaded. */
static struct {
#define POINTER(ret, how, name, params, args) ret (*name) params;
	FUNCTIONS(POINTER)
} lib;

#define CALL(ret, how, name, params, args)                                      \
	ret name params { how lib.name args; }
FUNCTIONS(CALL)

struct vmatlas_error *debuginfod_lib_load(void)
{
	static const struct lib_function functions[] = {
#define FIND(ret, how, name, params, args) { #name, &lib.name },
		FUNCTIONS(FIND)
	};

	return lib_load(SONAME, functions, ARRAY_SIZE(functions),
			"nothing can be fetched without libdebuginfod");
}
