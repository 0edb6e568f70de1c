/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugins/caller.c, linked in: whom it takes for a caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/lookup.h"
#include "../../plugins/caller.c"

#include "fake_atlas.h"

#define VM(off)	    (0xffffc90000000000ull + (off))
#define TEXT(off)   (0xffffffff81000000ull + (off))
#define INIT(off)   (0xffffffff82800000ull + (off))
#define MODULE(off) (0xffffffffc0000000ull + (off))

/* As the library would have resolved the needs, had it a vmlinux. */
static void add_plugin(struct vmatlas *atlas)
{
	static const uint64_t addr[] = { TEXT(0), TEXT(0x1000000), INIT(0), INIT(0x100000) };
	struct inspector **slot = vec_push(&atlas->inspectors);
	struct inspector *in = calloc(1, sizeof(*in));

	assert_non_null(slot);
	assert_non_null(in);
	*slot = in;
	in->plugin = vmatlas_plugin;
	in->pub.name = "caller";
	in->res = calloc(ARRAY_SIZE(addr), sizeof(*in->res));
	assert_non_null(in->res);
	for (size_t i = 0; i < ARRAY_SIZE(addr); i++)
		in->res[i] = (struct resolved){ .found = true, .addr = addr[i] };
}

/* One area that names @caller, beside one that lies in module space. */
static struct vmatlas *called_from(uint64_t caller)
{
	static struct vmatlas_area area;
	struct vmatlas *atlas = fake_atlas();

	fake_atlas_kernel(atlas, 8);
	area = (struct vmatlas_area){ .size = sizeof(area), .caller = caller };
	fake_region(atlas, VMATLAS_KIND_MODULE_SPACE, "modules", MODULE(0), MODULE(0x3f000000),
		    0);
	fake_region(atlas, VMATLAS_KIND_IMAGE, "kernel image", 0xffffffff80000000, MODULE(0), 0);
	fake_area(atlas, MODULE(0x10000), MODULE(0x20000));
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_VMALLOC,
		.range = { VM(0), VM(0x1fff) }, .area = &area });
	assert_null(atlas_seal(atlas));
	add_plugin(atlas);
	assert_null(vmatlas_inspect(atlas));
	return atlas;
}

static void code_of_every_kind_is_a_caller(void **state)
{
	static const uint64_t callers[] = {
		0,			/* none was kept */
		TEXT(0), TEXT(0xffffff),
		INIT(0x1234),		/* freed long ago: it was code then */
		MODULE(0x10008),	/* something lives there: BPF, a trampoline */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		struct vmatlas *atlas = called_from(callers[i]);

		assert_int_equal(nr_findings(atlas), 0);
		vmatlas_close(atlas);
	}
}

static void a_caller_that_left_is_a_note(void **state)
{
	struct vmatlas *atlas = called_from(MODULE(0x5000));

	(void)state;
	assert_int_equal(only_finding(atlas, "caller-gone")->severity, VMATLAS_SEVERITY_NOTE);
	vmatlas_close(atlas);
}

static void data_and_user_space_call_nobody(void **state)
{
	static const uint64_t callers[] = {
		TEXT(0x1000000), 0xffff888001234560, VM(0x1000), 0x400000, 1, UINT64_MAX,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		struct vmatlas *atlas = called_from(callers[i]);

		assert_int_equal(only_finding(atlas, "caller-not-code")->severity,
				 VMATLAS_SEVERITY_WARNING);
		vmatlas_close(atlas);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_of_every_kind_is_a_caller),
		cmocka_unit_test(a_caller_that_left_is_a_note),
		cmocka_unit_test(data_and_user_space_call_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
