/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded areas as a table, one a row. */
#ifndef CLI_AREA_TABLE_H
#define CLI_AREA_TABLE_H

#include "cli/cli.h"
#include "render/table.h"

extern const struct column area_columns[];

/* By address; only the @top largest (SIZE_MAX: all). */
VMATLAS_CHECKED struct vmatlas_error *areas_print(const struct cli *cli, size_t top);

#endif
