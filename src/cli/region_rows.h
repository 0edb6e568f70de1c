/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declared regions as rows: one per name, with all its sources and what lies in it. */
#ifndef CLI_REGION_ROWS_H
#define CLI_REGION_ROWS_H

#include "cli/cli.h"
#include "render/table.h"

struct layout_row {
	const struct vmatlas_claim *claim;	/* NULL: a gap */
	struct vmatlas_range range;
	uint64_t size;
	uint64_t in_use, nr_areas;	/* CELL_NONE: nothing recorded lies here */
	uint32_t kind;
	unsigned int depth;		/* regions around this one */
	char *name;			/* indented by depth */
	char *sources;			/* one line each, the row's own first */
	uint64_t record;
	const char *record_type;
};

struct region_layout {
	VEC(struct layout_row) rows;
	VEC(const struct vmatlas_claim *) others;	/* claims that are no row */
	VEC(struct vmatlas_range) areas;		/* recorded, by address */
};

/* From bottom to top; with @gaps, a row for each hole between two regions. */
VMATLAS_CHECKED struct vmatlas_error *layout_read(const struct cli *cli, bool gaps,
						  struct region_layout *ret);
void layout_done(struct region_layout *l);

/* The map as a table on stdout; -o picks from these columns. */
extern const struct column layout_columns[];
VMATLAS_CHECKED struct vmatlas_error *layout_print(const struct cli *cli,
						   const struct region_layout *l);

#endif
