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

/* Call @fn for each "label\ttext\n" line of @evidence. */
static void each_evidence(const char *evidence,
			  void (*fn)(void *arg, const char *label, const char *text),
			  void *arg)
{
	while (*evidence) {
		const char *end = strchrnul(evidence, '\n');
		const char *tab = memchr(evidence, '\t', end - evidence);
		_cleanup_(str_done) struct str label = { 0 }, text = { 0 };

		if (tab)
			str_add(&label, evidence, tab - evidence);
		tab = tab ? tab + 1 : evidence;
		str_add(&text, tab, end - tab);
		fn(arg, str_text(&label), str_text(&text));
		evidence = *end ? end + 1 : end;
	}
}

enum { LABEL_MIN = 6, LABEL_MAX = 16 };

struct finding_fields {
	const struct cli *cli;
	int label_width;
};

static void widen(void *arg, const char *label, const char *text)
{
	struct finding_fields *f = arg;
	int len = strlen(label);

	(void)text;
	if (len > f->label_width && len <= LABEL_MAX)
		f->label_width = len;
}

static void findings_print_line(void *arg, const char *label, const char *text)
{
	const struct finding_fields *f = arg;

	print_field(f->cli, 2, f->label_width, label, text);
}

static bool says(const struct vmatlas_finding *f, const char *text)
{
	return strstr(f->message, text) || strstr(f->evidence, text);
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
	each_evidence(f->evidence, widen, &fields);
	each_evidence(f->evidence, findings_print_line, &fields);
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

static void findings_add_line(void *arg, const char *label, const char *text)
{
	json_t *line = json_object();

	json_object_set_new(line, "label", json_text(label));
	json_object_set_new(line, "text", json_text(text));
	json_array_append_new(arg, line);
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
	each_evidence(f->evidence, findings_add_line, evidence);
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
