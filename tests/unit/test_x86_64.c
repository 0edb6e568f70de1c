/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_of.h"

/* ---- Page tables ---- */

#define PRESENT 1ull
#define RW	2ull
#define USER	4ull
#define PWT	8ull
#define PCD	0x10ull
#define BIT_7	0x80ull			/* PSE above a PTE, PAT in it */
#define GLOBAL	0x100ull
#define PAT_LARGE 0x1000ull
#define NX	(1ull << 63)

enum { PGD, PUD, PMD, PTE };

static struct pt_entry leaf(unsigned int level, uint64_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(&pt_x86_64_4level, level, entry, &e), PT_LEAF);
	return e;
}

static void what_is_not_present_is_nothing(void **state)
{
	struct pt_entry e;

	(void)state;
	for (unsigned int level = PGD; level <= PTE; level++) {
		assert_int_equal(pt_decode(&pt_x86_64_4level, level, 0, &e), PT_NONE);
		/* swapped, or PROT_NONE: the other bits mean something else */
		assert_int_equal(pt_decode(&pt_x86_64_4level, level, ~PRESENT, &e), PT_NONE);
	}
}

static void tables_lead_down(void **state)
{
	struct pt_entry e = { 0 };

	(void)state;
	for (unsigned int level = PGD; level < PTE; level++) {
		assert_int_equal(pt_decode(&pt_x86_64_4level, level, 0x1234567067, &e), PT_TABLE);
		assert_int_equal(e.phys, 0x1234567000);
	}
	/* execute-disable and software bits are not part of the address */
	assert_int_equal(pt_decode(&pt_x86_64_4level, PMD, 0xfff0001234567067, &e), PT_TABLE);
	assert_int_equal(e.phys, 0x1234567000);
}

static void a_page_tells_what_may_be_done_with_it(void **state)
{
	struct pt_entry e = leaf(PTE, 0x80000000011c1163);

	(void)state;
	assert_int_equal(e.phys, 0x11c1000);
	assert_int_equal(e.shift, 12);
	assert_int_equal(e.attr, PT_WRITE | PT_GLOBAL);
	assert_int_equal(leaf(PTE, 0x1000 | PRESENT).attr, PT_EXEC);
	assert_int_equal(leaf(PTE, 0x1000 | PRESENT | NX | USER).attr, PT_USER);
}

static void large_leaves_are_as_large_as_their_level(void **state)
{
	(void)state;
	assert_int_equal(leaf(PMD, 0x40000000 | PRESENT | BIT_7).shift, 21);
	assert_int_equal(leaf(PMD, 0x40200000 | PRESENT | BIT_7).phys, 0x40200000);
	assert_int_equal(leaf(PUD, 0x40000000 | PRESENT | BIT_7).shift, 30);
	assert_int_equal(leaf(PUD, 0x3fffc0000000 | PRESENT | BIT_7).phys, 0x3fffc0000000);
}

static void pat_is_no_address(void **state)
{
	struct pt_entry e = leaf(PMD, 0x40200000 | PRESENT | BIT_7 | PAT_LARGE);

	(void)state;
	assert_int_equal(e.phys, 0x40200000);
	e = leaf(PUD, 0x40000000 | PRESENT | BIT_7 | PAT_LARGE);
	assert_int_equal(e.phys, 0x40000000);
	/* in a PTE the same bit is an address, and bit 7 is no size */
	e = leaf(PTE, 0x40201000 | PRESENT | BIT_7);
	assert_int_equal(e.phys, 0x40201000);
	assert_int_equal(e.shift, 12);
}

static void memory_types_go_by_three_bits(void **state)
{
	static const uint32_t type[] = {
		0, PT_WC, PT_UNCACHED, PT_UNCACHED, 0, 0, PT_UNCACHED, 0,
	};
	const uint32_t mask = PT_WC | PT_UNCACHED | PT_DEVICE;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(type); i++) {
		const uint64_t low = (i & 1 ? PWT : 0) | (i & 2 ? PCD : 0) | PRESENT;

		assert_int_equal(leaf(PTE, low | (i & 4 ? BIT_7 : 0)).attr & mask, type[i]);
		assert_int_equal(leaf(PMD, low | BIT_7 | (i & 4 ? PAT_LARGE : 0)).attr & mask,
				 type[i]);
	}
}

static void no_leaf_is_larger_than_a_gigabyte(void **state)
{
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(pt_decode(&pt_x86_64_4level, PGD, 0x40000000 | PRESENT | BIT_7, &e),
			 PT_BAD);
	assert_int_equal(pt_decode(&pt_x86_64_5level, 0, 0x40000000 | PRESENT | BIT_7, &e),
			 PT_BAD);
	assert_int_equal(pt_decode(&pt_x86_64_5level, 1, 0x40000000 | PRESENT | BIT_7, &e),
			 PT_BAD);
	assert_int_equal(pt_decode(&pt_x86_64_5level, 2, 0x40000000 | PRESENT | BIT_7, &e),
			 PT_LEAF);
	assert_int_equal(e.shift, 30);
	assert_int_equal(pt_decode(&pt_x86_64_5level, 4, 0x1000 | PRESENT, &e), PT_LEAF);
	assert_int_equal(e.shift, 12);
}

static void levels_share_the_address_without_a_gap(void **state)
{
	static const struct pt_format *const formats[] = {
		&pt_x86_64_4level, &pt_x86_64_5level,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct pt_format *f = formats[i];
		unsigned int shift = 12;

		for (unsigned int level = f->nr_levels; level-- > 0;) {
			assert_int_equal(f->level[level].shift, shift);
			assert_int_equal((1u << f->level[level].bits) * f->entry_size, 4096);
			shift += f->level[level].bits;
		}
		assert_int_equal(shift, f->nr_levels == 5 ? 57 : 48);
	}
}

/* ---- Layout: Documentation/arch/x86/x86_64/mm.rst ---- */

static void four_levels_without_kaslr(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "ldt_dup_context", 1);
	layout_fact(&l, "espfix_pud_page", 1);
	layout_fact(&l, "efi_map_region", 1);
	layout_run(&l);
	assert_region(&l, "LDT remap", 0xffff880000000000, 0xffff888000000000);
	assert_region(&l, "direct map", 0xffff888000000000, 0xffffc88000000000);
	assert_region(&l, "vmalloc", 0xffffc90000000000, 0xffffe90000000000);
	assert_region(&l, "vmemmap", 0xffffea0000000000, 0xffffeb0000000000);
	assert_region(&l, "espfix", 0xffffff0000000000, 0xffffff8000000000);
	assert_region(&l, "EFI runtime", 0xffffffef00000000, 0xffffffff00000000);
	assert_region(&l, "kernel image", 0xffffffff80000000, 0xffffffffa0000000);
	assert_region(&l, "modules", 0xffffffffa0000000, 0xffffffffff000000);
	assert_null(layout_find(&l, "KASAN shadow"));
	assert_null(layout_find(&l, "KMSAN shadow"));
}

static void five_levels_without_kaslr(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_5level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "ldt_dup_context", 1);
	layout_run(&l);
	assert_region(&l, "LDT remap", 0xff10000000000000, 0xff11000000000000);
	assert_region(&l, "direct map", 0xff11000000000000, 0xff91000000000000);
	assert_region(&l, "vmalloc", 0xffa0000000000000, 0xffd2000000000000);
	assert_region(&l, "vmemmap", 0xffd4000000000000, 0xffd6000000000000);
}

static void kaslr_moves_three_regions_and_clips_the_first(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "page_offset_base", 0xffff9a0000000000);
	layout_fact(&l, "vmalloc_base", 0xffffa38000000000);
	layout_fact(&l, "vmemmap_base", 0xffffd68000000000);
	layout_fact(&l, "kaslr_regions", 1);
	layout_fact(&l, "page", 64);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffff9a0000000000, 0xffffa38000000000);
	assert_region(&l, "vmalloc", 0xffffa38000000000, 0xffffc38000000000);
	/* 9.5 TiB of 4 KiB pages, 64 bytes each: 152 GiB, so one TiB */
	assert_region(&l, "vmemmap", 0xffffd68000000000, 0xffffd78000000000);
	assert_region(&l, "kernel image", 0xffffffff80000000, 0xffffffffc0000000);
	assert_region(&l, "modules", 0xffffffffc0000000, 0xffffffffff000000);
}

static void a_variable_ends_the_direct_map(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 13));
	layout_fact(&l, "direct_map_physmem_end", 0x3ffffffffff);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffff888000000000, 0xffff8c8000000000);
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 12));
	layout_fact(&l, "physmem_end", UINT64_MAX - 1);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffff888000000000, 0xffffc90000000000);
}

static void kmsan_takes_three_quarters_of_vmalloc(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "kmsan_init_shadow", 1);
	layout_run(&l);
	assert_region(&l, "vmalloc", 0xffffc90000000000, 0xffffd10000000000);
	assert_region(&l, "KMSAN shadow", 0xffffd10000000000, 0xffffd90000000000);
	assert_region(&l, "KMSAN origins", 0xffffd90000000000, 0xffffe10000000000);
}

static void kasan_has_its_shadow(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "KASAN shadow", 0xffffec0000000000, 0xfffffc0000000000);
}

static void cpu_entry_areas_are_packed_or_spread(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "cpu_entry_area", 0x3b000);
	layout_fact(&l, "__per_cpu_offset", 8192);
	layout_run(&l);
	assert_region(&l, "cpu entry area", 0xfffffe0000000000,
		      0xfffffe0000001000 + 8192ull * 0x3b000);
	layout_fact(&l, "_cea_offset", 1);
	layout_run(&l);
	assert_region(&l, "cpu entry area", 0xfffffe0000000000, 0xfffffe8000000000);
}

static void the_fixmap_hangs_from_its_top(void **state)
{
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "__end_of_permanent_fixed_addresses", 0x600);
	layout_fact(&l, "__vsyscall_page", 1);
	layout_run(&l);
	assert_region(&l, "fixmap", 0xffffffffff1ff000, 0xffffffffff7ff000);
	assert_region(&l, "vsyscall", 0xffffffffff600000, 0xffffffffff601000);
	assert_true(layout_find(&l, "vsyscall")->flags & VMATLAS_CLAIM_NESTED);
}

static void vmcoreinfo_is_a_second_source(void **state)
{
	struct layout_of l;
	size_t nr = 0;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "VMALLOC_START", 0xffffc90000000000);
	layout_fact(&l, "KERNEL_IMAGE_SIZE", 0x40000000);
	layout_run(&l);
	for (size_t i = 0; i < l.nr; i++)
		if (!strcmp(l.said[i].name, "vmalloc") &&
		    l.said[i].flags & VMATLAS_CLAIM_START_ONLY) {
			assert_int_equal(l.said[i].start, 0xffffc90000000000);
			assert_non_null(strstr(l.said[i].source, "vmcoreinfo"));
			nr++;
		}
	assert_int_equal(nr, 1);
	assert_region(&l, "kernel image", 0xffffffff80000000, 0xffffffffc0000000);
}

static void any_values_are_survived(void **state)
{
	static const uint64_t strange[] = {
		0, 1, 0xffffc90000000000, UINT64_MAX, 0x8000000000000000,
	};
	struct layout_of l;

	(void)state;
	layout_init(&l, &arch_x86_64, &pt_x86_64_4level, KERNEL_RELEASE(6, 1));
	/* every variable of a damaged dump, read all the same */
	for (size_t round = 0; round < ARRAY_SIZE(strange); round++) {
		for (size_t i = 0; i < arch_x86_64.nr_wants; i++) {
			l.found[i] = true;
			l.value[i] = strange[(round + i) % ARRAY_SIZE(strange)];
		}
		layout_run(&l);
		assert_true(l.nr > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_present_is_nothing),
		cmocka_unit_test(tables_lead_down),
		cmocka_unit_test(a_page_tells_what_may_be_done_with_it),
		cmocka_unit_test(large_leaves_are_as_large_as_their_level),
		cmocka_unit_test(pat_is_no_address),
		cmocka_unit_test(memory_types_go_by_three_bits),
		cmocka_unit_test(no_leaf_is_larger_than_a_gigabyte),
		cmocka_unit_test(levels_share_the_address_without_a_gap),
		cmocka_unit_test(four_levels_without_kaslr),
		cmocka_unit_test(five_levels_without_kaslr),
		cmocka_unit_test(kaslr_moves_three_regions_and_clips_the_first),
		cmocka_unit_test(a_variable_ends_the_direct_map),
		cmocka_unit_test(kmsan_takes_three_quarters_of_vmalloc),
		cmocka_unit_test(kasan_has_its_shadow),
		cmocka_unit_test(cpu_entry_areas_are_packed_or_spread),
		cmocka_unit_test(the_fixmap_hangs_from_its_top),
		cmocka_unit_test(vmcoreinfo_is_a_second_source),
		cmocka_unit_test(any_values_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
