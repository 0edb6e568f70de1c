/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of cells in columns as wide as their widest cell or heading, in printable ASCII. */
#ifndef RENDER_ROW_LAYOUT_H
#define RENDER_ROW_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct row_layout;

/* NULL: no memory. */
struct row_layout *row_layout_new(size_t nr_columns);
void row_layout_free(struct row_layout *layout);

/* Add a column; a heading counts for its width whether it is printed or not. */
void row_layout_column(struct row_layout *layout, const char *heading, bool is_right_aligned);

/*
 * Add a cell; cells come row by row, from the left. One may have several lines.
 * False: no memory.
 */
bool row_layout_add(struct row_layout *layout, const char *text);

/* Print the rows to stdout, below their headings if @headings, and forget them. */
void row_layout_print(struct row_layout *layout, bool headings);

#endif
