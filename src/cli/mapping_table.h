/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the page tables map, as a table: the kernel's ptdump, from a dump. */
#ifndef CLI_MAPPING_TABLE_H
#define CLI_MAPPING_TABLE_H

#include "cli/cli.h"
#include "render/table.h"

/* What -o picks from. */
extern const struct column mapping_columns[];

/* By region, on stdout. */
VMATLAS_CHECKED struct vmatlas_error *mappings_print(const struct cli *cli);

#endif
