/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/range.h"
#include "fake_kernel.h"
#include "kernel/pgtable/walk.h"

/* Physical memory of 64 KiB at 1 MiB: tables in its pages, one after the other. */
#define RAM 0x100000ull
#define PAGE(n) (RAM + (n) * 0x1000)

#define TABLE 0x67ull
#define LEAF  0x8000000000000163ull	/* rw, nx, global */
#define LARGE 0x80ull
#define RW 2ull

#define VA 0xffffc90000000000ull	/* PGD 402 of four levels */

struct seen {
	struct mapping run[64];
	size_t nr;
};

static struct vmatlas_error *gather(void *arg, const struct mapping *m)
{
	struct seen *s = arg;

	assert_true(s->nr < 64);
	assert_true(range_valid(m->range));
	if (s->nr)
		assert_true(m->range.first > s->run[s->nr - 1].range.last);
	s->run[s->nr++] = *m;
	return NULL;
}

static void put(struct fake *f, uint64_t table, uint64_t index, uint64_t entry)
{
	fake_put(f, table + index * f->k.format->entry_size, entry, f->k.format->entry_size);
}

static struct mapping_stats walk_range(struct fake *f, struct vmatlas_range range, struct seen *s)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;

	s->nr = 0;
	assert_null(mapping_walk_new(&f->k, gather, s, &w));
	assert_null(mapping_walk_range(w, range));
	return *mapping_walk_stats(w);
}

static struct mapping_stats walk_all(struct fake *f, struct seen *s)
{
	return walk_range(f, mapping_space(&f->k), s);
}

static void start(struct fake *f, const struct pt_format *format, uint32_t ptr_size)
{
	fake_init(f, RAM, ptr_size);
	fake_use_page_tables(f, format, PAGE(0));
}

/* A PTE table for VA in page 3, reached through pages 1 and 2. */
static void start_4level(struct fake *f)
{
	start(f, &pt_x86_64_4level, 8);
	put(f, PAGE(0), 402, PAGE(1) | TABLE);
	put(f, PAGE(1), 0, PAGE(2) | TABLE);
	put(f, PAGE(2), 0, PAGE(3) | TABLE);
}

#define assert_run(r, begin, end, to)                                         \
	do {                                                                  \
		assert_int_equal((r).state, MAPPING_LEAVES);                  \
		assert_int_equal((r).range.first, begin);                     \
		assert_int_equal((r).range.last + 1, end);                    \
		assert_int_equal((r).phys, to);                               \
	} while (0)

static void neighbours_that_are_alike_are_one_run(void **state)
{
	struct seen s;
	struct fake f;

	(void)state;
	start_4level(&f);
	for (unsigned int i = 0; i < 4; i++)
		put(&f, PAGE(3), i, (0x40000000 + i * 0x1000) | LEAF);
	put(&f, PAGE(3), 4, 0x50000000 | LEAF);			/* elsewhere */
	put(&f, PAGE(3), 5, (0x50001000 | LEAF) & ~RW);		/* read-only */
	put(&f, PAGE(3), 7, 0x50003000 | LEAF);			/* behind a hole */
	put(&f, PAGE(2), 1, 0x40200000 | LEAF | LARGE);
	put(&f, PAGE(2), 2, 0x40400000 | LEAF | LARGE);
	walk_all(&f, &s);
	assert_int_equal(s.nr, 5);
	assert_run(s.run[0], VA, VA + 0x4000, 0x40000000);
	assert_int_equal(s.run[0].entry_addr, PAGE(3));
	assert_int_equal(s.run[0].level, 3);
	assert_run(s.run[1], VA + 0x4000, VA + 0x5000, 0x50000000);
	assert_run(s.run[2], VA + 0x5000, VA + 0x6000, 0x50001000);
	assert_int_equal(s.run[2].attr, PT_GLOBAL);
	assert_run(s.run[3], VA + 0x7000, VA + 0x8000, 0x50003000);
	assert_run(s.run[4], VA + 0x200000, VA + 0x600000, 0x40200000);
	assert_int_equal(s.run[4].shift, 21);
	fake_done(&f);
}

static void only_what_is_wanted_is_handed_out(void **state)
{
	struct seen s;
	struct fake f;

	(void)state;
	start_4level(&f);
	put(&f, PAGE(2), 1, 0x40200000 | LEAF | LARGE);
	put(&f, PAGE(3), 9, 0x40000000 | LEAF);
	walk_range(&f, (struct vmatlas_range){ VA + 0x201000, VA + 0x202fff }, &s);
	assert_int_equal(s.nr, 1);
	assert_run(s.run[0], VA + 0x201000, VA + 0x203000, 0x40201000);
	walk_range(&f, (struct vmatlas_range){ VA + 0x8000, VA + 0x8fff }, &s);
	assert_int_equal(s.nr, 0);
	fake_done(&f);
}

static void a_table_met_again_is_reported_and_not_walked(void **state)
{
	struct mapping_stats stats;
	struct seen s;
	struct fake f;

	(void)state;
	start_4level(&f);
	put(&f, PAGE(2), 1, PAGE(3) | TABLE);
	put(&f, PAGE(2), 2, PAGE(3) | TABLE);
	put(&f, PAGE(3), 9, 0x40000000 | LEAF);
	stats = walk_all(&f, &s);
	assert_int_equal(stats.nr_tables, 4);
	assert_int_equal(stats.nr_shared, 2);
	assert_int_equal(s.nr, 3);
	assert_int_equal(s.run[1].state, MAPPING_SHARED);
	assert_int_equal(s.run[1].first_seen, VA);
	assert_int_equal(s.run[1].phys, PAGE(3));
	assert_false(s.run[1].uniform);
	assert_int_equal(s.run[1].range.first, VA + 0x200000);
	assert_int_equal(s.run[1].range.last, VA + 0x3fffff);
	fake_done(&f);
}

/* KASAN: each level full of the level below, down to one page (mm/kasan/init.c). */
static void a_zero_shadow_is_walked_once(void **state)
{
	struct mapping_stats stats;
	struct seen s;
	struct fake f;

	(void)state;
	start(&f, &pt_x86_64_4level, 8);
	put(&f, PAGE(0), 402, PAGE(1) | TABLE);
	put(&f, PAGE(0), 403, PAGE(1) | TABLE);
	for (unsigned int i = 0; i < 512; i++)
		put(&f, PAGE(1), i, i * 0x40000000ull | LEAF | LARGE);
	stats = walk_all(&f, &s);
	assert_int_equal(stats.nr_tables, 2);
	assert_int_equal(s.nr, 2);
	assert_run(s.run[0], VA, VA + 0x8000000000, 0);
	assert_int_equal(s.run[1].state, MAPPING_SHARED);
	assert_true(s.run[1].uniform);
	assert_int_equal(s.run[1].attr, s.run[0].attr);
	fake_done(&f);
}

#define IMAGE 0xffffffff81000000ull

static void tables_that_lead_nowhere_are_reported(void **state)
{
	static const struct fake_symbol symbols[] = { { "max_pfn", IMAGE, 8 }, { 0 } };
	struct mapping_stats stats;
	struct seen s;
	struct fake f;

	(void)state;
	start_4level(&f);
	put(&f, PAGE(2), 1, 0x77777000 | TABLE);		/* not in the dump */
	put(&f, PAGE(2), 2, PAGE(0) | TABLE);			/* the root, as PTEs */
	put(&f, PAGE(0), 403, 0x40000000 | LEAF | LARGE);	/* no such leaf */
	stats = walk_all(&f, &s);
	assert_int_equal(s.nr, 3);
	assert_int_equal(s.run[0].state, MAPPING_UNREAD);
	assert_int_equal(s.run[0].range.first, VA + 0x200000);
	assert_int_equal(s.run[0].entry_addr, PAGE(2) + 8);
	assert_int_equal(s.run[1].state, MAPPING_BAD);
	assert_int_equal(s.run[1].range.first, VA + 0x400000);
	assert_int_equal(s.run[2].state, MAPPING_BAD);
	assert_int_equal(s.run[2].range.first, VA + 0x8000000000);
	assert_int_equal(stats.nr_bad, 2);
	assert_int_equal(stats.nr_unread, 1);
	/* where the dump ends is no limit: its end may be lost */
	f.k.mem->info.max_paddr = 0x10ffff;
	walk_all(&f, &s);
	assert_int_equal(s.run[0].state, MAPPING_UNREAD);
	f.symbols = symbols;
	f.k.image_range = (struct vmatlas_range){ IMAGE, IMAGE + 0xfff };
	f.k.image_delta = PAGE(9) - IMAGE;
	put(&f, PAGE(9), 0, 0x110);
	walk_all(&f, &s);
	assert_int_equal(s.run[0].state, MAPPING_BAD);
	fake_done(&f);
}

static void a_root_of_garbage_ends(void **state)
{
	struct mapping_stats stats;
	struct seen s = { 0 };
	struct fake f;

	(void)state;
	start(&f, &pt_x86_64_4level, 8);
	for (size_t i = 0; i < sizeof(f.bytes); i += 8)
		fake_put(&f, RAM + i, PAGE(i / 8 % 16) | TABLE, 8);
	walk_range(&f, (struct vmatlas_range){ 0 - 0x1000ull, UINT64_MAX }, &s);
	/* and all of it, with a counter instead of a list */
	stats = walk_range(&f, (struct vmatlas_range){ VA, VA + 0x3fff }, &s);
	assert_true(stats.nr_tables <= 16);
	fake_done(&f);
}

/* ARM: sections, supersections (each of 16 entries), small and large pages. */
static void short_descriptors_come_in_four_sizes(void **state)
{
	const uint64_t table = PAGE(8);
	struct seen s;
	struct fake f;

	(void)state;
	start(&f, &pt_arm_short_remap, 4);
	for (unsigned int i = 0; i < 16; i++)
		put(&f, PAGE(0), 0xc00 + i, 0x0004040e | 0x80000000);	/* supersection */
	put(&f, PAGE(0), 0xc10, 0x40100000 | 0x0000040e);		/* section */
	put(&f, PAGE(0), 0xf08, table | 1);
	for (unsigned int i = 0; i < 16; i++)
		put(&f, table, 16 + i, 0x40300000 | 0x1d);		/* large page */
	put(&f, table, 40, 0x40400000 | 0x1f);				/* small, XN */
	walk_all(&f, &s);
	assert_int_equal(s.nr, 4);
	assert_run(s.run[0], 0xc0000000, 0xc1000000, 0x80000000);
	assert_int_equal(s.run[0].shift, 24);
	assert_run(s.run[1], 0xc1000000, 0xc1100000, 0x40100000);
	assert_run(s.run[2], 0xf0810000, 0xf0820000, 0x40300000);
	assert_int_equal(s.run[2].shift, 16);
	assert_run(s.run[3], 0xf0828000, 0xf0829000, 0x40400000);
	assert_false(s.run[3].attr & PT_EXEC);
	fake_done(&f);
}

/* Sixteen alike entries of Svnapot are one run of 64 KiB. */
static void napot_entries_are_one_leaf(void **state)
{
	struct seen s;
	struct fake f;

	(void)state;
	start(&f, &pt_riscv_sv39, 8);
	put(&f, PAGE(0), 511, PAGE(1) >> 2 | 1);
	put(&f, PAGE(1), 511, PAGE(2) >> 2 | 1);
	for (unsigned int i = 0; i < 16; i++)
		put(&f, PAGE(2), 496 + i, 1ull << 63 | 0x80008000ull >> 2 | 0xe7);
	walk_all(&f, &s);
	assert_int_equal(s.nr, 1);
	assert_run(s.run[0], 0xffffffffffff0000, 0, 0x80000000);
	assert_int_equal(s.run[0].shift, 16);
	fake_done(&f);
}

static void blocks_of_arm64_reach_to_the_top(void **state)
{
	struct seen s;
	struct fake f;

	(void)state;
	start(&f, pt_arm64_find(12, 39, false), 8);
	put(&f, PAGE(0), 511, 0x40000000 | 0x0060000000000701);
	put(&f, PAGE(0), 0, PAGE(1) | 3);
	put(&f, PAGE(1), 3, 0x80600000 | 0x0060000000000701);
	walk_all(&f, &s);
	assert_int_equal(s.nr, 2);
	assert_run(s.run[0], 0xffffff8000600000, 0xffffff8000800000, 0x80600000);
	assert_run(s.run[1], 0xffffffffc0000000, 0, 0x40000000);
	fake_done(&f);
}

static void without_physical_memory_there_are_none(void **state)
{
	struct mapping_walk *w = NULL;
	struct fake f;

	(void)state;
	fake_init(&f, RAM, 8);
	f.k.mem->info.has_physical = false;
	assert_error(mapping_walk_new(&f.k, gather, NULL, &w), VMATLAS_ERROR_FAULT,
		     "stored by virtual address");
	assert_null(w);
	fake_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_that_are_alike_are_one_run),
		cmocka_unit_test(only_what_is_wanted_is_handed_out),
		cmocka_unit_test(a_table_met_again_is_reported_and_not_walked),
		cmocka_unit_test(a_zero_shadow_is_walked_once),
		cmocka_unit_test(tables_that_lead_nowhere_are_reported),
		cmocka_unit_test(a_root_of_garbage_ends),
		cmocka_unit_test(short_descriptors_come_in_four_sizes),
		cmocka_unit_test(napot_entries_are_one_leaf),
		cmocka_unit_test(blocks_of_arm64_reach_to_the_top),
		cmocka_unit_test(without_physical_memory_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
