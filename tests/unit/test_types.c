/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types: those of this very program, whole, without helpers, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/image_copy.h"

struct test_nowhere;

typedef struct {
	short x;
	struct test_nowhere *o;
} test_typedef;

typedef const volatile test_typedef test_qualified;
typedef unsigned long test_array[3];

enum { TEST_FIVE = 5, TEST_MINUS = -7 };
enum test_unsigned { TEST_200 = 200, TEST_TOP = 0xffffffff };

struct test_pair {
	long a, b;
};

struct test_struct {
	char c;
	union {
		int u;
		struct {
			short s1, s2;
		};
	};
	struct test_pair pair, pairs[4];
	test_array arrays[2];
	unsigned int bits : 3;
	test_qualified qualified;
	void (*call)(int);
	enum test_unsigned e;
	signed char tiny;
	_Bool truth;
	struct test_struct *next[7];
	int flexible[];
};

__attribute__((noinline)) long test_anchor(const struct test_struct *t,
					   test_qualified *q);

/* Uses everything, so that the compiler describes it. */
long test_anchor(const struct test_struct *t, test_qualified *q)
{
	return t->c + q->x + (t->e == TEST_200) + (t->c == TEST_FIVE) +
	       (t->u == TEST_MINUS);
}

#define NEAR "no_such_function|test_anchor"

static struct image *open_or_skip(const char *path, bool copy)
{
	struct image *image = NULL;

	assert_ok(image_open_how(path, copy, &image));
	if (!image_info(image)->has_debug_info) {
		image_free(image);
		skip();
	}
	return image;
}

static void check(struct image *image, const char *tag, const char *path,
		  struct image_member want)
{
	struct image_member m = { 0 };
	struct vmatlas_error *err = image_member(image, NEAR, tag, path, &m);

	if (err)
		fail_msg("%s.%s: %s", tag, path, vmatlas_error_message(err));
	assert_int_equal(m.offset, want.offset);
	assert_int_equal(m.size, want.size);
	assert_int_equal(m.count, want.count);
	assert_int_equal(m.is_signed, want.is_signed);
	assert_int_equal(m.is_pointer, want.is_pointer);
}

#define S struct test_struct
#define AT(path) .offset = offsetof(S, path), .size = sizeof(((S *)0)->path)

static void check_members(struct image *image)
{
	check(image, "test_struct", "", (struct image_member){ .size = sizeof(S) });
	check(image, "test_struct", "u",
	      (struct image_member){ AT(u), .is_signed = true });
	check(image, "test_struct", "s2",
	      (struct image_member){ AT(s2), .is_signed = true });
	check(image, "test_struct", "pair", (struct image_member){ AT(pair) });
	check(image, "test_struct", "pair.b",
	      (struct image_member){ AT(pair.b), .is_signed = true });
	check(image, "test_struct", "e", (struct image_member){ AT(e) });
	check(image, "test_struct", "tiny",
	      (struct image_member){ AT(tiny), .is_signed = true });
	check(image, "test_struct", "truth", (struct image_member){ AT(truth) });
	check(image, "test_struct", "call",
	      (struct image_member){ AT(call), .is_pointer = true });
	check(image, "test_struct", "qualified.o",
	      (struct image_member){ AT(qualified.o), .is_pointer = true });
	check(image, "test_qualified", "o",
	      (struct image_member){ .offset = offsetof(test_typedef, o),
				     .size = sizeof(void *), .is_pointer = true });
}

static void types_answer_for_members(void **state)
{
	struct image *image = open_or_skip(SELF, false);

	(void)state;
	check_members(image);
	assert_int_equal(test_anchor(&(S){ .c = 5 }, &(test_qualified){ 1, NULL }), 7);
	image_free(image);
}

static void types_enter_arrays(void **state)
{
	struct image *image = open_or_skip(SELF, false);

	(void)state;
	check(image, "test_struct", "pairs",
	      (struct image_member){ AT(pairs), .count = 4 });
	check(image, "test_struct", "pairs[]", (struct image_member){ AT(pairs[0]) });
	check(image, "test_struct", "pairs[].b",
	      (struct image_member){ AT(pairs[0].b), .is_signed = true });
	check(image, "test_struct", "arrays[][]",
	      (struct image_member){ AT(arrays[0][0]) });
	check(image, "test_struct", "next",
	      (struct image_member){ AT(next), .count = 7, .is_pointer = true });
	check(image, "test_struct", "flexible",
	      (struct image_member){ .offset = offsetof(S, flexible),
				     .is_signed = true });
	check(image, "test_struct", "flexible[]",
	      (struct image_member){ AT(flexible[0]), .is_signed = true });
	image_free(image);
}

static void types_report_what_is_missing(void **state)
{
	static const struct {
		const char *near, *tag, *path;
		uint32_t code;
	} c[] = {
		{ "no_such_function", "test_struct", "c", VMATLAS_ERROR_NOT_FOUND },
		{ "", "test_struct", "c", VMATLAS_ERROR_NOT_FOUND },
		{ NULL, "test_struct", "c", VMATLAS_ERROR_ARGUMENT },
		{ NEAR, "test_nothing", "c", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_nowhere", "c", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "nothing", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "bits", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "c[]", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "c.x", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "qualified.o.x", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "next[][]", VMATLAS_ERROR_NOT_FOUND },
		{ NEAR, "test_struct", "pair..b", VMATLAS_ERROR_ARGUMENT },
		{ NEAR, "test_struct", "pairs[", VMATLAS_ERROR_ARGUMENT },
		{ NEAR, "test_struct", ".", VMATLAS_ERROR_ARGUMENT },
	};
	struct image *image = open_or_skip(SELF, false);
	struct image_member m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(c); i++)
		assert_int_equal(
			code_of(image_member(image, c[i].near, c[i].tag, c[i].path, &m)),
			c[i].code);
	image_free(image);
}

static void enumerators_keep_their_sign(void **state)
{
	static const struct {
		const char *name;
		int64_t value;
	} want[] = {
		{ "TEST_FIVE", 5 }, { "TEST_MINUS", -7 }, { "TEST_200", 200 },
		{ "TEST_TOP", 0xffffffff },
	};
	struct image *image = open_or_skip(SELF, false);
	int64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_ok(image_enumerator(image, NEAR, want[i].name, &v));
		assert_int_equal(v, want[i].value);
	}
	assert_int_equal(code_of(image_enumerator(image, NEAR, "TEST_NONE", &v)),
			 VMATLAS_ERROR_NOT_FOUND);
	image_free(image);
}

static void types_come_out_of_copied_files(void **state)
{
	struct image *image = open_or_skip(SELF, true);

	(void)state;
	check_members(image);
	image_free(image);
}

static void types_do_without_aranges(void **state)
{
	struct copy c = copy_new();

	(void)state;
	copy_hide(&c, ".debug_aranges");
	copy_write(&c, c.size);
	struct image *image = open_or_skip(c.path, false);

	check_members(image);
	image_free(image);
	copy_done(&c);
}

static void types_are_missing_without_debug_information(void **state)
{
	struct copy c = copy_new();
	struct image *image = NULL;
	struct image_member m;
	struct vmatlas_error *err;

	(void)state;
	copy_hide(&c, ".debug_info");
	copy_write(&c, c.size);
	assert_ok(image_open(c.path, &image));
	assert_false(image_info(image)->has_debug_info);
	err = image_member(image, NEAR, "test_struct", "c", &m);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_NOT_FOUND);
	assert_non_null(strstr(vmatlas_error_message(err), "-dbg package"));
	vmatlas_error_free(err);
	image_free(image);
	copy_done(&c);
}

/* The way libdw walks must find what our own scan finds. */
static void types_are_the_same_in_a_wide_unit(void **state)
{
	struct image *image = open_or_skip(SELF, false);
	struct unit *unit = NULL;

	(void)state;
	assert_ok(unit_near(image, NEAR, &unit));
	assert_ok(unit_index(image, unit));
	const size_t nr = unit->types.entries.nr;
	const uint64_t first = unit->types.entries.v[0].offset + unit->offset;

	assert_true(nr > 5);
	assert_ok(unit_widen(image, unit));
	assert_ok(unit_index(image, unit));
	assert_int_equal(unit->types.entries.nr, nr);
	assert_int_equal(unit->types.entries.v[0].offset, first);
	check_members(image);
	image_free(image);
}

/* ---- Files of other compilers and CPUs: struct thing of the fuzzers' corpus ---- */

static void check_foreign(const char *name, uint64_t long_size)
{
	struct image *image = NULL;
	struct image_member m;
	char path[256];
	int64_t v;

	snprintf(path, sizeof(path), "%.*s/../fuzz/corpus/vmlinux/%s",
		 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	if (access(path, R_OK))
		skip();
	assert_ok(image_open(path, &image));
	assert_ok(image_member(image, "anchor", "thing", "pairs[].b", &m));
	assert_int_equal(m.size, long_size);
	assert_int_equal(m.offset, 8 + long_size);
	assert_ok(image_member(image, "anchor", "thing_t", "inner", &m));
	assert_int_equal(m.offset, 4);
	assert_int_equal(m.size, 2);
	assert_ok(image_member(image, "anchor", "thing", "next", &m));
	assert_int_equal(m.size, long_size);
	assert_true(m.is_pointer);
	assert_ok(image_enumerator(image, "anchor", "THING_LAST", &v));
	assert_int_equal(v, 7);
	image_free(image);
}

static void types_come_in_either_byte_order_and_width(void **state)
{
	(void)state;
	check_foreign("arm", 4);
	check_foreign("arm-big-endian", 4);
	check_foreign("dwarf4", 8);
	check_foreign("dwarf5", 8);
}

static void types_are_found_behind_link_time_optimisation(void **state)
{
	(void)state;
	check_foreign("lto", 8);
}

static void types_come_out_of_clang_and_of_compression(void **state)
{
	(void)state;
	check_foreign("clang", 8);
	check_foreign("gz", 8);
}

/* ---- Damage ---- */

static void ask_everything(const char *path)
{
	struct image *image = NULL;
	struct image_member m;
	int64_t v;

	if (code_of(image_open(path, &image)))
		return;
	vmatlas_error_free(image_member(image, NEAR, "test_struct", "pairs[].b", &m));
	vmatlas_error_free(image_member(image, NEAR, "test_struct", "nothing", &m));
	vmatlas_error_free(image_member(image, NEAR, "test_qualified", "o", &m));
	vmatlas_error_free(image_member(image, NEAR, "test_nothing", "", &m));
	vmatlas_error_free(image_enumerator(image, NEAR, "TEST_NONE", &v));
	image_free(image);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void damage_section(const char *name, unsigned int rounds)
{
	struct copy c = copy_new();
	struct image *image = open_or_skip(SELF, false);
	const struct section *s = image_section(image, name);
	uint32_t seed = 1;

	for (unsigned int i = 0; s && i < rounds; i++) {
		uint8_t *was = malloc(c.size);

		assert_non_null(was);
		memcpy(was, c.bytes, c.size);
		for (uint32_t n = 1 + i % 5; n; n--)
			c.bytes[s->offset + next_random(&seed) % s->size] =
				(uint8_t)next_random(&seed);
		copy_write(&c, c.size);
		ask_everything(c.path);
		free(c.bytes);
		c.bytes = was;
	}
	image_free(image);
	copy_done(&c);
}

static void damaged_debug_information_is_an_error_at_most(void **state)
{
	(void)state;
	damage_section(".debug_info", 300);
	damage_section(".debug_abbrev", 300);
	damage_section(".debug_aranges", 50);
}

static void damaged_headers_are_an_error_at_most(void **state)
{
	struct copy c = copy_new();
	uint32_t seed = 7;

	(void)state;
	const size_t table = *(const uint64_t *)(const void *)(c.bytes + 40);

	for (unsigned int i = 0; i < 300; i++) {
		uint8_t *at = next_random(&seed) % 2 ? c.bytes + next_random(&seed) % 64 :
			      c.bytes + table + next_random(&seed) % (c.size - table);
		const uint8_t was = *at;

		*at = (uint8_t)next_random(&seed);
		copy_write(&c, c.size);
		ask_everything(c.path);
		*at = was;
	}
	copy_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_answer_for_members),
		cmocka_unit_test(types_enter_arrays),
		cmocka_unit_test(types_report_what_is_missing),
		cmocka_unit_test(enumerators_keep_their_sign),
		cmocka_unit_test(types_come_out_of_copied_files),
		cmocka_unit_test(types_do_without_aranges),
		cmocka_unit_test(types_are_missing_without_debug_information),
		cmocka_unit_test(types_are_the_same_in_a_wide_unit),
		cmocka_unit_test(types_come_in_either_byte_order_and_width),
		cmocka_unit_test(types_are_found_behind_link_time_optimisation),
		cmocka_unit_test(types_come_out_of_clang_and_of_compression),
		cmocka_unit_test(damaged_debug_information_is_an_error_at_most),
		cmocka_unit_test(damaged_headers_are_an_error_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
