/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an inspector at work may do: read its needs, report, tell coverage. */
#include <inttypes.h>
#include <string.h>

#include "map/vmatlas_internal.h"

struct vmatlas *vmatlas_ctx_atlas(const struct vmatlas_plugin_ctx *job)
{
	return job->atlas;
}

bool vmatlas_ctx_has(const struct vmatlas_plugin_ctx *job, uint32_t need)
{
	return need < job->by->plugin.nr_lookups && job->by->res[need].found;
}

uint64_t vmatlas_ctx_address(const struct vmatlas_plugin_ctx *job, uint32_t need)
{
	return vmatlas_ctx_has(job, need) ? job->by->res[need].addr : 0;
}

struct vmatlas_error *vmatlas_ctx_read(struct vmatlas_plugin_ctx *job, uint32_t need, uint64_t base,
				       uint64_t *ret)
{
	const struct resolved *r;

	if (!vmatlas_ctx_has(job, need) || !job->atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "need %" PRIu32 " was not found", need);
	r = &job->by->res[need];
	return kernel_read_uint(job->atlas->kernel, base + r->offset, r->size, ret);
}

static void ctx_keep(struct vmatlas_plugin_ctx *job, struct vmatlas_error *err)
{
	if (job->failed)
		vmatlas_error_free(err);
	else
		job->failed = err;
}

void vmatlas_ctx_report(struct vmatlas_plugin_ctx *job, const struct vmatlas_finding_desc *report,
			const char *fmt, ...)
{
	_cleanup_(str_done) struct str message = { 0 };
	struct vmatlas_finding_desc ours = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&message, fmt, ap);
	va_end(ap);
	memcpy(&ours, report, MIN(report->size, (uint64_t)sizeof(ours)));
	if (!ours.code || ours.severity < VMATLAS_SEVERITY_NOTE ||
	    ours.severity > VMATLAS_SEVERITY_ERROR)
		ctx_keep(job, vmatlas_error_new(
				      VMATLAS_ERROR_PLUGIN,
				      "%s reports a finding without code or severity",
				      job->by->pub.name));
	else if (message.failed)
		ctx_keep(job, error_no_memory());
	else
		ctx_keep(job, atlas_add_finding(job->atlas, job->by->pub.name, &ours,
						str_text(&message)));
}

void vmatlas_ctx_coverage(struct vmatlas_plugin_ctx *job, uint32_t state, const char *subject,
			  const char *fmt, ...)
{
	_cleanup_(str_done) struct str detail = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&detail, fmt, ap);
	va_end(ap);
	ctx_keep(job, atlas_add_coverage(job->atlas, state, subject, str_text(&detail)));
}

struct vmatlas_error *vmatlas_ctx_report_fault(struct vmatlas_plugin_ctx *job, struct vmatlas_error *err,
					 const struct vmatlas_range *where)
{
	const struct vmatlas_finding_desc report = {
		.size = sizeof(report), .severity = VMATLAS_SEVERITY_NOTE,
		.code = "unreadable", .where = where,
	};

	if (!err || !error_is_kernel_trouble(err))
		return err;
	vmatlas_ctx_report(job, &report, "%s", vmatlas_error_message(err));
	vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, job->by->pub.name, "%s",
			     vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}
