/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths to members, "ranges[].start", step by step. Pure. */
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

struct vmatlas_error *path_step(const char *path, size_t *at, struct path_step *ret)
{
	size_t from = *at;

	if (!strncmp(path + from, "[]", 2)) {
		*ret = (struct path_step){ path + from, 2, true };
		*at += 2;
		return NULL;
	}
	from += from && path[from] == '.';
	const size_t len = strcspn(path + from, ".[");

	if (!len)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "'%s' is no path to a member", path);
	*ret = (struct path_step){ path + from, len, false };
	*at = from + len;
	return NULL;
}

struct vmatlas_error *path_missing(const char *tag, const char *path, size_t len,
				   const char *why)
{
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s: %.*s %s", tag, (int)len,
				 path, why);
}
