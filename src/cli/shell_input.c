/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines that a person types: by readline, if it is installed, else as they come. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dynload.h"
#include "cli/shell.h"

enum { HISTORY_MOST = 2000 };

static struct {
	char *(*readline)(const char *prompt);
	void (*add_history)(const char *line);
	int (*read_history)(const char *file);
	int (*write_history)(const char *file);
	void (*stifle_history)(int most);
	char **(*completion_matches)(const char *text, char *(*next)(const char *text, int state));
	char **(**attempted_completion)(const char *text, int start, int end);
	const char **name;
	bool loaded;
	char *history;			/* its file; NULL: none */
} input;

/* The commands that start with @text, one a call. */
static char *next_command(const char *text, int state)
{
	static const struct command *c;

	if (!state)
		c = commands;
	while (c->name) {
		const char *name = (c++)->name;

		if (!strncmp(name, text, strlen(text)) && !(c[-1].flags & COMMAND_ALONE))
			return strdup(name);
	}
	return NULL;
}

/* The first word is a command; of others readline completes file names. */
static char **complete(const char *text, int start, int end)
{
	(void)end;
	return start ? NULL : input.completion_matches(text, next_command);
}

/* $XDG_STATE_HOME/vmatlas/history, as the XDG base directory specification has it */
static char *history_file(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	_cleanup_(freep) char *dir = NULL;
	char *file = NULL;

	if ((!state || !*state) && (!home || !*home))
		return NULL;
	if (asprintf(&dir, "%s%s/vmatlas", state && *state ? state : home,
		     state && *state ? "" : "/.local/state") < 0)
		return NULL;
	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)!mkdir(dir, 0700);
		*slash = '/';
	}
	if (mkdir(dir, 0700) && errno != EEXIST)
		return NULL;
	return asprintf(&file, "%s/history", dir) < 0 ? NULL : file;
}

void shell_input_start(void)
{
	const struct lib_function functions[] = {
		{ "readline", &input.readline }, { "add_history", &input.add_history },
		{ "read_history", &input.read_history }, { "write_history", &input.write_history },
		{ "stifle_history", &input.stifle_history },
		{ "rl_completion_matches", &input.completion_matches },
		{ "rl_attempted_completion_function", &input.attempted_completion },
		{ "rl_readline_name", &input.name },
	};
	struct vmatlas_error *err;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	err = lib_load("libreadline.so.8", functions, ARRAY_SIZE(functions), "line editing");
	input.loaded = !err;
	vmatlas_error_free(err);
	if (!input.loaded)
		return;
	*input.name = "vmatlas";
	*input.attempted_completion = complete;
	input.history = history_file();
	if (input.history)
		input.read_history(input.history);
	input.stifle_history(HISTORY_MOST);
}

void shell_input_end(void)
{
	if (input.history)
		input.write_history(input.history);
	free(input.history);
	input.history = NULL;
}

char *shell_input(const char *prompt)
{
	char *line = NULL;
	size_t room = 0;

	if (input.loaded) {
		line = input.readline(prompt);
		if (line && *line)
			input.add_history(line);
		return line;
	}
	if (isatty(STDIN_FILENO)) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	if (getline(&line, &room, stdin) >= 0)
		return line;
	free(line);
	return NULL;
}
