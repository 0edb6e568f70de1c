/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What owns a physical address. */
#ifndef CLI_PHYS_ADDR_H
#define CLI_PHYS_ADDR_H

#include "cli/cli.h"
#include "render/table.h"

/*
 * Is @addr meant as a physical one? With --physical they all are; else what lies below
 * every region that the kernel declares.
 */
bool physical_is_meant(const struct cli *cli, uint64_t addr);

/* Members of the object at hand, and lines. @whole: with the areas and aliases of it. */
VMATLAS_CHECKED struct vmatlas_error *
physical_emit(const struct cli *cli, uint64_t phys, bool whole);

#endif
