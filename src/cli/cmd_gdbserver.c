/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas gdbserver: the dump as a target of gdb's, with this tool as its "monitor". */
#include "cli/cmd.h"
#include "cli/shell.h"
#include "gdbserver/gdbserver.h"

static struct vmatlas_error *host_open(void *arg, struct vmatlas **ret)
{
	struct cli *cli = arg;
	struct vmatlas_error *err = session_open(cli, 0);

	*ret = cli->out.atlas;
	return err;
}

static int host_command(void *arg, struct vmatlas *atlas, char *line)
{
	(void)arg;
	return shell_run_line(atlas, line);
}

struct vmatlas_error *cmd_gdbserver(struct cli *cli)
{
	const struct gdbserver_host host = {
		.arg = cli, .open = host_open, .command = host_command,
	};

	return gdbserver_run(&host, cli->listen);
}
