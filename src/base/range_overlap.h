/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Overlaps among ranges that come sorted by first address, in one pass. */
#ifndef BASE_RANGE_OVERLAP_H
#define BASE_RANGE_OVERLAP_H

#include <stddef.h>

#include "base/range.h"

struct sweep {
	struct vmatlas_range range;	/* the one so far that reaches furthest */
	const void *what;		/* whose it is; NULL: none yet */
};

/*
 * The next range, that of @what: who came before and reaches into it, or NULL.
 *
 * Only the earlier range that reaches furthest needs comparing: it starts no
 * later than any range still to come, and ends no sooner than any other, so
 * whatever overlaps something behind us also overlaps it. n ranges cost n
 * steps and name at most n - 1 pairs, however broken the dump.
 */
static inline const void *sweep_next(struct sweep *s, struct vmatlas_range range,
				     const void *what)
{
	const void *under = s->what && range.first <= s->range.last ? s->what : NULL;

	if (!s->what || range.last > s->range.last)
		*s = (struct sweep){ range, what };
	return under;
}

#endif
