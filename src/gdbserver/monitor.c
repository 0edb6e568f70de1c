/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "monitor COMMAND": the tool's own command line, run in a child that has the open dump. What
 * it does there, a fault, a Ctrl-C, leaves the server alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gdbserver/gdbserver_internal.h"

enum { WORDS_MAX = 64, LINE_MAX_BYTES = 1 << 16, ALIVE_MS = 1000, CHUNK = PACKET_SIZE / 2 - 64 };

/* Commands whose operands are one expression, spaces and all. */
static const char *const takes_expression[] = { "print", "p", "whatis", "ptype", "sym", "vtop" };

/* What people type, and what it is called. */
static const struct { const char *word, *command; } aliases[] = {
	{ "p", "print" }, { "why", "addr" }, { "x", "rd" },
};

struct monitor_line {
	char *words[WORDS_MAX + 1];
	int nr;
	char *file;			/* "> FILE"; NULL: to gdb */
	bool append;			/* ">> FILE" */
};

/* ---- The line ---- */

/* One word from *at, quotes taken off, in place; NULL at the end. */
static char *next_word(char **at)
{
	char *in = *at, *out, *word;

	while (*in == ' ' || *in == '\t')
		in++;
	if (!*in)
		return NULL;
	word = out = in;
	while (*in && *in != ' ' && *in != '\t') {
		const char quote = *in == '"' || *in == '\'' ? *in++ : 0;

		while (*in && (quote ? *in != quote : !strchr(" \t\"'", *in)))
			*out++ = *in++;
		in += quote && *in;
	}
	*at = *in ? in + 1 : in;
	*out = '\0';
	return word;
}

/* "> FILE" at the end, when a blank stands before it and no quote is open. */
static void cut_redirection(char *line, struct monitor_line *ret)
{
	char quote = 0, *at = NULL;

	for (char *c = line; *c; c++) {
		if (quote)
			quote = *c == quote ? 0 : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (*c == '>' && c > line && c[-1] == ' ' && (c[1] == ' ' || c[1] == '/' ||
			 (c[1] == '>' && (c[2] == ' ' || c[2] == '/'))))
			at = c;
	}
	if (!at || quote)
		return;
	*at++ = '\0';
	ret->append = *at == '>';
	at += ret->append;
	ret->file = next_word(&at);
}

static bool is_one_of(const char *word, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

static void take_expression(char *rest, struct monitor_line *ret)
{
	/* options and /FORMAT first */
	for (;;) {
		while (*rest == ' ')
			rest++;
		if ((*rest != '/' && *rest != '-') || ret->nr >= WORDS_MAX - 1 ||
		    (*rest == '-' && !(rest[1] == '-' || (rest[1] >= 'A' && rest[1] != '('))))
			break;
		ret->words[ret->nr++] = next_word(&rest);
	}
	if (*rest && ret->nr < WORDS_MAX)
		ret->words[ret->nr++] = rest;
}

static void split_line(char *line, struct monitor_line *ret)
{
	static char tool[] = "vmatlas";
	const char *command;

	*ret = (struct monitor_line){ .words = { tool }, .nr = 1 };
	cut_redirection(line, ret);
	ret->words[ret->nr] = next_word(&line);
	command = ret->words[ret->nr];
	if (!command)
		return;
	ret->nr++;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (!strcmp(command, aliases[i].word))
			ret->words[1] = (char *)aliases[i].command;
	if (is_one_of(command, takes_expression, sizeof(takes_expression) / sizeof(char *))) {
		take_expression(line, ret);
		return;
	}
	while (ret->nr < WORDS_MAX && (ret->words[ret->nr] = next_word(&line)))
		ret->nr++;
}

/* ---- The child ---- */

static void child_run(struct session *s, struct monitor_line *line, int out)
{
	int fd = out;

	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (line->file)
		fd = open(line->file, O_WRONLY | O_CREAT | O_CLOEXEC | (line->append ? O_APPEND : O_TRUNC),
			  0600);
	if (fd < 0) {
		dprintf(out, "vmatlas: cannot write %s: %s\n", line->file, strerror(errno));
		_exit(2);
	}
	if (dup2(fd, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		_exit(2);
	line->words[line->nr] = NULL;
	_exit(s->host->command(s->host->arg, s->atlas, line->nr, line->words));
}

/* ---- Its output ---- */

static struct vmatlas_error *send_output(struct session *s, const char *text, size_t len)
{
	struct str packet = { 0 };
	struct vmatlas_error *err;

	str_add(&packet, "O", 1);
	rsp_add_hex(&packet, text, len);
	err = connection_send(&s->link, str_text(&packet), packet.len);
	str_done(&packet);
	return err;
}

/* While the command thinks, an empty line of output keeps gdb from asking again. */
static struct vmatlas_error *pump(struct session *s, int from, pid_t child)
{
	struct vmatlas_error *err = NULL;
	char buf[CHUNK];

	while (!err) {
		struct pollfd p[] = { { .fd = from, .events = POLLIN },
				      { .fd = s->link.in, .events = POLLIN } };
		const int ready = poll(p, s->link.closed ? 1 : 2, ALIVE_MS);
		ssize_t got = 1;

		if (ready > 0 && p[1].revents)
			connection_poll(&s->link);
		if (s->link.interrupted || s->link.closed)
			kill(child, SIGINT);
		if (s->link.closed)
			return NULL;
		s->link.interrupted = false;
		if (!ready)
			err = send_output(s, "", 0);
		else if (p[0].revents)
			got = read(from, buf, sizeof(buf));
		if (p[0].revents && got > 0)
			err = send_output(s, buf, (size_t)got);
		else if (got <= 0 && errno != EINTR)
			return NULL;
	}
	return err;
}

static struct vmatlas_error *run_line(struct session *s, struct monitor_line *line)
{
	struct vmatlas_error *err;
	int fds[2], status;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "pipe: %s", strerror(errno));
	fflush(NULL);
	child = fork();
	if (!child)
		child_run(s, line, fds[1]);
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "fork: %s", strerror(errno));
	}
	s->link.interrupted = false;
	err = pump(s, fds[0], child);
	close(fds[0]);
	if (err || s->link.closed)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!err && WIFSIGNALED(status)) {
		char text[96];
		const int len = WTERMSIG(status) == SIGINT
			? snprintf(text, sizeof(text), "Interrupted.\n")
			: snprintf(text, sizeof(text), "vmatlas: the command ended by signal %d; the "
				   "server goes on\n", WTERMSIG(status));

		err = send_output(s, text, (size_t)len);
	}
	return err;
}

struct vmatlas_error *monitor_answer(struct session *s, const char *hex, size_t len)
{
	struct monitor_line line;
	struct str text = { 0 };
	struct vmatlas_error *err = NULL;

	if (len > LINE_MAX_BYTES || !rsp_from_hex(hex, len, &text)) {
		str_addf(&s->answer, "E01");
		str_done(&text);
		return NULL;
	}
	str_add(&text, "", 1);
	split_line(text.s, &line);
	if (line.nr < 2) {
		line.words[line.nr++] = (char *)"help";
	}
	err = run_line(s, &line);
	str_addf(&s->answer, "OK");
	str_done(&text);
	return err;
}
