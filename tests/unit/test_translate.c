/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/pgtable/translate.h"
#include "fake_kernel.h"

/* Physical memory of 64 KiB at 1 MiB: tables in its pages, one after the other. */
#define RAM 0x100000ull
#define PAGE(n) (RAM + (n) * 0x1000)

#define TABLE 0x67ull
#define LEAF  0x8000000000000163ull
#define LARGE 0x80ull

static void put(struct fake *f, uint64_t table, uint64_t index, uint64_t entry)
{
	fake_put(f, table + index * f->k.format->entry_size, entry, f->k.format->entry_size);
}

/* 0xffffc90000000000 .. : PGD 402, PUD 256 of it, and so on down. */
static void make_4level(struct fake *f)
{
	fake_init(f, RAM, 8);
	fake_use_page_tables(f, &pt_x86_64_4level, PAGE(0));
	put(f, PAGE(0), 402, PAGE(1) | TABLE);
	put(f, PAGE(1), 0, PAGE(2) | TABLE);
	put(f, PAGE(1), 1, 0x40000000 | LEAF | LARGE);
	put(f, PAGE(2), 0, PAGE(3) | TABLE);
	put(f, PAGE(2), 1, 0x40200000 | LEAF | LARGE);
	put(f, PAGE(2), 2, 0x9999999000 | TABLE);
	put(f, PAGE(3), 5, PAGE(8) | LEAF);
	put(f, PAGE(3), 6, PAGE(4) | LEAF);
}

#define VA 0xffffc90000000000ull

static void four_levels_are_walked_to_the_byte(void **state)
{
	struct walk w;
	struct fake f;

	(void)state;
	make_4level(&f);
	assert_null(kernel_walk(&f.k, VA + 0x5123, &w));
	assert_true(w.mapped);
	assert_int_equal(w.nr_steps, 4);
	assert_int_equal(w.phys, PAGE(8) + 0x123);
	assert_int_equal(w.leaf.shift, 12);
	assert_string_equal(w.step[3].level, "PTE");
	assert_int_equal(w.step[3].entry_addr, PAGE(3) + 5 * 8);
	assert_int_equal(w.step[3].entry, PAGE(8) | LEAF);
	fake_done(&f);
}

static void large_pages_end_the_walk_early(void **state)
{
	struct walk w;
	struct fake f;

	(void)state;
	make_4level(&f);
	assert_null(kernel_walk(&f.k, VA + 0x212345, &w));
	assert_int_equal(w.nr_steps, 3);
	assert_int_equal(w.phys, 0x40212345);
	assert_null(kernel_walk(&f.k, VA + 0x40000000 + 0x3abcdef, &w));
	assert_int_equal(w.nr_steps, 2);
	assert_int_equal(w.phys, 0x43abcdef);
	fake_done(&f);
}

static void what_is_not_mapped_says_why(void **state)
{
	struct walk w;
	struct fake f;
	uint64_t phys = 42;

	(void)state;
	make_4level(&f);
	assert_null(kernel_walk(&f.k, VA + 0x7000, &w));
	assert_false(w.mapped);
	assert_string_equal(w.why, "not present");
	put(&f, PAGE(0), 403, 0x40000000 | LEAF | LARGE);
	assert_null(kernel_walk(&f.k, VA + 0x8000000000, &w));
	assert_false(w.mapped);
	assert_string_equal(w.why, "reserved bits are set");
	assert_error(kernel_translate(&f.k, VA + 0x7000, &phys), VMATLAS_ERROR_FAULT,
		     "not mapped");
	assert_int_equal(phys, 42);
	fake_done(&f);
}

static void a_table_that_is_not_in_the_dump_is_a_fault(void **state)
{
	struct walk w;
	struct fake f;

	(void)state;
	make_4level(&f);
	assert_error(kernel_walk(&f.k, VA + 0x400000, &w), VMATLAS_ERROR_FAULT,
		     "page table entry at physical 0x9999999000");
	fake_done(&f);
}

static void a_table_may_point_to_itself(void **state)
{
	struct walk w;
	struct fake f;

	(void)state;
	make_4level(&f);
	put(&f, PAGE(0), 511, PAGE(0) | TABLE);
	assert_null(kernel_walk(&f.k, UINT64_MAX, &w));
	assert_int_equal(w.nr_steps, 4);
	fake_done(&f);
}

static void short_descriptors_walk_two_levels(void **state)
{
	struct walk w;
	struct fake f;

	(void)state;
	fake_init(&f, RAM, 4);
	fake_use_page_tables(&f, &pt_arm_short, PAGE(0));
	put(&f, PAGE(0), 0xf08, PAGE(5) | 0xc00 | 0x11);
	put(&f, PAGE(0), 0xc02, 0x4020041e);
	put(&f, PAGE(5) + 0xc00, 0xff, 0x7e80045f);
	put(&f, PAGE(5) + 0xc00, 0xfe, 0x7e81000d);
	assert_null(kernel_walk(&f.k, 0xf08ff123, &w));
	assert_int_equal(w.nr_steps, 2);
	assert_int_equal(w.phys, 0x7e800123);
	assert_null(kernel_walk(&f.k, 0xf08fe123, &w));
	assert_int_equal(w.leaf.shift, 16);
	assert_int_equal(w.phys, 0x7e81e123);
	assert_null(kernel_walk(&f.k, 0xc02fffff, &w));
	assert_int_equal(w.nr_steps, 1);
	assert_int_equal(w.phys, 0x402fffff);
	fake_done(&f);
}

/* arm64 with 64 KiB pages: two levels, of 8192 entries each where memory has room. */
static void pages_may_be_larger(void **state)
{
	const struct pt_format *format = pt_arm64_find(16, 42, false);
	uint64_t phys = 0, value = 0;
	struct walk w;
	struct fake f;

	(void)state;
	fake_init(&f, RAM, 8);
	fake_use_page_tables(&f, format, RAM);
	f.k.page_shift = 16;
	/* both tables in one: the first entry leads to itself */
	put(&f, RAM, 0, RAM | 3);
	put(&f, RAM, 1, (1ull << 52) | RAM | 0x703);
	put(&f, RAM, 2, 0x40000000 | 0x701);
	assert_null(kernel_walk(&f.k, 0xfffffc000001fff8, &w));
	assert_int_equal(w.nr_steps, 2);
	assert_int_equal(w.leaf.shift, 16);
	assert_int_equal(w.phys, RAM + 0xfff8);
	assert_null(kernel_walk(&f.k, 0xfffffc0051234567, &w));
	assert_int_equal(w.leaf.shift, 29);
	assert_int_equal(w.phys, 0x51234567);
	/* all of a page is remembered, and read in one piece */
	fake_put(&f, RAM + 0x7ffc, 0x1122334455667788, 8);
	assert_null(kernel_read_uint(&f.k, 0xfffffc0000017ffc, 8, &value));
	assert_int_equal(value, 0x1122334455667788);
	assert_null(kernel_translate(&f.k, 0xfffffc0000010008, &phys));
	assert_int_equal(phys, RAM + 8);
	fake_done(&f);
}

static void a_tag_is_no_part_of_an_address(void **state)
{
	uint64_t phys = 0, value = 0;
	struct fake f;

	(void)state;
	make_4level(&f);
	fake_put(&f, PAGE(8) + 0x10, 0xf4ffc90000005000, 8);
	assert_false(kernel_is_pointer(&f.k, 0xf4ffc90000005000));
	f.k.has_tags = true;
	assert_true(kernel_is_pointer(&f.k, 0xf4ffc90000005000));
	assert_null(kernel_translate(&f.k, 0xf4ffc90000005123, &phys));
	assert_int_equal(phys, PAGE(8) + 0x123);
	assert_null(kernel_read_ptr(&f.k, 0xf4ffc90000005010, &value));
	assert_int_equal(value, 0xffffc90000005000);
	/* user space has its own tags, and no kernel pointer begins with them */
	assert_false(kernel_is_pointer(&f.k, 0xf400c90000005000));
	fake_done(&f);
}

static void the_image_needs_no_walk(void **state)
{
	uint64_t phys = 0;
	struct fake f;

	(void)state;
	make_4level(&f);
	f.k.image_range = (struct vmatlas_range){ 0xffffffff81000000, 0xffffffff82ffffff };
	f.k.image_delta = 0x1000000 - 0xffffffff81000000;
	assert_null(kernel_translate(&f.k, 0xffffffff81234567, &phys));
	assert_int_equal(phys, 0x1234567);
	assert_int_equal(f.k.mem->info.nr_reads, 0);
	fake_done(&f);
}

static void a_page_that_was_translated_is_remembered(void **state)
{
	uint64_t phys = 0, reads;
	struct fake f;

	(void)state;
	make_4level(&f);
	assert_null(kernel_translate(&f.k, VA + 0x5000, &phys));
	reads = f.k.mem->info.nr_reads;
	assert_null(kernel_translate(&f.k, VA + 0x5fff, &phys));
	assert_int_equal(phys, PAGE(8) + 0xfff);
	assert_int_equal(f.k.mem->info.nr_reads, reads);
	/* a page of the same slot takes its place, and is not mistaken for it */
	put(&f, PAGE(2), 2, PAGE(6) | TABLE);
	put(&f, PAGE(6), 5, PAGE(9) | LEAF);
	assert_null(kernel_translate(&f.k, VA + 0x405000, &phys));
	assert_int_equal(phys, PAGE(9));
	assert_null(kernel_translate(&f.k, VA + 0x5000, &phys));
	assert_int_equal(phys, PAGE(8));
	fake_done(&f);
}

static void on_a_live_kernel_nothing_is_remembered(void **state)
{
	uint64_t phys = 0;
	struct fake f;

	(void)state;
	make_4level(&f);
	f.k.mem->info.live = true;
	assert_null(kernel_translate(&f.k, VA + 0x5000, &phys));
	put(&f, PAGE(3), 5, PAGE(9) | LEAF);
	assert_null(kernel_translate(&f.k, VA + 0x5000, &phys));
	assert_int_equal(phys, PAGE(9));
	fake_done(&f);
}

static void a_read_crosses_pages_that_lie_apart(void **state)
{
	struct fake f;
	uint64_t value = 0;
	char *text = NULL;

	(void)state;
	make_4level(&f);
	fake_put(&f, PAGE(8) + 0xffc, 0x44332211, 4);
	fake_put(&f, PAGE(4), 0x88776655, 4);
	assert_null(kernel_read_uint(&f.k, VA + 0x5ffc, 8, &value));
	assert_int_equal(value, 0x8877665544332211);
	memcpy(f.bytes + PAGE(8) - RAM + 0xffc, "atla", 4);
	memcpy(f.bytes + PAGE(4) - RAM, "s\0", 2);
	assert_null(kernel_read_str(&f.k, VA + 0x5ffc, 100, &text));
	assert_string_equal(text, "atlas");
	free(text);
	assert_error(kernel_read_uint(&f.k, VA + 0x6ffc, 8, &value), VMATLAS_ERROR_FAULT,
		     "not mapped");
	assert_error(kernel_read_uint(&f.k, VA + 0x5000, 9, &value), VMATLAS_ERROR_ARGUMENT,
		     "9 bytes");
	fake_done(&f);
}

static void a_string_without_an_end_is_cut(void **state)
{
	char *text = NULL;
	struct fake f;

	(void)state;
	make_4level(&f);
	memset(f.bytes + PAGE(8) - RAM, 'x', 0x1000);
	assert_null(kernel_read_str(&f.k, VA + 0x5000, 300, &text));
	assert_int_equal(strlen(text), 300);
	free(text);
	fake_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_levels_are_walked_to_the_byte),
		cmocka_unit_test(large_pages_end_the_walk_early),
		cmocka_unit_test(what_is_not_mapped_says_why),
		cmocka_unit_test(a_table_that_is_not_in_the_dump_is_a_fault),
		cmocka_unit_test(a_table_may_point_to_itself),
		cmocka_unit_test(short_descriptors_walk_two_levels),
		cmocka_unit_test(pages_may_be_larger),
		cmocka_unit_test(a_tag_is_no_part_of_an_address),
		cmocka_unit_test(the_image_needs_no_walk),
		cmocka_unit_test(a_page_that_was_translated_is_remembered),
		cmocka_unit_test(on_a_live_kernel_nothing_is_remembered),
		cmocka_unit_test(a_read_crosses_pages_that_lie_apart),
		cmocka_unit_test(a_string_without_an_end_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
