/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which parts of kernel space the page tables are asked about. */
#ifndef ATLAS_MAPPED_H
#define ATLAS_MAPPED_H

#include "atlas/atlas.h"
#include "kernel/mappings.h"

/*
 * All runs of kernel space to @fn, by address; without @everything, none of those
 * regions that map all of memory once more: direct map, vmemmap, shadows.
 * FAULT if there are no page tables to walk.
 */
VMATLAS_CHECKED struct vmatlas_error *
mapped_walk(struct vmatlas *atlas, bool everything, mapping_fn *fn, void *arg,
	    struct mapping_stats *ret_stats);

#endif
