/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_of.h"

/* ---- Page tables ---- */

#define V 1ull
#define R 2ull
#define W 4ull
#define X 8ull
#define U 0x10ull
#define G 0x20ull
#define AD 0xc0ull
#define N (1ull << 63)
#define PPN(pa) ((uint64_t)(pa) >> 12 << 10)

enum { PGD, PMD, PTE };

static struct pt_entry leaf(const struct pt_format *f, unsigned int level, uint64_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(f, level, entry, &e), PT_LEAF);
	return e;
}

static void rights_make_a_leaf_of_an_entry(void **state)
{
	const struct pt_format *f = &pt_riscv_sv39;
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(pt_decode(f, PGD, 0, &e), PT_NONE);
	assert_int_equal(pt_decode(f, PTE, ~V, &e), PT_NONE);
	assert_int_equal(pt_decode(f, PGD, PPN(0x80400000) | V, &e), PT_TABLE);
	assert_int_equal(e.phys, 0x80400000);
	/* a table where a page was due */
	assert_int_equal(pt_decode(f, PTE, PPN(0x80400000) | V, &e), PT_BAD);
	/* writable, not readable: reserved */
	assert_int_equal(pt_decode(f, PTE, PPN(0x80400000) | W | V, &e), PT_BAD);

	e = leaf(f, PTE, PPN(0x80401000) | AD | G | W | R | V);
	assert_int_equal(e.phys, 0x80401000);
	assert_int_equal(e.shift, 12);
	assert_int_equal(e.attr, PT_WRITE | PT_GLOBAL);
	assert_int_equal(leaf(f, PTE, PPN(0x1000) | X | V).attr, PT_EXEC);
	assert_int_equal(leaf(f, PTE, PPN(0x1000) | U | R | V).attr, PT_USER);
	/* 56 bits of physical address */
	assert_int_equal(leaf(f, PTE, PPN(0xfffffffffff000) | R | V).phys, 0xfffffffffff000);
}

static void large_leaves_must_be_in_line(void **state)
{
	struct pt_entry e;

	(void)state;
	assert_int_equal(leaf(&pt_riscv_sv39, PMD, PPN(0x80200000) | R | V).shift, 21);
	assert_int_equal(leaf(&pt_riscv_sv39, PGD, PPN(0x80000000) | R | V).shift, 30);
	assert_int_equal(leaf(&pt_riscv_sv48, 0, PPN(0x8000000000) | R | V).shift, 39);
	assert_int_equal(leaf(&pt_riscv_sv57, 0, PPN(0x1000000000000) | R | V).shift, 48);
	assert_int_equal(pt_decode(&pt_riscv_sv39, PMD, PPN(0x80201000) | R | V, &e), PT_BAD);
}

static void sixteen_pages_may_be_one(void **state)
{
	struct pt_entry e = leaf(&pt_riscv_sv48, 3, N | PPN(0x80458000) | R | V);

	(void)state;
	assert_int_equal(e.phys, 0x80450000);
	assert_int_equal(e.shift, 16);
	/* no other size is defined, and none of large leaves */
	assert_int_equal(pt_decode(&pt_riscv_sv48, 3, N | PPN(0x80454000) | R | V, &e), PT_BAD);
	assert_int_equal(pt_decode(&pt_riscv_sv48, 2, N | PPN(0x80400000) | R | V, &e), PT_BAD);
}

static void memory_types_are_standard_or_of_t_head(void **state)
{
	const uint64_t page = PPN(0x10000000) | R | V;

	(void)state;
	assert_int_equal(leaf(&pt_riscv_sv39, PTE, page).attr, 0);
	assert_int_equal(leaf(&pt_riscv_sv39, PTE, page | 1ull << 61).attr, PT_WC);
	assert_int_equal(leaf(&pt_riscv_sv39, PTE, page | 1ull << 62).attr, PT_DEVICE);
	/* _PAGE_PMA_THEAD, _PAGE_NOCACHE_THEAD, _PAGE_IO_THEAD */
	assert_int_equal(leaf(&pt_thead_sv39, PTE, page | 7ull << 60).attr, 0);
	assert_int_equal(leaf(&pt_thead_sv39, PTE, page).attr, PT_WC);
	assert_int_equal(leaf(&pt_thead_sv39, PTE, page | 1ull << 63).attr, PT_DEVICE);
	assert_int_equal(leaf(&pt_thead_sv39, PTE, page | 1ull << 63).phys, 0x10000000);
}

static void levels_share_the_address_without_a_gap(void **state)
{
	static const struct pt_format *const formats[] = {
		&pt_riscv_sv39, &pt_riscv_sv48, &pt_riscv_sv57,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct pt_format *f = formats[i];

		for (unsigned int level = 0; level < f->nr_levels; level++) {
			const unsigned int below = f->nr_levels - 1 - level;

			assert_int_equal(f->level[level].shift, 12 + 9 * below);
			assert_int_equal(f->level[level].bits, 9);
		}
		/* the lower half of the root belongs to user space */
		assert_true(pt_root_is_shared(f));
	}
}

/* ---- Layout: Documentation/arch/riscv/vm-layout.rst ---- */

static void init(struct layout_of *l, const struct pt_format *f, uint64_t page_offset)
{
	layout_init(l, &arch_riscv64, f, KERNEL_RELEASE(6, 12));
	l->facts.page_offset = page_offset;
	layout_fact(l, "_start", 0xffffffff80000000);
	layout_fact(l, "_end", 0xffffffff81e6b000);
	layout_fact(l, "page", 64);
	layout_fact(l, "modules", 1);
	layout_fact(l, "FIX_FDT", 1024);
}

static void three_levels(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_riscv_sv39, 0xffffffd600000000);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffffffd600000000, 0xfffffff600000000);
	assert_region(&l, "vmalloc", 0xffffffc600000000, 0xffffffd600000000);
	assert_region(&l, "vmemmap", 0xffffffc500000000, 0xffffffc600000000);
	assert_region(&l, "PCI I/O", 0xffffffc4ff000000, 0xffffffc500000000);
	assert_region(&l, "fixmap", 0xffffffc4fea00000, 0xffffffc4ff000000);
	assert_region(&l, "modules", 0xffffffff01e6b000, 0xffffffff80000000);
	assert_region(&l, "kernel image", 0xffffffff80000000, 0xffffffff81e6b000);
	assert_region(&l, "BPF", 0xffffffff78000000, 0xffffffff80000000);
	/* up to 6.7 it all lay 8 GiB higher; the size of the fixmap has its own history */
	init(&l, &pt_riscv_sv39, 0xffffffd800000000);
	layout_fact(&l, "FIX_FDT", 256);
	layout_run(&l);
	assert_region(&l, "vmalloc", 0xffffffc800000000, 0xffffffd800000000);
	assert_region(&l, "fixmap", 0xffffffc6fee00000, 0xffffffc6ff000000);
}

static void four_levels(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_riscv_sv48, 0xffffaf8000000000);
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffffaf8000000000, 0xffffef8000000000);
	assert_region(&l, "vmalloc", 0xffff8f8000000000, 0xffffaf8000000000);
	assert_region(&l, "vmemmap", 0xffff8d8000000000, 0xffff8f8000000000);
	assert_region(&l, "KASAN shadow", 0xffffef8000000000, 0xffffffff00000000);
}

static void five_levels(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_riscv_sv57, 0xff60000000000000);
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "direct map", 0xff60000000000000, 0xffe0000000000000);
	assert_region(&l, "vmalloc", 0xff20000000000000, 0xff60000000000000);
	assert_region(&l, "vmemmap", 0xff1c000000000000, 0xff20000000000000);
	assert_region(&l, "PCI I/O", 0xff1bffffff000000, 0xff1c000000000000);
	assert_region(&l, "fixmap", 0xff1bfffffea00000, 0xff1bffffff000000);
	assert_region(&l, "KASAN shadow", 0xffdf000000000000, 0xffffffff00000000);
}

static void the_image_once_lay_in_the_linear_map(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_riscv_sv39, 0xffffffe000000000);
	layout_fact(&l, "_start", 0xffffffe000000000);
	layout_fact(&l, "_end", 0xffffffe001600000);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffffffe000000000, 0);
	assert_region(&l, "vmalloc", 0xffffffd000000000, 0xffffffe000000000);
	assert_region(&l, "modules", 0xffffffdf81600000, 0xffffffe000000000);
	assert_int_equal(layout_find(&l, "modules")->flags, VMATLAS_CLAIM_NESTED);
	/* and 5.13 to 5.16 beside it: the linear map may not reach it */
	init(&l, &pt_riscv_sv39, 0xffffffe000000000);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffffffe000000000, 0xffffffff00000000);
}

static void vmcoreinfo_is_a_second_source(void **state)
{
	struct layout_of l;
	size_t nr = 0;

	(void)state;
	init(&l, &pt_riscv_sv57, 0xff60000000000000);
	layout_fact(&l, "VMEMMAP_START", 0xff1c000000000000);
	layout_fact(&l, "PAGE_OFFSET", 0xff60000000000000);
	layout_run(&l);
	for (size_t i = 0; i < l.nr; i++)
		nr += strstr(l.said[i].source, "vmcoreinfo") != NULL;
	assert_int_equal(nr, 2);
}

static void any_values_are_survived(void **state)
{
	static const uint64_t strange[] = { 0, 1, 0xffffffff80000000, UINT64_MAX, 1ull << 63 };
	struct layout_of l;

	(void)state;
	init(&l, &pt_riscv_sv57, 0xff60000000000000);
	for (size_t round = 0; round < ARRAY_SIZE(strange); round++) {
		for (size_t i = 0; i < arch_riscv64.nr_wants; i++) {
			l.found[i] = true;
			l.value[i] = strange[(round + i) % ARRAY_SIZE(strange)];
		}
		l.facts.page_offset = strange[round];
		layout_run(&l);
		assert_true(l.nr > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_make_a_leaf_of_an_entry),
		cmocka_unit_test(large_leaves_must_be_in_line),
		cmocka_unit_test(sixteen_pages_may_be_one),
		cmocka_unit_test(memory_types_are_standard_or_of_t_head),
		cmocka_unit_test(levels_share_the_address_without_a_gap),
		cmocka_unit_test(three_levels),
		cmocka_unit_test(four_levels),
		cmocka_unit_test(five_levels),
		cmocka_unit_test(the_image_once_lay_in_the_linear_map),
		cmocka_unit_test(vmcoreinfo_is_a_second_source),
		cmocka_unit_test(any_values_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
