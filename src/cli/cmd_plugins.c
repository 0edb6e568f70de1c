/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas plugins: inspectors, what each one needs and what is missing here. */
#include "cli/cmd.h"

#define INSPECTOR(m) offsetof(struct vmatlas_inspector, m)

static const struct column columns[] = {
	{ "NAME", CELL_TEXT, SHOWN, INSPECTOR(name), "what findings name as inspector" },
	{ "SUMMARY", CELL_TEXT, SHOWN, INSPECTOR(summary), "what it looks for" },
	{ "MISSING", CELL_TEXT, SHOWN, INSPECTOR(missing),
	  "needs that this kernel does not have" },
	{ "NEEDS", CELL_TEXT, SHOWN_JSON, INSPECTOR(needs),
	  "symbols and members it reads" },
	{ "COMMAND", CELL_TEXT, 0, INSPECTOR(command_help), "what its command prints" },
	{ "PATH", CELL_TEXT, SHOWN_JSON, INSPECTOR(path),
	  "the file it comes from, unless built in" },
	{ 0 },
};

const struct column *plugins_columns(const struct cli *cli)
{
	(void)cli;
	return columns;
}

struct vmatlas_error *cmd_plugins(struct cli *cli)
{
	const struct vmatlas_inspector *i = NULL;
	struct vmatlas_error *err;
	struct table *table;

	err = session_open(cli, 0);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	err = table_open(&cli->out, FOR_ALL, columns, "inspectors", &table);
	if (err)
		return err;
	while ((i = vmatlas_inspector_next(cli->out.atlas, i)) != NULL)
		table_row(table, i);
	err = table_close(table);
	return err ? err : emit_end(&cli->out);
}
