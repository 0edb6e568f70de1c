/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where would it go? The answer, with what lies around it. */
#include <inttypes.h>

#include "map/alloc_sim.h"
#include "base/range.h"
#include "kernel/vmalloc/free_area_tree.h"

static const struct vmatlas_claim *area_at(const struct vmatlas *atlas, uint64_t addr)
{
	return vmatlas_claim_at(atlas, VMATLAS_LAYER_RECORDED, addr);
}

struct neighbours {
	struct vmatlas_range of;
	const struct vmatlas_claim *below, *above;
};

static void alloc_sim_look(void *arg, const struct va_extent *p)
{
	struct neighbours *n = arg;

	if (!p->area)
		return;
	if (p->range.last < n->of.first)
		n->below = p->area;
	else if (p->range.first > n->of.last && !n->above)
		n->above = p->area;
}

static void alloc_sim_find_neighbours(const struct vmatlas *atlas,
				      struct vmatlas_range of,
				      struct vmatlas_alloc_sim *f)
{
	struct neighbours n = { .of = of };

	if (!range_valid(of))
		return;
	f->prev = of.first ? area_at(atlas, of.first - 1) : NULL;
	f->next = area_at(atlas, of.last + 1);
	if (f->prev && f->next)
		return;
	va_extent_walk(atlas, f->region->range, alloc_sim_look, &n);
	f->prev = f->prev ? f->prev : n.below;
	f->next = f->next ? f->next : n.above;
}

static void alloc_sim_keep_larger(struct vmatlas_range *best, struct vmatlas_range r)
{
	if (!range_valid(*best) || vmatlas_range_size(&r) > vmatlas_range_size(best))
		*best = r;
}

struct largest {
	struct vmatlas_alloc_sim *f;
	struct vmatlas_range run, purged;
};

static void alloc_sim_join(struct vmatlas_range *run, const struct va_extent *p,
			   struct vmatlas_range *best)
{
	if (range_valid(*run) && run->last + 1 == p->range.first)
		run->last = p->range.last;
	else
		*run = p->range;
	alloc_sim_keep_larger(best, *run);
}

static void alloc_sim_measure(void *arg, const struct va_extent *p)
{
	struct largest *l = arg;

	if (p->twice)
		return;
	if (p->what == VA_FREE)
		alloc_sim_join(&l->run, p, &l->f->largest);
	if (p->what == VA_FREE || p->what == VA_UNPURGED || p->what == VA_POOLED)
		alloc_sim_join(&l->purged, p, &l->f->largest_purged);
}

/*
 * Since 6.9 an area of vmalloc space, if it is small, may come from the pool of the node
 * whose turn it is by CPU (mm/vmalloc.c: node_pool_del_va): the first of its size.
 */
static struct vmatlas_error *look_into_pools(struct vmatlas *atlas, const struct alloc_request *r,
					     struct vmatlas_alloc_sim *f)
{
	const struct free_records *b = atlas->records->free;
	struct space_accounts *l = atlas->space_accounts;
	uint32_t node = UINT32_MAX;

	l->offers.nr = 0;
	for (size_t i = 0; i < b->pooled.nr; i++) {
		const struct pooled *p = &b->pooled.v[i];
		struct vmatlas_range *slot;

		if (p->node == node || vmatlas_range_size(&p->range) != r->bytes)
			continue;
		node = p->node;		/* only the first of each is looked at */
		if (p->range.first & (r->align - 1))
			continue;
		slot = vec_push(&l->offers);
		if (!slot)
			return error_no_memory();
		*slot = p->range;
	}
	f->pooled = l->offers.v;
	f->nr_pooled = l->offers.nr;
	return NULL;
}

static void try_range(const struct vmatlas *atlas, struct alloc_request *r,
		      const struct alloc_range *in, struct vmatlas_alloc_sim *f)
{
	struct largest l = { .f = f, .run = { 1, 0 }, .purged = { 1, 0 } };

	r->start = in->start;
	r->end = in->end;
	f->region = in->region;
	f->where = f->largest = f->largest_purged = (struct vmatlas_range){ 1, 0 };
	f->state = VMATLAS_ALLOC_NO_ROOM;
	if (alloc_search(atlas, r, &f->where))
		f->state = VMATLAS_ALLOC_FITS;
	else if (alloc_search_purged(atlas, r, &f->where))
		f->state = VMATLAS_ALLOC_AFTER_PURGE;
	else
		f->where = (struct vmatlas_range){ 1, 0 };
	va_extent_walk(atlas, (struct vmatlas_range){ in->start, in->end - 1 },
		       alloc_sim_measure, &l);
}

struct vmatlas_error *vmatlas_simulate_alloc(struct vmatlas *atlas, uint64_t bytes, uint64_t align,
					uint32_t flags, struct vmatlas_alloc_sim *ret)
{
	struct vmatlas_alloc_sim f = { .size = sizeof(f) };
	struct alloc_range range[ALLOC_RANGES];
	struct alloc_request r;
	struct vmatlas_error *err;
	size_t nr;

	if (!atlas->space_accounts || !atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "free space was not surveyed");
	err = alloc_request_make(atlas, bytes, align, flags, &r);
	if (!err)
		err = alloc_ranges(atlas, flags, range, &nr);
	if (err)
		return err;
	f.bytes = r.bytes;
	f.align = r.align;
	/* a purge is tried before the next range is */
	for (size_t i = 0; i < nr && f.state <= VMATLAS_ALLOC_NO_ROOM; i++)
		try_range(atlas, &r, &range[i], &f);
	alloc_sim_find_neighbours(
		atlas, f.state > VMATLAS_ALLOC_NO_ROOM ? f.where : f.largest, &f);
	if (!(flags & VMATLAS_ALLOC_MODULE))
		err = look_into_pools(atlas, &r, &f);
	return err ? err : api_give(ret, ret->size, &f, f.size);
}
