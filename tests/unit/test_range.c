/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/range.h"
#include "base/range_overlap.h"

#define R(first, last) ((struct vmatlas_range){ (first), (last) })

static void the_top_byte_has_an_address(void **state)
{
	struct vmatlas_range r = { 0 };

	(void)state;
	assert_true(range_from_size(UINT64_MAX, 1, &r));
	assert_int_equal(r.last, UINT64_MAX);
	assert_true(range_from_size(0xffffffffff600000, 0xa00000, &r));
	assert_int_equal(r.last, UINT64_MAX);
	assert_true(range_has(r, UINT64_MAX));
	assert_true(range_from_end(0xffffffff80000000, 0, &r));
	assert_int_equal(r.last, UINT64_MAX);
}

static void what_wraps_is_no_range(void **state)
{
	struct vmatlas_range r = { 1, 2 };

	(void)state;
	assert_false(range_from_size(0x1000, 0, &r));
	assert_false(range_from_size(UINT64_MAX, 2, &r));
	assert_false(range_from_size(0x1000, UINT64_MAX, &r));
	assert_false(range_from_end(0x2000, 0x2000, &r));
	assert_false(range_from_end(0x2000, 0x1000, &r));
	assert_int_equal(r.first, 1);	/* untouched */
	assert_false(range_valid(R(2, 1)));
	assert_true(range_valid(R(1, 1)));
}

static void the_whole_space_has_no_size(void **state)
{
	struct vmatlas_range all = { 0, UINT64_MAX };

	(void)state;
	assert_int_equal(vmatlas_range_size(&all), 0);
	assert_int_equal(vmatlas_range_size(&R(0x1000, 0x1fff)), 0x1000);
}

static void one_shared_byte_is_an_overlap(void **state)
{
	(void)state;
	assert_true(range_overlaps(R(0, 0x1000), R(0x1000, 0x2000)));
	assert_false(range_overlaps(R(0, 0xfff), R(0x1000, 0x2000)));
	assert_true(range_overlaps(R(0, UINT64_MAX), R(5, 5)));
	assert_true(range_holds(R(0, 9), R(0, 9)));
	assert_false(range_holds(R(1, 9), R(0, 9)));
	assert_false(range_holds(R(0, 8), R(0, 9)));
}

/* ---- sweep ---- */

struct pairs {
	struct { size_t under, over; } pair[16];
	size_t nr;
};

static void remember(struct pairs *seen, size_t under, size_t over)
{
	assert_true(seen->nr < ARRAY_SIZE(seen->pair));
	seen->pair[seen->nr].under = under;
	seen->pair[seen->nr++].over = over;
}

static void sweep_overlaps(const struct vmatlas_range *r, size_t n, struct pairs *seen)
{
	const struct vmatlas_range *under;
	struct sweep sweep = { 0 };

	for (size_t i = 0; i < n; i++) {
		under = sweep_next(&sweep, r[i], &r[i]);
		if (under)
			remember(seen, (size_t)(under - r), i);
	}
}

#define assert_pair(seen, i, u, o)                                            \
	do {                                                                  \
		assert_int_equal((seen).pair[i].under, u);                    \
		assert_int_equal((seen).pair[i].over, o);                     \
	} while (0)

static void sweep_of_nothing_is_silent(void **state)
{
	struct pairs seen = { 0 };

	(void)state;
	sweep_overlaps(NULL, 0, &seen);
	sweep_overlaps(&R(0, UINT64_MAX), 1, &seen);
	assert_int_equal(seen.nr, 0);
}

static void sweep_lets_neighbours_touch(void **state)
{
	const struct vmatlas_range r[] = {
		{ 0x1000, 0x1fff }, { 0x2000, 0x2000 }, { 0x2001, UINT64_MAX },
	};
	struct pairs seen = { 0 };

	(void)state;
	sweep_overlaps(r, ARRAY_SIZE(r), &seen);
	assert_int_equal(seen.nr, 0);
}

static void sweep_sees_past_a_short_neighbour(void **state)
{
	/* 2 hides behind 1, but 0 still reaches it. */
	const struct vmatlas_range r[] = {
		{ 0x1000, 0x8fff }, { 0x2000, 0x2fff }, { 0x4000, 0x4fff },
	};
	struct pairs seen = { 0 };

	(void)state;
	sweep_overlaps(r, ARRAY_SIZE(r), &seen);
	assert_int_equal(seen.nr, 2);
	assert_pair(seen, 0, 0, 1);
	assert_pair(seen, 1, 0, 2);
}

static void sweep_names_twins_once(void **state)
{
	const struct vmatlas_range r[] = {
		{ 0x1000, 0x1fff }, { 0x1000, 0x1fff }, { 0x1000, 0x1fff },
	};
	struct pairs seen = { 0 };

	(void)state;
	sweep_overlaps(r, ARRAY_SIZE(r), &seen);
	assert_int_equal(seen.nr, 2);
}

static void sweep_changes_partner_with_the_reach(void **state)
{
	const struct vmatlas_range r[] = {
		{ 0x1000, 0x2fff }, { 0x2000, 0x5fff }, { 0x4000, 0x4fff }, { 0x6000, 0x6fff },
	};
	struct pairs seen = { 0 };

	(void)state;
	sweep_overlaps(r, ARRAY_SIZE(r), &seen);
	assert_int_equal(seen.nr, 2);
	assert_pair(seen, 0, 0, 1);
	assert_pair(seen, 1, 1, 2);
}

/* Against the definition: over is named if, and only if, it overlaps one before it. */
static void sweep_agrees_with_every_pair(void **state)
{
	uint64_t x = 88172645463325252;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct vmatlas_range r[8];
		struct pairs seen = { 0 };
		uint64_t first = 0;
		size_t named = 0;

		for (size_t i = 0; i < ARRAY_SIZE(r); i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			first += x % 6;
			r[i] = R(first, first + (x >> 20) % 12);
		}
		sweep_overlaps(r, ARRAY_SIZE(r), &seen);
		for (size_t i = 1; i < ARRAY_SIZE(r); i++) {
			bool overlaps = false, told;

			for (size_t j = 0; j < i; j++)
				overlaps |= range_overlaps(r[j], r[i]);
			told = named < seen.nr && seen.pair[named].over == i;
			assert_int_equal(told, overlaps);
			if (told)
				assert_true(range_overlaps(r[seen.pair[named].under], r[i]));
			named += told;
		}
		assert_int_equal(named, seen.nr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_byte_has_an_address),
		cmocka_unit_test(what_wraps_is_no_range),
		cmocka_unit_test(the_whole_space_has_no_size),
		cmocka_unit_test(one_shared_byte_is_an_overlap),
		cmocka_unit_test(sweep_of_nothing_is_silent),
		cmocka_unit_test(sweep_lets_neighbours_touch),
		cmocka_unit_test(sweep_sees_past_a_short_neighbour),
		cmocka_unit_test(sweep_names_twins_once),
		cmocka_unit_test(sweep_changes_partner_with_the_reach),
		cmocka_unit_test(sweep_agrees_with_every_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
