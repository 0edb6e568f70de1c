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
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gdbserver/gdbserver_internal.h"

enum { LINE_MAX_BYTES = 1 << 16, ALIVE_MS = 1000, CHUNK = PACKET_SIZE / 2 - 64 };

/* ---- The child ---- */

static void child_run(struct session *s, char *line, int out)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		_exit(2);
	_exit(s->host->command(s->host->arg, s->atlas, line));
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

static struct vmatlas_error *run_line(struct session *s, char *line)
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
	struct str text = { 0 };
	struct vmatlas_error *err = NULL;

	if (len > LINE_MAX_BYTES || !rsp_from_hex(hex, len, &text)) {
		str_addf(&s->answer, "E01");
		str_done(&text);
		return NULL;
	}
	str_add(&text, "", 1);
	err = run_line(s, text.s);
	str_addf(&s->answer, "OK");
	str_done(&text);
	return err;
}
