/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --host-fd: memory and symbols of a debugger that has the dump open already (crash, drgn, a
 * vendor's tool), which answers packets of gdb's protocol on a socket, without "+":
 *
 *	m ADDR,LEN			kernel memory, virtual; hexadecimal bytes, or E01
 *	qvmatlas.physical:ADDR,LEN	physical memory, likewise
 *	qvmatlas.vmcoreinfo		hexadecimal text: the dump's VMCOREINFO, or lines of it
 *	qvmatlas.symbol:HEXNAME		ADDR[,SIZE], run-time and hexadecimal; E01 unknown
 *
 * One question at a time, each answered whole or not at all. plugins/README.md has it for
 * those who write a host.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/host_memory.h"
#include "base/cleanup.h"
#include "rsp/rsp.h"

enum { PIECE = 1 << 14 };		/* bytes asked for at once */

static bool send_question(struct host_memory *h, const char *text, size_t len)
{
	const char *data;
	size_t left;

	h->out.len = 0;
	rsp_add_packet(&h->out, text, len);
	data = str_text(&h->out);
	left = h->out.failed ? 0 : h->out.len;
	while (left) {
		const ssize_t done = write(h->fd, data, left);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		left -= (size_t)done;
	}
	return !h->out.failed;
}

/* The next packet, in h->reader.packet. */
static bool receive_answer(struct host_memory *h)
{
	for (;;) {
		size_t used = 0;
		enum rsp_event event = RSP_NOTHING;
		ssize_t got;

		if (h->used < h->got)
			event = rsp_read(&h->reader, h->in + h->used, h->got - h->used, &used);
		h->used += used;
		if (event == RSP_PACKET)
			return true;
		if (event == RSP_BAD_PACKET)
			return false;
		if (event != RSP_NOTHING || h->used < h->got)
			continue;
		got = read(h->fd, h->in, sizeof(h->in));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		h->got = (size_t)got;
		h->used = 0;
	}
}

static bool ask(struct host_memory *h, const struct str *question)
{
	if (h->lost || question->failed)
		return false;
	h->lost = !send_question(h, str_text(question), question->len) || !receive_answer(h);
	return !h->lost;
}

static bool read_piece(struct host_memory *h, bool physical, uint64_t addr, char *buf, size_t len)
{
	_cleanup_(str_done) struct str question = { 0 }, bytes = { 0 };

	str_addf(&question, "%s%" PRIx64 ",%zx", physical ? "qvmatlas.physical:" : "m", addr, len);
	if (!ask(h, &question) ||
	    !rsp_from_hex(str_text(&h->reader.packet), h->reader.packet.len, &bytes) || bytes.len != len)
		return false;
	memcpy(buf, str_text(&bytes), len);
	return true;
}

static int host_memory_read(void *arg, enum vmatlas_space space, uint64_t addr, void *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		const size_t part = len - done < PIECE ? len - done : PIECE;

		if (!read_piece(arg, space == VMATLAS_PHYSICAL, addr + done, (char *)buf + done, part))
			return -1;
		done += part;
	}
	return 0;
}

static int host_memory_symbol(void *arg, const char *name, uint64_t *ret_addr, uint64_t *ret_size)
{
	_cleanup_(str_done) struct str question = { 0 };
	struct host_memory *h = arg;
	const char *answer;

	str_addf(&question, "qvmatlas.symbol:");
	rsp_add_hex(&question, name, strlen(name));
	if (!ask(h, &question))
		return -1;
	answer = str_text(&h->reader.packet);
	*ret_size = 0;
	if (answer[0] == 'E' || !rsp_number(&answer, ret_addr))
		return -1;
	return *answer == ',' && (answer++, !rsp_number(&answer, ret_size)) ? -1 : 0;
}

/* A host that knows nothing of it answers with an empty packet. */
static const char *host_vmcoreinfo(struct host_memory *h)
{
	_cleanup_(str_done) struct str question = { 0 };

	str_addf(&question, "qvmatlas.vmcoreinfo");
	if (!ask(h, &question) ||
	    !rsp_from_hex(str_text(&h->reader.packet), h->reader.packet.len, &h->vmcoreinfo) ||
	    !h->vmcoreinfo.len)
		return NULL;
	return str_text(&h->vmcoreinfo);
}

void host_memory_begin(struct host_memory *h, int fd, bool has_vmlinux, struct vmatlas_memory_ops *ret)
{
	h->fd = fd;
	*ret = (struct vmatlas_memory_ops){
		.size = sizeof(*ret), .arg = h, .read = host_memory_read,
		.symbol = has_vmlinux ? NULL : host_memory_symbol, .vmcoreinfo = host_vmcoreinfo(h),
	};
}

void host_memory_done(struct host_memory *h)
{
	rsp_reader_done(&h->reader);
	str_done(&h->out);
	str_done(&h->vmcoreinfo);
}
