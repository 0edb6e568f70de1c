/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .debug_aranges, written here byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "debuginfo/debuginfo_internal.h"

struct build {
	uint8_t mem[1024];
	size_t used, set;
	bool be, dwarf64;
	uint8_t addr_size;
};

static void put(struct build *b, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		b->mem[b->used + (b->be ? size - 1 - i : i)] = (uint8_t)(v >> 8 * i);
	b->used += size;
}

static void set_begin(struct build *b, uint64_t unit)
{
	b->set = b->used;
	if (b->dwarf64)
		put(b, 0xffffffff, 4);
	put(b, 0, b->dwarf64 ? 8 : 4);
	put(b, 2, 2);
	put(b, unit, b->dwarf64 ? 8 : 4);
	put(b, b->addr_size, 1);
	put(b, 0, 1);
	while ((b->used - b->set) % (2 * b->addr_size))
		put(b, 0, 1);
}

static void tuple(struct build *b, uint64_t addr, uint64_t len)
{
	put(b, addr, b->addr_size);
	put(b, len, b->addr_size);
}

static void set_end(struct build *b)
{
	const size_t end = b->used, head = b->dwarf64 ? 12 : 4;

	tuple(b, 0, 0);
	const size_t after = b->used;

	b->used = b->set + head - (b->dwarf64 ? 8 : 4);
	put(b, after - b->set - head, b->dwarf64 ? 8 : 4);
	b->used = after;
	assert_true(end < after);
}

static bool scan(const struct build *b, struct arange_want *wants, size_t nr)
{
	const struct bytes bytes = { b->mem, b->used };

	return aranges_scan(&bytes, b->be, wants, nr);
}

/* Two units, the second with two ranges. */
static void two_units(struct build *b)
{
	set_begin(b, 0x100);
	tuple(b, 0x1000, 0x100);
	set_end(b);
	set_begin(b, 0x200);
	tuple(b, 0x3000, 0x10);
	tuple(b, 0x2000, 0x80);
	set_end(b);
}

static void check_two_units(struct build *b)
{
	struct arange_want w[] = {
		{ .addr = 0xfff }, { .addr = 0x1000 }, { .addr = 0x10ff },
		{ .addr = 0x1100 }, { .addr = 0x2040 }, { .addr = 0x300f },
		{ .addr = 0x3010 },
	};
	const uint64_t units[] = { 0, 0x100, 0x100, 0, 0x200, 0x200, 0 };

	two_units(b);
	assert_true(scan(b, w, ARRAY_SIZE(w)));
	for (size_t i = 0; i < ARRAY_SIZE(w); i++) {
		assert_int_equal(w[i].found, units[i] != 0);
		assert_int_equal(w[i].unit, units[i]);
	}
}

static void aranges_find_every_address_in_one_scan(void **state)
{
	struct build b = { .addr_size = 8 };

	(void)state;
	check_two_units(&b);
}

static void aranges_come_in_any_size_and_order(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct build b = { .addr_size = i & 1 ? 4 : 8, .be = i & 2,
				   .dwarf64 = i & 4 };

		check_two_units(&b);
	}
}

static void aranges_reach_the_top_of_memory(void **state)
{
	struct build b = { .addr_size = 8 };
	struct arange_want w[] = { { .addr = 0 }, { .addr = UINT64_MAX } };

	(void)state;
	set_begin(&b, 7);
	tuple(&b, 0xffffffffffff0000, 0x10000);
	set_end(&b);
	assert_true(scan(&b, w, 2));
	assert_false(w[0].found);
	assert_true(w[1].found);
}

static void aranges_skip_sets_of_other_versions(void **state)
{
	struct build b = { .addr_size = 8 };
	struct arange_want w = { .addr = 0x2040 };

	(void)state;
	two_units(&b);
	b.mem[4] = 9;
	assert_true(scan(&b, &w, 1));
	assert_int_equal(w.unit, 0x200);
}

static void aranges_keep_what_they_found_before_damage(void **state)
{
	struct build b = { .addr_size = 8 };
	struct arange_want w[] = { { .addr = 0x1010 }, { .addr = 0x2040 } };

	(void)state;
	two_units(&b);
	b.used -= 17;
	assert_false(scan(&b, w, 2));
	assert_true(w[0].found);
	assert_false(w[1].found);
}

static void aranges_survive_every_truncation(void **state)
{
	(void)state;
	for (size_t used = 0; used < 200; used++) {
		struct build b = { .addr_size = 8 };
		struct arange_want w = { .addr = 0x5000 };

		two_units(&b);
		/* A copy of its own, so that a sanitizer sees a byte too many. */
		uint8_t *tight = malloc(used + 1);
		const struct bytes bytes = { tight, MIN(used, b.used) };

		assert_non_null(tight);
		memcpy(tight, b.mem, bytes.len);
		tight = realloc(tight, bytes.len ? bytes.len : 1);
		assert_non_null(tight);
		aranges_scan(&(struct bytes){ tight, bytes.len }, false, &w, 1);
		assert_false(w.found);
		free(tight);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aranges_find_every_address_in_one_scan),
		cmocka_unit_test(aranges_come_in_any_size_and_order),
		cmocka_unit_test(aranges_reach_the_top_of_memory),
		cmocka_unit_test(aranges_skip_sets_of_other_versions),
		cmocka_unit_test(aranges_keep_what_they_found_before_damage),
		cmocka_unit_test(aranges_survive_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
