/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_of.h"

/* ---- Page tables ---- */

static struct pt_entry leaf(const struct pt_format *f, unsigned int level, uint64_t entry)
{
	struct pt_entry e = { 0 };

	assert_int_equal(pt_decode(f, level, entry, &e), PT_LEAF);
	return e;
}

static void two_levels_of_four_bytes(void **state)
{
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(pt_decode(&pt_i386, 0, 0xfffffffe, &e), PT_NONE);
	assert_int_equal(pt_decode(&pt_i386, 0, 0x01234067, &e), PT_TABLE);
	assert_int_equal(e.phys, 0x01234000);
	assert_int_equal(leaf(&pt_i386, 1, 0xfee00163).phys, 0xfee00000);
	assert_int_equal(leaf(&pt_i386, 1, 0xfee00163).shift, 12);
	/* without PAE everything is executable */
	assert_int_equal(leaf(&pt_i386, 1, 0xfee00163).attr, PT_WRITE | PT_EXEC | PT_GLOBAL);
	/* bit 7 of a page is PAT, not size; PCD: uncached */
	assert_int_equal(leaf(&pt_i386, 1, 0x010001f3).shift, 12);
	assert_int_equal(leaf(&pt_i386, 1, 0x01000173).attr & PT_UNCACHED, PT_UNCACHED);
}

static void four_megabytes_reach_above_four_gigabytes(void **state)
{
	struct pt_entry e = leaf(&pt_i386, 0, 0x0c4001e3);

	(void)state;
	assert_int_equal(e.phys, 0x0c400000);
	assert_int_equal(e.shift, 22);
	/* PSE-36: bits 20:13 are PA[39:32], bit 12 is PAT */
	assert_int_equal(leaf(&pt_i386, 0, 0x0c4021e3).phys, 0x10c400000);
	assert_int_equal(leaf(&pt_i386, 0, 0x0c5fe1e3).phys, 0xff0c400000);
	assert_int_equal(leaf(&pt_i386, 0, 0x0c4011e3).phys, 0x0c400000);
}

static void pae_is_three_levels_of_eight_bytes(void **state)
{
	struct pt_entry e = { 0 };

	(void)state;
	assert_int_equal(pt_decode(&pt_i386_pae, 0, 0x00cd83001, &e), PT_TABLE);
	assert_int_equal(e.phys, 0xcd83000);
	assert_int_equal(pt_decode(&pt_i386_pae, 0, 0x40000081, &e), PT_BAD);
	assert_int_equal(leaf(&pt_i386_pae, 1, 0x80000000124001e3).phys, 0x12400000);
	assert_int_equal(leaf(&pt_i386_pae, 1, 0x80000000124001e3).shift, 21);
	assert_int_equal(leaf(&pt_i386_pae, 1, 0x80000000124001e3).attr,
			 PT_WRITE | PT_GLOBAL);
	assert_int_equal(leaf(&pt_i386_pae, 2, 0xf7f8009063).phys, 0xf7f8009000);
	assert_int_equal(leaf(&pt_i386_pae, 2, 0xf7f8009063).attr, PT_WRITE | PT_EXEC);
}

static void levels_share_the_address_without_a_gap(void **state)
{
	static const struct pt_format *const formats[] = { &pt_i386, &pt_i386_pae };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct pt_format *f = formats[i];
		unsigned int at = 32;

		for (unsigned int level = 0; level < f->nr_levels; level++) {
			at -= f->level[level].bits;
			assert_int_equal(f->level[level].shift, at);
		}
		assert_int_equal(at, 12);
	}
}

/* ---- Layout: arch/x86/include/asm/pgtable_32_areas.h ---- */

/* Debian's 686-pae of 6.1 with 2 GiB, as it says of itself. */
static void init(struct layout_of *l, const struct pt_format *f, uint32_t release)
{
	layout_init(l, &arch_i386, f, release);
	l->facts.page_offset = 0xc0000000;
	layout_fact(l, "high_memory", 0xf6ffe000);
	layout_fact(l, "pkmap_page_table", 1);
	layout_fact(l, "__FIXADDR_TOP", 0xfffff000);
	layout_fact(l, "__end_of_permanent_fixed_addresses", 583);
	layout_fact(l, "__end_of_fixed_addresses", 1537);
	layout_fact(l, "__per_cpu_offset", 32);
	layout_fact(l, "cpu_entry_area", 43 * 4096);
	layout_fact(l, "setup_cpu_entry_areas", 1);
	layout_fact(l, "modules", 1);
}

static void with_pae(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	layout_run(&l);
	assert_region(&l, "lowmem", 0xc0000000, 0xf6ffe000);
	assert_region(&l, "gap", 0xf6ffe000, 0xf77fe000);
	assert_region(&l, "vmalloc", 0xf77fe000, 0xfeffe000);
	assert_region(&l, "modules", 0xf77fe000, 0xfeffe000);
	assert_int_equal(layout_find(&l, "modules")->flags, VMATLAS_CLAIM_NESTED);
	assert_region(&l, "pkmap", 0xff000000, 0xff200000);
	assert_region(&l, "LDT remap", 0xff200000, 0xff400000);
	assert_region(&l, "cpu entry area", 0xff400000, 0xff961000);
	assert_region(&l, "fixmap", 0xffdb8000, 0xfffff000);
}

static void without_pae_everything_is_twice_as_coarse(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_i386, KERNEL_RELEASE(5, 10));
	layout_run(&l);
	assert_region(&l, "cpu entry area", 0xff400000, 0xff961000);
	assert_region(&l, "LDT remap", 0xff000000, 0xff400000);
	assert_region(&l, "pkmap", 0xfec00000, 0xff000000);
	assert_region(&l, "vmalloc", 0xf77fe000, 0xfebfe000);
}

static void without_highmem_vmalloc_reaches_further(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	for (size_t i = 0; i < arch_i386.nr_wants; i++)
		if (!strcmp(arch_i386.wants[i].name, "pkmap_page_table"))
			l.found[i] = false;
	layout_run(&l);
	assert_null(layout_find(&l, "pkmap"));
	assert_region(&l, "vmalloc", 0xf77fe000, 0xff1fe000);
}

static void older_kernels_lack_what_lies_between(void **state)
{
	struct layout_of l;

	(void)state;
	/* 4.14.y: entry areas of 40 pages a CPU, no room for the LDT */
	init(&l, &pt_i386_pae, KERNEL_RELEASE(4, 14));
	layout_run(&l);
	assert_null(layout_find(&l, "LDT remap"));
	assert_region(&l, "cpu entry area", 0xff400000, 0xff961000);
	assert_region(&l, "pkmap", 0xff200000, 0xff400000);

	/* none at all: pkmap below the permanent slots, up to 3.18 below all of them */
	init(&l, &pt_i386_pae, KERNEL_RELEASE(4, 9));
	for (size_t i = 0; i < arch_i386.nr_wants; i++)
		if (!strcmp(arch_i386.wants[i].name, "setup_cpu_entry_areas"))
			l.found[i] = false;
	layout_run(&l);
	assert_null(layout_find(&l, "cpu entry area"));
	assert_region(&l, "pkmap", 0xffa00000, 0xffc00000);
	assert_region(&l, "vmalloc", 0xf77fe000, 0xff9fe000);
	l.facts.release = KERNEL_RELEASE(3, 16);
	layout_run(&l);
	assert_region(&l, "pkmap", 0xff600000, 0xff800000);
}

static void another_split_moves_lowmem(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	l.facts.page_offset = 0x80000000;
	layout_fact(&l, "high_memory", 0xbffe0000);
	layout_run(&l);
	assert_region(&l, "lowmem", 0x80000000, 0xbffe0000);
	assert_region(&l, "vmalloc", 0xc07e0000, 0xfeffe000);
}

static void what_is_not_known_is_not_claimed(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "__vmalloc_start_set", 0);
	layout_run(&l);
	assert_null(layout_find(&l, "vmalloc"));
	assert_null(layout_find(&l, "lowmem"));
	assert_non_null(layout_find(&l, "pkmap"));
	/* no types: nothing that hangs from the fixmap */
	layout_init(&l, &arch_i386, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	l.facts.page_offset = 0xc0000000;
	layout_fact(&l, "high_memory", 0xf6ffe000);
	layout_run(&l);
	assert_non_null(layout_find(&l, "lowmem"));
	assert_null(layout_find(&l, "vmalloc"));
	/* and none of absurd sizes */
	init(&l, &pt_i386_pae, KERNEL_RELEASE(6, 1));
	layout_fact(&l, "__per_cpu_offset", 1 << 20);
	layout_run(&l);
	assert_null(layout_find(&l, "cpu entry area"));
	assert_null(layout_find(&l, "vmalloc"));
}

static void any_values_are_survived(void **state)
{
	static const uint64_t strange[] = { 0, 1, 0xc0000000, UINT32_MAX, 0x10000 };
	struct layout_of l;

	(void)state;
	for (size_t round = 0; round < ARRAY_SIZE(strange); round++) {
		init(&l, round & 1 ? &pt_i386 : &pt_i386_pae, KERNEL_RELEASE(6, 1));
		for (size_t i = 0; i < arch_i386.nr_wants; i++) {
			l.found[i] = true;
			l.value[i] = strange[(round + i) % ARRAY_SIZE(strange)];
		}
		layout_run(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_levels_of_four_bytes),
		cmocka_unit_test(four_megabytes_reach_above_four_gigabytes),
		cmocka_unit_test(pae_is_three_levels_of_eight_bytes),
		cmocka_unit_test(levels_share_the_address_without_a_gap),
		cmocka_unit_test(with_pae),
		cmocka_unit_test(without_pae_everything_is_twice_as_coarse),
		cmocka_unit_test(without_highmem_vmalloc_reaches_further),
		cmocka_unit_test(older_kernels_lack_what_lies_between),
		cmocka_unit_test(another_split_moves_lowmem),
		cmocka_unit_test(what_is_not_known_is_not_claimed),
		cmocka_unit_test(any_values_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
