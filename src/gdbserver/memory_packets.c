/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "m ADDR,LEN" and "x ADDR,LEN": kernel memory. A short answer is right where only the
 * beginning can be read: gdb asks for the rest and reports the first address that fails.
 */
#include <string.h>

#include "gdbserver/gdbserver_internal.h"

enum { PIECE = 4096, READ_MAX = PACKET_SIZE / 2 };	/* no page is smaller than a piece */

/* The readable beginning, in bytes. */
static size_t read_prefix(struct vmatlas *atlas, uint64_t addr, char *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const size_t left = PIECE - ((addr + done) & (PIECE - 1));
		const size_t part = left < len - done ? left : len - done;
		struct vmatlas_error *err = vmatlas_read(atlas, addr + done, buf + done, part);

		if (err) {
			vmatlas_error_free(err);
			break;
		}
		done += part;
	}
	return done;
}

void memory_answer(struct session *s, const char *packet)
{
	const bool binary = *packet++ == 'x';
	char buf[READ_MAX];
	uint64_t addr, len;
	size_t got;

	if (!rsp_number(&packet, &addr) || *packet++ != ',' || !rsp_number(&packet, &len) || *packet) {
		str_addf(&s->answer, "E01");
		return;
	}
	if (len > (binary ? READ_MAX / 2 : READ_MAX))
		len = binary ? READ_MAX / 2 : READ_MAX;
	if (vmatlas_info(s->atlas)->pointer_size == 4)
		addr &= UINT32_MAX;
	got = read_prefix(s->atlas, addr, buf, len);
	if (binary && (got || !len)) {
		str_addf(&s->answer, "b");
		rsp_add_escaped(&s->answer, buf, got);
	} else if (got || !len) {
		rsp_add_hex(&s->answer, buf, got);
	} else {
		str_addf(&s->answer, "E01");
	}
}
