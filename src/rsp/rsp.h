/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets of the gdb remote serial protocol ("$data#sum"), for servers and clients alike:
 * bytes in, bytes out, and nothing else. gdb's manual, "Remote Protocol", has all of it.
 */
#ifndef RSP_RSP_H
#define RSP_RSP_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* ---- packet_reader.c: a stream of bytes, cut into packets ------------------------ */

enum rsp_event {
	RSP_NOTHING,		/* more bytes are needed */
	RSP_PACKET,		/* .packet is one, its checksum is right */
	RSP_BAD_PACKET,		/* its checksum is wrong, or it is too long */
	RSP_ACK,		/* "+" */
	RSP_NAK,		/* "-": send the last packet again */
	RSP_INTERRUPT,		/* Ctrl-C */
};

enum { RSP_PACKET_MAX = 1 << 20 };	/* a longer one is refused, not kept */

struct rsp_reader {
	struct str packet;	/* what stands between $ and #, as it was sent */
	uint32_t state;		/* of packet_reader.c */
	uint32_t sum, sent_sum;
	bool too_long;
};

/*
 * Take bytes up to the next event; *ret_used: how many. What lies between packets and means
 * nothing is skipped. .packet is good until the next call.
 */
enum rsp_event rsp_read(struct rsp_reader *reader, const char *bytes, size_t len,
			size_t *ret_used);

void rsp_reader_done(struct rsp_reader *reader);

/* ---- packet_encoding.c: what packets are made of --------------------------------------- */

/* "$data#sum" behind what @out has; @data is escaped already where it has to be. */
void rsp_add_packet(struct str *out, const char *data, size_t len);

/* Two digits a byte. */
void rsp_add_hex(struct str *out, const void *bytes, size_t len);

/* Bytes of @text, which is all digits and no half bytes; false if it is not. */
bool rsp_from_hex(const char *text, size_t len, struct str *out);

/*
 * A hexadecimal number at *p, which moves behind it; false, and *p stays, if there is none
 * or it has more than 64 bits.
 */
bool rsp_number(const char **p, uint64_t *ret);

/* Binary data: "#$}*" become "}" and the byte xor 0x20. */
void rsp_add_escaped(struct str *out, const void *bytes, size_t len);
/* Back; false if it ends in the middle. */
bool rsp_unescape(const char *data, size_t len, struct str *out);

/*
 * What a server sends may have runs: "0* " is "0000". False if it is none, or would be
 * longer than RSP_PACKET_MAX. Binary answers: this first, then rsp_unescape().
 */
bool rsp_expand_runs(const char *data, size_t len, struct str *out);

#endif
