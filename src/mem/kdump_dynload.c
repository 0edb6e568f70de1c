/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libkdumpfile's functions under their own names, out of a library that is loaded
 * with the first kdump. Linked as usual it would bring libstdc++ along (through
 * snappy), half of the time in which this program starts, and most dumps are ELF.
 */
#include <libkdumpfile/kdumpfile.h>

#include "base/cleanup.h"
#include "base/dynload.h"
#include "mem/kdump_dynload.h"

/* Return type, name, parameters and arguments of all that kdump.c uses. */
#define FUNCTIONS(X)                                                            \
	X(kdump_ctx_t *, kdump_new, (void), ())                                 \
	X(void, kdump_free, (kdump_ctx_t *ctx), (ctx))                          \
	X(kdump_status, kdump_open_fdset,                                       \
	  (kdump_ctx_t *ctx, unsigned nfds, const int *fds), (ctx, nfds, fds))  \
	X(kdump_status, kdump_set_attr,                                         \
	  (kdump_ctx_t *ctx, const char *key, const kdump_attr_t *attr),        \
	  (ctx, key, attr))                                                     \
	X(kdump_status, kdump_get_typed_attr,                                   \
	  (kdump_ctx_t *ctx, const char *key, kdump_attr_t *attr),              \
	  (ctx, key, attr))                                                     \
	X(kdump_status, kdump_read,                                             \
	  (kdump_ctx_t *ctx, kdump_addrspace_t as, kdump_addr_t addr, void *buf, \
	   size_t *len), (ctx, as, addr, buf, len))                             \
	X(const char *, kdump_get_err, (kdump_ctx_t *ctx), (ctx))               \
	X(const char *, kdump_strerror, (kdump_status status), (status))

/* What the loader found, once for the life of the process: never unloaded. */
static struct {
#define POINTER(ret, name, params, args) ret (*name) params;
	FUNCTIONS(POINTER)
} lib;

#define CALL(ret, name, params, args)                                           \
	ret name params { return lib.name args; }
FUNCTIONS(CALL)

struct vmatlas_error *kdump_lib_load(void)
{
	static const struct lib_function functions[] = {
#define FIND(ret, name, params, args) { #name, &lib.name },
		FUNCTIONS(FIND)
	};

	return lib_load(VMATLAS_KDUMPFILE, functions, ARRAY_SIZE(functions),
			"libkdumpfile could not be loaded");
}
