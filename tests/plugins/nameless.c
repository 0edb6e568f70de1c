/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nobody could say which plugin spoke. */
/* vmatlas plugins -> 2: nameless.so: needs at least a name and inspect() or command() */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.summary = "has no name",
	.inspect = inspect,
);
