/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which unit covers an address, by what clang 14, gcc 12 and gdb 13 wrote of a file with
 * anchor() at 0x4000b0 and other(), in a section of its own, at 0x4000c0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "debuginfo/debuginfo_internal.h"

static struct bytes seed(const char *name, uint8_t buf[static 4096])
{
	char path[128];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("no %s; run from the top of the tree", path);
	len = fread(buf, 1, 4096, f);
	fclose(f);
	return (struct bytes){ buf, len };
}

/* What lies between and behind the two functions is nobody's. */
static void expect(const struct arange_want *w, uint64_t unit)
{
	assert_false(w[0].found);
	for (int i = 1; i <= 2; i++) {
		assert_true(w[i].found);
		assert_int_equal(w[i].unit, unit);
	}
	assert_false(w[3].found);
}

#define WANTS { { .addr = 0x4000af }, { .addr = 0x4000b0 }, { .addr = 0x4000c0 }, \
		{ .addr = 0x4000c3 } }

/* As tests/fuzz/fuzz_ranges.c cuts it. */
static void scan(const char *name)
{
	struct arange_want wants[] = WANTS;
	uint8_t buf[4096];
	const struct bytes all = seed(name, buf);
	const size_t a = 8 * buf[1], b = 8 * buf[2], c = 8 * buf[3];
	const struct ranges_source from = {
		.abbrev = { buf + 4, a }, .addr = { buf + 4 + a, b },
		.ranges = { buf + 4 + a + b, c }, .rnglists = { buf + 4 + a + b, c },
	};
	const struct bytes unit = { buf + 4 + a + b + c, all.len - 4 - a - b - c };

	assert_int_equal(ranges_scan(&from, &unit, 0x77, wants, 4), 2);
	expect(wants, 0x77);
}

static void rnglists_of_dwarf_5(void **state)
{
	(void)state;
	scan("cu_ranges/clang5");
}

static void ranges_of_dwarf_4(void **state)
{
	(void)state;
	scan("cu_ranges/clang4");
}

static void type_units_cover_nothing(void **state)
{
	struct arange_want wants[] = WANTS;
	uint8_t buf[4096];
	const struct bytes all = seed("cu_ranges/gcc5", buf);
	const size_t a = 8 * buf[1], b = 8 * buf[2], c = 8 * buf[3];
	const struct ranges_source from = { .abbrev = { buf + 4, a },
					    .rnglists = { buf + 4 + a + b, c } };
	const struct bytes unit = { buf + 4 + a + b + c, all.len - 4 - a - b - c };

	(void)state;
	assert_int_equal(ranges_scan(&from, &unit, 0, wants, 4), 0);
}

static void gdb_knows_addresses(void **state)
{
	struct arange_want wants[] = WANTS;
	uint8_t buf[4096];
	struct bytes index = seed("gdb_index/clang", buf);

	(void)state;
	/* the seed ends where gdb's table of symbols begins */
	assert_true(gdb_index_scan(&index, 0xee, wants, 4));
	expect(wants, 0);
}

static void an_index_of_no_known_version_is_none(void **state)
{
	struct arange_want wants[] = WANTS;
	uint8_t buf[4096];
	struct bytes index = seed("gdb_index/clang", buf);

	(void)state;
	buf[0] = 6;
	assert_false(gdb_index_scan(&index, 0xee, wants, 4));
	index.len = 23;
	assert_false(gdb_index_scan(&index, 0xee, wants, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rnglists_of_dwarf_5),
		cmocka_unit_test(ranges_of_dwarf_4),
		cmocka_unit_test(type_units_cover_nothing),
		cmocka_unit_test(gdb_knows_addresses),
		cmocka_unit_test(an_index_of_no_known_version_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
