/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inclusive ranges: no sum can wrap unnoticed, and the top byte has an address. */
#ifndef BASE_RANGE_H
#define BASE_RANGE_H

#include <stdbool.h>
#include <vmatlas.h>

static inline bool range_valid(struct vmatlas_range r)
{
	return r.first <= r.last;
}

static inline bool range_overlaps(struct vmatlas_range a, struct vmatlas_range b)
{
	return a.first <= b.last && b.first <= a.last;
}

static inline bool range_holds(struct vmatlas_range outer, struct vmatlas_range inner)
{
	return outer.first <= inner.first && inner.last <= outer.last;
}

static inline bool range_has(struct vmatlas_range r, uint64_t addr)
{
	return r.first <= addr && addr <= r.last;
}

/* The kernel stores start and size, or start and end; both may be garbage. */
static inline bool range_from_size(uint64_t first, uint64_t size,
				   struct vmatlas_range *ret)
{
	if (size == 0 || first + (size - 1) < first)
		return false;
	*ret = (struct vmatlas_range){ first, first + (size - 1) };
	return true;
}

/* From an exclusive end, where 0 stands for the top of the address space. */
static inline bool range_from_end(uint64_t first, uint64_t end, struct vmatlas_range *ret)
{
	if (end - 1 < first)
		return false;
	*ret = (struct vmatlas_range){ first, end - 1 };
	return true;
}

#endif
