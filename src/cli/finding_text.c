/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings with their evidence, coverage, and the verdict that follows from
 * both: as text, as JSON, as an exit code.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/table.h"

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

struct verdict verdict_of(const struct cli *cli)
{
	const struct vmatlas_finding *f = NULL;
	const struct vmatlas_coverage *c = NULL;
	struct verdict v = { 0 };

	while ((f = vmatlas_finding_next(cli->atlas, f)) != NULL) {
		v.nr_errors += f->severity >= VMATLAS_SEVERITY_ERROR;
		v.nr_warnings += f->severity == VMATLAS_SEVERITY_WARNING;
		v.nr_notes += f->severity < VMATLAS_SEVERITY_WARNING;
	}
	while ((c = vmatlas_coverage_next(cli->atlas, c)) != NULL) {
		v.nr_partial += c->state == VMATLAS_COVERAGE_PARTIAL;
		v.nr_not_checked += c->state == VMATLAS_COVERAGE_SKIPPED;
	}
	return v;
}

int verdict_exit(const struct verdict *v)
{
	if (v->nr_errors || v->nr_warnings)
		return CLI_FINDINGS;
	return v->nr_partial ? CLI_INCOMPLETE : CLI_OK;
}

const char *verdict_text(const struct verdict *v, char buf[static TEXT_MAX * 2])
{
	const struct { size_t nr; const char *one; } part[] = {
		{ v->nr_errors, "error" },
		{ v->nr_warnings, "warning" },
		{ v->nr_notes, "note" },
	};
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++)
		if (part[i].nr)
			len += snprintf(buf + len, TEXT_MAX * 2 - len, "%s%zu %s%s",
					len ? ", " : "", part[i].nr, part[i].one,
					part[i].nr == 1 ? "" : "s");
	if (!len)
		snprintf(buf, TEXT_MAX * 2, "no findings");
	return buf;
}

/* ---- Text --------------------------------------------------------------- */

enum { LABEL_MIN = 6, LABEL_MAX = 16 };

struct finding_fields {
	const struct cli *cli;
	int label_width;
};

static void widen(struct finding_fields *f, const char *label)
{
	int len = strlen(label);

	if (len > f->label_width && len <= LABEL_MAX)
		f->label_width = len;
}

static void findings_print_line(const struct finding_fields *f, const char *label,
				const char *text)
{
	print_field(f->cli, 2, f->label_width, label, text);
}

static bool says(const struct vmatlas_finding *f, const char *text)
{
	for (size_t i = 0; i < f->nr_evidence; i++)
		if (strstr(f->evidence[i].label, text) || strstr(f->evidence[i].text, text))
			return true;
	return strstr(f->message, text) != NULL;
}

/* Where it is and what to look at, unless the words say so already. */
static void findings_print_place(const struct cli *cli, const struct vmatlas_finding *f,
				 struct finding_fields *fields)
{
	_cleanup_(str_done) struct str at = { 0 };
	char text[TEXT_MAX], size[TEXT_MAX];

	text_range(cli, f->range, text);
	if (f->range.first <= f->range.last && !says(f, text)) {
		str_addf(&at, "%s, %s", text,
			 text_size(cli, vmatlas_range_size(&f->range), size));
		findings_print_line(fields, "at", str_text(&at));
	}
	snprintf(text, sizeof(text), "0x%0*" PRIx64, cli->digits, f->record);
	if (f->record && !says(f, text + 2))
		findings_print_line(fields, "record", text);
}

static void print_finding(const struct cli *cli, const struct vmatlas_finding *f)
{
	const char *severity = severity_name(f->severity, true);
	struct finding_fields fields = { cli, LABEL_MIN };
	_cleanup_(str_done) struct str s = { 0 };

	str_addf(&s, "%s: %s", f->code, f->message);
	print_field(cli, 0, strlen(severity), severity, str_text(&s));
	for (size_t i = 0; i < f->nr_evidence; i++)
		widen(&fields, f->evidence[i].label);
	for (size_t i = 0; i < f->nr_evidence; i++)
		findings_print_line(&fields, f->evidence[i].label, f->evidence[i].text);
	findings_print_place(cli, f, &fields);
	if (f->advice[0])
		findings_print_line(&fields, "do", f->advice);
}

void print_findings(const struct cli *cli)
{
	const struct vmatlas_finding *f = NULL;

	while ((f = vmatlas_finding_next(cli->atlas, f)) != NULL)
		print_finding(cli, f);
}

void print_coverage(const struct cli *cli, bool all)
{
	const struct vmatlas_coverage *c = NULL;
	const struct verdict v = verdict_of(cli);
	const char *label = "COVERAGE";

	if (!v.nr_partial && !v.nr_not_checked && !all) {
		print_field(cli, 0, 8, label, "complete");
		return;
	}
	while ((c = vmatlas_coverage_next(cli->atlas, c)) != NULL) {
		_cleanup_(str_done) struct str s = { 0 };

		if (c->state == VMATLAS_COVERAGE_FULL && !all)
			continue;
		str_addf(&s, "%s%s%s%s",
			 c->state == VMATLAS_COVERAGE_PARTIAL ? "incomplete: " :
			 c->state == VMATLAS_COVERAGE_SKIPPED ? "not judged: " : "",
			 c->subject, c->detail[0] ? ", " : "", c->detail);
		print_field(cli, 0, 8, label, str_text(&s));
		label = "";
	}
	if (*label)
		print_field(cli, 0, 8, label, vmatlas_info(cli->atlas) ? "nothing was looked at"
			    : "what was declared; there is no dump to look into");
}

void print_shortfall(const struct cli *cli)
{
	if (!verdict_of(cli).nr_partial)
		return;
	putchar('\n');
	print_coverage(cli, false);
}

/* ---- JSON --------------------------------------------------------------- */

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
static json_t *json_evidence_value(const struct vmatlas_evidence *e)
{
	json_t *range;

	switch (e->type) {
	case VMATLAS_EVIDENCE_NUMBER:
	case VMATLAS_EVIDENCE_SIZE:
		return json_number(e->value);
	case VMATLAS_EVIDENCE_ADDRESS:
	case VMATLAS_EVIDENCE_PHYSICAL:
		return json_hex(e->value);
	case VMATLAS_EVIDENCE_RANGE:
	case VMATLAS_EVIDENCE_PHYSICAL_RANGE:
		range = json_object();
		json_set_range(range, (struct vmatlas_range){ e->value, e->last });
		return range;
	default:
		return json_null();
	}
}

static json_t *json_evidence(const struct vmatlas_evidence *e)
{
	const bool known = e->type < ARRAY_SIZE(evidence_types) && evidence_types[e->type];
	json_t *line = json_object();

	json_object_set_new(line, "label", json_text(e->label));
	json_object_set_new(line, "text", json_text(e->text));
	json_object_set_new(line, "type", json_text(known ? evidence_types[e->type] : "text"));
	json_object_set_new(line, "value", json_evidence_value(e));
	return line;
}

static json_t *json_finding(const struct vmatlas_finding *f)
{
	json_t *o = json_object(), *evidence = json_array();

	json_object_set_new(o, "severity", json_text(severity_name(f->severity, false)));
	json_object_set_new(o, "code", json_text(f->code));
	json_object_set_new(o, "message", json_text(f->message));
	json_set_range(o, f->range);
	json_object_set_new(o, "record", json_address(f->record));
	json_object_set_new(o, "inspector", json_text(f->inspector));
	for (size_t i = 0; i < f->nr_evidence; i++)
		json_array_append_new(evidence, json_evidence(&f->evidence[i]));
	json_object_set_new(o, "evidence", evidence);
	json_object_set_new(o, "advice", json_text(f->advice));
	return o;
}

void json_findings(const struct cli *cli)
{
	const struct vmatlas_finding *f = NULL;

	json_list("findings");
	while ((f = vmatlas_finding_next(cli->atlas, f)) != NULL)
		json_element(json_finding(f));
	json_list_end();
}

void json_coverage(const struct cli *cli)
{
	const struct vmatlas_coverage *c = NULL;

	json_list("coverage");
	while ((c = vmatlas_coverage_next(cli->atlas, c)) != NULL) {
		json_t *o = json_object();

		json_object_set_new(o, "subject", json_text(c->subject));
		json_object_set_new(o, "state", json_text(state_name(c->state)));
		json_object_set_new(o, "detail", json_text(c->detail));
		json_element(o);
	}
	json_list_end();
}

void json_summary(const struct verdict *v)
{
	json_t *o = json_object();

	json_object_set_new(o, "errors", json_integer(v->nr_errors));
	json_object_set_new(o, "warnings", json_integer(v->nr_warnings));
	json_object_set_new(o, "notes", json_integer(v->nr_notes));
	json_object_set_new(o, "clean", json_boolean(!v->nr_errors && !v->nr_warnings));
	json_object_set_new(o, "complete", json_boolean(!v->nr_partial));
	json_object_set_new(o, "exit_code", json_integer(verdict_exit(v)));
	json_member("summary", o);
}
