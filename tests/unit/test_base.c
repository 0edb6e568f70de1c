/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/array.h"

/* ---- vec ---- */

struct thing {
	uint32_t nr;
	const char *text;
};

static void a_new_element_is_zero(void **state)
{
	VEC(struct thing) things = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct thing *t = vec_push(&things);

		assert_non_null(t);
		assert_int_equal(t->nr, 0);
		assert_null(t->text);
		*t = (struct thing){ i, "text" };
	}
	assert_int_equal(things.nr, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(things.v[i].nr, i);
	vec_done(&things);
	assert_int_equal(things.nr, 0);
	assert_null(things.v);
}

static void a_reused_place_is_zero_too(void **state)
{
	VEC(struct thing) things = { 0 };

	(void)state;
	vec_push(&things)->nr = 7;
	things.nr--;
	assert_int_equal(vec_push(&things)->nr, 0);
	vec_done(&things);
}

static void no_array_grows_beyond_reason(void **state)
{
	struct thing one;
	void *v = &one;
	size_t cap = (size_t)1 << 39;

	(void)state;
	assert_false(vec_grow_(&v, &cap, cap, sizeof(one)));
	assert_ptr_equal(v, &one);
}

/* ---- bytes ---- */

static void bytes_come_in_both_orders(void **state)
{
	static const uint8_t raw[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8 };

	(void)state;
	assert_int_equal(bytes_uint(raw, 1, false), 0x01);
	assert_int_equal(bytes_uint(raw, 2, false), 0x0201);
	assert_int_equal(bytes_uint(raw, 2, true), 0x0102);
	assert_int_equal(bytes_uint(raw, 3, true), 0x010203);
	assert_int_equal(bytes_uint(raw, 4, false), 0x04030201);
	assert_int_equal(bytes_uint(raw, 8, false), 0xf807060504030201);
	assert_int_equal(bytes_uint(raw, 8, true), 0x01020304050607f8);
	assert_int_equal(bytes_uint(raw + 1, 5, true), 0x0203040506);
}

static void alignment_goes_both_ways(void **state)
{
	(void)state;
	assert_int_equal(align_down(0x1fff, 0x1000), 0x1000);
	assert_int_equal(align_up(0x1001, 0x1000), 0x2000);
	assert_int_equal(align_up(0x1000, 0x1000), 0x1000);
	assert_int_equal(align_down(UINT64_MAX, 0x200000), 0xffffffffffe00000);
}

/* ---- errors ---- */

static void an_error_carries_its_story(void **state)
{
	struct vmatlas_error *err = vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing at %#x", 16);

	(void)state;
	err = vmatlas_error_wrap(err, "list %d", 7);
	err = vmatlas_error_wrap(err, "survey");
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FAULT);
	assert_string_equal(vmatlas_error_message(err), "survey: list 7: nothing at 0x10");
	assert_true(error_is_kernel_trouble(err));
	vmatlas_error_free(err);
}

static void a_fault_knows_its_address(void **state)
{
	struct vmatlas_error *err = error_fault(VMATLAS_PHYSICAL, 0x1000, "left out");
	uint64_t addr = 0;
	uint32_t space = 9;

	(void)state;
	err = error_at(err, VMATLAS_VIRTUAL, 0xffff0000);	/* the innermost stays */
	err = vmatlas_error_wrap(err, "survey");
	assert_string_equal(vmatlas_error_message(err),
			    "survey: virtual 0xffff0000: physical 0x1000: left out");
	assert_string_equal(error_reason(err), "left out");
	assert_true(vmatlas_error_address(err, &space, &addr));
	assert_int_equal(space, VMATLAS_PHYSICAL);
	assert_int_equal(addr, 0x1000);
	vmatlas_error_free(err);
}

static void an_error_without_an_address_says_so(void **state)
{
	struct vmatlas_error *err = vmatlas_error_new(VMATLAS_ERROR_FAULT, "physical 0x1000: no");
	uint64_t addr = 42;
	uint32_t space = 9;

	(void)state;
	assert_false(vmatlas_error_address(err, &space, &addr));
	assert_false(vmatlas_error_address(NULL, &space, &addr));
	assert_false(vmatlas_error_address(error_no_memory(), &space, &addr));
	assert_int_equal(addr, 42);
	assert_int_equal(space, 9);
	assert_int_equal(vmatlas_error_errno(err), 0);
	assert_int_equal(vmatlas_error_errno(NULL), 0);
	vmatlas_error_free(err);
}

static void no_error_stays_none(void **state)
{
	(void)state;
	assert_null(vmatlas_error_wrap(NULL, "context"));
	assert_int_equal(vmatlas_error_code(NULL), 0);
	assert_non_null(vmatlas_error_message(NULL));
	assert_false(error_is_kernel_trouble(NULL));
	vmatlas_error_free(NULL);
}

static void out_of_memory_can_always_be_reported(void **state)
{
	struct vmatlas_error *err = vmatlas_error_wrap(error_no_memory(), "context");

	(void)state;
	assert_ptr_equal(err, error_no_memory());
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_NO_MEMORY);
	vmatlas_error_free(err);
	assert_string_equal(vmatlas_error_message(error_no_memory()), "out of memory");
}

static void a_system_error_keeps_errno(void **state)
{
	struct vmatlas_error *err;

	(void)state;
	errno = ENOENT;
	err = error_system("%s", "/vmcore");
	assert_int_equal(errno, ENOENT);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_SYSTEM);
	assert_string_equal(vmatlas_error_message(err), "/vmcore: No such file or directory");
	vmatlas_error_free(err);
}

static void a_taken_pointer_is_left_alone(void **state)
{
	char *kept = NULL;

	(void)state;
	{
		_cleanup_(freep) char *text = strdup("kept");

		kept = take(text);
		assert_null(text);
	}
	assert_string_equal(kept, "kept");
	free(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_element_is_zero),
		cmocka_unit_test(a_reused_place_is_zero_too),
		cmocka_unit_test(no_array_grows_beyond_reason),
		cmocka_unit_test(bytes_come_in_both_orders),
		cmocka_unit_test(alignment_goes_both_ways),
		cmocka_unit_test(an_error_carries_its_story),
		cmocka_unit_test(a_fault_knows_its_address),
		cmocka_unit_test(an_error_without_an_address_says_so),
		cmocka_unit_test(no_error_stays_none),
		cmocka_unit_test(out_of_memory_can_always_be_reported),
		cmocka_unit_test(a_system_error_keeps_errno),
		cmocka_unit_test(a_taken_pointer_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
