/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM by the records of a kernel that is not ARM's: i386 with and without HIGHMEM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspect/ram/ram.h"
#include "fake_atlas.h"
#include "kernel/ram/ram_internal.h"

#define MIB(n) ((uint64_t)(n) << 20)
#define PFN(bytes) ((bytes) >> 12)

/* PAGE_OFFSET and VMALLOC_END of the usual split; 128 MiB of reserve. */
#define LOW_AT 0xc0000000ull
#define VMALLOC_END 0xff800000ull
#define RESERVE MIB(128)
#define LOW_LIMIT (VMALLOC_END - RESERVE)

extern const struct vmatlas_plugin inspector_ram;

/* An i386 with @ram bytes of it from 0 on, of which it uses @used, @low mapped for good. */
static struct vmatlas *i386_with(uint64_t ram, uint64_t used, uint64_t low, bool highmem)
{
	struct vmatlas *atlas = fake_atlas();
	struct kernel *k = fake_atlas_kernel(atlas, 4);
	struct ram_facts *facts = calloc(1, sizeof(*facts));
	const struct ram_fact fact = { .role = RAM_SYSTEM, .phys = { 0, ram - 1 } };

	assert_non_null(facts);
	k->arch = &arch_i386;
	atlas->surveyed = VMATLAS_SURVEY_ALL;
	atlas->records->ram = facts;
	facts->max_pfn = PFN(used);
	facts->max_low_pfn = PFN(low);
	facts->x86_reserve = RESERVE;
	facts->system_known = ram != 0;
	if (ram)
		assert_null(ram_fact_add(facts, fact, "System RAM", "a test"));
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", LOW_AT, LOW_AT + low,
		    VMATLAS_CLAIM_PRIMARY);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", LOW_AT + low + MIB(8),
		    VMALLOC_END, VMATLAS_CLAIM_PRIMARY);
	if (highmem)
		fake_region(atlas, VMATLAS_KIND_PKMAP, "pkmap", 0xff800000, 0xffa00000,
			    VMATLAS_CLAIM_PRIMARY);
	return atlas;
}

static void command_line(struct vmatlas *atlas, const char *text)
{
	atlas->records->ram->command_line = strdup(text);
	atlas->records->ram->command_line_from = strdup("a test");
}

static void all_of_it_is_mapped(void **state)
{
	struct vmatlas *atlas = i386_with(MIB(512), MIB(512), MIB(512), false);
	const struct vmatlas_coverage *c;

	(void)state;
	fake_inspect(atlas, &inspector_ram);
	assert_int_equal(nr_findings(atlas), 0);
	c = vmatlas_coverage_next(atlas, NULL);
	assert_int_equal(c->state, VMATLAS_COVERAGE_FULL);
	assert_says(c->detail, "all 512 MiB System RAM is mapped");
	vmatlas_close(atlas);
}

static void without_highmem_the_rest_is_lost(void **state)
{
	const uint64_t low = LOW_LIMIT - LOW_AT;
	struct vmatlas *atlas = i386_with(MIB(1024), low, low, false);
	const struct vmatlas_finding *f;

	(void)state;
	fake_inspect(atlas, &inspector_ram);
	f = only_finding(atlas, "ram-ignored");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_says(f->message, "136 MiB of 1 GiB RAM is not used");
	assert_says(f->advice, "HIGHMEM");
	assert_evidence(f, "physical 0x37800000-0x3fffffff");
	assert_evidence(f, "128 MiB, the default");
	vmatlas_close(atlas);
}

static void vmalloc_sets_the_reserve(void **state)
{
	const uint64_t low = LOW_LIMIT - LOW_AT;
	struct vmatlas *atlas = i386_with(MIB(1024), low, low, false);

	(void)state;
	command_line(atlas, "root=/dev/sda1 vmalloc=120M");
	fake_inspect(atlas, &inspector_ram);
	assert_evidence(only_finding(atlas, "ram-ignored"),
			"128 MiB: vmalloc=120M and 8 MiB of gap");
	vmatlas_close(atlas);
}

static void highmem_is_a_note(void **state)
{
	const uint64_t low = LOW_LIMIT - LOW_AT;
	struct vmatlas *atlas = i386_with(MIB(1024), MIB(1024), low, true);
	const struct vmatlas_finding *f;

	(void)state;
	fake_inspect(atlas, &inspector_ram);
	f = only_finding(atlas, "ram-in-highmem");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_NOTE);
	assert_says(f->message, "136 MiB of 1 GiB RAM is highmem");
	vmatlas_close(atlas);
}

/* highmem=100M: of 136 MiB above lowmem, 36 are left alone. */
static void highmem_was_limited(void **state)
{
	const uint64_t low = LOW_LIMIT - LOW_AT;
	struct vmatlas *atlas = i386_with(MIB(1024), low + MIB(100), low, true);
	const struct vmatlas_finding *f = NULL;
	static const struct pt_format pae = { .entry_size = 8 };
	bool lost = false, high = false;

	(void)state;
	atlas->kernel->format = &pae;
	command_line(atlas, "highmem=100M");
	fake_inspect(atlas, &inspector_ram);
	assert_int_equal(nr_findings(atlas), 2);
	while ((f = vmatlas_finding_next(atlas, f))) {
		if (!strcmp(f->code, "ram-ignored")) {
			lost = true;
			assert_says(f->message, "36 MiB of 1 GiB RAM");
			assert_says(f->advice, "highmem=");
			assert_evidence(f, "highmem=100M (a test)");
		} else if (!strcmp(f->code, "ram-in-highmem")) {
			high = true;
			assert_says(f->message, "100 MiB of 1 GiB RAM is highmem");
		}
	}
	assert_true(lost && high);
	vmatlas_close(atlas);
}

/* Without its map of RAM, that lowmem ends at the limit is all there is to say. */
static void lowmem_at_its_limit(void **state)
{
	const uint64_t low = LOW_LIMIT - LOW_AT;
	struct vmatlas *atlas = i386_with(0, low, low, false);
	const struct vmatlas_coverage *c;

	(void)state;
	assert_null(ram_unknown_add(atlas->records->ram, "System RAM", "the tree is damaged"));
	fake_inspect(atlas, &inspector_ram);
	assert_int_equal(only_finding(atlas, "lowmem-at-limit")->severity,
			 VMATLAS_SEVERITY_NOTE);
	c = vmatlas_coverage_next(atlas, NULL);
	assert_int_equal(c->state, VMATLAS_COVERAGE_SKIPPED);
	assert_says(c->detail, "the tree is damaged");
	vmatlas_close(atlas);
}

static void lowmem_below_its_limit(void **state)
{
	struct vmatlas *atlas = i386_with(0, MIB(512), MIB(512), false);

	(void)state;
	fake_inspect(atlas, &inspector_ram);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void ram_is(struct vmatlas *atlas, enum ram_role role, uint64_t first, uint64_t last)
{
	const struct ram_fact fact = { .role = role, .phys = { first, last } };

	assert_null(ram_fact_add(atlas->records->ram, fact, "RAM", "a test"));
}

/* A DIMM: memblock, which records the boot, has nothing of it. */
static void ram_that_was_added_is_not_judged(void **state)
{
	struct vmatlas *atlas = i386_with(0x1fffebff, MIB(768), MIB(768), false);
	const struct vmatlas_coverage *c;

	(void)state;
	ram_is(atlas, RAM_SYSTEM, MIB(512), MIB(768) - 1);
	ram_is(atlas, RAM_MEMBLOCK, 0, 0x1fffdfff);	/* without half a page */
	fake_inspect(atlas, &inspector_ram);
	assert_int_equal(nr_findings(atlas), 0);
	c = vmatlas_coverage_next(atlas, NULL);
	assert_int_equal(c->state, VMATLAS_COVERAGE_SKIPPED);
	assert_says(c->detail, "256 MiB of System RAM");
	vmatlas_close(atlas);
}

/* Part of a range that was there at boot is missing: that range is named. */
static void a_part_that_memblock_lacks_is_named(void **state)
{
	struct vmatlas *atlas = i386_with(MIB(16), MIB(768), MIB(768), false);
	const struct vmatlas_finding *f;

	(void)state;
	ram_is(atlas, RAM_SYSTEM, MIB(512), MIB(768) - 1);
	ram_is(atlas, RAM_MEMBLOCK, 0, MIB(16) - 1);
	ram_is(atlas, RAM_MEMBLOCK, MIB(512), MIB(640) - 1);
	fake_inspect(atlas, &inspector_ram);
	f = only_finding(atlas, "ram-ignored");
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_says(f->message, "128 MiB of the System RAM from 0x20000000");
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_mapped),
		cmocka_unit_test(without_highmem_the_rest_is_lost),
		cmocka_unit_test(vmalloc_sets_the_reserve),
		cmocka_unit_test(highmem_is_a_note),
		cmocka_unit_test(highmem_was_limited),
		cmocka_unit_test(lowmem_at_its_limit),
		cmocka_unit_test(lowmem_below_its_limit),
		cmocka_unit_test(ram_that_was_added_is_not_judged),
		cmocka_unit_test(a_part_that_memblock_lacks_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
