/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas map: declared regions from bottom to top, with --boot-log also what is
 * wrong with them; or the table of the boot log.
 */
#include "cli/cmd.h"
#include "cli/region_rows.h"
#include "cli/mapping_table.h"

const struct column *map_columns(const struct cli *cli)
{
	return cli->mappings ? mapping_columns : layout_columns;
}

static struct vmatlas_error *boot_table(struct cli *cli)
{
	struct vmatlas_error *err;

	if (cli->json || cli->out.columns)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--boot prints the kernel's own text: no -J and no -o with it");
	err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RAM);
	return err ? err : vmatlas_boot_layout(cli->out.atlas, print_text, NULL);
}

static struct vmatlas_error *mappings(struct cli *cli)
{
	struct vmatlas_error *err;

	if (cli->gaps)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--mappings shows page tables, --gaps regions: choose one");
	err = session_open(cli, VMATLAS_SURVEY_DECLARED);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	err = mappings_print(cli);
	if (err)
		return err;
	emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}

static bool brought(const struct cli *cli)
{
	return cli->open.boot_log || cli->open.platform_file;
}

/*
 * What a person brings with --boot-log or --platform is judged
 * at once: that is why it is brought.
 */
static struct vmatlas_error *open_and_check(struct cli *cli)
{
	struct vmatlas_error *err;

	if (!brought(cli))
		return session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED);
	err = session_open(cli, VMATLAS_SURVEY_ALL);
	return err ? err : vmatlas_inspect(cli->out.atlas);
}

static void map_verdict(const struct render *r)
{
	emit_line(r, "%s", "");
	emit_findings(r);
	emit_coverage(r, FOR_ALL, true);
}

struct vmatlas_error *cmd_map(struct cli *cli)
{
	struct vmatlas_error *err;
	struct region_layout l;

	if (cli->boot)
		return boot_table(cli);
	if (cli->mappings || cli->direct_map)
		return mappings(cli);
	err = open_and_check(cli);
	if (!err)
		err = layout_read(cli, cli->gaps, &l);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	err = layout_print(cli, &l);
	layout_done(&l);
	if (err)
		return err;
	if (brought(cli))
		map_verdict(&cli->out);
	else
		emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}
