/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas check: findings with their evidence, then what was looked at, then a count. */
#include "cli/cmd.h"

static void check_count(const struct render *r)
{
	const struct verdict v = verdict_of(r->atlas);
	bool clean = !v.nr_errors && !v.nr_warnings;
	size_t nr = v.nr_errors + v.nr_warnings + v.nr_notes;
	_cleanup_(str_done) struct str s = { 0 };
	char text[TEXT_MAX * 2];

	if (v.could_not_look)
		str_addf(&s, "could not look: no area could be read, so there is no verdict");
	else if (!nr)
		str_addf(&s, "clean: no findings");
	else if (clean)
		str_addf(&s, "clean: %s", verdict_text(&v, text));
	else
		str_addf(&s, "%zu finding%s (%s)", nr, nr == 1 ? "" : "s",
			 verdict_text(&v, text));
	if (v.nr_partial)
		str_addf(&s, "; incomplete: %zu subject%s could not be read in full",
			 v.nr_partial, v.nr_partial == 1 ? "" : "s");
	if (v.nr_not_checked)
		str_addf(&s, "; %zu not checked", v.nr_not_checked);
	emit_line(r, "%s", str_text(&s));
}

struct vmatlas_error *cmd_check(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, VMATLAS_SURVEY_ALL);
	const struct render *r = &cli->out;

	if (err)
		return err;
	emit_begin(r, true);
	emit_summary(r);
	emit_findings(r);
	emit_coverage(r, FOR_ALL, true);
	check_count(r);
	return emit_end(r);
}
