/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log in a dump: printk_rb (5.10+), records (3.5-5.9), text (before). */
#ifndef KERNEL_PRINTK_PRINTK_H
#define KERNEL_PRINTK_PRINTK_H

#include <vmatlas-plugin.h>

#include "kernel/lookup.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/array.h"

struct kernel;

struct log_record {
	uint64_t seq;
	uint64_t ts_nsec;
	uint64_t text;			/* where it begins in log->text */
	uint32_t len;
	uint32_t caller_id;		/* as stored: a PID, or a CPU with bit 31 set */
	uint8_t level;			/* 0..7 */
	uint8_t facility;
	bool has_ts;			/* not in text logs without timestamps */
	bool has_caller;
};

struct printk_log {
	VEC(struct log_record) records;
	struct str text;		/* of all records, one after the other */
	const char *format;		/* "printk ring", "records", "text" */
	uint64_t nr_unusable;		/* records that are damaged, unfinished or not in the dump */
	uint64_t nr_damaged;		/* of them, those that no kernel writes like that */
	uint64_t first_id;		/* ring: of the first record */
	bool is_partial;		/* some of the buffer could not be read */
	bool failed;			/* out of memory */
};

/*
 * Read and decode the log. MISSING if this kernel has none that we know, FAULT or
 * CORRUPT if its head cannot be used; lesser damage is counted in the result.
 */
VMATLAS_CHECKED struct vmatlas_error *
log_read(struct kernel *k, struct printk_log **ret);
void log_free(struct printk_log *log);
DEFINE_FREEP(printk_log, log_free)

/* The log as it is read once and kept in its records. Errors as log_read()'s. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_log(struct kernel *k, const struct printk_log **ret);

/* For lookup_prefetch(). */
extern const struct vmatlas_lookup log_needs[];
extern const size_t nr_log_needs;

/* The text of a record, which ends with its len: there is no NUL. */
static inline const char *log_text(const struct printk_log *log, const struct log_record *rec)
{
	return str_text(&log->text) + rec->text;
}

/* All of it as dmesg prints it: "[    0.000000] text\n". */
void log_format(const struct printk_log *log, struct str *out);

/* ---- record.c: pure, fuzzed ---- */

/* struct printk_ringbuffer and what it points to, in raw bytes. */
struct log_ring {
	bool big_endian;
	uint32_t long_size;		/* 4 or 8: bytes of a state variable, of an id */
	uint32_t count_bits, size_bits;	/* at most LOG_MAX_BITS each */
	uint64_t head_id, tail_id;
	const uint8_t *descs;		/* 1 << count_bits of them */
	const uint8_t *infos;		/* likewise */
	const uint8_t *text;		/* 1 << size_bits bytes */
	uint32_t desc_size, desc_state, desc_begin, desc_next;
	uint32_t info_size, info_seq, info_ts, info_text_len, info_facility;
	uint32_t info_caller;		/* UINT32_MAX: there is none */
};

/* struct printk_log or struct log: headers with their text behind them. */
struct log_chain {
	bool big_endian;
	const uint8_t *buf;
	uint64_t buf_len;
	uint64_t first, next, first_seq;
	uint32_t header_size, ts, len, text_len, facility;
	uint32_t level;			/* 3.5: a u16; UINT32_MAX: by facility */
	uint32_t caller;		/* UINT32_MAX: there is none */
	bool joins;			/* fragments of a line are records of their own */
};

enum { LOG_MAX_BITS = 26 };

void log_decode_ring(const struct log_ring *r, struct printk_log *out);
void log_decode_chain(const struct log_chain *c, struct printk_log *out);
/* @buf holds @len bytes (a power of two), @end is ever-growing. */
void log_decode_text(const uint8_t *buf, uint64_t len, uint64_t end,
		     struct printk_log *out);

#endif
