/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tool's inside door: what was asked for, and the pieces commands share.
 *
 * The tool sees the library through vmatlas.h alone, like any other user of it.
 * Whatever can fail returns an error; main.c alone prints it and picks the exit
 * code. Text that may come from a dump goes to a terminal through text.c only.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <vmatlas.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/array.h"

/* Exit codes, a promise: see the manual. */
enum cli_exit {
	CLI_OK = 0,		/* done; with a verdict asked for: clean */
	CLI_FINDINGS = 1,	/* a finding of warning or above */
	CLI_TROUBLE = 2,	/* could not look */
	CLI_INCOMPLETE = 3,	/* clean as far as could be read */
};

struct cli;

static inline struct vmatlas_error *no_memory(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_NO_MEMORY, "out of memory");
}

enum command_flags {
	COMMAND_FILES = 1,	/* works on a dump: takes VMLINUX and VMCORE */
	COMMAND_VERDICT = 2,	/* its exit code is always the verdict */
	COMMAND_NO_DUMP = 4,	/* also works without a dump */
	COMMAND_KERNEL = 8,	/* a boot log alone does not do */
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

struct text_list {
	const char **v;
	size_t nr, cap;			/* as a VEC() */
};

/* struct cli - what the user asked for, and the kernel it is asked of */
struct cli {
	const struct command *command;
	struct vmatlas_open_opts open;
	struct text_list operands;		/* after the command */
	struct text_list cores;		/* the dump, in one file or several */
	struct text_list plugins, roots, debug_dirs;
	const char *columns;		/* -o, or NULL; of extract the folder */
	const char *by;			/* --by, or NULL */
	const char *simulate;		/* --simulate, or NULL */
	const char *interval;		/* --interval, or NULL */
	const char *top_text;		/* --top, or NULL */
	size_t top;			/* the same, once it was read; 0: not given */
	bool json, no_headings, bytes, exit_code, full, verbose, live;
	bool boot, gaps, mappings, direct_map, vmallocinfo;
	bool physical;
	bool raw, callers;
	bool help, version;

	struct vmatlas *atlas;
	int digits;			/* of an address: 8 or 16 */
	int width;			/* of the page, for wrapped text */
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

/* --top as a number: 1 and more. */
VMATLAS_CHECKED struct vmatlas_error *top_read(struct cli *cli);

/* Could @text be an address? Hex, with or without 0x. */
bool parse_address(const char *text, uint64_t *ret);

/* ---- text.c: how things look ---------------------------------------------- */

enum { TEXT_MAX = 48 };

/* "bf000000-c0000000": the end is exclusive, as in /proc/vmallocinfo; "-" if empty. */
const char *text_range(const struct cli *cli, struct vmatlas_range range,
		       char buf[static TEXT_MAX]);

/* The address behind @last, which the top of 64 bits needs 17 digits for. */
const char *text_end(int digits, uint64_t last, char buf[static TEXT_MAX]);

/* "240 MiB", or plain bytes with -b. */
const char *text_size(const struct cli *cli, uint64_t bytes, char buf[static TEXT_MAX]);

/* What is not printable ASCII becomes \xNN: a dump may not talk to the terminal. */
void text_add_safe(struct str *s, const char *text, size_t len);
void print_safe(const char *text, size_t len);

/*
 * "MARGIN label  text", wrapped at blanks, further lines under the first.
 * @label_width: columns of label, without the blank that follows it
 */
void print_field(const struct cli *cli, int margin, int label_width,
		 const char *label, const char *text);

/* "TARGET   vmcore, host ..., release, cpu; taken ...": not with -n. */
void print_target(const struct cli *cli);

/* A vmatlas_write_fn that writes to stdout. */
int print_text(void *arg, const char *text, size_t len);

/* "2026-11-23 03:50 UTC" by the strftime @format; "" for 0. */
const char *text_time(uint64_t taken, const char *format, char buf[static TEXT_MAX]);

/* ---- finding_text.c: findings, coverage, verdict ------------------------------- */

struct verdict {
	size_t nr_errors, nr_warnings, nr_notes;
	size_t nr_partial, nr_not_checked;
};

struct verdict verdict_of(const struct cli *cli);

/* "2 errors, 1 note", or "no findings" */
const char *verdict_text(const struct verdict *v, char buf[static TEXT_MAX * 2]);

int verdict_exit(const struct verdict *v);

void print_findings(const struct cli *cli);

/* Coverage, one line per subject; what was read in full only if @all. */
void print_coverage(const struct cli *cli, bool all);

/* Below a table: what it lacks, if anything; a list cut short must not look whole. */
void print_shortfall(const struct cli *cli);

#endif
