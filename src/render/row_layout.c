/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of cells to aligned text. Made here and not by libsmartcols, whose widths of
 * columns without headings are others from 2.41 on: what scripts read would depend on
 * the version of a library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/row_layout.h"

enum { GAP = 2 };

struct layout_column {
	const char *heading;
	size_t width;		/* of the rows at hand */
	bool is_right_aligned;
	const char *rest;	/* of the cell being printed; NULL: no line is left */
};

struct row_layout {
	size_t nr_columns;
	VEC(char *) cells;
	struct layout_column columns[];
};

struct row_layout *row_layout_new(size_t nr_columns)
{
	struct row_layout *layout =
		calloc(1, sizeof(*layout) + nr_columns * sizeof(layout->columns[0]));

	if (layout)
		layout->nr_columns = nr_columns;
	return layout;
}

static void forget_cells(struct row_layout *layout)
{
	while (layout->cells.nr)
		free(layout->cells.v[--layout->cells.nr]);
}

void row_layout_free(struct row_layout *layout)
{
	if (!layout)
		return;
	forget_cells(layout);
	vec_done(&layout->cells);
	free(layout);
}

void row_layout_column(struct row_layout *layout, size_t column, const char *heading,
		       bool is_right_aligned)
{
	layout->columns[column].heading = heading;
	layout->columns[column].is_right_aligned = is_right_aligned;
}

bool row_layout_add(struct row_layout *layout, const char *text)
{
	char **cell = vec_push(&layout->cells);

	if (!cell)
		return false;
	*cell = strdup(text);
	if (!*cell)
		layout->cells.nr--;
	return *cell != NULL;
}

static void widen(struct layout_column *column, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (column->width < len)
			column->width = len;
		text += len + (text[len] == '\n');
	}
}

static void measure(struct row_layout *layout)
{
	for (size_t i = 0; i < layout->nr_columns; i++) {
		layout->columns[i].width = 0;
		widen(&layout->columns[i], layout->columns[i].heading);
	}
	for (size_t i = 0; i < layout->cells.nr; i++)
		widen(&layout->columns[i % layout->nr_columns], layout->cells.v[i]);
}

/* One line of the row at hand; blanks that nothing follows are not printed. */
static bool print_line(struct row_layout *layout)
{
	size_t blanks = 0;
	bool more = false;

	for (size_t i = 0; i < layout->nr_columns; i++) {
		struct layout_column *column = &layout->columns[i];
		const char *text = column->rest ?: "";
		size_t len = strcspn(text, "\n"), pad = column->width - len;

		blanks += column->is_right_aligned ? pad : 0;
		if (len) {
			printf("%*s%.*s", (int)blanks, "", (int)len, text);
			blanks = 0;
		}
		blanks += (column->is_right_aligned ? 0 : pad) + GAP;
		column->rest = text[len] == '\n' ? text + len + 1 : NULL;
		more |= column->rest != NULL;
	}
	putchar('\n');
	return more;
}

void row_layout_print(struct row_layout *layout, bool headings)
{
	measure(layout);
	if (headings) {
		for (size_t i = 0; i < layout->nr_columns; i++)
			layout->columns[i].rest = layout->columns[i].heading;
		print_line(layout);
	}
	for (size_t at = 0; at + layout->nr_columns <= layout->cells.nr;
	     at += layout->nr_columns) {
		for (size_t i = 0; i < layout->nr_columns; i++)
			layout->columns[i].rest = layout->cells.v[at + i];
		while (print_line(layout))
			;
	}
	forget_cells(layout);
}
