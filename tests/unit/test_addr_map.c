/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/addr_map.h"

static void nothing_is_remembered_at_first(void **state)
{
	const struct memo m = { 0 };

	(void)state;
	assert_null(memo_get(&m, 0));
}

static void thousands_of_texts_come_back(void **state)
{
	struct memo m = { 0 };
	char text[32];

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "f%d", (int)i);
		assert_non_null(memo_add(&m, i << 12, strdup(text)));
	}
	for (uint64_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "f%d", (int)i);
		assert_string_equal(memo_get(&m, i << 12), text);
	}
	assert_null(memo_get(&m, 1));
	memo_done(&m);
}

static void the_last_text_for_an_address_counts(void **state)
{
	struct memo m = { 0 };

	(void)state;
	assert_non_null(memo_add(&m, 0, strdup("a")));
	assert_non_null(memo_add(&m, 0, strdup("b")));
	assert_string_equal(memo_get(&m, 0), "b");
	assert_null(memo_add(&m, 1, NULL));
	assert_null(memo_get(&m, 1));
	memo_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_remembered_at_first),
		cmocka_unit_test(thousands_of_texts_come_back),
		cmocka_unit_test(the_last_text_for_an_address_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
