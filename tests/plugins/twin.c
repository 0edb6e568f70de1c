/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls itself what a built-in inspector is called. */
/* vmatlas plugins -> 2: twin.so: an inspector named overlap is there already */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "overlap",
	.summary = "the other one",
	.inspect = inspect,
);
