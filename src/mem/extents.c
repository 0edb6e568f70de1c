/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which parts of a rearranged file came from a flattened one that was cut off.
 * The rest of that file reads as zeros, and zeros must not pass for memory.
 */
#include <stdlib.h>

#include "base/compare.h"
#include "base/array.h"
#include "mem/mem_internal.h"

/* Far more than the pieces of any dump; a bound for a hostile file. */
enum { EXTENTS_MAX = 1 << 22, EXTENTS_RECENT = 4 };

struct extent {
	uint64_t offset, end;
};

struct extents {
	VEC(struct extent) list;
};

struct extents *extents_new(void)
{
	return calloc(1, sizeof(struct extents));
}

void extents_free(struct extents *x)
{
	if (!x)
		return;
	vec_done(&x->list);
	free(x);
}

/* Writers keep a few streams going (descriptors, pages): look at the last ones only. */
static bool append(struct extents *x, uint64_t offset, uint64_t end)
{
	const size_t nr = x->list.nr;

	for (size_t i = nr; i > 0 && i + EXTENTS_RECENT > nr; i--) {
		struct extent *e = &x->list.v[i - 1];

		if (e->end == offset) {
			e->end = end;
			return true;
		}
	}
	return false;
}

bool extents_add(struct extents *x, uint64_t offset, uint64_t len)
{
	struct extent *e;

	if (len == 0 || append(x, offset, offset + len))
		return true;
	if (x->list.nr >= EXTENTS_MAX)
		return false;
	e = vec_push(&x->list);
	if (e)
		*e = (struct extent){ offset, offset + len };
	return e != NULL;
}

void extents_seal(struct extents *x)
{
	size_t kept = 0;

	if (x->list.nr == 0)
		return;
	qsort(x->list.v, x->list.nr, sizeof(*x->list.v), compare_first_u64);
	for (size_t i = 1; i < x->list.nr; i++) {
		struct extent *last = &x->list.v[kept], *e = &x->list.v[i];

		if (e->offset <= last->end)
			last->end = MAX(last->end, e->end);
		else
			x->list.v[++kept] = *e;
	}
	x->list.nr = kept + 1;
}

bool extents_hold(const struct extents *x, uint64_t offset, uint64_t len)
{
	size_t first = 0, nr = x->list.nr;

	while (nr > 0) {	/* the first extent that ends behind @offset */
		const size_t half = nr / 2;

		if (x->list.v[first + half].end > offset) {
			nr = half;
		} else {
			first += half + 1;
			nr -= half + 1;
		}
	}
	return first < x->list.nr && x->list.v[first].offset <= offset &&
	       x->list.v[first].end - offset >= len;
}
