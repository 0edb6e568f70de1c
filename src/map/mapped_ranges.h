/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which parts of kernel space the page tables are asked about. */
#ifndef MAP_MAPPED_RANGES_H
#define MAP_MAPPED_RANGES_H

#include "map/vmatlas_internal.h"
#include "kernel/pgtable/walk.h"

/*
 * All runs of kernel space to @fn, by address; without @everything, none of those
 * regions that map all of memory once more: direct map, vmemmap, shadows.
 * FAULT if there are no page tables to walk.
 */
VMATLAS_CHECKED struct vmatlas_error *
mapped_walk(struct vmatlas *atlas, bool everything, mapping_fn *fn, void *arg,
	    struct mapping_stats *ret_stats);

#endif
