/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No sin: a descriptor of a later vmatlas of the same ABI has more at its end. */
/* vmatlas check -> 1: WARNING a-finding */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	vmatlas_ctx_report(job, VMATLAS_SEVERITY_WARNING, "a-finding", NULL, 0, "it works");
	return NULL;
}

struct longer_plugin {
	struct vmatlas_plugin plugin;
	const void *added_later;
};

extern VMATLAS_API const struct longer_plugin vmatlas_plugin;
const struct longer_plugin vmatlas_plugin = {
	.plugin = {
		.abi = VMATLAS_PLUGIN_ABI,
		.size = sizeof(struct longer_plugin),
		.name = "newer",
		.summary = "knows more than this library",
		.inspect = inspect,
	},
	.added_later = "something",
};
