/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas shell: the ordinary command line at a prompt, on a dump that stays open. A command
 * runs in a child that has it: what it does there, a fault, a Ctrl-C, leaves the shell alone.
 * Expressions run in the shell itself, where their history stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/shell.h"

static const char *const in_shell[] = { "print", "whatis", "ptype" };

struct shell {
	struct cli *cli;
	struct vmatlas_eval *eval;
	bool quit;
	int status;			/* of the last line */
};

/* ---- Where output goes ---- */

struct shell_output {
	int saved;			/* the shell's own stdout; -1: it was not changed */
	pid_t reader;			/* of a pipe; 0 */
};

static int output_to_pipe(const char *command, struct shell_output *o)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	o->reader = fork();
	if (!o->reader) {
		signal(SIGINT, SIG_DFL);
		signal(SIGPIPE, SIG_DFL);
		dup2(fds[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	return o->reader < 0 ? -1 : fds[1];
}

static bool output_start(const struct shell_line *line, struct shell_output *o)
{
	const char *pager = getenv("VMATLAS_PAGER");
	int fd;

	*o = (struct shell_output){ .saved = -1 };
	if (line->file)
		fd = open(line->file, O_WRONLY | O_CREAT | O_CLOEXEC |
			  (line->append ? O_APPEND : O_TRUNC), 0666);
	else if (line->pipe)
		fd = output_to_pipe(line->pipe, o);
	else if (pager && *pager && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		fd = output_to_pipe(pager, o);
	else
		return true;
	if (fd < 0) {
		fprintf(stderr, "vmatlas: %s: %s\n", line->file ? line->file : "pipe",
			strerror(errno));
		return false;
	}
	fflush(stdout);
	o->saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	return true;
}

static void shell_wait(pid_t child, int *ret_status)
{
	while (waitpid(child, ret_status, 0) < 0 && errno == EINTR)
		;
}

static void output_end(struct shell_output *o)
{
	int status;

	if (o->saved < 0)
		return;
	fflush(stdout);
	dup2(o->saved, STDOUT_FILENO);
	close(o->saved);
	clearerr(stdout);
	if (o->reader)
		shell_wait(o->reader, &status);
}

/* ---- One line ---- */

static bool runs_in_shell(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(in_shell); i++)
		if (!strcmp(command, in_shell[i]))
			return true;
	return false;
}

static int run_in_child(struct shell *s, struct shell_line *line)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		signal(SIGINT, SIG_DFL);
		exit(run_in_shell(s->cli->out.atlas, s->eval, line->nr, line->words));
	}
	if (child < 0) {
		fprintf(stderr, "vmatlas: fork: %s\n", strerror(errno));
		return CLI_TROUBLE;
	}
	shell_wait(child, &status);
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) == SIGINT)
		fputs("\n", stderr);
	else if (WTERMSIG(status) != SIGPIPE)
		fprintf(stderr, "vmatlas: the command ended by signal %d; the dump is still open\n",
			WTERMSIG(status));
	return CLI_TROUBLE;
}

static void run_words(struct shell *s, struct shell_line *line)
{
	const char *command = line->words[1];
	struct shell_output output;

	if (!strcmp(command, "q") || !strcmp(command, "quit") || !strcmp(command, "exit")) {
		s->quit = true;
		return;
	}
	if (!output_start(line, &output)) {
		s->status = CLI_TROUBLE;
		return;
	}
	if (runs_in_shell(command)) {
		void (*pipe_before)(int) = signal(SIGPIPE, SIG_IGN);

		s->status = run_in_shell(s->cli->out.atlas, s->eval, line->nr, line->words);
		output_end(&output);
		signal(SIGPIPE, pipe_before);
		return;
	}
	s->status = run_in_child(s, line);
	output_end(&output);
}

int shell_run_line(struct vmatlas *atlas, char *text)
{
	static char help[] = "help";
	struct shell_output output;
	struct shell_line line;
	int status = CLI_TROUBLE;

	if (!shell_line_split(text, &line)) {
		fprintf(stderr, "vmatlas: the line has too many words\n");
	} else {
		if (line.nr < 2)
			line.words[line.nr++] = help;
		if (output_start(&line, &output)) {
			status = run_in_shell(atlas, NULL, line.nr, line.words);
			output_end(&output);
		}
	}
	shell_line_done(&line);
	return status;
}

static void run_one(struct shell *s, char *text)
{
	struct shell_line line;

	text += strspn(text, " \t\n");
	if (!*text || *text == '#')
		return;
	if (*text == '!') {
		fflush(NULL);
		s->status = system(text + 1) ? CLI_TROUBLE : CLI_OK;
		return;
	}
	if (!shell_line_split(text, &line)) {
		fprintf(stderr, "vmatlas: the line has too many words\n");
		s->status = CLI_TROUBLE;
	} else if (line.nr > 1) {
		run_words(s, &line);
	}
	shell_line_done(&line);
}

/* "COMMAND; COMMAND" */
static void run_text(struct shell *s, char *text)
{
	bool more = true;

	while (more && !s->quit && !(s->cli->stop_at_error && s->status == CLI_TROUBLE)) {
		char *end = shell_line_end(text);

		more = *end == ';';
		*end = '\0';
		run_one(s, text);
		text = end + 1;
	}
}

/* ---- Where lines come from ---- */

static struct vmatlas_error *run_lines(struct shell *s, const char *lines)
{
	_cleanup_(freep) char *copy = strdup(lines);

	if (!copy)
		return no_memory();
	run_text(s, copy);
	return NULL;
}

static struct vmatlas_error *run_script(struct shell *s, const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	_cleanup_(freep) char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (!f)
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "%s: %s", path, strerror(errno));
	while (!s->quit && !(s->cli->stop_at_error && s->status == CLI_TROUBLE) &&
	       (len = getline(&line, &room, f)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		run_text(s, line);
	}
	if (f != stdin)
		fclose(f);
	return NULL;
}

static void run_prompt(struct shell *s)
{
	const bool person = isatty(STDIN_FILENO);

	shell_input_start();
	while (!s->quit) {
		_cleanup_(freep) char *line = NULL;

		signal(SIGINT, SIG_IGN);
		line = shell_input("vmatlas> ");
		if (!line)
			break;
		line[strcspn(line, "\n")] = '\0';
		run_text(s, line);
		fflush(stdout);
		if (!person && s->cli->stop_at_error && s->status == CLI_TROUBLE)
			break;
	}
	if (person && !s->quit)
		fputs("\n", stdout);
	shell_input_end();
}

struct vmatlas_error *cmd_shell(struct cli *cli)
{
	struct shell s = { .cli = cli };
	struct vmatlas_error *err = session_open(cli, 0);

	if (!err)
		err = vmatlas_eval_new(cli->out.atlas, &s.eval);
	if (err)
		return err;
	signal(SIGINT, SIG_IGN);
	if (cli->script)
		err = run_script(&s, cli->script);
	if (!err && cli->lines && !s.quit)
		err = run_lines(&s, cli->lines);
	if (!err && !cli->script && !cli->lines)
		run_prompt(&s);
	vmatlas_eval_free(s.eval);
	cli->status = s.status;
	return err;
}
