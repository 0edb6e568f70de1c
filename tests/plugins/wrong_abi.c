/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Built for a vmatlas of another age. */
/* vmatlas plugins -> 2: wrong_abi.so: speaks plugin ABI 2, this is 1 */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return NULL;
}

extern VMATLAS_API const struct vmatlas_plugin vmatlas_plugin;
const struct vmatlas_plugin vmatlas_plugin = {
	.abi = VMATLAS_PLUGIN_ABI + 1,
	.size = sizeof(struct vmatlas_plugin),
	.name = "wrong_abi",
	.inspect = inspect,
};
