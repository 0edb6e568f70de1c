/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finding that no script could ask for. */
/* vmatlas check -> 2: codeless reports a finding without code or severity */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	vmatlas_ctx_report(job, VMATLAS_SEVERITY_ERROR, NULL, NULL, 0, "something is wrong");
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "codeless",
	.summary = "reports without a code",
	.inspect = inspect,
);
