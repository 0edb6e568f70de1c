/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tool's inside door: what was asked for, and the pieces commands share.
 *
 * The tool sees the library through vmatlas.h alone, like any other user of it.
 * Whatever can fail returns an error; main.c alone prints it and picks the exit
 * code. Commands say what they have to say to render/, which alone prints it.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <vmatlas.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "render/render.h"

/* Exit codes, a promise: see the manual. */
enum cli_exit {
	CLI_OK = 0,		/* done; with a verdict asked for: clean */
	CLI_FINDINGS = 1,	/* a finding of warning or above */
	CLI_TROUBLE = 2,	/* could not look */
	CLI_INCOMPLETE = 3,	/* clean as far as could be read */
};

struct cli;

enum command_flags {
	COMMAND_FILES = 1,	/* works on a dump: takes VMLINUX and VMCORE */
	COMMAND_VERDICT = 2,	/* its exit code is always the verdict */
	COMMAND_JUDGES = 64,	/* it has a verdict, and says if there is none */
	COMMAND_NO_DUMP = 4,	/* also works without a dump */
	COMMAND_KERNEL = 8,	/* a boot log alone does not do */
	COMMAND_EXPR = 32,	/* takes expressions: only files that are there are files */
	COMMAND_REST = 256,	/* what is behind "--" is no operand */
	COMMAND_ALONE = 128,	/* not within a session: it opens dumps, or is a session */
	COMMAND_PLUGIN = 16,	/* a plugin's: what is no file is an operand */
};

struct column;

struct command {
	const char *name;
	const char *operands;		/* beside the files; "" if none */
	const char *help;
	struct vmatlas_error *(*run)(struct cli *cli);
	const struct column *(*columns)(const struct cli *cli);	/* for -o, or NULL */
	uint32_t flags;			/* enum command_flags */
};

/* The commands, the last one without a name. In main.c. */
extern const struct command commands[];

const struct command *command_find(const char *name);

/*
 * Run a command line on a dump that is open: what a gdb's "monitor" and the shell do. Prints,
 * complains and returns the exit code as main() does; the atlas stays open. The line's $, $1 and
 * $name are those of @eval; NULL: its own.
 */
int run_in_shell(struct vmatlas *atlas, struct vmatlas_eval *eval, int argc, char **argv);

struct text_list {
	const char **v;
	size_t nr, cap;			/* as a VEC() */
};

/* struct cli - what the user asked for, and the kernel it is asked of */
struct cli {
	const struct command *command;
	struct command plugin_command;	/* .command, where it is a plugin's */
	struct vmatlas_open_opts open;
	struct text_list operands;		/* after the command */
	struct text_list cores;		/* the dump, in one file or several */
	struct text_list plugins, roots, debug_dirs;
	struct render out;		/* the kernel and how to say it; .columns of extract:
					 * the directory */
	struct vmatlas_eval *eval;	/* of the shell that the line is in; else NULL */
	const char *script, *lines;	/* of shell: -x FILE, -e LINES; or NULL */
	bool stop_at_error;		/* -E */
	const char *by;			/* --by, or NULL */
	const char *simulate;		/* --simulate, or NULL */
	const char *interval;		/* --interval, or NULL */
	const char *string, *hex, *ignore, *range;	/* of search, or NULL */
	const char *listen;		/* --listen, or NULL */
	const char *gdb;		/* --gdb, or NULL */
	const char *host_fd;		/* --host-fd, or NULL */
	struct host_memory *host;	/* and what became of it */
	struct vmatlas_memory_ops host_ops;
	char *listed_vmlinux, *listed_core;	/* from gdb's "info files" */
	int argc;			/* the whole command line; what is behind "--" is gdb's */
	char **argv;
	const char *top_text;		/* --top, or NULL */
	size_t top;			/* the same, once it was read; 0: not given */
	bool json, exit_code, verbose, live;
	bool boot, gaps, mappings, direct_map, vmallocinfo;
	bool physical;
	bool raw, callers;
	bool all_cpus, all_tasks;
	bool offsets;
	bool help, version;

	int status;			/* enum cli_exit */
};

/* ---- options.c --------------------------------------------------------- */

VMATLAS_CHECKED struct vmatlas_error *
options_parse(struct cli *cli, int argc, char **argv);

/* The options of every command (NULL), or those that @command has besides. */
void options_help(const struct command *command);

/* ---- session.c: the files and the kernel in them ------------------------- */

/*
 * Open what the operands and options name, load plugins, survey @what. With a
 * verdict asked for, everything is surveyed and inspected.
 */
VMATLAS_CHECKED struct vmatlas_error *session_open(struct cli *cli, uint32_t what);

/* Expressions: those of the shell, whose history goes on, or new ones. */
VMATLAS_CHECKED struct vmatlas_error *session_eval(struct cli *cli, struct vmatlas_eval **ret);
void session_eval_done(struct cli *cli, struct vmatlas_eval *eval);

/*
 * A vmatlas_cancelled_fn: from the first time this is asked until interrupts_end(), Ctrl-C
 * ends no more than what asks.
 */
int is_interrupted(void *arg);
void interrupts_end(void);

/* --top as a number: 1 and more. */
VMATLAS_CHECKED struct vmatlas_error *top_read(struct cli *cli);

/* Could @text be an address? Hex, with or without 0x. */
bool parse_address(const char *text, uint64_t *ret);

/* A vmatlas_write_fn that writes the kernel's own text to stdout, to a terminal escaped. */
int print_text(void *arg, const char *text, size_t len);

#endif
