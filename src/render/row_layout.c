/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of cells to aligned text, by libsmartcols. Widths of columns without printed
 * headings, and blanks at the end of lines, differ between its versions (2.38 to 2.41):
 * both are settled here, since scripts read this text.
 */
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/row_layout.h"

struct row_layout {
	struct libscols_table *table;
	struct libscols_line *line;	/* the row that cells are added to */
	size_t nr_columns, next;	/* its next cell */
};

struct row_layout *row_layout_new(size_t nr_columns)
{
	struct row_layout *layout = calloc(1, sizeof(*layout));

	if (!layout)
		return NULL;
	layout->nr_columns = nr_columns;
	layout->table = scols_new_table();
	if (!layout->table ||
	    scols_table_enable_noencoding(layout->table, 1) ||	/* cells come escaped */
	    scols_table_set_column_separator(layout->table, "  ")) {
		row_layout_free(layout);
		return NULL;
	}
	return layout;
}

void row_layout_free(struct row_layout *layout)
{
	if (!layout)
		return;
	scols_unref_table(layout->table);
	free(layout);
}

/* A cell of several lines is several lines in its column. */
void row_layout_column(struct row_layout *layout, const char *heading, bool is_right_aligned)
{
	struct libscols_column *c = scols_table_new_column(
		layout->table, heading, strlen(heading),
		SCOLS_FL_WRAP | (is_right_aligned ? SCOLS_FL_RIGHT : 0));

	if (c) {
		scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
					  NULL);
		scols_column_set_safechars(c, "\n");
	}
}

bool row_layout_add(struct row_layout *layout, const char *text)
{
	if (!layout->next)
		layout->line = scols_table_new_line(layout->table, NULL);
	if (!layout->line || scols_line_set_data(layout->line, layout->next, text))
		return false;
	layout->next = (layout->next + 1) % layout->nr_columns;
	return true;
}

static void print_without_trailing_blanks(const char *text)
{
	while (*text) {
		const size_t len = strcspn(text, "\n");
		size_t shown = len;

		while (shown && text[shown - 1] == ' ')
			shown--;
		printf("%.*s\n", (int)shown, text);
		text += len + (text[len] == '\n');
	}
}

void row_layout_print(struct row_layout *layout, bool headings)
{
	char *text = NULL;

	scols_table_enable_noheadings(layout->table, !headings);
	if (!scols_print_table_to_string(layout->table, &text) && text)
		print_without_trailing_blanks(text);
	free(text);
	scols_table_remove_lines(layout->table);
	layout->next = 0;
}
