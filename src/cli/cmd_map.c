/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas map: declared regions from bottom to top; or the table of the boot log. */
#include "cli/cmd.h"
#include "cli/layout.h"

const struct column *map_columns(const struct cli *cli)
{
	(void)cli;
	return layout_columns;
}

static struct vmatlas_error *boot_table(struct cli *cli)
{
	struct vmatlas_error *err;

	if (cli->json || cli->columns)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--boot prints the kernel's own text: no -J and no -o with it");
	err = session_open(cli, VMATLAS_SURVEY_DECLARED);
	return err ? err : vmatlas_boot_table(cli->atlas, print_text, NULL);
}

struct vmatlas_error *cmd_map(struct cli *cli)
{
	struct vmatlas_error *err;
	struct layout l;

	if (cli->boot)
		return boot_table(cli);
	err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED);
	if (!err)
		err = layout_read(cli, cli->gaps, &l);
	if (err)
		return err;
	if (cli->json)
		json_begin(cli);
	else
		print_target(cli);
	err = layout_print(cli, &l);
	layout_done(&l);
	if (err || !cli->json)
		return err;
	json_coverage(cli);
	return json_end();
}
