/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A gdb server on a dump: gdb, with or without Python, sees the kernel's memory through its
 * page tables, and every task as a thread. Nothing can be written or resumed. It sees the
 * library through vmatlas.h, as the tool does.
 */
#ifndef GDBSERVER_GDBSERVER_H
#define GDBSERVER_GDBSERVER_H

#include <stdbool.h>
#include <vmatlas.h>

/* struct gdbserver_host - what the server asks of the tool it is part of */
struct gdbserver_host {
	void *arg;			/* handed to both */
	/* Open the dump, which is closed by the host. */
	struct vmatlas_error *(*open)(void *arg, struct vmatlas **ret);
	/*
	 * Run a line, as a person types it, on @atlas, its output to stdout and stderr; @line may
	 * be written to. Called in a process of its own, which ends with what is returned.
	 */
	int (*command)(void *arg, struct vmatlas *atlas, char *line);
};

/*
 * Serve one gdb until it detaches. @listen: NULL for stdin and stdout, "unix:PATH", or
 * "127.0.0.1:PORT" or "localhost:PORT" (any other address is refused: there is no password).
 */
VMATLAS_CHECKED struct vmatlas_error *gdbserver_run(const struct gdbserver_host *host,
						    const char *listen);

#endif
