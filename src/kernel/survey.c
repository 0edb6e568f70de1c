/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What surveyors say things with. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/survey.h"

struct vmatlas_error *survey_claim(struct survey *s, struct vmatlas_claim claim)
{
	claim.size = sizeof(claim);
	if (!claim.name)
		claim.name = "";
	if (!claim.source)
		claim.source = s->by->name;
	return s->sink->claim(s->sink->arg, &claim);
}

struct vmatlas_error *survey_finding(struct survey *s, struct vmatlas_finding_desc report,
				     const char *fmt, ...)
{
	_cleanup_(str_done) struct str message = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&message, fmt, ap);
	va_end(ap);
	return message.failed ? error_no_memory()
			      : s->sink->finding(s->sink->arg, s->by->name, &report,
						 str_text(&message));
}

struct vmatlas_error *survey_coverage(struct survey *s, enum vmatlas_coverage_state state,
				      const char *subject, const char *fmt, ...)
{
	_cleanup_(str_done) struct str detail = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&detail, fmt, ap);
	va_end(ap);
	return detail.failed ? error_no_memory()
			     : s->sink->coverage(s->sink->arg, state, subject, str_text(&detail));
}

struct vmatlas_error *survey_report_fault(struct survey *s, struct vmatlas_error *err,
				    const char *code, const char *subject, uint64_t record)
{
	const bool corrupt = error_is(err, VMATLAS_ERROR_CORRUPT);
	struct vmatlas_finding_desc report = {
		.severity = corrupt ? VMATLAS_SEVERITY_ERROR : VMATLAS_SEVERITY_NOTE,
		.code = corrupt ? code : "unreadable",
		.record = record,
	};
	struct vmatlas_error *next;

	if (!err || !error_is_kernel_trouble(err))
		return err;
	next = survey_finding(s, report, "%s: %s", subject, vmatlas_error_message(err));
	/* one line for all of the same kind: the findings have the details */
	if (!next)
		next = survey_coverage(s, VMATLAS_COVERAGE_PARTIAL, subject, "some of it %s (%s)",
				       corrupt ? "makes no sense" : "could not be read",
				       report.code);
	vmatlas_error_free(err);
	return next;
}

uint64_t survey_field(const struct survey *s, unsigned int need, const void *buf)
{
	const struct resolved *r = &s->res[need];

	if (!r->found || r->size == 0 || r->size > 8)
		return 0;
	return bytes_uint((const uint8_t *)buf + r->offset, r->size, s->k->big_endian);
}
