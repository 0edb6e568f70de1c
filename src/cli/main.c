/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas, the tool: the table of commands, one error line, one exit code.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/cmd.h"
#include "cli/host_memory.h"

const struct command commands[] = {
	{ "info", "", "which kernel this is and how it was read",
	  cmd_info, NULL, COMMAND_FILES | COMMAND_KERNEL },
	{ "map", "", "declared regions, their sources, what lies in them",
	  cmd_map, map_columns, COMMAND_FILES },
	{ "areas", "", "what the kernel's allocators recorded, one area a line",
	  cmd_areas, areas_columns, COMMAND_FILES | COMMAND_KERNEL },
	{ "usage", "", "what is free, what is busy, and the largest hole",
	  cmd_usage, usage_columns, COMMAND_FILES | COMMAND_KERNEL },
	{ "addr", "ADDR...", "everything about an address",
	  cmd_addr, NULL, COMMAND_FILES },
	{ "print", "[/FMT] EXPR...", "the value of an expression, as gdb prints it",
	  cmd_print, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "whatis", "EXPR...", "the type of an expression",
	  cmd_whatis, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "ptype", "EXPR|TYPE...", "a type with its members; -o: offsets, sizes, holes",
	  cmd_ptype, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "list", "TYPE.MEMBER HEAD [EXPR...] [where EXPR]", "the elements of a list",
	  cmd_list, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "tree", "TYPE[.MEMBER] ROOT [EXPR...] [where EXPR]", "the elements of a tree",
	  cmd_tree, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "array", "ARRAY [EXPR...] [where EXPR]", "the elements of an array",
	  cmd_array, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "sym", "ADDR|NAME...", "the symbol of an address, the address of a symbol",
	  cmd_sym, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "rd", "[/FMT] ADDR...", "memory, as gdb's x prints it: /8gx /4a /s",
	  cmd_rd, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "bt", "[cCPU|PID|TASK...]", "call frames of a CPU or a task; -a: of every CPU",
	  cmd_bt, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "search", "[/NSIZE] VALUE...", "where a value, --string or --hex stands in memory",
	  cmd_search, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "vtop", "ADDR...", "virtual to physical, by the page tables",
	  cmd_vtop, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "ptov", "PHYS...", "physical to virtual, in the direct map",
	  cmd_ptov, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_EXPR },
	{ "check", "", "run the inspectors; the exit code is the verdict",
	  cmd_check, NULL, COMMAND_FILES | COMMAND_VERDICT },
	{ "report", "", "the verdict first, then the evidence",
	  cmd_report, NULL, COMMAND_FILES | COMMAND_JUDGES },
	{ "log", "", "the kernel's log, as dmesg prints it",
	  cmd_log, NULL, COMMAND_FILES | COMMAND_KERNEL },
	{ "diff", "", "new, freed and grown areas of two dumps: VMLINUX OLD NEW",
	  cmd_diff, diff_columns, COMMAND_FILES | COMMAND_KERNEL | COMMAND_ALONE },
	{ "extract", "", "a small dump and vmlinux that give the same answers",
	  cmd_extract, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_ALONE },
	{ "gdb", "", "gdb on the dump, its symbols in place; behind --, options of gdb's",
	  cmd_gdb, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_ALONE | COMMAND_REST },
	{ "shell", "", "a prompt for all of these; the dump stays open",
	  cmd_shell, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_ALONE },
	{ "gdbserver", "", "the dump as a target for gdb: target remote | vmatlas gdbserver ...",
	  cmd_gdbserver, NULL, COMMAND_FILES | COMMAND_KERNEL | COMMAND_ALONE },
	{ "explain", "[CODE...]", "what a finding code means; without one, the codes",
	  cmd_explain, NULL, 0 },
	{ "plugins", "", "inspectors, what each needs, what this kernel lacks",
	  cmd_plugins, plugins_columns, COMMAND_FILES | COMMAND_NO_DUMP },
	{ "help", "[COMMAND]", "this text, or help on one command",
	  cmd_help, NULL, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

const struct command *command_find(const char *name)
{
	const struct command *c = commands;

	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

/*
 * A reader that went away ends us at once, quietly, with the exit code of
 * trouble: nobody saw the whole answer.
 */
static void quit(int signal)
{
	(void)signal;
	_exit(CLI_TROUBLE);
}

/*
 * vmlinux is mapped, since copying hundreds of megabytes would cost more than all the rest:
 * where somebody truncates it meanwhile, or its disk fails, there is nothing to go on with.
 */
static void quit_by_mapping(int signal)
{
	static const char line[] = "vmatlas: vmlinux became shorter while it was read, or its "
				   "disk failed\n";

	(void)signal;
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(CLI_TROUBLE);
	_exit(CLI_TROUBLE);
}

/* Started without stdout, the first file opened must not become it. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			_exit(CLI_TROUBLE);
}

static struct vmatlas_error *run_command(struct cli *cli)
{
	const struct command *command = cli->command;
	struct vmatlas_error *err;

	if (cli->out.atlas && command->flags & COMMAND_ALONE)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%s does not work within a session: run it from a shell", command->name);
	cli->out.to = cli->json ? &render_json : &render_text;
	cli->out.command = command->name;
	cli->out.boot_log = cli->open.boot_log;
	cli->out.platform_file = cli->open.platform_file;
	if (command->columns && cli->out.columns) {
		const struct column *columns = command->columns(cli);

		if (!strcmp(cli->out.columns, "help")) {
			columns_help(columns);
			return NULL;
		}
		err = columns_check(&cli->out, columns);
		if (err)
			return err;
	}

	if (command->flags & COMMAND_VERDICT)
		cli->exit_code = true;
	err = command->run(cli);
	if (!err && cli->out.atlas) {
		const struct verdict v = verdict_of(cli->out.atlas);

		if (cli->exit_code)
			cli->status = verdict_exit(&v);
		else if (command->flags & COMMAND_JUDGES && v.could_not_look)
			cli->status = CLI_TROUBLE;
		if (cli->status == CLI_TROUBLE)
			fprintf(stderr, "vmatlas: could not look: not one vmalloc area could be read; "
				"COVERAGE says why\n");
	}
	return err;
}

static struct vmatlas_error *main_run(struct cli *cli, int argc, char **argv)
{
	struct vmatlas_error *err = options_parse(cli, argc, argv);

	if (err)
		return err;
	if (cli->version) {
		printf("vmatlas %s\n", vmatlas_version());
		return NULL;
	}
	if (cli->help) {
		print_help(cli->command);
		return NULL;
	}
	if (!cli->command)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "no command given; try 'vmatlas help'");
	return run_command(cli);
}

/* What was printed counts only once it has arrived. */
static struct vmatlas_error *flush_stdout(void)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !failed)
		return NULL;
	/* stdio forgets why an earlier write failed; the kernel tells once more. */
	if (!errno && write(STDOUT_FILENO, "\n", 1) >= 0)
		errno = EIO;
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "cannot write the output: %s",
				 strerror(errno));
}

static int complain(struct vmatlas_error *err)
{
	_cleanup_(str_done) struct str s = { 0 };
	const char *message = vmatlas_error_message(err);

	escape_add(&s, message, strlen(message));
	fprintf(stderr, "vmatlas: %s\n", str_text(&s));
	vmatlas_error_free(err);
	return CLI_TROUBLE;
}

/* One command line, its output flushed; returns the exit code. */
static int run_line(struct cli *cli, int argc, char **argv)
{
	struct vmatlas_error *err = main_run(cli, argc, argv), *lost = flush_stdout();

	if (lost) {
		vmatlas_error_free(err);
		err = lost;
	}
	vec_done(&cli->operands);
	vec_done(&cli->plugins);
	vec_done(&cli->roots);
	vec_done(&cli->debug_dirs);
	vec_done(&cli->cores);
	free(cli->listed_vmlinux);
	free(cli->listed_core);
	return err ? complain(err) : cli->status;
}

int run_in_shell(struct vmatlas *atlas, struct vmatlas_eval *eval, int argc, char **argv)
{
	struct cli cli = { .open.size = sizeof(cli.open), .out.atlas = atlas, .eval = eval };

	optind = 0;		/* glibc: begin anew, and forget where the last one was */
	return run_line(&cli, argc, argv);
}

int main(int argc, char **argv)
{
	struct cli cli = { .open.size = sizeof(cli.open) };
	static char buffer[1 << 16];
	int status;

	hold_standard_files();
	signal(SIGPIPE, quit);
	signal(SIGBUS, quit_by_mapping);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	status = run_line(&cli, argc, argv);
	vmatlas_close(cli.out.atlas);
	if (cli.host)
		host_memory_done(cli.host);
	free(cli.host);
	return status;
}
