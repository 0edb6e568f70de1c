/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugins/pages.c, linked in: what it says about areas that a test makes up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../plugins/pages.c"

#include "fake_atlas.h"

#define VM(off) (0xffffc90000000000ull + (off))

static struct vmatlas *with_pages(uint64_t start, uint64_t end, uint64_t nr_pages)
{
	static struct vmatlas_area area;
	struct vmatlas *atlas = fake_atlas();

	fake_atlas_kernel(atlas, 8);
	area = (struct vmatlas_area){
		.size = sizeof(area), .vm_struct = 0xffff888001000000, .nr_pages = nr_pages,
	};
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_VMALLOC,
		.range = { start, end - 1 }, .area = &area });
	fake_inspect(atlas, &vmatlas_plugin);
	return atlas;
}

static void pages_that_fit_are_fine(void **state)
{
	static const uint64_t counts[] = { 0, 1, 4, 5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct vmatlas *atlas = with_pages(VM(0), VM(0x5000), counts[i]);

		assert_int_equal(nr_findings(atlas), 0);
		vmatlas_close(atlas);
	}
}

static void one_page_too_many_is_found(void **state)
{
	struct vmatlas *atlas = with_pages(VM(0), VM(0x5000), 6);
	const struct vmatlas_finding *f = only_finding(atlas, "too-many-pages");

	(void)state;
	assert_int_equal(f->severity, VMATLAS_SEVERITY_ERROR);
	assert_string_equal(f->inspector, "pages");
	assert_says(f->message, "6 pages in room for 5");
	assert_int_equal(f->record, 0xffff888001000000);
	vmatlas_close(atlas);
}

static void the_whole_space_has_room(void **state)
{
	struct vmatlas *atlas = with_pages(0, 0, UINT32_MAX);

	(void)state;
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

static void a_boot_log_alone_has_no_areas(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_inspect(atlas, &vmatlas_plugin);
	assert_int_equal(nr_findings(atlas), 0);
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_that_fit_are_fine),
		cmocka_unit_test(one_page_too_many_is_found),
		cmocka_unit_test(the_whole_space_has_room),
		cmocka_unit_test(a_boot_log_alone_has_no_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
