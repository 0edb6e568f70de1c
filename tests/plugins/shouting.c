/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thinks that its findings are worse than an error. */
/* vmatlas check -> 2: shouting reports a finding without code or severity */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	const int severity = VMATLAS_SEVERITY_ERROR + 1;

	vmatlas_ctx_report(job, (enum vmatlas_severity)severity, "end-of-the-world", NULL, 0,
			   "something is very wrong");
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "shouting",
	.summary = "reports with a severity of its own",
	.inspect = inspect,
);
