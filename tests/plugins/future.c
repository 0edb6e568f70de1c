/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Uses what this library does not have: found when it is loaded, not at the first call. */
/* vmatlas plugins -> 2: undefined symbol: vmatlas_from_the_future */
#include <vmatlas-plugin.h>

VMATLAS_API struct vmatlas_error *vmatlas_from_the_future(struct vmatlas_plugin_ctx *job);

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	return vmatlas_from_the_future(job);
}

VMATLAS_PLUGIN(
	.name = "future",
	.summary = "was built against a later library",
	.inspect = inspect,
);
