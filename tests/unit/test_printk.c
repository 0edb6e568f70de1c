/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log buffers of three generations, built by hand as printk would fill them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "kernel/printk/printk.h"

static void text_is(const struct printk_log *log, size_t i, const char *want)
{
	const struct log_record *rec = &log->records.v[i];

	assert_true(i < log->records.nr);
	assert_int_equal(rec->len, strlen(want));
	assert_memory_equal(str_text(&log->text) + rec->text, want, rec->len);
}

static void log_done(struct printk_log *log)
{
	vec_done(&log->records);
	str_done(&log->text);
}

/* ---- A ring of 8 descriptors and 128 bytes, 32-bit longs, members shuffled ---- */

enum { COUNT_BITS = 3, SIZE_BITS = 7, DESC_SIZE = 16, INFO_SIZE = 40 };

struct ring {
	uint8_t descs[(1 << COUNT_BITS) * DESC_SIZE];
	uint8_t infos[(1 << COUNT_BITS) * INFO_SIZE];
	uint8_t text[1 << SIZE_BITS];
	struct log_ring r;
	uint32_t lpos;
};

static void put(uint8_t *at, uint64_t v, size_t size, bool big_endian)
{
	for (size_t i = 0; i < size; i++)
		at[big_endian ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

static void ring_init(struct ring *ring, bool big_endian, uint32_t first_id)
{
	memset(ring, 0, sizeof(*ring));
	ring->r = (struct log_ring){
		.big_endian = big_endian, .long_size = 4,
		.count_bits = COUNT_BITS, .size_bits = SIZE_BITS,
		.head_id = first_id, .tail_id = first_id,
		.descs = ring->descs, .infos = ring->infos, .text = ring->text,
		.desc_size = DESC_SIZE, .desc_next = 0, .desc_begin = 4, .desc_state = 8,
		.info_size = INFO_SIZE, .info_ts = 0, .info_seq = 8, .info_text_len = 16,
		.info_facility = 18, .info_caller = 24,
	};
}

/* As prb_reserve() and prb_final_commit() leave it; NULL text: a dataless block. */
static void ring_add(struct ring *ring, uint32_t state, uint64_t seq, const char *text)
{
	struct log_ring *r = &ring->r;
	uint32_t id = (uint32_t)(r->head_id = (r->head_id + 1) & 0x3fffffff);
	uint8_t *d = ring->descs + (id & 7) * DESC_SIZE;
	uint8_t *i = ring->infos + (id & 7) * INFO_SIZE;
	uint32_t size = text ? (uint32_t)((strlen(text) + 4 + 3) & ~3u) : 0;
	uint32_t begin = ring->lpos, next = begin + size, at = begin & 127;

	if (text && begin >> SIZE_BITS != (next - 1) >> SIZE_BITS) {
		next = (next & ~127u) + size;	/* wrapped: the data begins at 0 */
		at = 0;
	}
	put(d + r->desc_state, (uint64_t)state << 30 | id, 4, r->big_endian);
	put(d + r->desc_begin, text ? begin : 3, 4, r->big_endian);
	put(d + r->desc_next, text ? next : 3, 4, r->big_endian);
	put(i + r->info_seq, seq, 8, r->big_endian);
	put(i + r->info_ts, seq * 1000000, 8, r->big_endian);
	put(i + r->info_text_len, text ? strlen(text) : 0, 2, r->big_endian);
	i[r->info_facility] = 3;
	i[r->info_facility + 1] = r->big_endian ? 6 : 6 << 5;
	put(i + r->info_caller, 0x80000001, 4, r->big_endian);
	if (text) {
		put(ring->text + at, id, 4, r->big_endian);
		memcpy(ring->text + at + 4, text, strlen(text));
		ring->lpos = next;
	}
}

static void a_young_ring_is_read_from_its_first_record(void **state)
{
	struct printk_log log = { 0 };
	struct ring ring;

	(void)state;
	ring_init(&ring, false, 0x3ffffff7);	/* DESC0_ID: -(8 + 1) */
	ring_add(&ring, 2, 0, "Booting Linux");
	ring_add(&ring, 2, 1, NULL);
	ring_add(&ring, 1, 2, "two\nlines");
	log_decode_ring(&ring.r, &log);
	assert_int_equal(log.records.nr, 3);
	assert_int_equal(log.nr_unusable, 0);
	text_is(&log, 0, "Booting Linux");
	text_is(&log, 1, "");
	text_is(&log, 2, "two\nlines");
	assert_int_equal(log.records.v[2].seq, 2);
	assert_int_equal(log.records.v[2].ts_nsec, 2000000);
	assert_int_equal(log.records.v[2].level, 6);
	assert_int_equal(log.records.v[2].facility, 3);
	assert_int_equal(log.records.v[2].caller_id, 0x80000001);
	log_done(&log);
}

static void a_ring_that_went_round_starts_at_its_tail(void **state)
{
	struct printk_log log = { 0 };
	struct ring ring;
	char text[32];

	(void)state;
	ring_init(&ring, false, 0x3ffffff7);
	for (int i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "message %d", i);
		ring_add(&ring, 2, (uint64_t)i, text);
	}
	ring.r.tail_id = (ring.r.head_id - 7) & 0x3fffffff;
	log_decode_ring(&ring.r, &log);
	/* 16 bytes each: the last eight fill the text ring to the brim */
	assert_int_equal(log.records.nr, 8);
	text_is(&log, 0, "message 22");
	text_is(&log, 7, "message 29");
	log_done(&log);
}

static void big_endian_rings_are_read_too(void **state)
{
	struct printk_log log = { 0 };
	struct ring ring;

	(void)state;
	ring_init(&ring, true, 5);
	ring_add(&ring, 2, 77, "sparc");
	log_decode_ring(&ring.r, &log);
	assert_int_equal(log.records.nr, 1);
	text_is(&log, 0, "sparc");
	assert_int_equal(log.records.v[0].seq, 77);
	assert_int_equal(log.records.v[0].level, 6);
	log_done(&log);
}

static void records_that_do_not_hold_together_are_counted(void **state)
{
	struct printk_log log = { 0 };
	struct ring ring;

	(void)state;
	ring_init(&ring, false, 0);
	ring_add(&ring, 2, 1, "good");
	ring_add(&ring, 0, 2, "reserved");		/* a CPU died while writing it */
	ring_add(&ring, 2, 3, "overwritten");
	ring_add(&ring, 2, 4, "good, too");
	put(ring.text + 8 + 12, 0xdead, 4, false);	/* block id of the third */
	log_decode_ring(&ring.r, &log);
	assert_int_equal(log.records.nr, 2);
	assert_int_equal(log.nr_unusable, 2);
	text_is(&log, 1, "good, too");
	log_done(&log);
}

static void a_ring_of_garbage_stays_within_its_bytes(void **state)
{
	struct ring ring;

	(void)state;
	srand(1);
	for (int round = 0; round < 200; round++) {
		struct printk_log log = { 0 };

		ring_init(&ring, round & 1, (uint32_t)rand());
		for (int i = 0; i < 8; i++)
			ring_add(&ring, 2, (uint64_t)i, "text");
		for (int i = 0; i < 20; i++)
			ring.descs[(unsigned int)rand() % sizeof(ring.descs)] =
				(uint8_t)rand();
		for (int i = 0; i < 4; i++)
			ring.infos[(unsigned int)rand() % sizeof(ring.infos)] =
				(uint8_t)rand();
		log_decode_ring(&ring.r, &log);
		assert_true(log.records.nr <= 8);
		for (size_t i = 0; i < log.records.nr; i++)
			assert_true(log.records.v[i].len <= 128);
		log_done(&log);
	}
}

/* ---- Chain of records: ts_nsec, len, text_len, dict_len, facility, level ---- */

static size_t chain_add(uint8_t *buf, size_t at, uint64_t ts, const char *text,
			size_t dict)
{
	size_t len = (16 + strlen(text) + dict + 3) & ~(size_t)3;

	put(buf + at, ts, 8, false);
	put(buf + at + 8, len, 2, false);
	put(buf + at + 10, strlen(text), 2, false);
	put(buf + at + 12, dict, 2, false);
	buf[at + 14] = 0;
	buf[at + 15] = 4 << 5;
	memcpy(buf + at + 16, text, strlen(text));
	return at + len;
}

static const struct log_chain chain_shape = {
	.header_size = 16, .ts = 0, .len = 8, .text_len = 10, .facility = 14,
	.level = UINT32_MAX, .caller = UINT32_MAX,
};

static void a_chain_turns_at_a_length_of_zero(void **state)
{
	struct log_chain c = chain_shape;
	struct printk_log log = { 0 };
	uint8_t buf[128] = { 0 };
	size_t at;

	(void)state;
	c.buf = buf;
	c.buf_len = sizeof(buf);
	c.first = 40;
	c.first_seq = 100;
	at = chain_add(buf, 40, 1, "oldest", 7);
	at = chain_add(buf, at, 2, "older", 0);
	assert_true(at + 16 <= sizeof(buf));		/* zeroes follow: the turn */
	c.next = chain_add(buf, 0, 3, "newest", 0);
	log_decode_chain(&c, &log);
	assert_int_equal(log.records.nr, 3);
	assert_int_equal(log.nr_unusable, 0);
	text_is(&log, 0, "oldest");
	text_is(&log, 2, "newest");
	assert_int_equal(log.records.v[2].seq, 102);
	assert_int_equal(log.records.v[2].level, 4);
	log_done(&log);
}

enum { NEWLINE = 2, PREFIX = 4, CONT = 8 };

static size_t chain_piece(uint8_t *buf, size_t at, unsigned int flags, const char *text)
{
	size_t next = chain_add(buf, at, at, text, 0);

	buf[at + 15] = (uint8_t)(6 << 5 | flags);
	return next;
}

static size_t chain_of_pieces(uint8_t *buf)
{
	size_t at = chain_piece(buf, 0, NEWLINE | PREFIX, "a line");

	at = chain_piece(buf, at, CONT, "begun,");
	at = chain_piece(buf, at, CONT, " continued,");
	at = chain_piece(buf, at, CONT | NEWLINE, " ended");
	at = chain_piece(buf, at, CONT, "begun");
	return chain_piece(buf, at, NEWLINE | PREFIX, "interrupted");
}

static void fragments_of_a_line_are_joined(void **state)
{
	struct log_chain c = chain_shape;
	struct printk_log log = { 0 };
	uint8_t buf[256] = { 0 };

	(void)state;
	c.buf = buf;
	c.buf_len = sizeof(buf);
	c.joins = true;
	c.next = chain_of_pieces(buf);
	log_decode_chain(&c, &log);
	assert_int_equal(log.records.nr, 4);
	text_is(&log, 0, "a line");
	text_is(&log, 1, "begun, continued, ended");
	text_is(&log, 2, "begun");
	text_is(&log, 3, "interrupted");
	assert_int_equal(log.records.v[2].seq, 4);
	assert_int_equal(log.records.v[1].level, 6);
	log_done(&log);
}

/* printk of 4.9 to 5.9 prints each on a line of its own. */
static void fragments_stay_apart_where_the_kernel_does_not_join_them(void **state)
{
	struct log_chain c = chain_shape;
	struct printk_log log = { 0 };
	uint8_t buf[256] = { 0 };

	(void)state;
	c.buf = buf;
	c.buf_len = sizeof(buf);
	c.next = chain_of_pieces(buf);
	log_decode_chain(&c, &log);
	assert_int_equal(log.records.nr, 6);
	text_is(&log, 3, " ended");
	log_done(&log);
}

static void a_chain_may_keep_who_wrote(void **state)
{
	struct log_chain c = chain_shape;
	struct printk_log log = { 0 };
	uint8_t buf[64] = { 0 };

	(void)state;
	c.buf = buf;
	c.buf_len = sizeof(buf);
	c.caller = 12;				/* where others have dict_len */
	c.next = chain_add(buf, 0, 1, "hello", 0);
	put(buf + 12, 0x80000003, 4, false);
	log_decode_chain(&c, &log);
	assert_int_equal(log.records.nr, 1);
	assert_true(log.records.v[0].has_caller);
	assert_int_equal(log.records.v[0].caller_id, 0x80000003);
	log_done(&log);
}

static void a_broken_chain_ends(void **state)
{
	struct log_chain c = chain_shape;
	uint8_t buf[128] = { 0 };

	(void)state;
	c.buf = buf;
	c.buf_len = sizeof(buf);
	for (unsigned int len = 0; len < 300; len++) {
		struct printk_log log = { 0 };

		memset(buf, 0, sizeof(buf));
		chain_add(buf, 0, 1, "text", 0);
		put(buf + 8, len, 2, false);
		put(buf + 10, 0xffff, 2, false);
		c.next = 120;
		log_decode_chain(&c, &log);
		assert_int_not_equal(log.nr_unusable, 0);
		log_done(&log);
	}
	/* indices from nowhere */
	for (uint64_t first = 0; first < 400; first += 8) {
		struct printk_log log = { 0 };

		c.first = first;
		c.next = 1;
		log_decode_chain(&c, &log);
		log_done(&log);
	}
}

/* ---- Text ---- */

static void old_text_loses_its_heads(void **state)
{
	static const char text[] = "<5>[    0.000000] Linux version 2.6.36\n"
				   "<6>Memory: 384MB = 384MB total\n"
				   "no level, [brackets] kept\n"
				   "<4>[   12.345678] partial";
	uint8_t buf[256] = { 0 };
	struct printk_log log = { 0 };

	(void)state;
	memcpy(buf, text, sizeof(text) - 1);
	log_decode_text(buf, sizeof(buf), sizeof(text) - 1, &log);
	assert_int_equal(log.records.nr, 4);
	text_is(&log, 0, "Linux version 2.6.36");
	text_is(&log, 1, "Memory: 384MB = 384MB total");
	text_is(&log, 2, "no level, [brackets] kept");
	text_is(&log, 3, "partial");
	assert_int_equal(log.records.v[0].level, 5);
	assert_true(log.records.v[0].has_ts);
	assert_false(log.records.v[1].has_ts);
	assert_int_equal(log.records.v[3].ts_nsec, 12345678000);
	log_done(&log);
}

static void old_text_goes_round(void **state)
{
	struct printk_log log = { 0 };
	uint8_t buf[16];

	(void)state;
	memcpy(buf, "ond\nthird\nft\nsec", 16);
	log_decode_text(buf, 16, 4096 + 10, &log);
	assert_int_equal(log.records.nr, 3);
	text_is(&log, 0, "ft");
	text_is(&log, 1, "second");
	text_is(&log, 2, "third");
	log_done(&log);
}

static void a_log_is_formatted_as_dmesg_prints_it(void **state)
{
	static const char text[] = "<5>[    1.500000] one\nplain\n";
	struct printk_log log = { 0 };
	_cleanup_(str_done) struct str s = { 0 };
	uint8_t buf[64] = { 0 };

	(void)state;
	memcpy(buf, text, sizeof(text) - 1);
	log_decode_text(buf, sizeof(buf), sizeof(text) - 1, &log);
	log_format(&log, &s);
	assert_string_equal(str_text(&s), "[    1.500000] one\nplain\n");
	log_done(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_young_ring_is_read_from_its_first_record),
		cmocka_unit_test(a_ring_that_went_round_starts_at_its_tail),
		cmocka_unit_test(big_endian_rings_are_read_too),
		cmocka_unit_test(records_that_do_not_hold_together_are_counted),
		cmocka_unit_test(a_ring_of_garbage_stays_within_its_bytes),
		cmocka_unit_test(a_chain_turns_at_a_length_of_zero),
		cmocka_unit_test(fragments_of_a_line_are_joined),
		cmocka_unit_test(fragments_stay_apart_where_the_kernel_does_not_join_them),
		cmocka_unit_test(a_chain_may_keep_who_wrote),
		cmocka_unit_test(a_broken_chain_ends),
		cmocka_unit_test(old_text_loses_its_heads),
		cmocka_unit_test(old_text_goes_round),
		cmocka_unit_test(a_log_is_formatted_as_dmesg_prints_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
