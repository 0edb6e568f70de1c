/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas report: the verdict first, then the evidence, then the map it rests on. */
#include <inttypes.h>
#include <string.h>

#include "cli/area_table.h"
#include "cli/cmd.h"
#include "cli/region_rows.h"
#include "cli/area_totals.h"

enum { TOP = 20 };

static size_t top_of(const struct cli *cli)
{
	return cli->top ? cli->top : cli->out.full ? SIZE_MAX : TOP;
}

static void report_verdict(const struct render *r)
{
	const struct vmatlas_finding *first = vmatlas_finding_next(r->atlas, NULL);
	const struct verdict v = verdict_of(r->atlas);
	_cleanup_(str_done) struct str s = { 0 };
	char text[TEXT_MAX * 2];

	if (v.could_not_look)
		str_addf(&s, "none: could not look, no area could be read");
	else
		str_addf(&s, "%s%s", v.nr_errors || v.nr_warnings ? "" : "clean: ",
			 verdict_text(&v, text));
	if (v.nr_errors || v.nr_warnings)
		str_addf(&s, ": %s", first->message);
	else if (v.nr_partial && !v.could_not_look)
		str_addf(&s, ", as far as could be read");
	emit_field(r, 0, 8, "VERDICT", str_text(&s));
}

/* What it died of stands beside the verdict; the evidence is among the findings. */
static void report_crash(const struct render *r)
{
	const struct vmatlas_finding *f = NULL, *last = NULL;

	while ((f = vmatlas_finding_next(r->atlas, f)) != NULL)
		if (!strcmp(f->code, "crash"))
			last = f;
	if (last)
		emit_field(r, 0, 8, "CRASH", last->message);
}

static void totals_line(const struct cli *cli, const struct totals *t)
{
	_cleanup_(str_done) struct str s = { 0 };
	struct total sum = { 0 };
	char size[TEXT_MAX], ram[TEXT_MAX];

	for (size_t i = 0; i < t->v.nr; i++) {
		sum.nr_areas += t->v.v[i].nr_areas;
		sum.size += t->v.v[i].size;
		sum.ram += t->v.v[i].ram;
	}
	str_addf(&s, "%" PRIu64 ", %s of address space, %s of RAM; by caller",
		 sum.nr_areas, text_size(&cli->out, sum.size, size),
		 text_size(&cli->out, sum.ram, ram));
	if (t->v.nr > top_of(cli))
		str_addf(&s, ", the largest %zu", top_of(cli));
	emit_line(&cli->out, "%s", "");
	emit_field(&cli->out, 0, 8, "AREAS", str_text(&s));
}

static struct vmatlas_error *report_totals(const struct cli *cli, const struct totals *t)
{
	if (vmatlas_info(cli->out.atlas))
		totals_line(cli, t);
	return totals_print(cli, t, top_of(cli));
}

/* Where to go from here: the page of each code that was found, once. */
static void report_more(const struct cli *cli)
{
	_cleanup_(str_done) struct str s = { 0 };
	const struct vmatlas_finding *f = NULL;
	size_t nr = 0;

	str_addf(&s, "vmatlas map%s", vmatlas_info(cli->out.atlas) ? " | vmatlas areas" : "");
	while ((f = vmatlas_finding_next(cli->out.atlas, f)) != NULL) {
		const struct vmatlas_finding *seen = NULL;

		while ((seen = vmatlas_finding_next(cli->out.atlas, seen)) != f &&
		       strcmp(seen->code, f->code) != 0)
			;
		if (seen == f)
			str_addf(&s, "%s %s", nr++ ? "" : " | vmatlas explain", f->code);
	}
	if (!cli->out.full)
		str_addf(&s, " | vmatlas report --full");
	emit_line(&cli->out, "%s", "");
	emit_field(&cli->out, 0, 8, "MORE", str_text(&s));
}

static void report_begin(const struct cli *cli)
{
	const struct render *r = &cli->out;
	const struct verdict v = verdict_of(r->atlas);

	emit_begin(r, true);
	emit_summary(r);
	emit_coverage(r, FOR_PEOPLE, cli->out.full);
	report_verdict(r);
	report_crash(r);
	emit_line(r, "%s", "");
	emit_findings(r);
	if (v.nr_errors || v.nr_warnings || v.nr_notes)
		emit_line(r, "%s", "");
	emit_coverage(r, FOR_PROGRAMS, true);
}

struct vmatlas_error *cmd_report(struct cli *cli)
{
	struct vmatlas_error *err;
	struct totals totals = { 0 };
	struct region_layout layout = { 0 };

	err = top_read(cli);
	if (!err)
		err = session_open(cli, VMATLAS_SURVEY_ALL);
	if (!err && !cli->exit_code)
		err = vmatlas_inspect(cli->out.atlas);
	if (!err)
		err = layout_read(cli, false, &layout);
	if (!err)
		err = totals_read(cli, "caller", &totals);
	if (!err) {
		report_begin(cli);
		err = layout_print(cli, &layout);
	}
	if (!err)
		err = report_totals(cli, &totals);
	if (!err && cli->out.full) {
		emit_line(&cli->out, "%s", "");
		err = areas_print(cli, SIZE_MAX);
	}
	if (!err) {
		report_more(cli);
		err = emit_end(&cli->out);
	}
	totals_done(&totals);
	layout_done(&layout);
	return err;
}
