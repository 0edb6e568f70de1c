/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"

#define TYPES (PT_UNCACHED | PT_DEVICE | PT_WC)

static const struct pt_format *arm64(unsigned int page_shift, unsigned int bits)
{
	const struct pt_format *f = pt_arm64_find(page_shift, bits, false);

	assert_non_null(f);
	return f;
}

static struct pt_entry leaf(const struct pt_format *f, unsigned int level, uint64_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(f, level, entry, &e), PT_LEAF);
	return e;
}

static uint64_t table(const struct pt_format *f, unsigned int level, uint64_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(f, level, entry, &e), PT_TABLE);
	return e.phys;
}

static void two_bits_tell_tables_blocks_and_pages_apart(void **state)
{
	const struct pt_format *f = arm64(12, 48);
	struct pt_entry e;

	(void)state;
	for (unsigned int level = 0; level < 4; level++) {
		assert_int_equal(pt_decode(f, level, 0, &e), PT_NONE);
		/* invalid, whatever else; PROT_NONE and swapped pages look like this */
		assert_int_equal(pt_decode(f, level, ~1ull, &e), PT_NONE);
	}
	assert_int_equal(table(f, 0, 0x10000000429a6003), 0x429a6000);
	assert_int_equal(table(f, 2, 0x10000000429a8003), 0x429a8000);
	/* of a Debian kernel: contiguous, read-only, executable text */
	assert_int_equal(leaf(f, 3, 0x0050000044943f83).phys, 0x44943000);
	assert_int_equal(leaf(f, 3, 0x0050000044943f83).attr, PT_EXEC);
	assert_int_equal(leaf(f, 3, 0x00e8000044943f03).attr, PT_WRITE);
	/* a page without the table bit is reserved */
	assert_int_equal(pt_decode(f, 3, 0x44943f01, &e), PT_BAD);
}

static void a_contiguous_entry_is_an_entry_all_the_same(void **state)
{
	const uint64_t cont = 1ull << 52;

	(void)state;
	for (uint64_t i = 0; i < 16; i++) {
		struct pt_entry e = leaf(arm64(12, 48), 3, cont | (0x40000000 + i * 0x1000) | 0x703);

		assert_int_equal(e.phys, 0x40000000 + i * 0x1000);
		assert_int_equal(e.shift, 12);
	}
	assert_int_equal(leaf(arm64(12, 48), 2, cont | 0x40200701).shift, 21);
	assert_int_equal(leaf(arm64(12, 48), 2, cont | 0x40200701).phys, 0x40200000);
}

static void blocks_are_as_large_as_their_level(void **state)
{
	static const struct {
		uint8_t page_shift, bits, level, shift;
	} is[] = {
		{ 12, 48, 1, 30 }, { 12, 48, 2, 21 }, { 12, 39, 0, 30 }, { 12, 39, 1, 21 },
		{ 12, 52, 1, 39 }, { 12, 52, 2, 30 }, { 14, 47, 1, 25 }, { 14, 36, 0, 25 },
		{ 14, 52, 1, 36 }, { 16, 48, 1, 29 }, { 16, 42, 0, 29 }, { 16, 52, 0, 42 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		const struct pt_format *f = arm64(is[i].page_shift, is[i].bits);
		const uint64_t at = 5ull << is[i].shift;

		assert_int_equal(leaf(f, is[i].level, at | 1).shift, is[i].shift);
		assert_int_equal(leaf(f, is[i].level, at | 1).phys, at);
	}
}

static void no_block_is_larger_than_the_cpu_has_them(void **state)
{
	struct pt_entry e;

	(void)state;
	assert_int_equal(pt_decode(arm64(12, 48), 0, 0x8000000001, &e), PT_BAD);
	assert_int_equal(pt_decode(arm64(12, 52), 0, 0x8000000001, &e), PT_BAD);
	assert_int_equal(pt_decode(arm64(14, 47), 0, 0x1000000001, &e), PT_BAD);
	assert_int_equal(pt_decode(arm64(14, 48), 1, 0x1000000001, &e), PT_BAD);
}

static void wide_addresses_have_their_upper_bits_below(void **state)
{
	(void)state;
	/* 64 KiB pages: PA[51:48] in bits 15:12 */
	assert_int_equal(table(arm64(16, 48), 0, 0x000012345678a003), 0x000a123456780000);
	assert_int_equal(leaf(arm64(16, 48), 2, 0x0000123456783703).phys, 0x0003123456780000);
	assert_int_equal(leaf(arm64(16, 52), 1, 0x0000123460001701).phys, 0x0001123460000000);
	/* LPA2: PA[51:50] in bits 9:8, PA[49:48] in place */
	assert_int_equal(leaf(arm64(12, 52), 4, 0x0003123456789703).phys,
			 0x000f123456789000);
	assert_int_equal(table(arm64(14, 52), 1, 0x000100000001c203), 0x000900000001c000);
	/* without it they are shareability, and no address */
	assert_int_equal(leaf(arm64(12, 48), 3, 0x0003123456789703).phys, 0x123456789000);
}

static void levels_share_the_address_without_a_gap(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr_pt_arm64; i++) {
		const struct pt_format *f = &pt_arm64[i];
		unsigned int at = f->kernel_bits;

		for (unsigned int level = 0; level < f->nr_levels; level++) {
			at -= f->level[level].bits;
			assert_int_equal(f->level[level].shift, at);
			assert_true(f->level[level].bits <= f->page_shift - 3);
		}
		assert_int_equal(at, f->page_shift);
		/* TTBR1 is the kernel's alone */
		assert_false(pt_root_is_shared(f));
	}
	assert_null(pt_arm64_find(12, 47, false));
	assert_null(pt_arm64_find(13, 48, false));
}

static void memory_types_were_reordered(void **state)
{
	const struct pt_format *old = pt_arm64_find(12, 48, true), *now = arm64(12, 48);

	(void)state;
	assert_non_null(old);
	/* MT_NORMAL was 4, and 0 was device memory */
	assert_int_equal(leaf(old, 3, 0x40000713).attr & TYPES, 0);
	assert_int_equal(leaf(old, 3, 0x40000703).attr & TYPES, PT_DEVICE);
	assert_int_equal(leaf(old, 3, 0x4000070f).attr & TYPES, PT_WC);
	assert_int_equal(leaf(now, 3, 0x40000703).attr & TYPES, 0);
	assert_int_equal(leaf(now, 3, 0x40000707).attr & TYPES, 0);	/* tagged */
	assert_int_equal(leaf(now, 3, 0x4000070b).attr & TYPES, PT_WC);
	assert_int_equal(leaf(now, 3, 0x40000713).attr & TYPES, PT_DEVICE);
}

static void rights_are_those_of_the_kernel(void **state)
{
	const struct pt_format *f = arm64(12, 48);
	const uint64_t pxn = 1ull << 53, uxn = 1ull << 54;

	(void)state;
	assert_int_equal(leaf(f, 3, 0x40000703).attr, PT_WRITE | PT_EXEC | PT_GLOBAL);
	assert_int_equal(leaf(f, 3, pxn | 0x40000703).attr, PT_WRITE | PT_GLOBAL);
	/* execute-never of user space does not concern it */
	assert_int_equal(leaf(f, 3, uxn | 0x40000783).attr, PT_EXEC | PT_GLOBAL);
	assert_int_equal(leaf(f, 3, pxn | 0x40000f43).attr, PT_WRITE | PT_USER);
}

static void lpae_is_three_levels_of_the_same(void **state)
{
	const struct pt_format *f = &pt_arm_lpae;
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(table(f, 0, 0x80000040204003), 0x40204000);
	assert_int_equal(table(f, 1, 0xff12345003), 0xff12345000);
	assert_int_equal(leaf(f, 1, 0x6000004020071d).phys, 0x40200000);
	assert_int_equal(leaf(f, 1, 0x7d40000711).shift, 21);
	assert_int_equal(leaf(f, 2, 0xffedcba71f).phys, 0xffedcba000);
	/* 40 bits of address; what is above is attributes */
	assert_int_equal(leaf(f, 2, 0xffff00edcba71f).phys, 0xedcba000);
	assert_int_equal(leaf(f, 2, 0x4000071f).attr, PT_WRITE | PT_EXEC | PT_GLOBAL);
	/* either bit forbids execution */
	assert_int_equal(leaf(f, 2, 0x4000004000071f).attr, PT_WRITE | PT_GLOBAL);
	assert_int_equal(leaf(f, 2, 0x2000004000071f).attr, PT_WRITE | PT_GLOBAL);
	assert_int_equal(leaf(f, 2, 0x40000713).attr & TYPES, PT_DEVICE);
	assert_int_equal(leaf(f, 2, 0x40000707).attr & TYPES, PT_WC);
	assert_int_equal(leaf(f, 2, 0x40000703).attr & TYPES, PT_UNCACHED);
	assert_int_equal(pt_decode(f, 2, 0x40000701, &e), PT_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_bits_tell_tables_blocks_and_pages_apart),
		cmocka_unit_test(a_contiguous_entry_is_an_entry_all_the_same),
		cmocka_unit_test(blocks_are_as_large_as_their_level),
		cmocka_unit_test(no_block_is_larger_than_the_cpu_has_them),
		cmocka_unit_test(wide_addresses_have_their_upper_bits_below),
		cmocka_unit_test(levels_share_the_address_without_a_gap),
		cmocka_unit_test(memory_types_were_reordered),
		cmocka_unit_test(rights_are_those_of_the_kernel),
		cmocka_unit_test(lpae_is_three_levels_of_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
