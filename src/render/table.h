/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables: the same few lines of a column table are the headings, the -o names,
 * the JSON keys, the help and the manual.
 */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include "render/render.h"

enum cell_type {
	CELL_TEXT,	/* const char *; NULL: none */
	CELL_INDENTED,	/* likewise; blanks before it are for people alone */
	CELL_LINES,	/* likewise, several lines in one cell */
	CELL_RANGE,	/* struct vmatlas_range; JSON: "start" and "end" */
	CELL_START,	/* struct vmatlas_range */
	CELL_END,	/* struct vmatlas_range; exclusive */
	CELL_ADDRESS,	/* uint64_t; 0: none */
	CELL_SIZE,	/* uint64_t bytes; CELL_NONE: none */
	CELL_NUMBER,	/* uint64_t; CELL_NONE: none */
	CELL_SYMBOL,	/* uint64_t, shown as %pS does; 0: none */
	CELL_KIND,	/* uint32_t, enum vmatlas_kind */
	CELL_FLAG,	/* bool */
};

/* Where a column is shown without being asked for with -o. */
enum { SHOWN_TEXT = 1, SHOWN_JSON = 2, SHOWN = 3 };

struct column {
	const char *name;	/* heading, -o name; lower case: JSON key; NULL ends */
	uint32_t type;		/* enum cell_type */
	uint32_t shown;		/* SHOWN_... */
	size_t offset;		/* where it is in the row */
	const char *help;
};

/*
 * table_open() - start a table
 * @columns: what -o picks from
 * @title: key of the list of rows
 * @audience: to the others, nothing of it is shown
 */
VMATLAS_CHECKED struct vmatlas_error *
table_open(const struct render *r, uint32_t audience, const struct column *columns,
	   const char *title, struct table **ret);

/* Add a row laid out as the columns' offsets say; failures surface in the end. */
void table_row(struct table *t, const void *row);

/* What follows belongs under @name. */
void table_section(struct table *t, const char *name);

/* Print what is left and free @t. */
VMATLAS_CHECKED struct vmatlas_error *table_close(struct table *t);

/* Do all names of .columns exist? Without a kernel: so that typing errors show first. */
VMATLAS_CHECKED struct vmatlas_error *
columns_check(const struct render *r, const struct column *columns);

void columns_help(const struct column *columns);

/* ---- For listeners ---- */

enum { PICK_MAX = 32 };

struct row_layout;

struct table {
	const struct render *r;
	const struct column *pick[PICK_MAX];
	size_t nr_picked;
	bool is_heard;			/* by who listens */
	bool failed;
	/* text.c */
	struct row_layout *layout;
	size_t nr_rows;			/* of the piece at hand */
	bool headings;			/* not printed yet */
};

/* A cell as text, escaped; "-" where there is nothing. */
void cell_text(const struct render *r, const struct column *c, const void *row, struct str *s);

/* As %pS has it, or NULL for 0. */
const char *cell_symbol(const struct render *r, uint64_t addr);

/* The name of @c as a key: lower case, with underscores. */
void column_key(const struct column *c, char key[static 32]);

#endif
