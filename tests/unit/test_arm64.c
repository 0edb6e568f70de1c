/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_of.h"

#define SLIDE 0x4557e4800000ull

/* A kernel whose image was linked to @text, on a CPU that offers @bits. */
static void init(struct layout_of *l, unsigned int major, unsigned int minor,
		 unsigned int page_shift, unsigned int bits, uint64_t text)
{
	const struct pt_format *f = pt_arm64_find(page_shift, bits, false);

	assert_non_null(f);
	layout_init(l, &arch_arm64, f, KERNEL_RELEASE(major, minor));
	l->facts.page_shift = page_shift;
	l->facts.slide = SLIDE;
	layout_fact(l, "_text", text + SLIDE);
	layout_fact(l, "_end", text + SLIDE + 0x24f0000);
	layout_fact(l, "page", 64);
	layout_fact(l, "modules", 1);
	layout_fact(l, "__end_of_permanent_fixed_addresses", 525);
	if (KERNEL_RELEASE(major, minor) >= KERNEL_RELEASE(6, 9))
		layout_fact(l, "vmap_nodes", 1);
}

static void assert_layout(struct layout_of *l, const uint64_t at[static 7])
{
	const uint64_t fixmap = 525ull << l->facts.page_shift;

	layout_run(l);
	assert_region(l, "direct map", at[0], at[1]);
	assert_region(l, "modules", at[2], at[3]);
	assert_region(l, "vmalloc", at[3], at[4]);
	assert_int_equal(layout_find(l, "vmemmap")->start, at[5]);
	assert_region(l, "fixmap", at[6] - fixmap, at[6]);
}

/* ---- Documentation/arch/arm64/memory.rst, and what kernels say of themselves ---- */

static void kernel_5_10(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 5, 10, 12, 48, 0xffff800010000000);
	assert_layout(&l, (uint64_t[]){
		0xffff000000000000, 0xffff800000000000, 0xffff800008000000, 0xffff800010000000,
		0xfffffdffbfff0000, 0xfffffdffffe00000, 0xfffffdfffea00000 });
	assert_region(&l, "BPF", 0xffff800000000000, 0xffff800008000000);
	assert_region(&l, "PCI I/O", 0xfffffdfffec00000, 0xfffffdffffc00000);

	init(&l, 5, 10, 12, 39, 0xffffffc010000000);
	assert_layout(&l, (uint64_t[]){
		0xffffff8000000000, 0xffffffc000000000, 0xffffffc008000000, 0xffffffc010000000,
		0xfffffffebfff0000, 0xfffffffeffe00000, 0xfffffffefea00000 });

	/* up to 5.7 the image began 512 KiB behind where it was linked to */
	init(&l, 5, 4, 12, 48, 0xffff800010080000);
	layout_run(&l);
	assert_region(&l, "modules", 0xffff800008000000, 0xffff800010000000);
	assert_int_equal(layout_find(&l, "vmalloc")->start, 0xffff800010000000);
}

static void kernel_5_10_for_52_bits_on_a_cpu_with_48(void **state)
{
	struct layout_of l;

	(void)state;
	/* the tables have room for 52: the format says nothing of the CPU */
	init(&l, 5, 10, 16, 52, 0xffff800010000000);
	layout_fact(&l, "vabits_actual", 48);
	assert_layout(&l, (uint64_t[]){
		0xfff0000000000000, 0xffff800000000000, 0xffff800008000000, 0xffff800010000000,
		0xfffff81fffff0000, 0xfffffc1fffe00000, 0xfffffc1ffea00000 });
	layout_fact(&l, "vabits_actual", 52);
	layout_run(&l);
	assert_region(&l, "direct map", 0xfff0000000000000, 0xfff8000000000000);
}

static void kernel_6_1(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 6, 1, 12, 48, 0xffff800008000000);
	assert_layout(&l, (uint64_t[]){
		0xffff000000000000, 0xffff800000000000, 0xffff800000000000, 0xffff800008000000,
		0xfffffbfff0000000, 0xfffffc0000000000, 0xfffffbfffe000000 });
	assert_null(layout_find(&l, "BPF"));
	assert_region(&l, "vmemmap", 0xfffffc0000000000, 0xfffffe0000000000);
	assert_region(&l, "PCI I/O", 0xfffffbfffe800000, 0xfffffbffff800000);

	init(&l, 6, 1, 12, 39, 0xffffffc008000000);
	assert_layout(&l, (uint64_t[]){
		0xffffff8000000000, 0xffffffc000000000, 0xffffffc000000000, 0xffffffc008000000,
		0xfffffffdf0000000, 0xfffffffe00000000, 0xfffffffdfe000000 });
	/* 6.5: modules may take 2 GiB */
	init(&l, 6, 6, 12, 48, 0xffff800080000000);
	layout_run(&l);
	assert_region(&l, "modules", 0xffff800000000000, 0xffff800080000000);
	/* 5.11 to 5.14: BPF still has its own */
	init(&l, 5, 14, 12, 48, 0xffff800010000000);
	layout_run(&l);
	assert_region(&l, "BPF", 0xffff800000000000, 0xffff800008000000);
	assert_region(&l, "modules", 0xffff800008000000, 0xffff800010000000);
}

static void kernel_6_12(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	assert_layout(&l, (uint64_t[]){
		0xffff000000000000, 0xffff800000000000, 0xffff800000000000, 0xffff800080000000,
		0xfffffdffbf800000, 0xfffffdffc0000000, 0xffffffffff800000 });
	assert_region(&l, "vmemmap", 0xfffffdffc0000000, 0xffffffffc0000000);
	assert_region(&l, "PCI I/O", 0xffffffffc0800000, 0xffffffffc1800000);

	init(&l, 6, 12, 12, 39, 0xffffffc080000000);
	assert_layout(&l, (uint64_t[]){
		0xffffff8000000000, 0xffffffc000000000, 0xffffffc000000000, 0xffffffc080000000,
		0xfffffffebf800000, 0xfffffffec0000000, 0xffffffffff800000 });

	init(&l, 6, 12, 14, 47, 0xffffc00080000000);
	assert_layout(&l, (uint64_t[]){
		0xffff800000000000, 0xffffc00000000000, 0xffffc00000000000, 0xffffc00080000000,
		0xffffffbfbf800000, 0xffffffbfc0000000, 0xffffffffff800000 });
}

static void kernel_6_12_for_52_bits(void **state)
{
	struct layout_of l;

	(void)state;
	/* on a CPU without them vmalloc gets what vmemmap does not need */
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	layout_fact(&l, "VA_BITS", 52);
	layout_fact(&l, "VMEMMAP_START", 0xffffc1ffc0000000);
	assert_layout(&l, (uint64_t[]){
		0xfff0000000000000, 0xffff800000000000, 0xffff800000000000, 0xffff800080000000,
		0xfffffdffbf800000, 0xfffffdffc0000000, 0xffffffffff800000 });
	for (size_t i = 0; i < l.nr; i++)
		assert_int_not_equal(l.said[i].start, 0xffffc1ffc0000000);

	init(&l, 6, 12, 12, 52, 0xffff800080000000);
	layout_fact(&l, "VA_BITS", 52);
	layout_fact(&l, "TCR_EL1_T1SZ", 12);
	assert_layout(&l, (uint64_t[]){
		0xfff0000000000000, 0xffff800000000000, 0xffff800000000000, 0xffff800080000000,
		0xffffc1ffbf800000, 0xffffc1ffc0000000, 0xffffffffff800000 });

	/* 64 KiB pages: the tables are those for 52 bits on either CPU */
	init(&l, 6, 12, 16, 52, 0xffff800080000000);
	layout_fact(&l, "VA_BITS", 52);
	layout_fact(&l, "TCR_EL1_T1SZ", 16);
	layout_run(&l);
	assert_region(&l, "vmemmap", 0xffffffdfc0000000, 0xffffffffc0000000);
}

static void a_smaller_struct_page_needs_less(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	layout_fact(&l, "page", 56);
	layout_run(&l);
	assert_region(&l, "vmemmap", 0xfffffe3fc0000000, 0xffffffffc0000000);
	/* before 6.9 its size was rounded up to a power of two */
	init(&l, 6, 1, 12, 48, 0xffff800008000000);
	layout_fact(&l, "page", 56);
	layout_run(&l);
	assert_region(&l, "vmemmap", 0xfffffc0000000000, 0xfffffe0000000000);
}

static void kernels_before_the_layout_was_turned_around(void **state)
{
	struct layout_of l;

	(void)state;
	/* Documentation/arm64/memory.txt of 4.14 and 4.4, 4 KiB pages and 48 bits */
	init(&l, 4, 14, 12, 48, 0xffff000008080000);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffff800000000000, 0);
	assert_region(&l, "modules", 0xffff000000000000, 0xffff000008000000);
	assert_region(&l, "vmalloc", 0xffff000008000000, 0xffff7dffbfff0000);
	assert_region(&l, "vmemmap", 0xffff7e0000000000, 0xffff800000000000);
	assert_region(&l, "PCI I/O", 0xffff7dfffee00000, 0xffff7dffffe00000);
	init(&l, 4, 4, 12, 48, 0xffff800000080000);
	layout_run(&l);
	assert_region(&l, "direct map", 0xffff800000000000, 0);
	assert_region(&l, "modules", 0xffff7ffffc000000, 0xffff800000000000);
	assert_region(&l, "vmalloc", 0xffff000000000000, 0xffff7bffbfff0000);
	assert_region(&l, "vmemmap", 0xffff7bffc0000000, 0xffff7fffc0000000);
	assert_region(&l, "PCI I/O", 0xffff7ffffae00000, 0xffff7ffffbe00000);
}

static void kasan_has_its_shadow(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "KASAN shadow", 0xffff600000000000, 0xffff800000000000);
	assert_region(&l, "direct map", 0xffff000000000000, 0xffff600000000000);
	/* by tags it takes half of that; with tags in hardware none */
	layout_fact(&l, "kasan_init_sw_tags", 1);
	layout_run(&l);
	assert_region(&l, "KASAN shadow", 0xffff700000000000, 0xffff800000000000);
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	layout_fact(&l, "kasan_init", 1);
	layout_fact(&l, "kasan_init_hw_tags", 1);
	layout_run(&l);
	assert_null(layout_find(&l, "KASAN shadow"));

	/* 5.10: KASAN_SHADOW_OFFSET 0xdfffa00000000000 puts all behind it */
	init(&l, 5, 10, 12, 48, 0xffffa00010000000);
	layout_fact(&l, "kasan_init", 1);
	layout_run(&l);
	assert_region(&l, "KASAN shadow", 0xffff800000000000, 0xffffa00000000000);
	assert_region(&l, "BPF", 0xffffa00000000000, 0xffffa00008000000);
	assert_region(&l, "modules", 0xffffa00008000000, 0xffffa00010000000);
}

static void the_image_and_windows_lie_in_vmalloc_space(void **state)
{
	struct layout_of l;

	(void)state;
	init(&l, 6, 1, 12, 48, 0xffff800008000000);
	layout_fact(&l, "module_alloc_base", 0xffffaf3480000000);
	layout_run(&l);
	assert_region(&l, "kernel image", 0xffff800008000000 + SLIDE,
		      0xffff800008000000 + SLIDE + 0x24f0000);
	assert_int_equal(layout_find(&l, "kernel image")->flags, VMATLAS_CLAIM_NESTED);
	assert_region(&l, "module window", 0xffffaf3480000000, 0xffffaf3488000000);
	assert_int_equal(layout_find(&l, "module window")->flags,
			 VMATLAS_CLAIM_NESTED | VMATLAS_CLAIM_WINDOW);
	/* from 6.10 on execmem_info tells them */
	layout_fact(&l, "execmem_info", 1);
	layout_run(&l);
	assert_null(layout_find(&l, "module window"));
}

static void vmcoreinfo_is_a_second_source(void **state)
{
	struct layout_of l;
	size_t nr = 0;

	(void)state;
	init(&l, 6, 12, 12, 48, 0xffff800080000000);
	layout_fact(&l, "VMALLOC_END", 0xfffffdffbf800000);
	layout_fact(&l, "MODULES_VADDR", 0xffff800000000000);
	layout_run(&l);
	for (size_t i = 0; i < l.nr; i++)
		if (strstr(l.said[i].source, "vmcoreinfo"))
			nr++;
	assert_int_equal(nr, 2);
}

static void any_values_are_survived(void **state)
{
	static const uint64_t strange[] = {
		0, 1, 0xffff800080000000, UINT64_MAX, 0x8000000000000000, 64, 200,
	};
	struct layout_of l;

	(void)state;
	for (unsigned int minor = 0; minor < 12; minor++) {
		init(&l, 4 + minor % 3, minor, 12, 48, 0xffff800080000000);
		for (size_t round = 0; round < ARRAY_SIZE(strange); round++) {
			for (size_t i = 0; i < arch_arm64.nr_wants; i++) {
				l.found[i] = true;
				l.value[i] = strange[(round + i) % ARRAY_SIZE(strange)];
			}
			layout_run(&l);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_5_10),
		cmocka_unit_test(kernel_5_10_for_52_bits_on_a_cpu_with_48),
		cmocka_unit_test(kernel_6_1),
		cmocka_unit_test(kernel_6_12),
		cmocka_unit_test(kernel_6_12_for_52_bits),
		cmocka_unit_test(a_smaller_struct_page_needs_less),
		cmocka_unit_test(kernels_before_the_layout_was_turned_around),
		cmocka_unit_test(kasan_has_its_shadow),
		cmocka_unit_test(the_image_and_windows_lie_in_vmalloc_space),
		cmocka_unit_test(vmcoreinfo_is_a_second_source),
		cmocka_unit_test(any_values_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
