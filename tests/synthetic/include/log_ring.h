/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log since 5.10: kernel/printk/printk_ringbuffer.h. LOG_LINES(X) has an X(n, "line")
 * for each n up to LOG_HEAD; the ring has room for 32.
 */
#ifndef FAKE_LOG_RING_H
#define FAKE_LOG_RING_H

#include "kernel.h"

#ifndef LOG_LINES
#define LOG_LINES(X) X(0, "Linux version " RELEASE), X(1, "Command line: console=ttyS0")
#define LOG_HEAD 1
#endif

#ifndef LOG_DAMAGE			/* , [2].state_var = 0x1234 */
#define LOG_DAMAGE
#endif

enum { LOG_COUNT_BITS = 5, LOG_SLOT_BITS = 7, LOG_SLOT = 1 << LOG_SLOT_BITS };

struct prb_data_blk_lpos { ulong next, begin; };
struct prb_desc { struct prb_data_blk_lpos text_blk_lpos; ulong state_var; };
struct printk_info {
	u32 caller_id;
	u16 text_len;
	u8 facility, flags_level;
	u64 seq, ts_nsec;
};
struct prb_desc_ring {
	struct printk_info *infos;
	struct prb_desc *descs;
	ulong tail_id, head_id;
	u32 count_bits;
};
struct prb_data_ring { ulong tail_lpos, head_lpos; char *data; u32 size_bits; };
struct printk_ringbuffer {
	ulong fail;
	struct prb_data_ring text_data_ring;
	struct prb_desc_ring desc_ring;
};

#define LOG_FINALIZED (2ul << (sizeof(ulong) * 8 - 2))
#define LOG_TEXT(n, line) [n] = { n, line }
#define LOG_DESC(n, line) [n] = { .state_var = LOG_FINALIZED + (n), \
	.text_blk_lpos = { LOG_SLOT * ((n) + 1), LOG_SLOT * (n) } }
#define LOG_INFO(n, line) [n] = { .seq = (n), .ts_nsec = (n) * 1000000, .caller_id = 0x80000000, \
	.flags_level = 6 << 5, .text_len = sizeof(line) - 1 }

struct { ulong id; char text[LOG_SLOT - sizeof(ulong)]; } log_text[1 << LOG_COUNT_BITS] = {
	LOG_LINES(LOG_TEXT)
};
struct prb_desc log_descs[1 << LOG_COUNT_BITS] = { LOG_LINES(LOG_DESC) LOG_DAMAGE };
struct printk_info log_infos[1 << LOG_COUNT_BITS] = { LOG_LINES(LOG_INFO) };
struct printk_ringbuffer printk_rb_static = {
	.desc_ring = { .count_bits = LOG_COUNT_BITS, .descs = log_descs, .infos = log_infos,
		       .head_id = LOG_HEAD, .tail_id = 0 },
	.text_data_ring = { .size_bits = LOG_COUNT_BITS + LOG_SLOT_BITS, .data = (char *)log_text,
			    .head_lpos = (LOG_HEAD + 1) * LOG_SLOT },
};
struct printk_ringbuffer *prb = &printk_rb_static;

#endif
