/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mem/path_spec.h"

static void addresses_have_a_base_and_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 }, { "0x0", 0 }, { "4096", 4096 }, { "0x80000000", 0x80000000 },
		{ "0XfF", 0xff }, { "2G", 2ull << 30 }, { "2g", 2ull << 30 },
		{ "1024M", 1ull << 30 }, { "640K", 640 << 10 }, { "1T", 1ull << 40 },
		{ "0x40M", 64ull << 20 }, { "010", 10 },
		{ "0xffffffffffffffff", UINT64_MAX }, { "18446744073709551615", UINT64_MAX },
	};
	uint64_t value = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(inputs_address(good[i].text, strlen(good[i].text), &value));
		assert_int_equal(value, good[i].value);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "0x", "0xg", "G", "0xK", "-1", "+1", " 1", "1 ", "1KB", "1.5G", "80a",
		"0x10000000000000000", "18446744073709551616", "16777216T", "0x8000000g0",
	};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (inputs_address(bad[i], strlen(bad[i]), &value))
			fail_msg("'%s' became %#llx", bad[i], (unsigned long long)value);
	assert_int_equal(value, 7);
}

static void expect_raw(const struct input *in, const char *path, uint64_t addr)
{
	assert_true(in->is_raw);
	assert_string_equal(in->path, path);
	assert_int_equal(in->addr, addr);
}

static void images_are_named_by_file_and_address(void **state)
{
	struct inputs in = { 0 };

	(void)state;
	assert_null(inputs_add(&in, "a.bin@0x80000000,b.bin@2G"));
	assert_null(inputs_add(&in, "c,d@e@16M"));
	assert_null(inputs_add(&in, "/dir@0/vmcore"));
	assert_null(inputs_add(&in, "vmcore"));
	assert_int_equal(in.list.nr, 5);
	expect_raw(&in.list.v[0], "a.bin", 0x80000000);
	expect_raw(&in.list.v[1], "b.bin", 2ull << 30);
	expect_raw(&in.list.v[2], "c,d@e", 16 << 20);
	assert_false(in.list.v[3].is_raw);
	assert_string_equal(in.list.v[3].path, "/dir@0/vmcore");
	assert_false(in.list.v[4].is_raw);
	inputs_done(&in);
}

static void a_file_of_that_name_comes_first(void **state)
{
	char name[] = "/tmp/vmatlas-test@0x1000";
	struct inputs in = { 0 };
	FILE *f = fopen(name, "w");

	(void)state;
	assert_non_null(f);
	fclose(f);
	assert_null(inputs_add(&in, name));
	assert_int_equal(in.list.nr, 1);
	assert_false(in.list.v[0].is_raw);
	assert_string_equal(in.list.v[0].path, name);
	unlink(name);
	inputs_done(&in);
}

static void nonsense_is_reported(void **state)
{
	static const char *const bad[] = {
		"a@", "@0", "a@0,", "a@0,b", "a@0,b@", "a@zz", "@",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct inputs in = { 0 };
		struct vmatlas_error *err = inputs_add(&in, bad[i]);

		if (!err)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_ARGUMENT);
		assert_non_null(strstr(vmatlas_error_message(err), "FILE@ADDR"));
		vmatlas_error_free(err);
		inputs_done(&in);
	}
}

static void there_is_an_end_to_files(void **state)
{
	struct vmatlas_error *err = NULL;
	struct inputs in = { 0 };

	(void)state;
	for (int i = 0; i < INPUTS_MAX; i++)
		assert_null(inputs_add(&in, "x@0"));
	err = inputs_add(&in, "x@0");
	assert_non_null(err);
	vmatlas_error_free(err);
	inputs_done(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_a_base_and_a_unit),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(images_are_named_by_file_and_address),
		cmocka_unit_test(a_file_of_that_name_comes_first),
		cmocka_unit_test(nonsense_is_reported),
		cmocka_unit_test(there_is_an_end_to_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
