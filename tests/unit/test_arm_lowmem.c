/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Worked examples: published boot logs, and what the kernel's source computes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/arm_lowmem.h"

#define MIBS(n) ((uint64_t)(n) << 20)

static const struct ram_choice *choice(const struct arm_lowmem_result *a,
				       enum ram_choice_kind kind)
{
	for (size_t i = 0; i < a->nr_choices; i++)
		if (a->choices[i].kind == kind)
			return &a->choices[i];
	return NULL;
}

/* Raspberry Pi 1, 6.1 without HIGHMEM, vmalloc=640M: 448 MiB installed. */
static struct arm_lowmem_input rpi(const struct vmatlas_range *installed)
{
	return (struct arm_lowmem_input){
		.page_offset = 0xc0000000, .lowmem_end = 0xd7000000,
		.vmalloc_end = 0xff800000, .has_phys_offset = true, .phys_offset = 0,
		.knows_command_line = true, .has_param = true, .param = MIBS(640), .gap = RAM_GAP_ADDED,
		.release = KERNEL_RELEASE(6, 1), .default_reserve = MIBS(240),
		.highmem = RAM_NO, .aliasing = RAM_NO, .lpae = RAM_NO,
		.installed = installed, .nr_installed = 1,
	};
}

static void a_large_vmalloc_costs_80_of_448_mib(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_true(a.at_limit);
	assert_int_equal(a.limit, 0xd7000000);
	assert_int_equal(a.nr_lost, 1);
	assert_int_equal(a.lost[0].first, 0x17000000);
	assert_int_equal(a.lost[0].last, 0x1bffffff);
	assert_int_equal(a.lost_bytes, MIBS(80));
	assert_int_equal(a.installed_bytes, MIBS(448));
	assert_int_equal(a.need_end, 0xdc000000);
	assert_int_equal(a.largest_param, MIBS(560));
	assert_int_equal(choice(&a, RAM_CHOICE_DROP)->recovers, MIBS(80));
	assert_int_equal(choice(&a, RAM_CHOICE_PARAM)->vmalloc_size, MIBS(560));
	assert_int_equal(choice(&a, RAM_CHOICE_SPLIT)->value, 0xb0000000);
	assert_non_null(choice(&a, RAM_CHOICE_HIGHMEM));
	assert_null(choice(&a, RAM_CHOICE_LEAST));
}

static void its_log_line_agrees(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	struct vmatlas_range logged = { 0x17000000, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.logged = &logged;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_false(a.log_disagrees);
	assert_false(a.lost_from_log);
	assert_int_equal(a.lost_bytes, MIBS(80));
	logged.last = 0x1affffff;
	arm_lowmem_check(&q, &a);
	assert_true(a.log_disagrees);
}

static void the_default_reservation_costs_it_nothing(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.has_param = false;
	q.lowmem_end = 0xdc000000;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_ALL_USED);
	assert_int_equal(a.limit, 0xf0000000);
	assert_false(a.at_limit);
	assert_int_equal(a.lost_bytes, 0);
}

static void highmem_does_not_help_an_aliasing_cache(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.aliasing = RAM_YES;
	arm_lowmem_check(&q, &a);
	assert_null(choice(&a, RAM_CHOICE_HIGHMEM));
	/* not even a kernel that has it */
	q.highmem = RAM_YES;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	q.aliasing = RAM_NO;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IN_HIGHMEM);
	assert_int_equal(a.lost_bytes, MIBS(80));
}

/* 2.6.3x on an S5P board with 512 MiB at 0x40000000; only its table is left. */
static struct arm_lowmem_input s5p(void)
{
	return (struct arm_lowmem_input){
		.page_offset = 0xc0000000, .lowmem_end = 0xd8000000,
		.vmalloc_end = 0xe0000000, .has_dma_window = true,
		.highmem = RAM_NO, .aliasing = RAM_UNKNOWN, .lpae = RAM_UNKNOWN,
	};
}

static void a_table_alone_shows_lowmem_at_its_limit(void **state)
{
	struct arm_lowmem_input q = s5p();
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_AT_LIMIT);
	assert_int_equal(a.reserve, MIBS(128));
	assert_int_equal(a.gap, 0);
	assert_int_equal(a.limit, 0xd8000000);
	/* without the DMA row, VMALLOC_END tells the age */
	q.has_dma_window = false;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_AT_LIMIT);
	/* 16 MiB less RAM, and nothing can have been cut, unless by a vmalloc= */
	q.lowmem_end = 0xd7000000;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_NOT_JUDGED);
	q.knows_command_line = true;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_NOT_CUT);
}

static void its_log_line_gives_the_whole_story(void **state)
{
	const struct vmatlas_range logged = { 0x58000000, 0x5fffffff };
	struct arm_lowmem_input q = s5p();
	struct arm_lowmem_result a;

	(void)state;
	q.told_size = MIBS(512);
	q.logged = &logged;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_int_equal(a.lost_bytes, MIBS(128));
	assert_int_equal(a.lost[0].first, 0x58000000);
	assert_int_equal(a.lost[0].last, 0x5fffffff);
	assert_true(a.has_phys_offset);
	assert_int_equal(a.phys_offset, 0x40000000);
	assert_int_equal(a.installed_bytes, MIBS(512));
	/* R_max = e0000000 - c0000000 - 20000000 = 0: no value is harmless */
	assert_int_equal(a.largest_reserve, 0);
	assert_int_equal(a.largest_param, 0);
	assert_null(choice(&a, RAM_CHOICE_PARAM));
	assert_int_equal(choice(&a, RAM_CHOICE_LEAST)->recovers, MIBS(112));
	assert_int_equal(choice(&a, RAM_CHOICE_SPLIT)->value, 0x80000000);
	assert_int_equal(choice(&a, RAM_CHOICE_SPLIT)->recovers, MIBS(128));
}

static void mem_alone_gives_the_amount_but_not_the_place(void **state)
{
	struct arm_lowmem_input q = s5p();
	struct arm_lowmem_result a;

	(void)state;
	q.told_size = MIBS(512);
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_int_equal(a.lost_bytes, MIBS(128));
	assert_int_equal(a.nr_lost, 0);
	assert_false(a.has_phys_offset);
	q.told_size = MIBS(384);
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_ALL_USED);
}

static void limit_is(uint32_t release, bool has_param, uint64_t param,
		     uint64_t vmalloc_end, uint64_t lowmem_end)
{
	struct arm_lowmem_input q = {
		.page_offset = 0xc0000000, .lowmem_end = lowmem_end,
		.vmalloc_end = vmalloc_end, .release = release,
		.has_param = has_param, .param = param,
	};
	struct arm_lowmem_result a;

	arm_lowmem_check(&q, &a);
	assert_true(a.limit_known);
	assert_int_equal(a.limit, lowmem_end);
	assert_int_equal(a.verdict, RAM_AT_LIMIT);
}

static void each_generation_has_its_arithmetic(void **state)
{
	(void)state;
	/* defaults, 3G split, plenty of RAM */
	limit_is(KERNEL_RELEASE(2, 6), false, 0, 0xe0000000, 0xd8000000);
	limit_is(KERNEL_RELEASE(3, 4), false, 0, 0xff000000, 0xef800000);
	limit_is(KERNEL_RELEASE(4, 4), false, 0, 0xff800000, 0xf0000000);
	limit_is(KERNEL_RELEASE(5, 13), false, 0, 0xff800000, 0xf0000000);
	limit_is(KERNEL_RELEASE(5, 14), false, 0, 0xff800000, 0xf0000000);
	/* vmalloc=256M: the gap is part of it, and then it is not */
	limit_is(KERNEL_RELEASE(5, 10), true, MIBS(256), 0xff800000, 0xef800000);
	limit_is(KERNEL_RELEASE(5, 14), true, MIBS(256), 0xff800000, 0xef000000);
	limit_is(KERNEL_RELEASE(6, 1), true, MIBS(640), 0xff800000, 0xd7000000);
	/* clamped: 16 MiB at least, 32 MiB of lowmem at least */
	limit_is(KERNEL_RELEASE(6, 1), true, MIBS(4), 0xff800000, 0xfe000000);
	limit_is(KERNEL_RELEASE(6, 1), true, MIBS(2000), 0xff800000, 0xc2000000);
	limit_is(KERNEL_RELEASE(4, 4), true, MIBS(2000), 0xff800000, 0xc2000000);
}

static void vmlinux_knows_the_default_better_than_the_release(void **state)
{
	struct arm_lowmem_input q = {
		.page_offset = 0xc0000000, .lowmem_end = 0xf0000000,
		.vmalloc_end = 0xff800000, .release = KERNEL_RELEASE(6, 1),
		.gap = RAM_GAP_TAKEN, .default_limit = 0xe0000000,
	};
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.reserve, 0x1f800000);
	/* lowmem above that limit: not the rule this kernel follows */
	assert_false(a.limit_known);
	assert_int_equal(a.verdict, RAM_NOT_JUDGED);
	q.gap = RAM_GAP_ADDED;
	q.default_reserve = MIBS(300);
	q.lowmem_end = 0xec400000;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.limit, 0xec400000);
}

static void the_gap_decides_the_largest_value(void **state)
{
	const struct vmatlas_range installed = {0x40000000, 0x6fffffff}; /* 768 MiB */
	struct arm_lowmem_input q = {
		.page_offset = 0xc0000000, .lowmem_end = 0xef800000,
		.vmalloc_end = 0xff800000, .has_phys_offset = true,
		.phys_offset = 0x40000000, .has_param = true, .param = MIBS(256),
		.gap = RAM_GAP_TAKEN, .release = KERNEL_RELEASE(5, 10),
		.installed = &installed, .nr_installed = 1, .highmem = RAM_NO,
	};
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_int_equal(a.lost_bytes, MIBS(8));
	assert_int_equal(a.largest_param, MIBS(248));
	assert_int_equal(choice(&a, RAM_CHOICE_PARAM)->vmalloc_size, MIBS(240));
	q.gap = RAM_GAP_ADDED;
	q.release = KERNEL_RELEASE(5, 14);
	q.lowmem_end = 0xef000000;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.lost_bytes, MIBS(16));
	assert_int_equal(a.largest_param, MIBS(240));
	assert_int_equal(choice(&a, RAM_CHOICE_PARAM)->vmalloc_size, MIBS(240));
}

static void lost_banks_keep_their_holes(void **state)
{
	const struct vmatlas_range installed[] = {
		{ 0x80000000, 0x8fffffff }, { 0xa0000000, 0xafffffff },
		{ 0xb8000000, 0xbfffffff },
	};
	const struct vmatlas_range reserved[] = { { 0xbf000000, 0xbfffffff } };
	struct arm_lowmem_input q = {
		.page_offset = 0xc0000000, .lowmem_end = 0xf0000000,
		.vmalloc_end = 0xff800000, .has_phys_offset = true,
		.phys_offset = 0x80000000, .release = KERNEL_RELEASE(6, 1),
		.installed = installed, .nr_installed = 3, .highmem = RAM_NO,
		.reserved = reserved, .nr_reserved = 1,
	};
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_int_equal(a.nr_lost, 1);
	assert_int_equal(a.lost[0].first, 0xb8000000);
	assert_int_equal(a.lost[0].last, 0xbeffffff);
	assert_int_equal(a.lost_bytes, MIBS(112));
}

static void without_a_command_line_lowmem_tells_what_was_reserved(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.knows_command_line = q.has_param = false;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_LOST_OTHERWISE);	/* a no-map region does that, too */
	q.words = RAM_WORDS_LIMIT;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_true(a.reserve_implied);
	assert_int_equal(a.reserve, MIBS(640));
	assert_int_equal(a.largest_param, MIBS(560));
	assert_non_null(choice(&a, RAM_CHOICE_DROP));
}

static void unused_ram_below_the_limit_is_not_blamed_on_vmalloc(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1fffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.has_param = false;
	q.lowmem_end = 0xdc000000;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_LOST_OTHERWISE);
	assert_int_equal(a.lost_bytes, MIBS(64));
}

static void a_kernel_with_highmem_loses_nothing_unseen(void **state)
{
	struct arm_lowmem_input q = s5p();
	struct arm_lowmem_result a;

	(void)state;
	q.highmem = RAM_YES;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_NOT_CUT);
}

/* Kernels since 5.1 print no table: what is lost begins at the limit. */
static void a_log_without_a_table_still_gives_the_largest_value(void **state)
{
	const struct vmatlas_range logged = { 0x17000000, 0x1bffffff };
	struct arm_lowmem_input q = {
		.release = KERNEL_RELEASE(6, 1), .has_param = true, .param = MIBS(640),
		.logged = &logged, .nr_logged = 1, .logged_at_limit = true,
		.highmem = RAM_UNKNOWN, .aliasing = RAM_UNKNOWN,
	};
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_true(a.layout_implied);
	assert_int_equal(a.page_offset, 0xc0000000);
	assert_int_equal(a.lost_bytes, MIBS(80));
	assert_int_equal(a.largest_param, MIBS(560));
	assert_int_equal(choice(&a, RAM_CHOICE_DROP)->recovers, MIBS(80));
	assert_non_null(choice(&a, RAM_CHOICE_SPLIT));
	q.logged_at_limit = false;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_LOST_OTHERWISE);
	assert_int_equal(a.nr_choices, 0);
	/* no vmalloc=: where RAM begins must be known, and must explain it */
	q.logged_at_limit = true;
	q.has_param = false;
	q.knows_command_line = true;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_LOST_OTHERWISE);
	q.has_ram_start = true;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_LOST_OTHERWISE);
}

/* Four splits, one default: the RAM that a kernel without HIGHMEM keeps of each. */
static void a_split_is_found_by_its_limit(void **state)
{
	static const struct { uint64_t page_offset, lost; } splits[] = {
		{ 0xc0000000, 0xb0000000 }, { 0xb0000000, 0xc0000000 },
		{ 0x80000000, 0xf0000000 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct vmatlas_range logged = { splits[i].lost, 0xffffffff };
		struct arm_lowmem_input q = {
			.release = KERNEL_RELEASE(6, 1), .knows_command_line = true,
			.logged = &logged, .nr_logged = 1, .logged_at_limit = true,
			.highmem = RAM_NO, .aliasing = RAM_NO, .has_ram_start = true,
			.ram_start = 0x80000000, .words = RAM_WORDS_BARE,
		};
		struct arm_lowmem_result a;

		arm_lowmem_check(&q, &a);
		assert_int_equal(a.verdict, RAM_IGNORED);
		assert_int_equal(a.page_offset, splits[i].page_offset);
	}
}

/* The firmware's no-map region on top of RAM, as AST2500's video memory. */
static void a_region_set_apart_is_not_lost(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	const struct vmatlas_range set_apart = { 0x1b000000, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.has_param = false;
	q.lowmem_end = 0xdb000000;
	q.reserved = &set_apart;
	q.nr_reserved = 1;
	q.logged = &set_apart;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	q.words = RAM_WORDS_BARE;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_RESERVED_APART);
	assert_int_equal(a.lost_bytes, 0);
}

static void the_rest_of_a_pmd_is_lost_to_rounding(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	const struct vmatlas_range set_apart = { 0x1bf00000, 0x1bffffff };
	const struct vmatlas_range logged = { 0x1be00000, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.has_param = false;
	q.lowmem_end = 0xdbf00000;
	q.reserved = &set_apart;
	q.nr_reserved = 1;
	q.logged = &logged;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	q.words = RAM_WORDS_BARE;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_ROUNDED);
	assert_int_equal(a.lost_bytes, MIBS(1));
}

/* for_each_mem_range(): the first bank that ends within a PMD sets memblock_limit. */
static void banks_after_one_that_ends_unevenly_are_cut_off(void **state)
{
	const struct vmatlas_range installed[] = {
		{ 0, 0x0fefffff }, { 0x10000000, 0x1bffffff },
	};
	const struct vmatlas_range logged = { 0x0fe00000, 0x1bffffff };
	struct arm_lowmem_input q = rpi(installed);
	struct arm_lowmem_result a;

	(void)state;
	q.nr_installed = 2;
	q.has_param = false;
	q.lowmem_end = 0xcfe00000;
	q.logged = &logged;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	q.words = RAM_WORDS_BARE;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_MISALIGNED);
	assert_int_equal(a.misaligned, 0x0ff00000);
}

/* "Truncating RAM", and a command line by which lowmem could reach further. */
static void words_that_the_numbers_do_not_bear_out_are_told(void **state)
{
	const struct vmatlas_range installed = { 0, 0x1bffffff };
	const struct vmatlas_range logged = { 0x17000000, 0x1bffffff };
	struct arm_lowmem_input q = rpi(&installed);
	struct arm_lowmem_result a;

	(void)state;
	q.param = MIBS(256);
	q.logged = &logged;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	q.words = RAM_WORDS_LIMIT;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	assert_true(a.unexplained);
	assert_int_equal(a.reserve, MIBS(640));
}

static void nonsense_is_not_checked(void **state)
{
	const struct vmatlas_range all = { 0, UINT64_MAX };
	struct arm_lowmem_input q = { 0 };
	struct arm_lowmem_result a;

	(void)state;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_NOT_JUDGED);
	q = rpi(&all);
	q.logged = &all;
	q.nr_logged = 1;
	q.logged_at_limit = true;
	q.param = UINT64_MAX;
	q.words = RAM_WORDS_LIMIT;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	q.lowmem_end = UINT64_MAX;
	arm_lowmem_check(&q, &a);
	assert_int_equal(a.verdict, RAM_IGNORED);
	q = rpi(&all);
	q.phys_offset = UINT64_MAX - 5;
	arm_lowmem_check(&q, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_vmalloc_costs_80_of_448_mib),
		cmocka_unit_test(its_log_line_agrees),
		cmocka_unit_test(the_default_reservation_costs_it_nothing),
		cmocka_unit_test(highmem_does_not_help_an_aliasing_cache),
		cmocka_unit_test(a_table_alone_shows_lowmem_at_its_limit),
		cmocka_unit_test(its_log_line_gives_the_whole_story),
		cmocka_unit_test(mem_alone_gives_the_amount_but_not_the_place),
		cmocka_unit_test(each_generation_has_its_arithmetic),
		cmocka_unit_test(vmlinux_knows_the_default_better_than_the_release),
		cmocka_unit_test(the_gap_decides_the_largest_value),
		cmocka_unit_test(lost_banks_keep_their_holes),
		cmocka_unit_test(without_a_command_line_lowmem_tells_what_was_reserved),
		cmocka_unit_test(unused_ram_below_the_limit_is_not_blamed_on_vmalloc),
		cmocka_unit_test(a_kernel_with_highmem_loses_nothing_unseen),
		cmocka_unit_test(a_log_without_a_table_still_gives_the_largest_value),
		cmocka_unit_test(a_split_is_found_by_its_limit),
		cmocka_unit_test(a_region_set_apart_is_not_lost),
		cmocka_unit_test(the_rest_of_a_pmd_is_lost_to_rounding),
		cmocka_unit_test(banks_after_one_that_ends_unevenly_are_cut_off),
		cmocka_unit_test(words_that_the_numbers_do_not_bear_out_are_told),
		cmocka_unit_test(nonsense_is_not_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
