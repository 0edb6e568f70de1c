/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_of.h"

/* ---- Page tables: ARMv7-A ARM, B3.5 ---- */

enum { FIRST, SECOND };

#define TYPES (PT_UNCACHED | PT_DEVICE | PT_WC)

static struct pt_entry leaf(unsigned int level, uint32_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(&pt_arm_short, level, entry, &e), PT_LEAF);
	return e;
}

static void two_zero_bits_are_nothing(void **state)
{
	struct pt_entry e;

	(void)state;
	assert_int_equal(pt_decode(&pt_arm_short, FIRST, 0xfffffffc, &e), PT_NONE);
	assert_int_equal(pt_decode(&pt_arm_short, SECOND, 0xfffffffc, &e), PT_NONE);
}

static void a_table_is_a_kilobyte(void **state)
{
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(pt_decode(&pt_arm_short, FIRST, 0x41914811, &e), PT_TABLE);
	assert_int_equal(e.phys, 0x41914800);
	assert_int_equal(pt_decode(&pt_arm_short, FIRST, 0x41914c11, &e), PT_TABLE);
	assert_int_equal(e.phys, 0x41914c00);
	assert_int_equal((1u << pt_arm_short.level[SECOND].bits) * pt_arm_short.entry_size, 1024);
	assert_int_equal((1u << pt_arm_short.level[FIRST].bits) * pt_arm_short.entry_size, 16384);
}

static void a_section_is_a_megabyte(void **state)
{
	/* kernel, read and write, no execution, cached: lowmem of a Debian kernel */
	struct pt_entry e = leaf(FIRST, 0x4021141e);

	(void)state;
	assert_int_equal(e.phys, 0x40200000);
	assert_int_equal(e.shift, 20);
	assert_int_equal(e.attr, PT_WRITE);
	/* privileged-execute-never is the lowest bit: a section all the same */
	e = leaf(FIRST, 0x4021141f);
	assert_int_equal(e.phys, 0x40200000);
	/* AP[2]: read only; no XN: executable */
	assert_int_equal(leaf(FIRST, 0x4030940e).attr, PT_EXEC);
	/* AP[1]: user */
	assert_int_equal(leaf(FIRST, 0x40300c1e).attr, PT_WRITE | PT_USER);
}

static void a_supersection_is_sixteen_and_reaches_higher(void **state)
{
	struct pt_entry e = leaf(FIRST, 0x8004040e);

	(void)state;
	assert_int_equal(e.shift, 24);
	assert_int_equal(e.phys, 0x80000000);
	/* bits 23:20 are PA[35:32], bits 8:5 PA[39:36] */
	assert_int_equal(leaf(FIRST, 0x8054040e).phys, 0x580000000);
	assert_int_equal(leaf(FIRST, 0x8004044e).phys, 0x2080000000);
	assert_int_equal(leaf(FIRST, 0x80f405ee).phys, 0xff80000000);
}

static void small_and_large_pages_keep_bits_apart(void **state)
{
	struct pt_entry small = leaf(SECOND, 0x7e80045f), large = leaf(SECOND, 0x7e80945d);

	(void)state;
	assert_int_equal(small.phys, 0x7e800000);
	assert_int_equal(small.shift, 12);
	assert_int_equal(small.attr, PT_WRITE);
	/* execute-never is bit 0 of a small page, bit 15 of a large one */
	assert_int_equal(leaf(SECOND, 0x7e80045e).attr, PT_WRITE | PT_EXEC);
	assert_int_equal(large.phys, 0x7e800000);
	assert_int_equal(large.shift, 16);
	assert_int_equal(large.attr & PT_EXEC, 0);
	assert_int_equal(leaf(SECOND, 0x7e80145d).attr & PT_EXEC, PT_EXEC);
	/* APX is bit 9 of both */
	assert_int_equal(leaf(SECOND, 0x7e80065f).attr, 0);
	assert_int_equal(leaf(SECOND, 0x7e80965d).attr & PT_WRITE, 0);
}

static void memory_types_follow_the_remap_bit(void **state)
{
	/* a GIC on ARMv7, S = 1, TEX = 001, C = B = 0: shared device by PRRR */
	const uint32_t gic = 0x08020453;
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(leaf(SECOND, gic).attr & TYPES, PT_WC);
	assert_int_equal(pt_decode(&pt_arm_short_remap, SECOND, gic, &e), PT_LEAF);
	assert_int_equal(e.attr & TYPES, PT_DEVICE);
	/* TEX = 000, B = 1: the other way round */
	assert_int_equal(leaf(SECOND, 0x08020017).attr & TYPES, PT_DEVICE);
	assert_int_equal(pt_decode(&pt_arm_short_remap, SECOND, 0x08020017, &e), PT_LEAF);
	assert_int_equal(e.attr & TYPES, PT_WC);
	/* TEX = 001, C = B = 1: memory in both */
	assert_int_equal(leaf(FIRST, 0x4021141e).attr & TYPES, 0);
	assert_int_equal(pt_decode(&pt_arm_short_remap, FIRST, 0x4021141e, &e), PT_LEAF);
	assert_int_equal(e.attr & TYPES, 0);
	assert_int_equal(leaf(SECOND, 0x08020013).attr & TYPES, PT_UNCACHED);
}

/* ---- Layout: Documentation/arch/arm/memory.rst ---- */

/* Facts of a multi_v7 kernel with 1 GiB at 0x40000000. */
static void init_6_1(struct layout_of *l)
{
	layout_init(l, &arch_arm, &pt_arm_short, KERNEL_RELEASE(6, 1));
	layout_fact(l, "swapper_pg_dir", 0xc0207000);
	layout_fact(l, "high_memory", 0xf0000000);
	layout_fact(l, "modules", 1);
}

static void a_kernel_of_today(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "pkmap_page_table", 1);
	layout_fact(&l, "initial_boot_params", 0xff88c000);
	layout_fact(&l, "pci_reserve_io", 1);
	layout_run(&l);
	assert_region(&l, "vector", 0xffff0000, 0xffff1000);
	assert_region(&l, "fixmap", 0xffc80000, 0xfff00000);
	assert_region(&l, "FDT", 0xff800000, 0xffa00000);
	assert_region(&l, "vmalloc", 0xf0800000, 0xff800000);
	assert_region(&l, "lowmem", 0xc0000000, 0xf0000000);
	assert_region(&l, "gap", 0xf0000000, 0xf0800000);
	assert_region(&l, "PCI I/O", 0xfee00000, 0xff000000);
	assert_region(&l, "pkmap", 0xbfe00000, 0xc0000000);
	assert_region(&l, "modules", 0xbf000000, 0xbfe00000);
	assert_null(layout_find(&l, "DMA"));
}

static void thumb_code_reaches_half_as_far(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	l.facts.is_thumb = true;
	layout_run(&l);
	assert_region(&l, "modules", 0xbf800000, 0xc0000000);
}

static void the_device_tree_may_lie_in_lowmem(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "initial_boot_params", 0xc8000000);
	layout_run(&l);
	assert_null(layout_find(&l, "FDT"));
}

static void a_large_reservation_makes_lowmem_end_early(void **state)
{
	struct layout_of l;

	(void)state;
	/* a Raspberry Pi with vmalloc=640M */
	layout_init(&l, &arch_arm, &pt_arm_short, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "swapper_pg_dir", 0xc0004000);
	layout_fact(&l, "high_memory", 0xd7000000);
	layout_run(&l);
	assert_region(&l, "lowmem", 0xc0000000, 0xd7000000);
	assert_region(&l, "gap", 0xd7000000, 0xd7800000);
	assert_region(&l, "vmalloc", 0xd7800000, 0xff800000);
}

static void a_crooked_end_of_lowmem_leaves_a_gap_of_eight_to_sixteen(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "high_memory", 0xdfc00000);
	layout_run(&l);
	assert_region(&l, "vmalloc", 0xe0000000, 0xff800000);
	layout_fact(&l, "high_memory", 0xe0000000);
	layout_run(&l);
	assert_region(&l, "vmalloc", 0xe0800000, 0xff800000);
}

static void the_fixmap_moved_four_times(void **state)
{
	static const struct {
		uint32_t release;
		uint64_t start, end;
	} was[] = {
		{ KERNEL_RELEASE(2, 6), 0xfff00000, 0xfffe0000 },
		{ KERNEL_RELEASE(3, 15), 0xffc00000, 0xffe00000 },
		{ KERNEL_RELEASE(3, 18), 0xffc00000, 0xfff00000 },
		{ KERNEL_RELEASE(5, 4), 0xffc80000, 0xfff00000 },
	};
	struct layout_of l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(was); i++) {
		init_6_1(&l);
		l.facts.release = was[i].release;
		layout_run(&l);
		assert_region(&l, "fixmap", was[i].start, was[i].end);
	}
}

static void vmalloc_ended_elsewhere_before(void **state)
{
	struct layout_of l;
	size_t starts = 0;

	(void)state;
	init_6_1(&l);
	l.facts.release = KERNEL_RELEASE(4, 2);
	layout_run(&l);
	assert_region(&l, "vmalloc", 0xf0800000, 0xff000000);

	/* the platform's own constant: only where it starts is known */
	l.facts.release = KERNEL_RELEASE(3, 2);
	layout_run(&l);
	assert_null(layout_find(&l, "vmalloc"));
	for (size_t i = 0; i < l.nr; i++)
		if (!strcmp(l.said[i].name, "vmalloc")) {
			assert_true(l.said[i].flags & VMATLAS_CLAIM_START_ONLY);
			assert_int_equal(l.said[i].start, 0xf0800000);
			starts++;
		}
	assert_int_equal(starts, 1);
}

static void old_kernels_have_a_dma_window(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	l.facts.release = KERNEL_RELEASE(2, 6);
	layout_run(&l);
	assert_region(&l, "DMA", 0xffc00000, 0xffe00000);
	assert_true(layout_find(&l, "DMA")->flags & VMATLAS_CLAIM_DEFAULT);
	layout_fact(&l, "consistent_base", 0xfde00000);
	layout_run(&l);
	assert_region(&l, "DMA", 0xfde00000, 0xffe00000);
	assert_int_equal(layout_find(&l, "DMA")->flags, 0);
}

static void another_split_moves_everything_below_it(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "swapper_pg_dir", 0x80004000);
	layout_fact(&l, "high_memory", 0xbf800000);
	layout_fact(&l, "pkmap_page_table", 1);
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "lowmem", 0x80000000, 0xbf800000);
	assert_region(&l, "vmalloc", 0xc0000000, 0xff800000);
	assert_region(&l, "pkmap", 0x7fe00000, 0x80000000);
	assert_region(&l, "modules", 0x7f000000, 0x7fe00000);
	assert_region(&l, "KASAN shadow", 0x6ee00000, 0x7f000000);
}

static void tightly_coupled_memory_is_there_if_it_is_used(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "dtcm_end", 0xfffe8000);	/* as linked: none */
	layout_fact(&l, "itcm_end", 0xfffe2000);
	layout_run(&l);
	assert_null(layout_find(&l, "DTCM"));
	assert_region(&l, "ITCM", 0xfffe0000, 0xfffe2000);
}

static void sections_need_both_their_ends(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	layout_fact(&l, "_text", 0xc0208000);
	layout_run(&l);
	assert_null(layout_find(&l, ".text"));
	layout_fact(&l, "_etext", 0xc0e00000);
	layout_run(&l);
	assert_region(&l, ".text", 0xc0208000, 0xc0e00000);
	layout_fact(&l, "_etext", 0xc0208000);
	layout_run(&l);
	assert_null(layout_find(&l, ".text"));
}

/* Lowmem in sections up to 0xefe00000, with a hole that belongs to nobody. */
static enum arch_mapped mapped(void *arg, uint64_t addr, uint64_t *ret_last)
{
	const bool has_stubs = *(bool *)arg;

	*ret_last = addr | 0xfffff;
	if (addr >= 0xffff0000)
		return addr < 0xffff1000 || has_stubs ? MAPPED : UNMAPPED;
	return addr >= 0xc0000000 && addr < 0xefe00000 && (addr >> 20) != 0xd00 ?
	       MAPPED : UNMAPPED;
}

static void page_tables_report_where_lowmem_ends(void **state)
{
	bool has_stubs = false;
	struct layout_of l;
	size_t ends = 0;

	(void)state;
	init_6_1(&l);
	l.facts.mapped = mapped;
	l.facts.arg = &has_stubs;
	layout_run(&l);
	for (size_t i = 0; i < l.nr; i++)
		if (!strcmp(l.said[i].name, "lowmem") &&
		    l.said[i].flags & VMATLAS_CLAIM_END_ONLY) {
			assert_int_equal(l.said[i].end, 0xefe00000);
			ends++;
		}
	assert_int_equal(ends, 1);
	assert_null(layout_find(&l, "vector stubs"));
	has_stubs = true;
	layout_run(&l);
	assert_region(&l, "vector stubs", 0xffff1000, 0xffff2000);
}

static enum arch_mapped all_mapped(void *arg, uint64_t addr, uint64_t *ret_last)
{
	(void)arg;
	*ret_last = addr;	/* a leaf of one byte: no CPU has it */
	return MAPPED;
}

static void no_table_can_make_it_search_for_ever(void **state)
{
	struct layout_of l;

	(void)state;
	init_6_1(&l);
	l.facts.mapped = all_mapped;
	layout_run(&l);
	assert_true(l.nr > 0);
}

static void without_page_tables_nothing_is_claimed(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_arm, &pt_arm_short, KERNEL_RELEASE(6, 1));
	layout_run(&l);
	assert_int_equal(l.nr, 0);
	/* high_memory that is nonsense gives no lowmem and no vmalloc */
	init_6_1(&l);
	layout_fact(&l, "high_memory", 0x1000);
	layout_run(&l);
	assert_null(layout_find(&l, "lowmem"));
	assert_null(layout_find(&l, "vmalloc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_zero_bits_are_nothing),
		cmocka_unit_test(a_table_is_a_kilobyte),
		cmocka_unit_test(a_section_is_a_megabyte),
		cmocka_unit_test(a_supersection_is_sixteen_and_reaches_higher),
		cmocka_unit_test(small_and_large_pages_keep_bits_apart),
		cmocka_unit_test(memory_types_follow_the_remap_bit),
		cmocka_unit_test(a_kernel_of_today),
		cmocka_unit_test(thumb_code_reaches_half_as_far),
		cmocka_unit_test(the_device_tree_may_lie_in_lowmem),
		cmocka_unit_test(a_large_reservation_makes_lowmem_end_early),
		cmocka_unit_test(
			a_crooked_end_of_lowmem_leaves_a_gap_of_eight_to_sixteen),
		cmocka_unit_test(the_fixmap_moved_four_times),
		cmocka_unit_test(vmalloc_ended_elsewhere_before),
		cmocka_unit_test(old_kernels_have_a_dma_window),
		cmocka_unit_test(another_split_moves_everything_below_it),
		cmocka_unit_test(tightly_coupled_memory_is_there_if_it_is_used),
		cmocka_unit_test(sections_need_both_their_ends),
		cmocka_unit_test(page_tables_report_where_lowmem_ends),
		cmocka_unit_test(no_table_can_make_it_search_for_ever),
		cmocka_unit_test(without_page_tables_nothing_is_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
