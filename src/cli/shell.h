/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the shell share. */
#ifndef CLI_SHELL_H
#define CLI_SHELL_H

#include "cli/cli.h"

enum { SHELL_WORDS_MAX = 128 };

/* A line, taken apart in place. */
struct shell_line {
	char *words[SHELL_WORDS_MAX + 1];	/* "vmatlas", the command, its operands, NULL */
	int nr;
	char *file;			/* "> FILE"; or NULL */
	char *pipe;			/* "| COMMAND"; or NULL */
	bool append;			/* ">> FILE" */
	char *made;			/* text that an alias made; owned */
};

/* ---- shell_line.c ---- */

/* False: too many words, or out of memory. @line is written to, and must stay. */
bool shell_line_split(char *line, struct shell_line *ret);
void shell_line_done(struct shell_line *line);

/* Where the first ';' of @text that is in no quotes is; its end if there is none. */
char *shell_line_end(char *text);

/* ---- cmd_shell.c ---- */

/* One line on an open dump, for gdb's "monitor"; an empty one is help. Returns the exit code. */
int shell_run_line(struct vmatlas *atlas, char *text);

/* ---- shell_input.c ---- */

/* The next line that a person types, malloc'ed; NULL: the end. */
char *shell_input(const char *prompt);
void shell_input_start(void);
void shell_input_end(void);

#endif
