/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded areas added up by caller, module or type. */
#ifndef CLI_AREA_TOTALS_H
#define CLI_AREA_TOTALS_H

#include "cli/cli.h"
#include "render/table.h"

struct total {
	const char *key;	/* owned by the atlas, or a constant */
	uint64_t nr_areas;
	uint64_t size;		/* bytes of address space */
	uint64_t nr_pages;
	uint64_t ram;		/* bytes of the pages */
};

struct totals {
	VEC(struct total) v;
};

extern const struct column total_columns[];

/* Is @key a way to group areas? "caller", "module", "type". */
bool totals_has_key(const char *key);

/* The largest first. */
VMATLAS_CHECKED struct vmatlas_error *
totals_read(const struct cli *cli, const char *key, struct totals *ret);
void totals_done(struct totals *t);

/* The first @max as a table on stdout; the rest as one row. */
VMATLAS_CHECKED struct vmatlas_error *
totals_print(const struct cli *cli, const struct totals *t, size_t max);

#endif
