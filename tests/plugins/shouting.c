/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thinks that its findings are worse than an error. */
/* vmatlas check -> 2: shouting reports a finding without code or severity */
#include <vmatlas.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	vmatlas_ctx_report(job, &(struct vmatlas_finding_desc){
		.size = sizeof(struct vmatlas_finding_desc),
		.severity = VMATLAS_SEVERITY_ERROR + 1,
		.code = "end-of-the-world",
	}, "something is very wrong");
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "shouting",
	.summary = "reports with a severity of its own",
	.inspect = inspect,
);
