/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libkdumpfile that is not there, or is something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const char *soname;

#undef VMATLAS_KDUMPFILE
#define VMATLAS_KDUMPFILE soname
#include "mem/kdump_dynload.c"

static void refused(const char *name, const char *why)
{
	struct vmatlas_error *err;

	soname = name;
	err = kdump_lib_load();
	assert_non_null(err);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_UNSUPPORTED);
	assert_ptr_equal(strstr(vmatlas_error_message(err),
				"libkdumpfile could not be loaded: "),
			 vmatlas_error_message(err));
	assert_non_null(strstr(vmatlas_error_message(err), why));
	vmatlas_error_free(err);
}

static void an_absent_library_is_named(void **state)
{
	(void)state;
	refused("libkdumpfile.so.absent", "libkdumpfile.so.absent");
}

static void a_library_without_its_functions_is_refused(void **state)
{
	(void)state;
	refused("libm.so.6", "kdump_new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_library_is_named),
		cmocka_unit_test(a_library_without_its_functions_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
