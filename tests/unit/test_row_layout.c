/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns of text; the layout is a file of the tool, not of the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "render/row_layout.c"

static void prints(const char *const cells[], size_t nr, bool headings, const char *want)
{
	struct row_layout *layout = row_layout_new(3);
	FILE *before = stdout;
	char *got = NULL;
	size_t len;

	assert_non_null(layout);
	row_layout_column(layout, "NAME", false);
	row_layout_column(layout, "IN-USE", true);
	row_layout_column(layout, "SOURCE", false);
	for (size_t i = 0; i < nr; i++)
		assert_true(row_layout_add(layout, cells[i]));
	stdout = open_memstream(&got, &len);
	row_layout_print(layout, headings);
	fclose(stdout);
	stdout = before;
	assert_string_equal(got, want);
	free(got);
	row_layout_free(layout);
}

/* As libsmartcols did until 2.40: scripts may count on it. */
static void a_heading_counts_even_if_it_is_not_printed(void **state)
{
	const char *const cells[] = { "a", "-", "log:1", "bcdef", "-", "log:22" };

	(void)state;
	prints(cells, 6, false, "a           -  log:1\nbcdef       -  log:22\n");
	prints(cells, 6, true, "NAME   IN-USE  SOURCE\n"
			       "a           -  log:1\n"
			       "bcdef       -  log:22\n");
}

static void lines_of_a_cell_stay_in_their_column(void **state)
{
	const char *const cells[] = { "a", "12345678", "one\ntwo", "b\nlonger", "1", "x" };

	(void)state;
	prints(cells, 6, false, "a       12345678  one\n"
				"                  two\n"
				"b              1  x\n"
				"longer\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heading_counts_even_if_it_is_not_printed),
		cmocka_unit_test(lines_of_a_cell_stay_in_their_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
