/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an extract says of itself, there and back; and what damaged notes do. */
#include "make_dump.h"

#include "base/strbuf.h"
#include "mem/extract_notes.h"

static void know(struct mem_record_page *page, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		page->known[i / 8] |= 1u << i % 8;
}

static struct kept *runs_of(const struct mem_record_page *const *pages, size_t nr,
			    size_t *ret_size)
{
	struct str text = { 0 };
	struct kept *k = extract_note_new();

	assert_non_null(k);
	extract_note_runs_make(pages, nr, &text);
	assert_null(extract_note_runs_parse(k, (const uint8_t *)str_text(&text), text.len));
	*ret_size = text.len;
	str_done(&text);
	extract_note_seal(k);
	return k;
}

static void every_byte_is_known_or_not(void **state)
{
	static struct mem_record_page a = { .paddr = 0x5000 }, b = { .paddr = 0x6000 },
				      c = { .paddr = 0x100000000 };
	const struct mem_record_page *const pages[] = { &a, &b, &c };
	struct kept *k;
	size_t size;

	(void)state;
	know(&a, 1, 3);
	know(&a, 4090, 4096);
	know(&b, 0, 10);
	know(&c, 0, 4096);
	k = runs_of(pages, 3, &size);
	assert_true(size < 24);		/* three runs: the pages touch */
	for (size_t i = 0; i < 3; i++)
		for (size_t at = 0; at < MEM_RECORD_PAGE; at++)
			assert_int_equal(extract_note_holds(k, pages[i]->paddr + at, 1),
					 pages[i]->known[at / 8] >> at % 8 & 1);
	assert_true(extract_note_holds(k, 0x5000 + 4090, 16));
	assert_false(extract_note_holds(k, 0x5000 + 4090, 17));
	assert_false(extract_note_holds(k, 0x5000, 2));
	assert_false(extract_note_holds(k, 0xffffffff, 2));
	assert_false(extract_note_holds(k, UINT64_MAX - 7, 8));
	extract_note_free(k);
}

static void nothing_known_is_nothing_held(void **state)
{
	size_t size;
	struct kept *k = runs_of(NULL, 0, &size);

	(void)state;
	assert_int_equal(size, 0);
	assert_false(extract_note_holds(k, 0, 1));
	extract_note_free(k);
}

static void runs_that_wrap_are_refused(void **state)
{
	/* a gap of UINT64_MAX, a run of 2 bytes; a gap that is cut off; one too long */
	static const uint8_t wraps[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					 0x01, 2 };
	static const uint8_t cut[] = { 0x80, 0x80 };
	static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					   0xff, 0xff, 0xff, 1 };
	struct kept *k = extract_note_new();

	(void)state;
	expect_error(extract_note_runs_parse(k, wraps, sizeof(wraps)), VMATLAS_ERROR_FORMAT, "damaged");
	expect_error(extract_note_runs_parse(k, cut, sizeof(cut)), VMATLAS_ERROR_FORMAT, "damaged");
	expect_error(extract_note_runs_parse(k, endless, sizeof(endless)), VMATLAS_ERROR_FORMAT,
		     "damaged");
	extract_note_free(k);
}

static struct kept *faults_of(const char *text)
{
	struct kept *k = extract_note_new();

	assert_null(extract_note_faults_parse(k, (const uint8_t *)text, strlen(text)));
	extract_note_seal(k);
	return k;
}

static void refused_as_the_dump_refused(void **state)
{
	const struct mem_record_fault faults[] = {
		{ 0x1000, 4096, "filtered out by makedumpfile" },
		{ 0x8fb0, 40, "file is truncated: it ends at offset 0x1234" },
		{ 0x8fc0, 8, "likewise" },
	};
	struct str text = { 0 };
	struct kept *k;

	(void)state;
	extract_note_faults_make(faults, ARRAY_SIZE(faults), &text);
	k = faults_of(str_text(&text));
	str_done(&text);
	/* a backend that knows blocks names the block; one that knows bytes, the byte */
	expect_error(extract_note_refuse(k, 0x1238, 8), VMATLAS_ERROR_FAULT,
		     "physical 0x1000: filtered out by makedumpfile");
	expect_error(extract_note_refuse(k, 0x8fb0, 40), VMATLAS_ERROR_FAULT,
		     "physical 0x8fb0: file is truncated: it ends at offset 0x1234");
	expect_error(extract_note_refuse(k, 0x8fc0, 8), VMATLAS_ERROR_FAULT,
		     "physical 0x8fc0: likewise");
	expect_error(extract_note_refuse(k, 0x8fb8, 4), VMATLAS_ERROR_FAULT, "physical 0x8fb0: file");
	/* what was there before the fault was read, too */
	expect_error(extract_note_refuse(k, 0x8fa0, 0x20), VMATLAS_ERROR_FAULT, "physical 0x8fb0: file");
	expect_error(extract_note_refuse(k, 0x7000, 8), VMATLAS_ERROR_FAULT,
		     "physical 0x7000: not kept in this extract");
	extract_note_free(k);
}

static void lines_that_make_no_sense_are_passed_over(void **state)
{
	struct kept *k = faults_of("\n\nxyz\n1000\n1000 \n1000 0 none\n2000 1001 too long\n"
				   "3000 8 good\n4000 8 no end");

	(void)state;
	expect_error(extract_note_refuse(k, 0x1000, 8), VMATLAS_ERROR_FAULT, "not kept");
	expect_error(extract_note_refuse(k, 0x2000, 8), VMATLAS_ERROR_FAULT, "not kept");
	expect_error(extract_note_refuse(k, 0x3000, 8), VMATLAS_ERROR_FAULT, "0x3000: good");
	expect_error(extract_note_refuse(k, 0x4004, 8), VMATLAS_ERROR_FAULT, "0x4000: no end");
	extract_note_free(k);
}

static void facts_come_back(void **state)
{
	struct extract_note_facts facts = { .taken = 1795406753, .node = "db 17",
				    .truncated_at = 415338465, .expected_size = 553784608 };
	struct extract_note_facts seen = { 0 };
	struct str text = { 0 };

	(void)state;
	extract_note_facts_make(&facts, &text);
	extract_note_facts_parse((const uint8_t *)str_text(&text), text.len, &seen);
	str_done(&text);
	assert_int_equal(seen.taken, facts.taken);
	assert_string_equal(seen.node, facts.node);
	assert_int_equal(seen.truncated_at, facts.truncated_at);
	assert_int_equal(seen.expected_size, facts.expected_size);
}

static void facts_may_be_missing_or_nonsense(void **state)
{
	static const char text[] = "NODE=\nTAKEN=never\nTRUNCATED=12\nNODES=x";
	struct extract_note_facts seen = { 0 };

	(void)state;
	extract_note_facts_parse((const uint8_t *)text, sizeof(text) - 1, &seen);
	assert_int_equal(seen.taken, 0);
	assert_string_equal(seen.node, "");
	assert_int_equal(seen.truncated_at, 0);
	extract_note_facts_parse(NULL, 0, &seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_known_or_not),
		cmocka_unit_test(nothing_known_is_nothing_held),
		cmocka_unit_test(runs_that_wrap_are_refused),
		cmocka_unit_test(refused_as_the_dump_refused),
		cmocka_unit_test(lines_that_make_no_sense_are_passed_over),
		cmocka_unit_test(facts_come_back),
		cmocka_unit_test(facts_may_be_missing_or_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
