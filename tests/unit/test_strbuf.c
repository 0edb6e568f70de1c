/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/escape.h"
#include "base/strbuf.h"

static void an_empty_string_is_no_null(void **state)
{
	struct str s = { 0 };
	char *text;

	(void)state;
	assert_string_equal(str_text(&s), "");
	text = str_take(&s);
	assert_string_equal(text, "");
	free(text);
}

static void text_is_put_behind_text(void **state)
{
	struct str s = { 0 };

	(void)state;
	str_add(&s, "abcdef", 3);
	str_addf(&s, "-%d-%s", 7, "x");
	str_add(&s, "", 0);
	assert_string_equal(str_text(&s), "abc-7-x");
	assert_int_equal(s.len, 7);
	str_done(&s);
	assert_string_equal(str_text(&s), "");
}

static void a_long_text_arrives_whole(void **state)
{
	struct str s = { 0 };
	char *text;

	(void)state;
	for (int i = 0; i < 5000; i++)
		str_addf(&s, "%04d", i);
	assert_int_equal(s.len, 20000);
	text = str_take(&s);
	assert_int_equal(strlen(text), 20000);
	assert_string_equal(text + 19996, "4999");
	assert_null(s.s);
	free(text);
}

static void text_that_just_fits_fits(void **state)
{
	(void)state;
	for (size_t len = 60; len < 70; len++) {
		struct str s = { 0 };

		str_addf(&s, "%*s", (int)len, "x");
		assert_int_equal(strlen(str_text(&s)), len);
		str_done(&s);
	}
}

static void bytes_in_between_may_be_zero(void **state)
{
	struct str s = { 0 };

	(void)state;
	str_add(&s, "a\0b", 3);
	str_add(&s, "c", 1);
	assert_int_equal(s.len, 4);
	assert_memory_equal(str_text(&s), "a\0bc", 5);
	str_done(&s);
}

static void failure_sticks(void **state)
{
	struct str s = { 0 };

	(void)state;
	str_add(&s, "kept", 4);
	s.failed = true;
	str_addf(&s, "never added");
	assert_null(str_take(&s));
	assert_false(s.failed);
}

static void sizes_read_like_a_report(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" }, { 1, "1 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" },
		{ 1536, "1.5 KiB" }, { 8192, "8 KiB" }, { 240ull << 20, "240 MiB" },
		{ 0x1f66666, "31.3 MiB" }, { 1ull << 40, "1 TiB" }, { 1ull << 63, "8 EiB" },
		{ UINT64_MAX, "15.9 EiB" }, { (1 << 20) + 1, "1 MiB" },
	};
	char buf[24];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(str_size(cases[i].bytes, buf), cases[i].text);
}

/* C0, DEL, C1, bidirectional marks and bytes that are no UTF-8: none gets through. */
static void nothing_but_printable_ascii_passes(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "plain [mod]", "plain [mod]" },
		{ "\x1b[2J\r\n\t\x7f", "\\x1b[2J\\x0d\\x0a\\x09\\x7f" },
		{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
		{ "a\xe2\x80\xae" "b\xe2\x81\xa6\xd8\x9c",
		  "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6\\xd8\\x9c" },
		{ "\xff\xc3", "\\xff\\xc3" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str s = { 0 };

		escape_add(&s, cases[i].text, strlen(cases[i].text));
		assert_string_equal(str_text(&s), cases[i].want);
		str_done(&s);
	}
}

static void what_is_to_stay_stays(void **state)
{
	struct str s = { 0 };

	(void)state;
	escape_add_but(&s, "a\tb\n\x1b\0c", 7, "\n\t");
	assert_string_equal(str_text(&s), "a\tb\n\\x1b\\x00c");
	str_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_string_is_no_null),
		cmocka_unit_test(text_is_put_behind_text),
		cmocka_unit_test(a_long_text_arrives_whole),
		cmocka_unit_test(text_that_just_fits_fits),
		cmocka_unit_test(bytes_in_between_may_be_zero),
		cmocka_unit_test(failure_sticks),
		cmocka_unit_test(sizes_read_like_a_report),
		cmocka_unit_test(nothing_but_printable_ascii_passes),
		cmocka_unit_test(what_is_to_stay_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
