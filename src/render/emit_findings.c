/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings with their evidence, coverage, and the verdict that follows from both. */
#include <inttypes.h>
#include <string.h>

#include "render/render.h"

static const char *severity_name(uint32_t severity, bool upper)
{
	if (severity >= VMATLAS_SEVERITY_ERROR)
		return upper ? "ERROR" : "error";
	if (severity == VMATLAS_SEVERITY_WARNING)
		return upper ? "WARNING" : "warning";
	return upper ? "NOTE" : "note";
}

static const char *state_name(uint32_t state)
{
	return state == VMATLAS_COVERAGE_FULL ? "covered" :
	       state == VMATLAS_COVERAGE_PARTIAL ? "partial" :
					  "not-judged";
}

/* ---- Verdict ------------------------------------------------------------ */

/*
 * A dump of which not one area could be read says nothing about its kernel: no findings
 * then mean that nobody looked.
 */
static bool is_blind(const struct vmatlas *atlas, const struct vmatlas_coverage *c)
{
	return c->state != VMATLAS_COVERAGE_FULL && !strcmp(c->subject, "vmalloc areas") &&
	       !vmatlas_claim_next(atlas, VMATLAS_LAYER_RECORDED, NULL);
}

struct verdict verdict_of(const struct vmatlas *atlas)
{
	const struct vmatlas_finding *f = NULL;
	const struct vmatlas_coverage *c = NULL;
	struct verdict v = { 0 };

	while ((f = vmatlas_finding_next(atlas, f)) != NULL) {
		v.nr_errors += f->severity >= VMATLAS_SEVERITY_ERROR;
		v.nr_warnings += f->severity == VMATLAS_SEVERITY_WARNING;
		v.nr_notes += f->severity < VMATLAS_SEVERITY_WARNING;
	}
	while ((c = vmatlas_coverage_next(atlas, c)) != NULL) {
		v.nr_partial += c->state == VMATLAS_COVERAGE_PARTIAL;
		v.nr_not_checked += c->state == VMATLAS_COVERAGE_SKIPPED;
		v.could_not_look |= is_blind(atlas, c);
	}
	if (v.nr_errors || v.nr_warnings)
		v.could_not_look = false;	/* something was seen even so */
	return v;
}

int verdict_exit(const struct verdict *v)
{
	if (v->nr_errors || v->nr_warnings)
		return 1;
	return v->could_not_look ? 2 : v->nr_partial ? 3 : 0;
}

const char *verdict_text(const struct verdict *v, char buf[static 96])
{
	const struct { size_t nr; const char *one; } part[] = {
		{ v->nr_errors, "error" },
		{ v->nr_warnings, "warning" },
		{ v->nr_notes, "note" },
	};
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++)
		if (part[i].nr)
			len += snprintf(buf + len, 96 - len, "%s%zu %s%s",
					len ? ", " : "", part[i].nr, part[i].one,
					part[i].nr == 1 ? "" : "s");
	if (!len)
		snprintf(buf, 96, "no findings");
	return buf;
}

/* ---- Findings ----------------------------------------------------------- */

static const char *const evidence_types[] = {
	[VMATLAS_EVIDENCE_TEXT] = "text",
	[VMATLAS_EVIDENCE_NUMBER] = "number",
	[VMATLAS_EVIDENCE_SIZE] = "size",
	[VMATLAS_EVIDENCE_ADDRESS] = "address",
	[VMATLAS_EVIDENCE_PHYSICAL] = "physical",
	[VMATLAS_EVIDENCE_RANGE] = "range",
	[VMATLAS_EVIDENCE_PHYSICAL_RANGE] = "physical-range",
};

/* Numbers as numbers, addresses as strings; text has no value besides. */
static void emit_evidence_value(const struct render *r, const struct vmatlas_evidence *e)
{
	switch (e->type) {
	case VMATLAS_EVIDENCE_NUMBER:
	case VMATLAS_EVIDENCE_SIZE:
		emit_number(r, "value", e->value);
		break;
	case VMATLAS_EVIDENCE_ADDRESS:
	case VMATLAS_EVIDENCE_PHYSICAL:
		emit_hex(r, "value", e->value);
		break;
	case VMATLAS_EVIDENCE_RANGE:
	case VMATLAS_EVIDENCE_PHYSICAL_RANGE:
		emit_object(r, "value");
		emit_range(r, (struct vmatlas_range){ e->value, e->last });
		emit_close(r);
		break;
	default:
		emit_null(r, "value");
	}
}

static void emit_evidence(const struct render *r, const struct vmatlas_evidence *e)
{
	const bool known = e->type < ARRAY_SIZE(evidence_types) && evidence_types[e->type];

	emit_object(r, NULL);
	emit_text(r, "label", e->label);
	emit_text(r, "text", e->text);
	emit_text(r, "type", known ? evidence_types[e->type] : "text");
	emit_evidence_value(r, e);
	emit_close(r);
}

enum { LABEL_MIN = 6, LABEL_MAX = 16 };

static int label_width(const struct vmatlas_finding *f)
{
	size_t width = LABEL_MIN;

	for (size_t i = 0; i < f->nr_evidence; i++) {
		const size_t len = strlen(f->evidence[i].label);

		if (len > width && len <= LABEL_MAX)
			width = len;
	}
	return width;
}

static bool says(const struct vmatlas_finding *f, const char *text)
{
	for (size_t i = 0; i < f->nr_evidence; i++)
		if (strstr(f->evidence[i].label, text) || strstr(f->evidence[i].text, text))
			return true;
	return strstr(f->message, text) != NULL;
}

/*
 * A note whose evidence is the same few lines again and again: people read the first of
 * them and how many there are more; --full has them all. Returns how many items the first
 * has, 0 if nothing repeats; @ret_end: the item after the last of them; @ret_nr: how many.
 */
static size_t repeated(const struct vmatlas_finding *f, size_t *ret_end, size_t *ret_nr)
{
	size_t one = 0, last = 0, nr = 1;

	if (f->severity >= VMATLAS_SEVERITY_WARNING)
		return 0;
	for (size_t i = 1; i < f->nr_evidence; i++) {
		if (!f->evidence[i].label[0] || strcmp(f->evidence[i].label, f->evidence[0].label) != 0)
			continue;
		one = one ? one : i;
		last = i;
		nr++;
	}
	*ret_end = last + one;
	*ret_nr = nr;
	return *ret_end <= f->nr_evidence && nr > 2 ? one : 0;
}

static void emit_evidence_lines(const struct render *r, const struct vmatlas_finding *f, int width)
{
	size_t end = 0, nr = 0, one = r->full ? 0 : repeated(f, &end, &nr);

	for (size_t i = 0; i < f->nr_evidence; i++) {
		const struct vmatlas_evidence *e = &f->evidence[i];

		if (one && i == one)
			emit_fieldf(r, 2, width, "more", "%zu like this, see them with --full", nr - 1);
		if (!one || i < one || i >= end)
			emit_field(r, 2, width, e->label, e->text);
	}
}

/* Where it is and what to look at, unless the words say so already. */
static void emit_place(const struct render *r, const struct vmatlas_finding *f, int width)
{
	char text[TEXT_MAX], size[TEXT_MAX];

	if (!render_is_for(r, FOR_PEOPLE))
		return;
	text_range(r, f->range, text);
	if (f->range.first <= f->range.last && !says(f, text))
		emit_fieldf(r, 2, width, "at", "%s, %s", text,
			    text_size(r, vmatlas_range_size(&f->range), size));
	snprintf(text, sizeof(text), "0x%0*" PRIx64, r->digits, f->record);
	if (f->record && !says(f, text + 2))
		emit_field(r, 2, width, "record", text);
}

static void emit_finding(const struct render *r, const struct vmatlas_finding *f)
{
	const char *severity = severity_name(f->severity, true);
	const int width = label_width(f);

	emit_object(r, NULL);
	emit_text(r, "severity", severity_name(f->severity, false));
	emit_text(r, "code", f->code);
	emit_text(r, "message", f->message);
	emit_fieldf(r, 0, strlen(severity), severity, "%s: %s", f->code, f->message);
	emit_range(r, f->range);
	emit_address(r, "record", f->record);
	emit_text(r, "inspector", f->inspector);
	emit_list(r, "evidence");
	for (size_t i = 0; i < f->nr_evidence; i++)
		emit_evidence(r, &f->evidence[i]);
	emit_close(r);
	emit_evidence_lines(r, f, width);
	emit_place(r, f, width);
	emit_text(r, "advice", f->advice);
	if (f->advice[0])
		emit_field(r, 2, width, "hint", f->advice);
	emit_close(r);
}

void emit_findings(const struct render *r)
{
	const struct vmatlas_finding *f = NULL;

	emit_list(r, "findings");
	while ((f = vmatlas_finding_next(r->atlas, f)) != NULL)
		emit_finding(r, f);
	emit_close(r);
}

void emit_summary(const struct render *r)
{
	const struct verdict v = verdict_of(r->atlas);

	emit_object(r, "summary");
	emit_number(r, "errors", v.nr_errors);
	emit_number(r, "warnings", v.nr_warnings);
	emit_number(r, "notes", v.nr_notes);
	if (!v.could_not_look)
		emit_flag(r, "clean", !v.nr_errors && !v.nr_warnings);
	emit_flag(r, "complete", !v.nr_partial);
	emit_integer(r, "exit_code", verdict_exit(&v));
	emit_close(r);
}

/* ---- Coverage ----------------------------------------------------------- */

static void coverage_members(const struct render *r)
{
	const struct vmatlas_coverage *c = NULL;

	emit_list(r, "coverage");
	while ((c = vmatlas_coverage_next(r->atlas, c)) != NULL) {
		emit_object(r, NULL);
		emit_text(r, "subject", c->subject);
		emit_text(r, "state", state_name(c->state));
		emit_text(r, "detail", c->detail);
		emit_close(r);
	}
	emit_close(r);
}

static void coverage_lines(const struct render *r, bool all)
{
	const struct vmatlas_coverage *c = NULL;
	const struct verdict v = verdict_of(r->atlas);
	const char *label = "COVERAGE";

	if (!v.nr_partial && !v.nr_not_checked && !all) {
		emit_field(r, 0, 8, label, "complete");
		return;
	}
	while ((c = vmatlas_coverage_next(r->atlas, c)) != NULL) {
		if (c->state == VMATLAS_COVERAGE_FULL && !all)
			continue;
		emit_fieldf(r, 0, 8, label, "%s%s%s%s",
			    c->state == VMATLAS_COVERAGE_PARTIAL ? "incomplete: " :
			    c->state == VMATLAS_COVERAGE_SKIPPED ? "not checked: " : "",
			    c->subject, c->detail[0] ? ", " : "", c->detail);
		label = "";
	}
	if (*label)
		emit_field(r, 0, 8, label, vmatlas_info(r->atlas) ? "nothing was looked at"
			   : "what was declared; there is no dump to look into");
}

void emit_coverage(const struct render *r, uint32_t audience, bool all)
{
	if (audience & FOR_PROGRAMS)
		coverage_members(r);
	if (audience & FOR_PEOPLE && render_is_for(r, FOR_PEOPLE))
		coverage_lines(r, all);
}

void emit_shortfall(const struct render *r)
{
	const bool is_short = verdict_of(r->atlas).nr_partial > 0;

	if (is_short)
		emit_line(r, "%s", "");
	emit_coverage(r, is_short ? FOR_ALL : FOR_PROGRAMS, false);
}
