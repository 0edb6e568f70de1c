/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What owns a physical address, as text and as JSON. */
#ifndef CLI_PHYS_ADDR_H
#define CLI_PHYS_ADDR_H

#include "cli/table.h"

/*
 * Is @addr meant as a physical one? With --physical they all are; else what lies below
 * every region that the kernel declares.
 */
bool physical_is_meant(const struct cli *cli, uint64_t addr);

/* Lines "resource", "frame" and, if @whole, "area", "alias": under a line of their own. */
VMATLAS_CHECKED struct vmatlas_error *
physical_print(const struct cli *cli, uint64_t phys, bool whole);

/* Members "resources" and "frame" of @o and, if @whole, "areas", "alias", "image". */
VMATLAS_CHECKED struct vmatlas_error *
physical_json(const struct cli *cli, uint64_t phys, bool whole, json_t *o);

#endif
