/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"

#define VM(off) (0xffffc90000000000ull + (off))

/* ---- overlap ---- */

static void areas_that_touch_do_not_overlap(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_area(atlas, VM(0), VM(0x3000));
	fake_area(atlas, VM(0x3000), VM(0x5000));
	fake_inspect(atlas, &inspector_overlap);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void two_areas_on_one_page_overlap(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_area(atlas, VM(0), VM(0x5000));
	fake_area(atlas, VM(0x4000), VM(0x6000));
	fake_inspect(atlas, &inspector_overlap);
	f = only_finding(atlas, "area-overlap");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_ERROR);
	assert_int_equal(f->range.first, VM(0x4000));
	assert_int_equal(f->range.last, VM(0x4fff));
	assert_int_equal(f->record, VM(0x4000) ^ 0xabc000);
	assert_says(f->message, "share 4 KiB");
	assert_evidence(f, "ffffc90000004000-ffffc90000005000");
	assert_int_equal(f->nr_evidence, 3);
	assert_string_equal(f->evidence[0].label, "first");
	assert_int_equal(f->evidence[0].type, VMATLAS_EVIDENCE_ADDRESS);
	assert_int_equal(f->evidence[0].value, VM(0) ^ 0xabc000);
	assert_string_equal(f->evidence[2].label, "shared");
	assert_int_equal(f->evidence[2].type, VMATLAS_EVIDENCE_RANGE);
	assert_int_equal(f->evidence[2].value, VM(0x4000));
	assert_int_equal(f->evidence[2].last, VM(0x4fff));
	vmatlas_close(atlas);
}

static void an_area_inside_another_shares_all_of_itself(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_area(atlas, VM(0), VM(0x100000));
	fake_area(atlas, VM(0x4000), VM(0x6000));
	fake_inspect(atlas, &inspector_overlap);
	f = only_finding(atlas, "area-overlap");
	assert_int_equal(vmatlas_range_size(&f->range), 0x2000);
	vmatlas_close(atlas);
}

static void a_thousand_overlaps_are_reported_a_million_are_not(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	bool is_said = false;

	(void)state;
	for (uint64_t i = 0; i < 3000; i++)
		fake_area(atlas, VM(i * 0x1000), VM(i * 0x1000 + 0x2000));
	fake_inspect(atlas, &inspector_overlap);
	assert_int_equal(nr_findings(atlas), 1000);
	for (const struct vmatlas_coverage *c = NULL; (c = vmatlas_coverage_next(atlas, c));)
		is_said |= c->state == VMATLAS_COVERAGE_PARTIAL;
	assert_true(is_said);
	vmatlas_close(atlas);
}

static void regions_may_not_share_addresses(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd8800000, 0xe0000000, 0);
	fake_region(atlas, VMATLAS_KIND_DMA, "DMA", 0xdfe00000, 0xe0200000, 0);
	fake_inspect(atlas, &inspector_overlap);
	f = only_finding(atlas, "region-overlap");
	assert_int_equal(f->range.first, 0xdfe00000);
	assert_int_equal(f->range.last, 0xdfffffff);
	assert_says(f->message, "vmalloc and DMA");
	vmatlas_close(atlas);
}

static void what_lies_inside_by_design_is_no_overlap(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd8000000, 0);
	fake_region(atlas, VMATLAS_KIND_SECTION, ".text", 0xc0008000, 0xc0400000,
		    VMATLAS_CLAIM_NESTED);
	fake_region(atlas, VMATLAS_KIND_DMA, "DMA", 0xd0000000, 0xd0200000,
		    VMATLAS_CLAIM_DEFAULT);
	fake_region(atlas, VMATLAS_KIND_MODULE_WINDOW, "window", 0xc0000000, 0xc1000000,
		    VMATLAS_CLAIM_WINDOW);
	/* another source of the same region is bounds' business */
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd9000000, 0);
	fake_inspect(atlas, &inspector_overlap);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

/* ---- bounds ---- */

static void sources_that_agree_are_silent(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0), VM(0x80000), 0);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0), VM(0x80000), 0);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0), VM(1),
		    VMATLAS_CLAIM_START_ONLY);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0x7ffff), VM(0x80000),
		    VMATLAS_CLAIM_END_ONLY);
	fake_inspect(atlas, &inspector_bounds);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void each_bound_that_differs_is_reported_once(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd8800000, 0xe0000000, 0);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd8800000, 0xff000000, 0);
	fake_inspect(atlas, &inspector_bounds);
	f = only_finding(atlas, "bounds-disagree");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_int_equal(f->range.first, 0xe0000000);
	assert_int_equal(f->range.last, 0xfeffffff);
	assert_says(f->message, "end of vmalloc");
	vmatlas_close(atlas);
}

static void half_a_claim_speaks_of_its_half(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd8000000, 0);
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xd6ffffff, 0xd7000000,
		    VMATLAS_CLAIM_END_ONLY);
	fake_inspect(atlas, &inspector_bounds);
	assert_says(only_finding(atlas, "bounds-disagree")->message, "end of lowmem");
	vmatlas_close(atlas);
}

static void guesses_and_windows_contradict_nobody(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_DMA, "DMA", 0xfde00000, 0xffe00000, 0);
	fake_region(atlas, VMATLAS_KIND_DMA, "DMA", 0xffc00000, 0xffe00000,
		    VMATLAS_CLAIM_DEFAULT);
	fake_region(atlas, VMATLAS_KIND_MODULE_SPACE, "modules", 0xbf000000, 0xc0000000, 0);
	fake_region(atlas, VMATLAS_KIND_MODULE_SPACE, "modules", 0xbf800000, 0xc0000000,
		    VMATLAS_CLAIM_WINDOW);
	fake_inspect(atlas, &inspector_bounds);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

/* ---- stray ---- */

static void areas_live_in_vmalloc_and_module_space(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0), VM(0x100000), 0);
	fake_region(atlas, VMATLAS_KIND_MODULE_SPACE, "modules", 0xffffffffc0000000,
		    0xffffffffff000000, 0);
	fake_area(atlas, VM(0), VM(0x2000));
	fake_area(atlas, VM(0xfe000), VM(0x100000));
	fake_area(atlas, 0xffffffffc0000000, 0xffffffffc0004000);
	fake_inspect(atlas, &inspector_out_of_region);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void an_area_that_leaves_names_whom_it_runs_into(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd8800000, 0xe0000000, 0);
	fake_region(atlas, VMATLAS_KIND_DMA, "DMA", 0xe0000000, 0xe0200000, 0);
	fake_area(atlas, 0xdfffe000, 0xe0003000);
	fake_inspect(atlas, &inspector_out_of_region);
	f = only_finding(atlas, "area-out-of-range");
	assert_says(f->message, "leaves vmalloc by 12 KiB, into DMA");
	vmatlas_close(atlas);
}

static void an_area_below_its_region_is_reported_too(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd8800000, 0xe0000000, 0);
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd8000000, 0);
	fake_area(atlas, 0xd87fe000, 0xd8801000);
	fake_area(atlas, 0xc1000000, 0xc1001000);
	fake_inspect(atlas, &inspector_out_of_region);
	assert_int_equal(nr_findings(atlas), 2);
	for (const struct vmatlas_finding *f = NULL; (f = vmatlas_finding_next(atlas, f));) {
		if (f->range.first == 0xc1000000)
			assert_says(f->message, "4 KiB, into lowmem");
		else
			assert_says(f->message, "by 8 KiB, into no declared region");
	}
	vmatlas_close(atlas);
}

/* arm64 without KASLR: modules' window ends where the image does, the image has a guard. */
static void a_window_binds_nobody(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VM(0x100000), VM(0x800000), 0);
	fake_region(atlas, VMATLAS_KIND_MODULE_WINDOW, "window", VM(0), VM(0x200000),
		    VMATLAS_CLAIM_WINDOW | VMATLAS_CLAIM_NESTED);
	fake_area(atlas, VM(0x1fc000), VM(0x201000));
	fake_area(atlas, VM(0x10000), VM(0x12000));
	/* but who leaves vmalloc space is told by that name */
	fake_area(atlas, VM(0x7ff000), VM(0x801000));
	fake_inspect(atlas, &inspector_out_of_region);
	f = only_finding(atlas, "area-out-of-range");
	assert_says(f->message, "leaves vmalloc by 4 KiB");
	vmatlas_close(atlas);
}

static void without_bounds_nothing_is_out_of_them(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_area(atlas, 0xc1000000, 0xc1001000);
	fake_inspect(atlas, &inspector_out_of_region);
	assert_int_equal(nr_findings(atlas), 0);
	assert_int_equal(vmatlas_coverage_next(atlas, NULL)->state, VMATLAS_COVERAGE_SKIPPED);
	vmatlas_close(atlas);
}

static void cma_is_mapped_anew_where_it_lies(void **state)
{
	struct vmatlas_area io = { .size = sizeof(io), .phys = 0x4e000000 };
	struct vmatlas_claim claim = {
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_STATIC_MAPPING,
		.range = { 0xce000000, 0xceffffff }, .area = &io,
	};

	(void)state;
	for (int moved = 0; moved < 2; moved++) {
		struct vmatlas *atlas = fake_atlas();

		io.phys += moved * 0x1000;
		fake_atlas_kernel(atlas, 4)->phys_base = 0x40000000;
		fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd0000000, 0);
		fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xd0800000, 0xff800000,
			    0);
		fake_claim(atlas, claim);
		fake_inspect(atlas, &inspector_out_of_region);
		assert_int_equal(nr_findings(atlas), moved);
		vmatlas_close(atlas);
	}
}

/* ---- records ---- */

static void recorded(struct vmatlas *atlas, struct vmatlas_area *area, uint64_t start,
		     uint64_t end)
{
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_VMALLOC,
		.range = { start, end - 1 }, .area = area });
}

static void both_records_of_an_area_must_agree(void **state)
{
	struct vmatlas_area good = {
		.size = sizeof(good), .vm_struct = 0xffff888001000000, .vm_addr = VM(0),
		.vm_size = 0x3000,
	};
	struct vmatlas_area moved = good, grown = good, none = { .size = sizeof(none) };
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_atlas_kernel(atlas, 8);
	moved.vm_struct += 0x100, grown.vm_struct += 0x200;
	grown.vm_addr = VM(0x20000), grown.vm_size = 0x4000;
	recorded(atlas, &good, VM(0), VM(0x3000));
	recorded(atlas, &none, VM(0x8000), VM(0x9000));
	recorded(atlas, &moved, VM(0x10000), VM(0x13000));
	recorded(atlas, &grown, VM(0x20000), VM(0x23000));
	fake_inspect(atlas, &inspector_vm_struct);
	assert_int_equal(nr_findings(atlas), 2);
	for (const struct vmatlas_finding *f = NULL; (f = vmatlas_finding_next(atlas, f));) {
		assert_string_equal(f->code, "vm-struct-mismatch");
		assert_true(f->record == moved.vm_struct || f->record == grown.vm_struct);
	}
	vmatlas_close(atlas);
}

/* Freed, and used again or wiped: it is no area of a known kind any more. */
static void a_record_of_zeros_was_overwritten_one_not_read_was_reported(void **state)
{
	struct vmatlas_area zeros = { .size = sizeof(zeros), .vm_struct = 0xffff888001000000 };
	struct vmatlas_area unread = { .size = sizeof(unread), .vm_struct = 0xffff888001000100 };
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_atlas_kernel(atlas, 8);
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_AREA,
		.range = { VM(0), VM(0x2fff) }, .area = &zeros });
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_AREA,
		.flags = VMATLAS_CLAIM_UNREADABLE, .range = { VM(0x8000), VM(0x8fff) },
		.area = &unread });
	fake_inspect(atlas, &inspector_vm_struct);
	assert_int_equal(nr_findings(atlas), 1);
	assert_int_equal(vmatlas_finding_next(atlas, NULL)->record, zeros.vm_struct);
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_that_touch_do_not_overlap),
		cmocka_unit_test(two_areas_on_one_page_overlap),
		cmocka_unit_test(an_area_inside_another_shares_all_of_itself),
		cmocka_unit_test(a_thousand_overlaps_are_reported_a_million_are_not),
		cmocka_unit_test(regions_may_not_share_addresses),
		cmocka_unit_test(what_lies_inside_by_design_is_no_overlap),
		cmocka_unit_test(sources_that_agree_are_silent),
		cmocka_unit_test(each_bound_that_differs_is_reported_once),
		cmocka_unit_test(half_a_claim_speaks_of_its_half),
		cmocka_unit_test(guesses_and_windows_contradict_nobody),
		cmocka_unit_test(areas_live_in_vmalloc_and_module_space),
		cmocka_unit_test(an_area_that_leaves_names_whom_it_runs_into),
		cmocka_unit_test(an_area_below_its_region_is_reported_too),
		cmocka_unit_test(a_window_binds_nobody),
		cmocka_unit_test(without_bounds_nothing_is_out_of_them),
		cmocka_unit_test(cma_is_mapped_anew_where_it_lies),
		cmocka_unit_test(both_records_of_an_area_must_agree),
		cmocka_unit_test(
			a_record_of_zeros_was_overwritten_one_not_read_was_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
