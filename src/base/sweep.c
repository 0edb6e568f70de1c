/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Overlaps in a sorted array, in one pass. */
#include "base/sweep.h"

/*
 * @r is sorted by first address.
 *
 * Only the earlier range that reaches furthest needs comparing: it starts no
 * later than any range still to come, and ends no sooner than any other, so
 * whatever overlaps something behind us also overlaps it. n ranges cost n
 * steps and at most n - 1 calls, however broken the dump.
 */
void sweep_overlaps(const struct vmatlas_range *r, size_t n,
		    void (*fn)(void *arg, size_t under, size_t over), void *arg)
{
	size_t reach = 0;

	for (size_t i = 1; i < n; i++) {
		if (r[i].first <= r[reach].last)
			fn(arg, reach, i);
		if (r[i].last > r[reach].last)
			reach = i;
	}
}
