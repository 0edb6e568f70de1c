/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas check: findings with their evidence, then what was looked at, then a count. */
#include "cli/cmd.h"

static void print_summary(const struct cli *cli)
{
	const struct verdict v = verdict_of(cli);
	bool clean = !v.nr_errors && !v.nr_warnings;
	size_t nr = v.nr_errors + v.nr_warnings + v.nr_notes;
	char text[TEXT_MAX * 2];

	if (!nr)
		printf("clean: no findings");
	else if (clean)
		printf("clean: %s", verdict_text(&v, text));
	else
		printf("%zu finding%s (%s)", nr, nr == 1 ? "" : "s",
		       verdict_text(&v, text));
	if (v.nr_partial)
		printf("; incomplete: %zu subject%s could not be read in full",
		       v.nr_partial, v.nr_partial == 1 ? "" : "s");
	if (v.nr_not_checked)
		printf("; %zu not judged", v.nr_not_checked);
	putchar('\n');
}

struct vmatlas_error *cmd_check(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, VMATLAS_SURVEY_ALL);
	struct verdict v;

	if (err)
		return err;
	if (cli->json) {
		v = verdict_of(cli);
		json_begin(cli);
		json_summary(&v);
		json_findings(cli);
		json_coverage(cli);
		return json_end();
	}
	print_target(cli);
	print_findings(cli);
	print_coverage(cli, true);
	print_summary(cli);
	return NULL;
}
