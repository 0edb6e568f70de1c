/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an inspector at work may say: findings, advice, evidence, coverage. */
#include <string.h>

#include "map/vmatlas_internal.h"

/* The first failure counts; it surfaces after inspect(). */
static void ctx_keep(struct vmatlas_plugin_ctx *ctx, struct vmatlas_error *err)
{
	if (ctx->failed)
		vmatlas_error_free(err);
	else
		ctx->failed = err;
}

/* Is it a finding at all? Plugins may hand in anything. */
static bool ctx_is_finding(struct vmatlas_plugin_ctx *ctx, uint32_t severity, const char *code)
{
	if (code && severity >= VMATLAS_SEVERITY_NOTE && severity <= VMATLAS_SEVERITY_ERROR)
		return true;
	ctx_keep(ctx, vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
					"%s reports a finding without code or severity",
					ctx->by->pub.name));
	return false;
}

void ctx_report(struct vmatlas_plugin_ctx *ctx, const struct vmatlas_finding_desc *desc,
		const char *fmt, ...)
{
	_cleanup_(str_done) struct str message = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&message, fmt, ap);
	va_end(ap);
	if (message.failed)
		ctx_keep(ctx, error_no_memory());
	else if (ctx_is_finding(ctx, desc->severity, desc->code))
		ctx_keep(ctx, atlas_add_finding(ctx->atlas, ctx->by->pub.name, desc,
						str_text(&message)));
}

/* ---- Plugins: report first, then advice and evidence ---- */

void ctx_flush(struct vmatlas_plugin_ctx *ctx)
{
	struct pending_finding *p = &ctx->pending;

	if (!p->desc.code)
		return;
	p->desc.evidence = p->evidence.v.v;
	p->desc.nr_evidence = p->evidence.v.nr;
	if (p->evidence.failed)
		ctx_keep(ctx, error_no_memory());
	else
		ctx_keep(ctx, atlas_add_finding(ctx->atlas, ctx->by->pub.name, &p->desc,
						p->message));
	evidence_done(&p->evidence);
	*p = (struct pending_finding){ 0 };
}

/* NULL, and a failure kept, if memory ran out. */
static const char *ctx_intern(struct vmatlas_plugin_ctx *ctx, const char *fmt, va_list ap)
{
	_cleanup_(str_done) struct str text = { 0 };
	const char *kept = NULL;

	str_vaddf(&text, fmt, ap);
	if (!text.failed)
		kept = strings_add(ctx->atlas->strings, str_text(&text));
	if (!kept)
		ctx_keep(ctx, error_no_memory());
	return kept;
}

void vmatlas_ctx_report(struct vmatlas_plugin_ctx *ctx, enum vmatlas_severity severity,
			const char *code, const struct vmatlas_range *where,
			uint64_t record, const char *fmt, ...)
{
	struct pending_finding *p = &ctx->pending;
	va_list ap;

	ctx_flush(ctx);
	if (!ctx_is_finding(ctx, severity, code))
		return;
	va_start(ap, fmt);
	p->message = ctx_intern(ctx, fmt, ap);
	va_end(ap);
	if (!p->message)
		return;
	p->desc = (struct vmatlas_finding_desc){ .severity = severity, .record = record };
	p->desc.code = strings_add(ctx->atlas->strings, code);
	if (where) {
		p->where = *where;
		p->desc.where = &p->where;
	}
}

void vmatlas_ctx_advise(struct vmatlas_plugin_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	if (!ctx->pending.desc.code)
		return;
	va_start(ap, fmt);
	ctx->pending.desc.advice = ctx_intern(ctx, fmt, ap);
	va_end(ap);
}

VMATLAS_PRINTF(4, 0)
static void ctx_add_evidence(struct vmatlas_plugin_ctx *ctx, const char *label,
			     struct vmatlas_evidence item, const char *fmt, va_list ap)
{
	if (!ctx->pending.desc.code)
		return;
	item.label = strings_add(ctx->atlas->strings, label);
	if (item.label)
		evidence_add(&ctx->pending.evidence, &item, fmt, ap);
	else
		ctx_keep(ctx, error_no_memory());
}

void vmatlas_ctx_evidence(struct vmatlas_plugin_ctx *ctx, const char *label, const char *fmt,
			  ...)
{
	va_list ap;

	va_start(ap, fmt);
	ctx_add_evidence(ctx, label, (struct vmatlas_evidence){ .type = VMATLAS_EVIDENCE_TEXT },
			 fmt, ap);
	va_end(ap);
}

void vmatlas_ctx_evidence_value(struct vmatlas_plugin_ctx *ctx, const char *label,
				enum vmatlas_evidence_type type, uint64_t value, uint64_t last,
				const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ctx_add_evidence(ctx, label, (struct vmatlas_evidence){ .type = type, .value = value,
								.last = last }, fmt, ap);
	va_end(ap);
}

/* ---- Coverage ---- */

void vmatlas_ctx_coverage(struct vmatlas_plugin_ctx *ctx, enum vmatlas_coverage_state state,
			  const char *subject, const char *fmt, ...)
{
	_cleanup_(str_done) struct str detail = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&detail, fmt, ap);
	va_end(ap);
	ctx_keep(ctx, atlas_add_coverage(ctx->atlas, state, subject, str_text(&detail)));
}

struct vmatlas_error *vmatlas_ctx_report_fault(struct vmatlas_plugin_ctx *ctx, struct vmatlas_error *err,
					 const struct vmatlas_range *where)
{
	const struct vmatlas_finding_desc report = {
		.severity = VMATLAS_SEVERITY_NOTE,
		.code = "unreadable", .where = where,
	};

	if (!err || !error_is_kernel_trouble(err))
		return err;
	ctx_report(ctx, &report, "%s", vmatlas_error_message(err));
	vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_PARTIAL, ctx->by->pub.name, "%s",
			     vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}
