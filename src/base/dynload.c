/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/dynload.h"

static struct vmatlas_error *dynload_load(const char *soname,
					  const struct lib_function *functions, size_t nr,
					  const char *trouble)
{
	void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	for (size_t i = 0; i < nr; i++) {
		void *found = handle ? dlsym(handle, functions[i].name) : NULL;

		if (!found)
			return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED, "%s: %s", trouble,
						 dlerror());
		/* POSIX lets a pointer to data hold one to a function; C has no cast for it */
		memcpy(functions[i].pointer, &found, sizeof(found));
	}
	return NULL;
}

struct vmatlas_error *lib_load(const char *soname, const struct lib_function *functions,
			       size_t nr, const char *trouble)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct vmatlas_error *err;

	pthread_mutex_lock(&lock);
	err = dynload_load(soname, functions, nr, trouble);
	pthread_mutex_unlock(&lock);
	return err;
}
