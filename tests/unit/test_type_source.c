/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is believed of an answer about types, whoever gives it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "debuginfo/debuginfo_internal.h"

/* struct whole of 16 bytes; "inside" and "outside" of it; struct none is not known itself. */
static struct vmatlas_error *fake_member(struct image *image, const char *near, const char *tag,
					 const char *member, struct image_member *ret)
{
	(void)image, (void)near;
	if (!*member && strcmp(tag, "whole"))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s", tag);
	*ret = (struct image_member){ .size = *member ? 8 : 16,
				      .offset = strcmp(member, "outside") ? 8 : 9 };
	return NULL;
}

static const struct provider fake = { "fake", fake_member, NULL };

static enum vmatlas_error_code code_of(const char *tag, const char *member)
{
	struct image image = { .info.path = "vmlinux", .provider = &fake };
	struct image_member m;
	struct vmatlas_error *err = image_member(&image, "vfree", tag, member, &m);
	const enum vmatlas_error_code code = err ? vmatlas_error_code(err) : 0;

	vmatlas_error_free(err);
	return code;
}

static void member_lies_inside(void **state)
{
	(void)state;
	assert_int_equal(code_of("whole", "inside"), 0);
	assert_int_equal(code_of("whole", "outside"), VMATLAS_ERROR_FORMAT);
}

/* A reader's buffer has the size of the struct: it would have none. */
static void member_of_no_struct_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(code_of("none", "inside"), VMATLAS_ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(member_lies_inside),
		cmocka_unit_test(member_of_no_struct_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
