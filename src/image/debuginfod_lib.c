/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdebuginfod's functions under their own names, out of a library that is loaded when
 * something is to be fetched: it brings libcurl along, which nobody else needs.
 */
#include <dlfcn.h>
#include <pthread.h>

#include "image/debuginfod_lib.h"

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
	bool is_complete;
} lib;

#define CALL(ret, how, name, params, args)                                      \
	ret name params { how lib.name args; }
FUNCTIONS(CALL)

static struct vmatlas_error *load(void)
{
	void *handle;

	if (lib.is_complete)
		return NULL;
	handle = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL);
#define FIND(ret, how, name, params, args)                                      \
	if (handle)                                                             \
		lib.name = (__typeof__(lib.name))dlsym(handle, #name);          \
	if (!lib.name)                                                          \
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,             \
			"nothing can be fetched without libdebuginfod: %s", dlerror());
	FUNCTIONS(FIND)
	lib.is_complete = true;
	return NULL;
}

struct vmatlas_error *debuginfod_lib_load(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct vmatlas_error *err;

	pthread_mutex_lock(&lock);
	err = load();
	pthread_mutex_unlock(&lock);
	return err;
}
