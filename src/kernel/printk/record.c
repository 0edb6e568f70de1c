/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Three generations of the kernel's log, decoded from bytes. Nothing in them is
 * trusted: a record that does not hold together is counted and left out.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/printk/printk.h"

static struct log_record *record_add(struct printk_log *out, const uint8_t *text,
				     size_t len)
{
	struct log_record *rec = vec_push(&out->records);

	if (!rec) {
		out->failed = true;
		return NULL;
	}
	rec->text = out->text.len;
	rec->len = (uint32_t)len;
	if (len)
		str_add(&out->text, (const char *)text, len);
	out->failed |= out->text.failed;
	return rec;
}

/*
 * flags:5 and level:3 share the byte behind the facility; which bits they are
 * follows the byte order, as bit fields do.
 */
static uint8_t level_of(uint8_t bits, bool big_endian)
{
	return big_endian ? bits & 7 : bits >> 5;
}

/* ---- Ring: kernel/printk/printk_ringbuffer.c, since 5.10 ---- */

enum desc_state { DESC_RESERVED, DESC_COMMITTED, DESC_FINALIZED, DESC_REUSABLE };

static uint64_t ring_field(const struct log_ring *r, const uint8_t *at, uint32_t size)
{
	return bytes_uint(at, size, r->big_endian);
}

/*
 * The text of a block. Positions grow for ever and wrap at the buffer's size; a
 * block that would cross the end starts over at 0. An odd position means that
 * there is no data: the reservation failed, or the line was empty.
 */
static bool ring_text(const struct log_ring *r, uint64_t id, uint64_t begin,
		      uint64_t next, uint64_t want, const uint8_t **ret, size_t *ret_len)
{
	uint64_t size = (uint64_t)1 << r->size_bits;
	uint64_t at = begin & (size - 1), end;
	uint64_t mask = r->long_size == 8 ? UINT64_MAX : UINT32_MAX;

	if ((begin & 1) && (next & 1)) {
		*ret_len = 0;
		return true;
	}
	/* next - 1: an exact fit ends on the border, which still is this turn. */
	next = (next - 1) & mask;
	if (begin >> r->size_bits != next >> r->size_bits)
		at = 0;
	end = (next & (size - 1)) + 1;
	if (end <= at || end - at < r->long_size ||
	    ring_field(r, r->text + at, r->long_size) != id)
		return false;
	*ret = r->text + at + r->long_size;
	*ret_len = MIN(want, end - at - r->long_size);
	return true;
}

/*
 * May a descriptor that is not @id's record stand there? A CPU takes the id first and
 * changes the descriptor then, which so far has the id of a turn ago, or nothing (desc_reserve());
 * it writes while the record is reserved; and the oldest lose their text before they go.
 * @newer: how many ids came after it.
 */
static bool is_in_between(const struct log_ring *r, uint64_t id, uint64_t state, uint64_t newer)
{
	enum { CPUS_WRITING = 64 };
	const unsigned int id_bits = r->long_size * 8 - 2;
	const uint64_t id_mask = ((uint64_t)1 << id_bits) - 1;
	const uint64_t turn_ago = (id - ((uint64_t)1 << r->count_bits)) & id_mask;

	if ((state & id_mask) == id)
		return state >> id_bits == DESC_RESERVED || state >> id_bits == DESC_REUSABLE;
	return newer < CPUS_WRITING && (!state || ((state & id_mask) == turn_ago &&
						    state >> id_bits == DESC_REUSABLE));
}

/* Each record has the number of the one before it, and one more; as ids have. */
static void check_seq(const struct log_record *rec, uint64_t id, struct printk_log *out)
{
	const struct log_record *first = &out->records.v[0];

	out->nr_damaged += rec != first && rec->seq - first->seq != id - out->first_id;
}

static bool ring_record(const struct log_ring *r, uint64_t id, uint64_t newer,
			struct printk_log *out)
{
	uint64_t index = id & (((uint64_t)1 << r->count_bits) - 1);
	const uint8_t *d = r->descs + index * r->desc_size;
	const uint8_t *i = r->infos + index * r->info_size;
	unsigned int id_bits = r->long_size * 8 - 2;
	uint64_t state = ring_field(r, d + r->desc_state, r->long_size);
	const uint8_t *text = NULL;
	struct log_record *rec;
	size_t len;

	if ((state & (((uint64_t)1 << id_bits) - 1)) != id ||
	    (state >> id_bits != DESC_COMMITTED && state >> id_bits != DESC_FINALIZED)) {
		out->nr_damaged += !is_in_between(r, id, state, newer);
		return false;
	}
	out->nr_damaged++;
	if (!ring_text(r, id, ring_field(r, d + r->desc_begin, r->long_size),
		       ring_field(r, d + r->desc_next, r->long_size),
		       ring_field(r, i + r->info_text_len, 2), &text, &len))
		return false;
	out->nr_damaged--;
	rec = record_add(out, text, len);
	if (!rec)
		return false;
	rec->seq = ring_field(r, i + r->info_seq, 8);
	if (out->records.nr == 1)
		out->first_id = id;
	check_seq(rec, id, out);
	rec->ts_nsec = ring_field(r, i + r->info_ts, 8);
	rec->has_ts = true;
	rec->facility = i[r->info_facility];
	rec->level = level_of(i[r->info_facility + 1], r->big_endian);
	rec->has_caller = r->info_caller != UINT32_MAX;
	if (rec->has_caller)
		rec->caller_id = (uint32_t)ring_field(r, i + r->info_caller, 4);
	return true;
}

/*
 * From the oldest to the newest id. A fresh ring has one descriptor that was
 * never used (the tail of a kernel that has not yet filled its ring): it is no
 * damage that nothing is in it.
 */
void log_decode_ring(const struct log_ring *r, struct printk_log *out)
{
	uint64_t id_mask = ((uint64_t)1 << (r->long_size * 8 - 2)) - 1;
	uint64_t nr = ((r->head_id - r->tail_id) & id_mask) + 1;

	out->format = "printk ring";
	nr = MIN(nr, (uint64_t)1 << r->count_bits);
	for (uint64_t n = 0; n < nr && !out->failed; n++)
		if (!ring_record(r, (r->tail_id + n) & id_mask, nr - 1 - n, out))
			out->nr_unusable += n > 0;
}

/* ---- Chain of records: kernel/printk.c, 3.5 to 5.9 ---- */

/* include/linux/printk.h, enum log_flags: the other bits of the level's byte */
enum { LOG_NEWLINE = 2, LOG_PREFIX = 4, LOG_CONT = 8 };

static uint8_t flags_of(uint8_t bits, bool big_endian)
{
	return big_endian ? bits >> 3 : bits & 31;
}

/*
 * Does the text go on where the last record's ended? By msg_print_text() of 3.6 to
 * 4.8, which decides by the flags of both.
 */
static bool printk_record_goes_on(const struct log_chain *c, uint8_t prev, uint8_t flags)
{
	return c->joins && prev & LOG_CONT && !(prev & LOG_NEWLINE) &&
	       (flags & LOG_CONT || !(flags & LOG_PREFIX));
}

static bool chain_join(struct printk_log *out, const uint8_t *text, size_t len)
{
	struct log_record *last = &out->records.v[out->records.nr - 1];

	str_add(&out->text, (const char *)text, len);
	out->failed |= out->text.failed;
	last->len += (uint32_t)len;
	return true;
}

static bool chain_record(const struct log_chain *c, const uint8_t *at, uint64_t room,
			 uint8_t *prev, struct printk_log *out)
{
	uint64_t text_len = bytes_uint(at + c->text_len, 2, c->big_endian);
	uint8_t flags, last = *prev;
	struct log_record *rec;

	if (text_len > room - c->header_size)
		return false;
	flags = c->level == UINT32_MAX ? flags_of(at[c->facility + 1], c->big_endian) : 0;
	*prev = flags;
	if (out->records.nr && printk_record_goes_on(c, last, flags))
		return chain_join(out, at + c->header_size, text_len);
	rec = record_add(out, at + c->header_size, text_len);
	if (!rec)
		return false;
	rec->ts_nsec = bytes_uint(at + c->ts, 8, c->big_endian);
	rec->has_ts = true;
	if (c->level != UINT32_MAX) {
		rec->level = bytes_uint(at + c->level, 2, c->big_endian) & 7;
	} else {
		rec->facility = at[c->facility];
		rec->level = level_of(at[c->facility + 1], c->big_endian);
	}
	rec->has_caller = c->caller != UINT32_MAX;
	if (rec->has_caller)
		rec->caller_id = (uint32_t)bytes_uint(at + c->caller, 4, c->big_endian);
	return true;
}

/*
 * A length of 0 says that the next record stands at the start. Every step goes
 * forward by at least a header, and the turn is taken once.
 */
void log_decode_chain(const struct log_chain *c, struct printk_log *out)
{
	uint64_t at = c->first, seq = c->first_seq;
	uint8_t flags = 0;
	bool turned = false;

	out->format = "records";
	while (at != c->next && !out->failed) {
		uint64_t len;

		if (at > c->buf_len || c->buf_len - at < c->header_size)
			break;
		len = bytes_uint(c->buf + at + c->len, 2, c->big_endian);
		if (len == 0 && !turned && at) {
			turned = true;
			at = 0;
			continue;
		}
		if (len < c->header_size || len > c->buf_len - at)
			break;
		size_t nr = out->records.nr;

		if (!chain_record(c, c->buf + at, len, &flags, out))
			out->nr_unusable++;
		else if (out->records.nr > nr)
			out->records.v[nr].seq = seq;
		seq++;
		at += len;
	}
	out->nr_unusable += at != c->next;
	out->nr_damaged = out->nr_unusable;
}

/* ---- Text: kernel/printk.c until 3.4 ---- */

static bool printk_record_digits(const uint8_t *s, size_t len, size_t *at, uint64_t *ret)
{
	size_t start = *at;

	*ret = 0;
	for (; *at < len && *at - start < 12 && s[*at] >= '0' && s[*at] <= '9'; (*at)++)
		*ret = *ret * 10 + (s[*at] - '0');
	return *at > start;
}

/* "<6>" and "[    0.000000] " as printk wrote them before the text. */
static size_t text_head(const uint8_t *s, size_t len, uint8_t *level, uint64_t *ts,
			bool *has_ts)
{
	size_t at = 0, head = 0;
	uint64_t n, usec;

	if (len >= 3 && s[0] == '<' && s[1] >= '0' && s[1] <= '7' && s[2] == '>') {
		*level = s[1] - '0';
		at = head = 3;
	}
	if (at == len || s[at] != '[')
		return head;
	for (at++; at < len && s[at] == ' '; at++)
		;
	if (!printk_record_digits(s, len, &at, &n) || at == len || s[at++] != '.' ||
	    !printk_record_digits(s, len, &at, &usec) || len - at < 2 || s[at] != ']' ||
	    s[at + 1] != ' ')
		return head;
	*ts = n * 1000000000 + usec * 1000;
	*has_ts = true;
	return at + 2;
}

static void text_line(const uint8_t *s, size_t len, uint64_t seq, struct printk_log *out)
{
	uint8_t level = 4;
	uint64_t ts = 0;
	bool has_ts = false;
	size_t head = text_head(s, len, &level, &ts, &has_ts);
	struct log_record *rec = record_add(out, s + head, len - head);

	if (!rec)
		return;
	rec->seq = seq;
	rec->level = level;
	rec->ts_nsec = ts;
	rec->has_ts = has_ts;
}

void log_decode_text(const uint8_t *buf, uint64_t len, uint64_t end,
		     struct printk_log *out)
{
	_cleanup_(str_done) struct str all = { 0 };
	uint64_t n = MIN(end, len), at = (end - n) & (len - 1), seq = 0;

	out->format = "text";
	str_add(&all, (const char *)buf + at, MIN(n, len - at));
	if (n > len - at)
		str_add(&all, (const char *)buf, n - (len - at));
	out->failed |= all.failed;
	if (all.failed)
		return;
	for (const char *s = all.s, *stop = s + all.len; s && s < stop;) {
		const char *eol = memchr(s, '\n', (size_t)(stop - s));
		size_t line = (size_t)((eol ? eol : stop) - s);

		text_line((const uint8_t *)s, line, seq++, out);
		s += line + (eol != NULL);
	}
}
