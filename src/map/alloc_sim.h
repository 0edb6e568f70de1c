/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An allocation of address space, simulated: what is asked, and where it would go. */
#ifndef MAP_ALLOC_SIM_H
#define MAP_ALLOC_SIM_H

#include "map/space_accounting.h"

struct alloc_request {
	uint64_t bytes;			/* guard page included */
	uint64_t align;			/* a power of two */
	uint64_t start, end;		/* as the allocator gets them, the end exclusive */
	uint64_t length;		/* that holes are sought by: bytes and room to align */
};

/* The lowest hole that the kernel finds, in its free tree or between areas; its area. */
bool alloc_search(const struct vmatlas *atlas, const struct alloc_request *r,
		struct vmatlas_range *ret);

/* The same once unpurged and pooled areas are given back. */
bool alloc_search_purged(const struct vmatlas *atlas, const struct alloc_request *r,
		       struct vmatlas_range *ret);

/* ---- alloc_request.c: what an allocator asks for ---- */

/* Alignment, guard page and length of a request; its range is the caller's to set. */
VMATLAS_CHECKED struct vmatlas_error *
alloc_request_make(const struct vmatlas *atlas, uint64_t bytes, uint64_t align, uint32_t flags,
		 struct alloc_request *ret);

/* A range that is tried, and the region that it belongs to. */
struct alloc_range {
	const struct vmatlas_claim *region;
	uint64_t start, end;
};

enum { ALLOC_RANGES = 3 };

/* Where it is tried, one after the other. */
VMATLAS_CHECKED struct vmatlas_error *
alloc_ranges(struct vmatlas *atlas, uint32_t flags, struct alloc_range ret[static ALLOC_RANGES],
	   size_t *ret_nr);

#endif
