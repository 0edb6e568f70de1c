/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No sin: a descriptor of a later vmatlas of the same ABI has more at its end. */
/* vmatlas check -> 1: WARNING a-finding */
#include <vmatlas.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	const struct {
		struct vmatlas_finding_desc report;
		uint64_t added_later;
	} longer = {
		.report = {
			.size = sizeof(longer),
			.severity = VMATLAS_SEVERITY_WARNING,
			.code = "a-finding",
		},
		.added_later = 1,
	};

	vmatlas_ctx_report(job, &longer.report, "it works");
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
