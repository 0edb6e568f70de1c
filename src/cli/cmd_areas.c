/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas areas: what the allocators recorded, one area a line, or added up. */
#include "cli/area_table.h"
#include "cli/cmd.h"
#include "cli/area_totals.h"

const struct column *areas_columns(const struct cli *cli)
{
	return cli->by ? total_columns : area_columns;
}

static struct vmatlas_error *total_areas(const struct cli *cli)
{
	struct totals totals;
	struct vmatlas_error *err;

	err = totals_read(cli, cli->by, &totals);
	if (err)
		return err;
	err = totals_print(cli, &totals, cli->top ? cli->top : SIZE_MAX);
	totals_done(&totals);
	return err;
}

static struct vmatlas_error *vmallocinfo(struct cli *cli)
{
	struct vmatlas_error *err;

	if (cli->json || cli->out.columns || cli->by)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--vmallocinfo prints the kernel's own text:"
			" no -J, -o or --by with it");
	err = session_open(cli, VMATLAS_SURVEY_RECORDED);
	return err ? err : vmatlas_vmallocinfo(cli->out.atlas, print_text, NULL);
}

struct vmatlas_error *cmd_areas(struct cli *cli)
{
	struct vmatlas_error *err;

	err = top_read(cli);
	if (err)
		return err;
	if (cli->vmallocinfo)
		return vmallocinfo(cli);
	if (cli->by && !totals_has_key(cli->by))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--by '%s'? caller, module, type or node", cli->by);
	err = session_open(cli, VMATLAS_SURVEY_RECORDED);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	err = cli->by ? total_areas(cli)
		      : areas_print(cli, cli->top ? cli->top : SIZE_MAX);
	if (err)
		return err;
	emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}
