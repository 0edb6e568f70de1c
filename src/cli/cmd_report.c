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
	return cli->top ? cli->top : cli->full ? SIZE_MAX : TOP;
}

static void print_verdict(const struct cli *cli)
{
	const struct vmatlas_finding *first = vmatlas_finding_next(cli->atlas, NULL);
	const struct verdict v = verdict_of(cli);
	_cleanup_(str_done) struct str s = { 0 };
	char text[TEXT_MAX * 2];

	str_addf(&s, "%s%s", v.nr_errors || v.nr_warnings ? "" : "clean: ",
		 verdict_text(&v, text));
	if (v.nr_errors || v.nr_warnings)
		str_addf(&s, ": %s", first->message);
	else if (v.nr_partial)
		str_addf(&s, ", as far as could be read");
	print_field(cli, 0, 8, "VERDICT", str_text(&s));
}

/* What it died of stands beside the verdict; the evidence is among the findings. */
static void print_crash(const struct cli *cli)
{
	const struct vmatlas_finding *f = NULL, *last = NULL;

	while ((f = vmatlas_finding_next(cli->atlas, f)) != NULL)
		if (!strcmp(f->code, "crash"))
			last = f;
	if (last)
		print_field(cli, 0, 8, "CRASH", last->message);
}

static struct vmatlas_error *print_totals(const struct cli *cli, const struct totals *t)
{
	_cleanup_(str_done) struct str s = { 0 };
	struct total sum = { 0 };
	char size[TEXT_MAX], ram[TEXT_MAX];

	for (size_t i = 0; i < t->v.nr; i++) {
		sum.nr_areas += t->v.v[i].nr_areas;
		sum.size += t->v.v[i].size;
		sum.ram += t->v.v[i].ram;
	}
	if (!cli->json) {
		str_addf(&s, "%" PRIu64 ", %s of address space, %s of RAM; by caller",
			 sum.nr_areas, text_size(cli, sum.size, size),
			 text_size(cli, sum.ram, ram));
		if (t->v.nr > top_of(cli))
			str_addf(&s, ", the largest %zu", top_of(cli));
		putchar('\n');
		print_field(cli, 0, 8, "AREAS", str_text(&s));
		if (!sum.nr_areas)
			return NULL;
	}
	return totals_print(cli, t, top_of(cli));
}

/* Where to go from here: the page of each code that was found, once. */
static void print_more(const struct cli *cli)
{
	_cleanup_(str_done) struct str s = { 0 };
	const struct vmatlas_finding *f = NULL;
	size_t nr = 0;

	str_addf(&s, "vmatlas map%s", vmatlas_info(cli->atlas) ? " | vmatlas areas" : "");
	while ((f = vmatlas_finding_next(cli->atlas, f)) != NULL) {
		const struct vmatlas_finding *seen = NULL;

		while ((seen = vmatlas_finding_next(cli->atlas, seen)) != f &&
		       strcmp(seen->code, f->code) != 0)
			;
		if (seen == f)
			str_addf(&s, "%s %s", nr++ ? "" : " | vmatlas explain", f->code);
	}
	if (!cli->full)
		str_addf(&s, " | vmatlas report --full");
	putchar('\n');
	print_field(cli, 0, 8, "MORE", str_text(&s));
}

static void report_begin(const struct cli *cli)
{
	const struct verdict v = verdict_of(cli);

	if (cli->json) {
		json_begin(cli);
		json_summary(&v);
		json_findings(cli);
		json_coverage(cli);
		return;
	}
	print_target(cli);
	print_coverage(cli, cli->full);
	print_verdict(cli);
	print_crash(cli);
	putchar('\n');
	if (v.nr_errors || v.nr_warnings || v.nr_notes) {
		print_findings(cli);
		putchar('\n');
	}
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
		err = vmatlas_inspect(cli->atlas);
	if (!err)
		err = layout_read(cli, false, &layout);
	if (!err)
		err = totals_read(cli, "caller", &totals);
	if (!err) {
		report_begin(cli);
		err = layout_print(cli, &layout);
	}
	if (!err && (cli->json || vmatlas_info(cli->atlas)))
		err = print_totals(cli, &totals);
	if (!err && cli->full) {
		if (!cli->json)
			putchar('\n');
		err = areas_print(cli, SIZE_MAX);
	}
	if (!err && cli->json)
		err = json_end();
	else if (!err)
		print_more(cli);
	totals_done(&totals);
	layout_done(&layout);
	return err;
}
