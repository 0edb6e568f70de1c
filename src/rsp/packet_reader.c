/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream of bytes, cut into packets: $data#sum, acknowledgements, Ctrl-C. */
#include "rsp/rsp.h"

enum reader_state { BETWEEN_PACKETS, IN_PACKET, FIRST_DIGIT, SECOND_DIGIT };

static uint32_t hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (uint32_t)((c | 0x20) - 'a' + 10);
	return 0x100;		/* no sum is as large */
}

static void packet_begin(struct rsp_reader *r)
{
	r->packet.len = 0;
	str_add(&r->packet, "", 0);
	r->sum = r->sent_sum = 0;
	r->too_long = false;
	r->state = IN_PACKET;
}

static enum rsp_event between_packets(struct rsp_reader *r, char c)
{
	switch (c) {
	case '$':
		packet_begin(r);
		return RSP_NOTHING;
	case '+':
		return RSP_ACK;
	case '-':
		return RSP_NAK;
	case 3:
		return RSP_INTERRUPT;
	default:
		return RSP_NOTHING;
	}
}

/* A $ cannot stand in a packet: the one before it lost its end. */
static void in_packet(struct rsp_reader *r, char c)
{
	if (c == '$') {
		packet_begin(r);
	} else if (c == '#') {
		r->state = FIRST_DIGIT;
	} else if (r->packet.len >= RSP_PACKET_MAX) {
		r->too_long = true;
	} else {
		r->sum += (uint8_t)c;
		str_add(&r->packet, &c, 1);
	}
}

static enum rsp_event packet_end(struct rsp_reader *r)
{
	const bool good = r->sent_sum == (r->sum & 0xff) && !r->too_long && !r->packet.failed;

	r->state = BETWEEN_PACKETS;
	return good ? RSP_PACKET : RSP_BAD_PACKET;
}

static enum rsp_event take_byte(struct rsp_reader *r, char c)
{
	switch (r->state) {
	case BETWEEN_PACKETS:
		return between_packets(r, c);
	case IN_PACKET:
		in_packet(r, c);
		return RSP_NOTHING;
	case FIRST_DIGIT:
		r->sent_sum = hex_digit(c) << 4;
		r->state = SECOND_DIGIT;
		return RSP_NOTHING;
	default:
		r->sent_sum |= hex_digit(c);
		return packet_end(r);
	}
}

enum rsp_event rsp_read(struct rsp_reader *r, const char *bytes, size_t len, size_t *ret_used)
{
	enum rsp_event event = RSP_NOTHING;
	size_t i = 0;

	while (i < len && event == RSP_NOTHING)
		event = take_byte(r, bytes[i++]);
	*ret_used = i;
	return event;
}

void rsp_reader_done(struct rsp_reader *r)
{
	str_done(&r->packet);
}
