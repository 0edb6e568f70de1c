/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * find_vmap_lowest_match() of mm/vmalloc.c (5.2 to 7.2), on what was read of the tree it
 * goes down. It trusts subtree_max_size: so do we, and overlook what it overlooks.
 */
#include "map/alloc_sim.h"
#include "base/range.h"
#include "kernel/vmalloc/free_area_tree.h"

/* is_within_this_va(), and the address. */
static bool within(struct vmatlas_range hole, const struct alloc_request *r, uint64_t start,
		   uint64_t *ret)
{
	const uint64_t from = MAX(hole.first, start), at = align_up(from, r->align);

	*ret = at;
	return at >= from && at <= hole.last && r->bytes - 1 <= hole.last - at;
}

static uint64_t max_of(const struct vmap_area_tree *t, uint32_t node)
{
	return node ? t->v.v[node - 1].subtree_max : 0;
}

/* Up to the first that fits, or that has a right subtree where one may lie above @start. */
static uint32_t roll_back(const struct vmap_area_tree *t, uint32_t node,
			  const struct alloc_request *r, uint64_t *start, bool *ret_found)
{
	uint64_t at;

	while ((node = t->v.v[node - 1].parent)) {
		const struct tree_area *a = &t->v.v[node - 1];

		*ret_found = within(a->range, r, *start, &at);
		if (*ret_found)
			return node;
		if (max_of(t, a->right) >= r->length && *start <= a->range.first) {
			*start = a->range.first + 1;
			return a->right;
		}
	}
	return 0;
}

static bool lowest_match(const struct vmap_area_tree *t, const struct alloc_request *r,
			 uint64_t *ret)
{
	size_t steps = 128 * (t->v.nr + 1);	/* sizes that are wrong may lead astray */
	uint64_t start = r->start;
	uint32_t node = t->top;
	bool found = false;

	while (node && steps--) {
		const struct tree_area *a = &t->v.v[node - 1];

		if (max_of(t, a->left) >= r->length && start < a->range.first) {
			node = a->left;
			continue;
		}
		if (within(a->range, r, start, ret))
			return true;
		if (max_of(t, a->right) >= r->length) {
			node = a->right;
			continue;
		}
		node = roll_back(t, node, r, &start, &found);
		if (found)
			return within(t->v.v[node - 1].range, r, start, ret);
	}
	return false;
}

/* ---- Where there is no tree ---- */

struct scan {
	const struct alloc_request *r;
	struct vmatlas_range run;	/* of pieces that are free side by side */
	bool purged, found;
	uint64_t at;
};

static bool alloc_search_is_free(const struct scan *s, const struct va_extent *p)
{
	return p->what == VA_FREE ||
	       (s->purged && (p->what == VA_UNPURGED || p->what == VA_POOLED));
}

static void scan_piece(void *arg, const struct va_extent *p)
{
	struct scan *s = arg;

	if (s->found || p->twice || !alloc_search_is_free(s, p))
		return;
	if (range_valid(s->run) && s->run.last + 1 == p->range.first)
		s->run.last = p->range.last;
	else
		s->run = p->range;
	s->found = within(s->run, s->r, s->r->start, &s->at);
}

static bool alloc_search_scan(const struct vmatlas *atlas, const struct alloc_request *r,
			      bool purged, uint64_t *ret)
{
	struct scan s = { .r = r, .run = { 1, 0 }, .purged = purged };

	va_extent_walk(atlas, (struct vmatlas_range){ r->start, r->end - 1 }, scan_piece, &s);
	*ret = s.at;
	return s.found;
}

/* The allocator looks at the end of its range only after it has chosen the hole. */
static bool in_range(const struct alloc_request *r, uint64_t at, struct vmatlas_range *ret)
{
	*ret = (struct vmatlas_range){ at, at + r->bytes - 1 };
	return at >= r->start && at < r->end && r->bytes <= r->end - at;
}

bool alloc_search(const struct vmatlas *atlas, const struct alloc_request *r,
		struct vmatlas_range *ret)
{
	const struct free_records *f = atlas->records->free;
	uint64_t at;

	if (f && f->state == FREE_IN_TREE)
		return lowest_match(&f->tree, r, &at) && in_range(r, at, ret);
	return alloc_search_scan(atlas, r, false, &at) && in_range(r, at, ret);
}

bool alloc_search_purged(const struct vmatlas *atlas, const struct alloc_request *r,
		       struct vmatlas_range *ret)
{
	uint64_t at;

	return alloc_search_scan(atlas, r, true, &at) && in_range(r, at, ret);
}
