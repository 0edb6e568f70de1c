/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The line to gdb. gdb waits 2 seconds for an answer ("remotetimeout"), then sends "-" or the
 * packet again: a server that answered twice would be out of step for good. So whatever came
 * twice while an answer was made is dropped before it is sent.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "gdbserver/gdbserver_internal.h"

enum { READ_SIZE = 1 << 16 };

static struct vmatlas_error *connection_lost(const char *what)
{
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "cannot %s gdb: %s", what, strerror(errno));
}

static struct vmatlas_error *write_all(int fd, const char *data, size_t len)
{
	while (len) {
		const ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return connection_lost("write to");
		data += done;
		len -= (size_t)done;
	}
	return NULL;
}

/* ---- Bytes ---- */

static void forget_used(struct connection *c)
{
	if (!c->used)
		return;
	memmove(c->bytes.s, c->bytes.s + c->used, c->bytes.len - c->used);
	c->bytes.len -= c->used;
	c->used = 0;
}

static struct vmatlas_error *read_more(struct connection *c)
{
	char buf[READ_SIZE];
	ssize_t got;

	do
		got = read(c->in, buf, sizeof(buf));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno != ECONNRESET && errno != EIO)
		return connection_lost("read from");
	if (got <= 0) {
		c->closed = true;
		return NULL;
	}
	forget_used(c);
	str_add(&c->bytes, buf, (size_t)got);
	return c->bytes.failed ? vmatlas_error_new(VMATLAS_ERROR_NO_MEMORY, "out of memory") : NULL;
}

static bool has_input(const struct connection *c)
{
	struct pollfd p = { .fd = c->in, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* ---- Packets ---- */

static struct vmatlas_error *send_bytes(struct connection *c, const struct str *s)
{
	return write_all(c->out, str_text(s), s->len);
}

struct vmatlas_error *connection_send(struct connection *c, const char *data, size_t len)
{
	c->last.len = 0;
	rsp_add_packet(&c->last, data, len);
	if (c->last.failed)
		return vmatlas_error_new(VMATLAS_ERROR_NO_MEMORY, "out of memory");
	c->acked = c->no_acks;
	return send_bytes(c, &c->last);
}

static struct vmatlas_error *take_event(struct connection *c, enum rsp_event event, bool *ret_packet)
{
	*ret_packet = false;
	switch (event) {
	case RSP_PACKET:
		*ret_packet = true;
		c->acked = true;	/* it goes on, so it has the answer before */
		return c->no_acks ? NULL : write_all(c->out, "+", 1);
	case RSP_BAD_PACKET:
		return c->no_acks ? NULL : write_all(c->out, "-", 1);
	case RSP_ACK:
		c->acked = true;
		return NULL;
	case RSP_NAK:		/* after an ack it means that gdb grew impatient: it will get it */
		return c->acked || !c->last.len ? NULL : send_bytes(c, &c->last);
	case RSP_INTERRUPT:
		c->interrupted = true;
		return NULL;
	default:
		return NULL;
	}
}

struct vmatlas_error *connection_next(struct connection *c, const struct str **ret)
{
	struct vmatlas_error *err = NULL;
	bool is_packet = false;

	*ret = NULL;
	while (!err && !is_packet) {
		size_t used = 0;
		enum rsp_event event = RSP_NOTHING;

		if (c->used < c->bytes.len)
			event = rsp_read(&c->reader, c->bytes.s + c->used, c->bytes.len - c->used, &used);
		c->used += used;
		if (event != RSP_NOTHING)
			err = take_event(c, event, &is_packet);
		else if (c->closed)
			return NULL;
		else
			err = read_more(c);
	}
	if (!err)
		*ret = &c->reader.packet;
	return err;
}

void connection_poll(struct connection *c)
{
	while (!c->closed && has_input(c)) {
		const size_t before = c->bytes.len - c->used;

		vmatlas_error_free(read_more(c));
		if (c->bytes.len - c->used == before)
			break;
	}
	/* Ctrl-C comes between packets, of which there is none while gdb waits. */
	if (c->used < c->bytes.len && memchr(c->bytes.s + c->used, 3, c->bytes.len - c->used))
		c->interrupted = true;
}

void connection_drop_repeated(struct connection *c, const struct str *packet)
{
	struct str framed = { 0 };

	connection_poll(c);
	rsp_add_packet(&framed, str_text(packet), packet->len);
	while (c->used < c->bytes.len) {
		const char *at = c->bytes.s + c->used;
		const size_t left = c->bytes.len - c->used;

		if (*at == '-' || *at == '+' || *at == 3) {
			c->used++;
		} else if (left >= framed.len && !memcmp(at, str_text(&framed), framed.len)) {
			c->used += framed.len;
			if (!c->no_acks)
				vmatlas_error_free(write_all(c->out, "+", 1));
		} else {
			break;
		}
	}
	str_done(&framed);
}

void connection_done(struct connection *c)
{
	rsp_reader_done(&c->reader);
	str_done(&c->bytes);
	str_done(&c->last);
	if (c->in > STDERR_FILENO)
		close(c->in);
}
