/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For qsort() and bsearch(): -1, 0 or 1. */
#ifndef BASE_COMPARE_H
#define BASE_COMPARE_H

#include <stdint.h>

static inline int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Elements that begin with a uint64_t, by it: struct vmatlas_range by its first address. */
static inline int compare_first_u64(const void *a, const void *b)
{
	return compare_u64(*(const uint64_t *)a, *(const uint64_t *)b);
}

#endif
