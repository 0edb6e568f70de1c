/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives up: an error stops the check, and says whose it was. */
/* vmatlas check -> 2: vmatlas: inspector failing: the sky fell */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "the sky %s", "fell");
}

VMATLAS_PLUGIN(
	.name = "failing",
	.summary = "always fails",
	.inspect = inspect,
);
