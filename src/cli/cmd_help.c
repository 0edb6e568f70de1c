/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas help: from the tables of commands, options and columns. */
#include <string.h>

#include "cli/cmd.h"

static void print_overview(void)
{
	printf("vmatlas - an atlas of a Linux kernel's virtual address space, from its"
	       " dump\n\n"
	       "Usage: vmatlas COMMAND [VMLINUX] [VMCORE] [OPTION...]\n\n"
	       "VMLINUX and VMCORE come in either order; without VMLINUX it is looked for by\n"
	       "the dump's build ID. Commands:\n\n");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-9s %-10s %s\n", c->name, c->operands, c->help);
	print_plugin_commands(NULL);
	printf("\nOptions of every command that reads a kernel:\n\n");
	options_help(NULL);
	printf("\nExit code: 0 done, 2 error: bad input or usage. With check, or --exit-code:\n"
	       "0 clean, 1 findings of warning or above, 2 error, 3 clean but\n"
	       "incomplete.\n\n"
	       "'vmatlas help COMMAND' has a command's own options and columns.\n");
}

static void print_command(const struct command *command)
{
	static const struct cli plain, by = { .by = "" };

	printf("vmatlas %s - %s\n\nUsage: vmatlas %s%s%s%s [OPTION...]\n", command->name,
	       command->help, command->name,
	       command->flags & COMMAND_NO_DUMP ? " [VMLINUX VMCORE]" :
	       command->flags & COMMAND_FILES ? " [VMLINUX] VMCORE" : "",
	       *command->operands ? " " : "", command->operands);
	if (command->flags & COMMAND_FILES) {
		printf("\nOptions (common ones: vmatlas help):\n\n");
		options_help(command);
	}
	if (!command->columns)
		return;
	printf("\nColumns:\n\n");
	columns_help(command->columns(&plain));
	if (command->columns(&by) != command->columns(&plain)) {
		printf("\nColumns with --by:\n\n");
		columns_help(command->columns(&by));
	}
}

void print_help(const struct command *command)
{
	if (command)
		print_command(command);
	else
		print_overview();
}

struct vmatlas_error *cmd_help(struct cli *cli)
{
	const struct command *command = NULL;

	if (cli->operands.nr > 1)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "extra operand: '%s'",
					 cli->operands.v[1]);
	if (cli->operands.nr) {
		command = command_find(cli->operands.v[0]);
		if (!command && print_plugin_commands(cli->operands.v[0]))
			return NULL;
		if (!command)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
						 "no command '%s'; try 'vmatlas help'",
						 cli->operands.v[0]);
	}
	print_help(command);
	return NULL;
}
