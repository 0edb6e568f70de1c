/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NUMA: on which nodes the pages of an area are. */
#ifndef KERNEL_MM_PAGE_NUMA_H
#define KERNEL_MM_PAGE_NUMA_H

#include "kernel/kernel.h"

struct pagenodes;

extern const struct vmatlas_lookup pagenodes_needs[];
extern const size_t nr_pagenodes_needs;

/* *ret is NULL on a kernel without NUMA. */
VMATLAS_CHECKED struct vmatlas_error *
pagenodes_open(struct kernel *k, struct pagenodes **ret);
void pagenodes_free(struct pagenodes *p);
DEFINE_FREEP(pagenodes, pagenodes_free)

/* Pages of @area by node, good until the next call; FAULT or CORRUPT as below. */
VMATLAS_CHECKED struct vmatlas_error *
pagenodes_count(struct pagenodes *p, const struct vmatlas_area *area,
		const uint64_t **ret, unsigned int *ret_nr);

/*
 * Append " N0=12 N1=4" for the pages of @area, as show_numa_info() does; nothing
 * and FAULT or CORRUPT if they cannot be told.
 */
VMATLAS_CHECKED struct vmatlas_error *
pagenodes_print(struct pagenodes *p, const struct vmatlas_area *area, struct str *out);

#endif
