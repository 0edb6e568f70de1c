/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"
#include "kernel/vmalloc/vmap_area.h"
#include "kernel/ram/ram_survey.h"
#include "kernel/pgtable/translate.h"

/* Physical memory of 64 KiB at 1 MiB, which holds the tables of vmalloc space. */
#define RAM 0x100000ull
#define TABLE_AT(n) (RAM + (n) * 0x1000)
#define TABLE 0x67ull
#define LEAF  0x8000000000000163ull
#define UC    0x10ull			/* PCD */
#define LARGE 0x80ull			/* a leaf above the last level */
#define VA    0xffffc90000000000ull
#define LINEAR 0xffff888000000000ull

static uint8_t memory[1 << 16];

static int read_memory(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	(void)arg;
	if (space != VMATLAS_PHYSICAL || addr - RAM > sizeof(memory) ||
	    len > sizeof(memory) - (addr - RAM))
		return -1;
	memcpy(buf, memory + (addr - RAM), len);
	return 0;
}

static const struct vmatlas_memory_ops host = {
	.size = sizeof(host), .read = read_memory, .symbol = no_symbol,
};

static void put(uint64_t table, uint64_t index, uint64_t entry)
{
	for (size_t i = 0; i < 8; i++)
		memory[table - RAM + index * 8 + i] = entry >> 8 * i;
}

/* An atlas of vmalloc space, whose first 2 MiB the table in page 3 maps. */
static struct vmatlas *start(void)
{
	struct vmatlas *atlas = fake_atlas();
	struct kernel *k = fake_atlas_kernel(atlas, 8);

	memset(memory, 0, sizeof(memory));
	mem_free(k->mem);
	k->host = &host;
	assert_null(mem_open_host(&host, &k->mem));
	k->mem->info.has_virtual = false;
	k->format = &pt_x86_64_4level;
	k->pgd_phys = TABLE_AT(0);
	assert_null(vmcoreinfo_parse("", 0, &k->vmcoreinfo));
	assert_null(translate_init(k));
	atlas->records->areas_complete = true;
	put(TABLE_AT(0), 402, TABLE_AT(1) | TABLE);
	put(TABLE_AT(1), 0, TABLE_AT(2) | TABLE);
	put(TABLE_AT(2), 0, TABLE_AT(3) | TABLE);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", VA, VA + TIB(32), 0);
	return atlas;
}

/* System RAM is the first 256 MiB. */
static void give_ram(struct vmatlas *atlas)
{
	struct ram_facts *facts = calloc(1, sizeof(*facts));
	struct ram_fact *f;

	assert_non_null(facts);
	atlas->records->ram = facts;
	f = vec_push(&facts->facts);
	assert_non_null(f);
	*f = (struct ram_fact){ .role = RAM_SYSTEM, .phys = { 0, 0xfffffff } };
	facts->system_known = true;
}

static void map(uint64_t page, uint64_t entry)
{
	put(TABLE_AT(3), page, entry);
}

/* An area of @pages from page @first on, and its guard page. */
static void area(struct vmatlas *atlas, uint32_t kind, uint64_t first, uint64_t pages,
		 struct vmatlas_area a)
{
	static struct vmatlas_area kept[16];
	static size_t next;
	struct vmatlas_area *mine = &kept[next++ % 16];

	*mine = a;
	mine->size = sizeof(*mine);
	mine->vmap_area = mine->vm_struct = VA + 0x1000000 + first;
	mine->vm_size = (pages + 1) * 0x1000;
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = kind, .area = mine,
		.record = mine->vmap_area,
		.range = { VA + first * 0x1000, VA + (first + pages + 1) * 0x1000 - 1 } });
}

static void what_is_recorded_and_mapped_is_fine(void **state)
{
	struct vmatlas *atlas = start();

	(void)state;
	area(atlas, VMATLAS_KIND_VMALLOC, 0, 2, (struct vmatlas_area){ .nr_pages = 2 });
	area(atlas, VMATLAS_KIND_IOREMAP, 4, 1, (struct vmatlas_area){ .phys = 0xfed00000 });
	map(0, 0x5000000 | LEAF);
	map(1, 0x6000000 | LEAF);
	map(4, 0xfed00000 | LEAF | UC);
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

/* Each for a reason of its own; see inspect/pgtable/unmapped.c. */
static void areas_that_need_not_be_mapped_are_let_be(void **state)
{
	struct vmatlas *atlas = start();

	(void)state;
	area(atlas, VMATLAS_KIND_VMALLOC, 0, 1,
	     (struct vmatlas_area){ .nr_pages = 1, .vm_flags = VM_UNINITIALIZED });
	area(atlas, VMATLAS_KIND_PERCPU, 4, 1, (struct vmatlas_area){ 0 });
	area(atlas, VMATLAS_KIND_VM_MAP_RAM, 8, 1, (struct vmatlas_area){ 0 });
	area(atlas, VMATLAS_KIND_UNPURGED, 12, 1, (struct vmatlas_area){ 0 });
	area(atlas, VMATLAS_KIND_SPARSE, 16, 1, (struct vmatlas_area){ 0 });
	area(atlas, VMATLAS_KIND_EMPTY_MAPPING, 20, 1, (struct vmatlas_area){ 0 });
	area(atlas, VMATLAS_KIND_IOREMAP, 24, 1, (struct vmatlas_area){ 0 });
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void a_hole_is_reported_with_its_entry(void **state)
{
	struct vmatlas *atlas = start();
	const struct vmatlas_finding *f;

	(void)state;
	area(atlas, VMATLAS_KIND_VMALLOC, 0, 3, (struct vmatlas_area){ .nr_pages = 3 });
	map(0, 0x5000000 | LEAF);
	map(2, 0x6000000 | LEAF);
	fake_inspect(atlas, &inspector_pgtable);
	f = only_finding(atlas, "unmapped-area");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_ERROR);
	assert_says(f->message, "1 of 3 pages are not mapped, the first at ffffc90000001000");
	assert_evidence(f, "PTE at physical 0x103008");
	vmatlas_close(atlas);
}

static void pages_without_a_record_are_one_finding(void **state)
{
	struct vmatlas *atlas = start();
	const struct vmatlas_finding *f;

	(void)state;
	for (unsigned int i = 0; i < 200; i++)
		map(i, (0x5000000 + i * 0x3000) | LEAF);
	fake_inspect(atlas, &inspector_pgtable);
	f = only_finding(atlas, "stale-pte");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_says(f->message, "200 pages are mapped");
	vmatlas_close(atlas);
}

static void with_a_broken_list_they_are_not_checked(void **state)
{
	struct vmatlas *atlas = start();
	bool told = false;

	(void)state;
	atlas->records->areas_complete = false;
	map(0, 0x5000000 | LEAF);
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(atlas->findings.nr, 0);
	for (const struct vmatlas_coverage *c = NULL; (c = vmatlas_coverage_next(atlas, c));)
		told |= c->state == VMATLAS_COVERAGE_SKIPPED && strstr(c->subject, "no record owns");
	assert_true(told);
	vmatlas_close(atlas);
}

static void an_uncached_mapping_of_ram_is_reported(void **state)
{
	struct vmatlas *atlas = start();
	const struct vmatlas_finding *f;

	(void)state;
	give_ram(atlas);
	area(atlas, VMATLAS_KIND_IOREMAP, 0, 1, (struct vmatlas_area){ .phys = 0x5000000 });
	map(0, 0x5000000 | LEAF | UC);
	fake_inspect(atlas, &inspector_pgtable);
	f = only_finding(atlas, "ram-ioremapped");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_says(f->message, "maps RAM at physical 0x5000000 as uncached");
	vmatlas_close(atlas);
}

/* On x86 the MTRRs decide; elsewhere nobody does. */
static void two_types_of_one_register_are_reported(void **state)
{
	const struct arch *arch[] = { &arch_x86_64, &arch_arm64 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vmatlas *atlas = start();
		const struct vmatlas_finding *f;

		atlas->kernel->arch = arch[i];
		give_ram(atlas);
		area(atlas, VMATLAS_KIND_IOREMAP, 0, 1, (struct vmatlas_area){ .phys = 0xfed00000 });
		area(atlas, VMATLAS_KIND_IOREMAP, 4, 1, (struct vmatlas_area){ .phys = 0xfed00000 });
		map(0, 0xfed00000 | LEAF | UC);
		map(4, 0xfed00000 | LEAF);
		fake_inspect(atlas, &inspector_pgtable);
		f = only_finding(atlas, "memtype-conflict");
		assert_int_equal(f->severity, i ? VMATLAS_SEVERITY_WARNING : VMATLAS_SEVERITY_NOTE);
		assert_says(f->message, "physical 0xfed00000 is mapped uncached");
		vmatlas_close(atlas);
	}
}

/* x86 changes the direct map first; elsewhere it is the driver's business. */
static void ram_has_the_type_of_the_direct_map(void **state)
{
	static const struct {
		const struct arch *arch;
		uint64_t linear;	/* of its entry in the direct map */
		uint32_t severity;	/* 0: fine */
	} cases[] = {
		{ &arch_x86_64, 0, VMATLAS_SEVERITY_WARNING }, { &arch_x86_64, UC, 0 },
		{ &arch_arm64, 0, VMATLAS_SEVERITY_NOTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vmatlas *atlas = start();
		const struct vmatlas_finding *f;

		atlas->kernel->arch = cases[i].arch;
		give_ram(atlas);
		fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "direct map", LINEAR, LINEAR + TIB(64), 0);
		put(TABLE_AT(0), 273, TABLE_AT(4) | TABLE);
		put(TABLE_AT(4), 0, TABLE_AT(5) | TABLE);
		put(TABLE_AT(5), 40, 0x5000000 | LEAF | LARGE | cases[i].linear);
		area(atlas, VMATLAS_KIND_VMAP, 0, 1, (struct vmatlas_area){ 0 });
		map(0, 0x5003000 | LEAF | UC);
		fake_inspect(atlas, &inspector_pgtable);
		if (cases[i].severity) {
			f = only_finding(atlas, "memtype-conflict");
			assert_int_equal(f->severity, cases[i].severity);
			assert_says(f->message, "maps RAM at physical 0x5003000 uncached, and the "
				    "direct map has it cached at ffff888005003000");
		} else {
			assert_int_equal(nr_findings(atlas), 0);
		}
		vmatlas_close(atlas);
	}
}

static void tables_that_cannot_be_are_reported(void **state)
{
	struct vmatlas *atlas = start();

	(void)state;
	put(TABLE_AT(2), 1, TABLE_AT(0) | TABLE);	/* the root as a table of pages */
	put(TABLE_AT(2), 2, TABLE_AT(3) | TABLE);	/* the same table twice */
	area(atlas, VMATLAS_KIND_VM_MAP_RAM, 0, 511, (struct vmatlas_area){ 0 });
	map(0, 0x5000000 | LEAF);
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(nr_findings(atlas), 2);
	assert_string_equal(vmatlas_finding_next(atlas, NULL)->code, "page-table-corrupt");
	vmatlas_close(atlas);
}

static void a_table_that_is_not_there_is_no_finding(void **state)
{
	struct vmatlas *atlas = start();
	bool partial = false;

	(void)state;
	put(TABLE_AT(2), 0, 0x200000 | TABLE);
	area(atlas, VMATLAS_KIND_VMALLOC, 0, 2, (struct vmatlas_area){ .nr_pages = 2 });
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(nr_findings(atlas), 0);
	for (const struct vmatlas_coverage *c = NULL; (c = vmatlas_coverage_next(atlas, c));)
		partial |= c->state == VMATLAS_COVERAGE_PARTIAL && !strcmp(c->subject, "page tables");
	assert_true(partial);
	vmatlas_close(atlas);
}

static void thousands_of_one_kind_are_counted(void **state)
{
	static const struct vmatlas_area record = {
		.size = sizeof(record), .vm_struct = VA, .vm_size = 0x2000, .nr_pages = 1,
	};
	struct vmatlas *atlas = start();

	(void)state;
	for (unsigned int i = 0; i < 60; i++)
		fake_claim(atlas, (struct vmatlas_claim){
			.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_VMALLOC,
			.area = &record,
			.range = { VA + (200 + 4 * i) * 0x1000, VA + (202 + 4 * i) * 0x1000 - 1 } });
	fake_inspect(atlas, &inspector_pgtable);
	assert_int_equal(nr_findings(atlas), 21);
	vmatlas_close(atlas);
}

/* Two pages each, from these physical addresses on. */
static struct vmatlas *two_remaps(uint64_t a, uint64_t b)
{
	struct vmatlas *atlas = start();

	give_ram(atlas);
	area(atlas, VMATLAS_KIND_IOREMAP, 0, 2, (struct vmatlas_area){ .phys = a });
	area(atlas, VMATLAS_KIND_IOREMAP, 4, 2, (struct vmatlas_area){ .phys = b });
	for (uint64_t i = 0; i < 2; i++) {
		map(i, (a + i * 0x1000) | LEAF | UC);
		map(4 + i, (b + i * 0x1000) | LEAF | UC);
	}
	fake_inspect(atlas, &inspector_pgtable);
	return atlas;
}

static void registers_mapped_twice_are_a_note(void **state)
{
	struct vmatlas *atlas = two_remaps(0xfe000000, 0xfe000000);
	const struct vmatlas_finding *f = only_finding(atlas, "double-ioremap");

	(void)state;
	assert_int_equal(f->severity, VMATLAS_SEVERITY_NOTE);
	assert_evidence(f, "0xfe000000-0xfe001fff");
	vmatlas_close(atlas);
}

static void neighbours_may_share_a_page(void **state)
{
	struct vmatlas *atlas = two_remaps(0xfe000000, 0xfe001000);

	(void)state;
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

/* A vmap() area of a page of RAM, which the direct map has @pud: a leaf of 1 GiB, or none. */
static struct vmatlas *uncached_ram(uint32_t kind, uint64_t pud)
{
	struct vmatlas *atlas = start();

	give_ram(atlas);
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "direct map", 0xffff888000000000,
		    0xffff888000000000 + TIB(1), 0);
	put(TABLE_AT(0), 273, TABLE_AT(4) | TABLE);
	put(TABLE_AT(4), 0, pud);
	area(atlas, kind, 0, 1, (struct vmatlas_area){ 0 });
	map(0, 0x5000000 | LEAF | UC);
	fake_inspect(atlas, &inspector_pgtable);
	return atlas;
}

static void ram_of_two_types_is_reported(void **state)
{
	const uint64_t huge = LEAF | 0x80;
	struct vmatlas *atlas = uncached_ram(VMATLAS_KIND_VMAP, huge);
	const struct vmatlas_finding *f = only_finding(atlas, "memtype-conflict");

	(void)state;
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_says(f->message, "0x5000000 uncached");
	assert_says(f->message, "ffff888005000000");
	vmatlas_close(atlas);
	/* as set_memory_uc() leaves it, not mapped at all, and what DMA may do */
	atlas = uncached_ram(VMATLAS_KIND_VMAP, huge | UC);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
	atlas = uncached_ram(VMATLAS_KIND_VMAP, 0);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
	atlas = uncached_ram(VMATLAS_KIND_DMA_AREA, huge);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_recorded_and_mapped_is_fine),
		cmocka_unit_test(areas_that_need_not_be_mapped_are_let_be),
		cmocka_unit_test(a_hole_is_reported_with_its_entry),
		cmocka_unit_test(pages_without_a_record_are_one_finding),
		cmocka_unit_test(with_a_broken_list_they_are_not_checked),
		cmocka_unit_test(an_uncached_mapping_of_ram_is_reported),
		cmocka_unit_test(two_types_of_one_register_are_reported),
		cmocka_unit_test(ram_has_the_type_of_the_direct_map),
		cmocka_unit_test(tables_that_cannot_be_are_reported),
		cmocka_unit_test(a_table_that_is_not_there_is_no_finding),
		cmocka_unit_test(thousands_of_one_kind_are_counted),
		cmocka_unit_test(registers_mapped_twice_are_a_note),
		cmocka_unit_test(neighbours_may_share_a_page),
		cmocka_unit_test(ram_of_two_types_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
