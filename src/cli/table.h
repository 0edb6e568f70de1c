/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables: the same few lines of a column table are the headings, the -o names,
 * the JSON keys, the help and the manual.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <jansson.h>

#include "cli/cli.h"

enum cell_type {
	CELL_TEXT,	/* const char *; NULL: none */
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

#define CELL_NONE UINT64_MAX

/* Where a column is shown without being asked for with -o. */
enum { SHOWN_TEXT = 1, SHOWN_JSON = 2, SHOWN = 3 };

struct column {
	const char *name;	/* heading, -o name; lower case: JSON key; NULL ends */
	uint32_t type;		/* enum cell_type */
	uint32_t shown;		/* SHOWN_... */
	size_t offset;		/* where it is in the row */
	const char *help;
};

struct table;

/*
 * table_open() - start a table on stdout
 * @columns: what -o picks from
 * @title: JSON key of the list of rows
 */
VMATLAS_CHECKED struct vmatlas_error *
table_open(const struct cli *cli, const struct column *columns, const char *title,
	   struct table **ret);

/* Add a row laid out as the columns' offsets say; failures surface in the end. */
void table_row(struct table *t, const void *row);

/* What follows belongs under @name; in text a line says so, with -n none does. */
void table_section(struct table *t, const char *name);

/* Print what is left and free @t. */
VMATLAS_CHECKED struct vmatlas_error *table_close(struct table *t);

/* Do all names of -o exist? Without a kernel: so that typing errors show first. */
VMATLAS_CHECKED struct vmatlas_error *
columns_check(const struct cli *cli, const struct column *columns);

void columns_help(const struct column *columns);

/* ---- json.c: one document, streamed element by element ------------------- */

/*
 * Begins with {"vmatlas": {"schema": 1, ...}; further members follow one by one.
 * Elements are consumed. A failure sticks until json_end().
 */
void json_begin(const struct cli *cli);
void json_member(const char *key, json_t *value);
void json_list(const char *key);
void json_element(json_t *value);
void json_list_end(void);
VMATLAS_CHECKED struct vmatlas_error *json_end(void);

/* Text of any bytes: what is not UTF-8 comes escaped. NULL and "" become null. */
json_t *json_text(const char *text);
json_t *json_hex(uint64_t value);
json_t *json_address(uint64_t addr);	/* 0: null */
json_t *json_number(uint64_t value);

/* Members "start" and "end" of @object; null if the range is empty. */
void json_set_range(json_t *object, struct vmatlas_range range);
void json_set_start(json_t *object, struct vmatlas_range range);
void json_set_end(json_t *object, struct vmatlas_range range);

void json_findings(const struct cli *cli);
void json_coverage(const struct cli *cli);
void json_summary(const struct verdict *v);

#endif
