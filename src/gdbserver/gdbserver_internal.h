/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the server share. */
#ifndef GDBSERVER_GDBSERVER_INTERNAL_H
#define GDBSERVER_GDBSERVER_INTERNAL_H

#include <stdint.h>

#include "base/array.h"
#include "base/strbuf.h"
#include "gdbserver/gdbserver.h"
#include "rsp/rsp.h"

enum { PACKET_SIZE = 0x4000 };		/* announced to gdb: of data, both ways */

/* ---- listen.c: who talks to us ---- */

/* Wait for a gdb. Both may be the same file. */
VMATLAS_CHECKED struct vmatlas_error *listen_for_gdb(const char *address, int *ret_in, int *ret_out);

/* ---- connection.c: packets in, packets out ---- */

struct connection {
	int in, out;
	struct rsp_reader reader;
	struct str bytes;		/* read, and not yet looked at */
	size_t used;			/* of them */
	struct str last;		/* the last packet that was sent, framed */
	bool no_acks;			/* gdb asked for it */
	bool acked;			/* the last packet has arrived */
	bool interrupted;		/* Ctrl-C came since this was cleared */
	bool closed;
};

/*
 * Wait for the next packet; *ret is good until the next call, NULL at the end. What gdb sends
 * again because an answer took long is dropped.
 */
VMATLAS_CHECKED struct vmatlas_error *connection_next(struct connection *c, const struct str **ret);

/* Send one; @data is escaped already where it has to be. */
VMATLAS_CHECKED struct vmatlas_error *connection_send(struct connection *c, const char *data,
						      size_t len);
/* Take what has come, without waiting; then see .interrupted and .closed. */
void connection_poll(struct connection *c);
/* After an answer that took long: repetitions of @packet that came meanwhile are forgotten. */
void connection_drop_repeated(struct connection *c, const struct str *packet);
void connection_done(struct connection *c);

/* ---- threads.c: CPUs and tasks ---- */

struct thread {
	uint64_t task;			/* struct task_struct; 0 not known */
	uint32_t cpu;
	bool on_cpu;			/* its registers are the CPU's */
	uint32_t pid;
	char name[48];			/* for people */
};

struct threads {
	VEC(struct thread) v;		/* a thread's ID is its place, from 1 on */
	size_t first;			/* the one that gdb starts with */
};

VMATLAS_CHECKED struct vmatlas_error *threads_read(struct vmatlas *atlas, struct threads *ret);
void threads_done(struct threads *t);
/* None is known where neither dump nor kernel has any. */
void thread_registers(struct vmatlas *atlas, const struct thread *t, struct vmatlas_registers *ret);
/*
 * gdb leaves a target whose first thread has no program counter (13.1: "PC register is not
 * available"): it gets 0, which is in no function, and everything else stays unavailable.
 */
void thread_lend_pc(struct vmatlas_registers *registers);
/* The answer to qXfer:threads:read. */
void threads_describe(const struct threads *t, struct str *out);

/* ---- packets.c: one gdb, from its first packet to its last ---- */

struct session {
	const struct gdbserver_host *host;
	struct connection link;
	struct vmatlas *atlas;		/* opened by the first packet that needs it */
	struct threads threads;
	struct str thread_list;		/* described, once it was asked for */
	size_t thread;			/* its place in .threads: g and p are about it */
	struct str answer;		/* to the packet at hand */
	struct vmatlas_error *trouble;	/* why the dump could not be opened */
	bool ended;
};

/* ---- memory_packets.c ---- */

/* "m" and "x": as many bytes as can be read from the start; E01 if none. */
void memory_answer(struct session *s, const char *packet);

/* ---- monitor.c ---- */

/* gdb's "monitor": @hex is the command line. Output goes out in packets as it comes. */
VMATLAS_CHECKED struct vmatlas_error *monitor_answer(struct session *s, const char *hex, size_t len);

#endif
