/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"

#define VM(off) (0xffffc90000000000ull + (off))

static const struct vmatlas_claim *declared(const struct vmatlas *atlas, const char *source)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (!strcmp(c->source, source))
			return c;
	return NULL;
}

static void say(struct vmatlas *atlas, const char *source, uint64_t start, uint64_t end,
		uint32_t flags)
{
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_DECLARED, .kind = VMATLAS_KIND_VMALLOC_SPACE,
		.name = "vmalloc", .source = source, .flags = flags,
		.range = { start, end - 1 } });
}

static void claims_come_by_address_the_outer_first(void **state)
{
	static const uint64_t firsts[] = { VM(0), VM(0x1000), VM(0x1000), VM(0x8000) };
	struct vmatlas *atlas = fake_atlas();
	size_t n = 0;

	(void)state;
	fake_area(atlas, VM(0x8000), VM(0x9000));
	fake_area(atlas, VM(0x1000), VM(0x2000));
	fake_area(atlas, VM(0x1000), VM(0x4000));
	fake_area(atlas, VM(0), VM(0x1000));
	assert_null(atlas_seal(atlas));
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		assert_int_equal(c->range.first, firsts[n++]);
		assert_true(VMATLAS_HAS(c, area));
		if (n == 2)
			assert_int_equal(c->range.last, VM(0x3fff));
	}
	assert_int_equal(n, 4);
	vmatlas_close(atlas);
}

static void an_empty_layer_ends_at_once(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	assert_null(atlas_seal(atlas));
	for (uint32_t layer = 0; layer < 6; layer++) {
		assert_null(vmatlas_claim_next(atlas, layer, NULL));
		assert_null(vmatlas_claim_at(atlas, layer, VM(0)));
	}
	vmatlas_close(atlas);
}

static void a_sealed_map_takes_no_claim(void **state)
{
	const struct vmatlas_claim late = { .layer = VMATLAS_LAYER_RECORDED };
	const struct vmatlas_claim nowhere = { .layer = 4 };
	struct vmatlas *atlas = fake_atlas();
	struct vmatlas_error *err;

	(void)state;
	err = atlas_add_claim(atlas, &nowhere);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_ARGUMENT);
	vmatlas_error_free(err);
	assert_null(atlas_seal(atlas));
	err = atlas_add_claim(atlas, &late);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_ARGUMENT);
	vmatlas_error_free(err);
	vmatlas_close(atlas);
}

static void the_first_whole_source_is_the_row(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	say(atlas, "a guess", VM(0), VM(0x9000), VMATLAS_CLAIM_DEFAULT);
	say(atlas, "half", VM(0), VM(1), VMATLAS_CLAIM_START_ONLY);
	say(atlas, "formula", VM(0), VM(0x8000), 0);
	say(atlas, "kcore", VM(0), VM(0x8000), 0);
	assert_null(atlas_seal(atlas));
	assert_true(declared(atlas, "formula")->flags & VMATLAS_CLAIM_PRIMARY);
	assert_false(declared(atlas, "kcore")->flags & VMATLAS_CLAIM_PRIMARY);
	assert_false(declared(atlas, "half")->flags & VMATLAS_CLAIM_PRIMARY);
	assert_false(declared(atlas, "a guess")->flags & VMATLAS_CLAIM_PRIMARY);
	assert_ptr_equal(atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE),
			 declared(atlas, "formula"));
	vmatlas_close(atlas);
}

static void a_guess_is_better_than_nothing(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	say(atlas, "half", VM(0), VM(1), VMATLAS_CLAIM_START_ONLY);
	say(atlas, "a guess", VM(0), VM(0x9000), VMATLAS_CLAIM_DEFAULT);
	assert_null(atlas_seal(atlas));
	assert_true(declared(atlas, "a guess")->flags & VMATLAS_CLAIM_PRIMARY);
	vmatlas_close(atlas);
}

static void half_a_claim_alone_is_no_row(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	say(atlas, "half", VM(0), VM(1), VMATLAS_CLAIM_START_ONLY);
	assert_null(atlas_seal(atlas));
	assert_null(atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE));
	assert_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, VM(0)));
	vmatlas_close(atlas);
}

static void the_smallest_region_holds_an_address(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xd8000000, 0);
	fake_region(atlas, VMATLAS_KIND_SECTION, ".text", 0xc0008000, 0xc0400000,
		    VMATLAS_CLAIM_NESTED);
	assert_null(atlas_seal(atlas));
	assert_string_equal(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, 0xc0008000)->name,
			    ".text");
	assert_string_equal(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, 0xc0400000)->name,
			    "lowmem");
	assert_string_equal(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, 0xd7ffffff)->name,
			    "lowmem");
	assert_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, 0xd8000000));
	assert_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, 0xbfffffff));
	vmatlas_close(atlas);
}

static void an_area_is_found_among_thousands(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		fake_area(atlas, VM(i * 0x3000), VM(i * 0x3000 + 0x2000));
	assert_null(atlas_seal(atlas));
	for (uint64_t i = 0; i < 20000; i += 777) {
		const struct vmatlas_claim *c =
			vmatlas_claim_at(atlas, VMATLAS_LAYER_RECORDED, VM(i * 0x3000 + 0x1fff));

		assert_non_null(c);
		assert_int_equal(c->range.first, VM(i * 0x3000));
		assert_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_RECORDED,
					     VM(i * 0x3000 + 0x2000)));
	}
	assert_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_RECORDED, VM(0) - 1));
	vmatlas_close(atlas);
}

static void the_top_of_memory_can_be_claimed(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	fake_region(atlas, VMATLAS_KIND_OTHER, "top", 0xffffffffff000000, 0, 0);
	assert_null(atlas_seal(atlas));
	assert_non_null(vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, UINT64_MAX));
	vmatlas_close(atlas);
}

static void texts_are_kept_once_and_for_long(void **state)
{
	struct strings *s = strings_new();
	char name[32] = "vmalloc";
	const char *kept = strings_add(s, name);

	(void)state;
	name[0] = 'x';
	assert_string_equal(kept, "vmalloc");
	assert_ptr_equal(strings_add(s, "vmalloc"), kept);
	assert_string_equal(strings_add(s, NULL), "");
	assert_ptr_equal(strings_add(s, NULL), strings_add(s, ""));
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "text %d", i);
		assert_string_equal(strings_add(s, name), name);
	}
	assert_string_equal(kept, "vmalloc");
	strings_free(s);
}

static void every_kind_and_every_code_has_words(void **state)
{
	size_t nr = 0;

	(void)state;
	assert_string_equal(vmatlas_kind_name(VMATLAS_KIND_VMALLOC), "vmalloc");
	assert_non_null(vmatlas_kind_name(0xdeadbeef));
	for (const char *code = NULL; (code = vmatlas_finding_code_next(code)); nr++) {
		assert_non_null(vmatlas_explain(code));
		assert_true(strspn(code, "abcdefghijklmnopqrstuvwxyz-") == strlen(code));
	}
	assert_true(nr >= 10);
	assert_null(vmatlas_explain("no-such-code"));
	assert_null(vmatlas_finding_code_next("no-such-code"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_come_by_address_the_outer_first),
		cmocka_unit_test(an_empty_layer_ends_at_once),
		cmocka_unit_test(a_sealed_map_takes_no_claim),
		cmocka_unit_test(the_first_whole_source_is_the_row),
		cmocka_unit_test(a_guess_is_better_than_nothing),
		cmocka_unit_test(half_a_claim_alone_is_no_row),
		cmocka_unit_test(the_smallest_region_holds_an_address),
		cmocka_unit_test(an_area_is_found_among_thousands),
		cmocka_unit_test(the_top_of_memory_can_be_claimed),
		cmocka_unit_test(texts_are_kept_once_and_for_long),
		cmocka_unit_test(every_kind_and_every_code_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
