/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spaces of the ledger: which there are, and their sums. */
#include <string.h>

#include "base/compare.h"
#include "map/space_accounting.h"
#include "base/range.h"
#include "kernel/vmalloc/free_area_tree.h"

/* ---- Sums ---- */

struct space_sums {
	struct space_usage *s;
	struct vmatlas_range run;	/* of what purging would join; first > last: none */
	bool failed;
};

static void space_keep_larger(struct vmatlas_range *best, struct vmatlas_range r)
{
	if (!range_valid(*best) || vmatlas_range_size(&r) > vmatlas_range_size(best))
		*best = r;
}

static void space_add_hole(struct space_sums *sums, struct vmatlas_range r)
{
	struct space_usage *s = sums->s;
	struct vmatlas_range *slot = s->holes.nr ? &s->holes.v[s->holes.nr - 1] : NULL;

	if (slot && slot->last + 1 == r.first) {
		slot->last = r.last;
		return;
	}
	slot = vec_push(&s->holes);
	sums->failed |= !slot;
	if (slot)
		*slot = r;
}

static void add_share(struct space_sums *sums, const struct va_extent *p)
{
	struct space_usage *s = sums->s;
	struct vmatlas_usage_by_kind *share = NULL;

	for (size_t i = 0; i < s->shares.nr && !share; i++)
		if (s->shares.v[i].kind == p->area->kind)
			share = &s->shares.v[i];
	if (!share)
		share = vec_push(&s->shares);
	sums->failed |= !share;
	if (!share)
		return;
	share->kind = p->area->kind;
	share->nr_areas++;
	share->bytes += vmatlas_range_size(&p->range);
}

/* Purging gives unpurged and pooled areas back, and joins what lies side by side. */
static void space_add_run(struct space_sums *sums, const struct va_extent *p)
{
	const bool joins = p->what == VA_FREE || p->what == VA_UNPURGED ||
			   p->what == VA_POOLED;

	if (!joins)
		return;
	if (range_valid(sums->run) && sums->run.last + 1 == p->range.first)
		sums->run.last = p->range.last;
	else
		sums->run = p->range;
	space_keep_larger(&sums->s->pub.largest_purged, sums->run);
}

static void space_add_piece(void *arg, const struct va_extent *p)
{
	struct space_sums *sums = arg;
	struct vmatlas_usage *pub = &sums->s->pub;
	uint64_t *const column[NR_VA_USES] = {
		[VA_BUSY] = &pub->busy, [VA_GUARD] = &pub->guard,
		[VA_IMAGE] = &pub->image, [VA_UNPURGED] = &pub->unpurged,
		[VA_POOLED] = &pub->pooled, [VA_FREE] = &pub->free,
		[VA_LOST] = &pub->lost,
	};

	if (p->twice) {
		sums->s->twice += vmatlas_range_size(&p->range);
		return;
	}
	*column[p->what] += vmatlas_range_size(&p->range);
	pub->nr_areas += p->what == VA_BUSY || p->what == VA_IMAGE;
	space_add_run(sums, p);
	if (p->what == VA_FREE)
		space_add_hole(sums, p->range);
	if (p->what == VA_BUSY)
		add_share(sums, p);
}

static void count_holes(struct space_usage *s)
{
	for (size_t i = 0; i < s->holes.nr; i++) {
		const uint64_t bytes = vmatlas_range_size(&s->holes.v[i]);
		const int order = 63 - __builtin_clzll(bytes | 1);

		s->holes_by_order[order]++;
		s->bytes_by_order[order] += bytes;
		space_keep_larger(&s->pub.largest, s->holes.v[i]);
	}
	s->pub.nr_holes = s->holes.nr;
}

static int space_by_bytes(const void *a, const void *b)
{
	const struct vmatlas_usage_by_kind *x = a, *y = b;

	return compare_u64(y->bytes, x->bytes) ?: compare_u64(x->kind, y->kind);
}

static struct vmatlas_error *add_up(const struct vmatlas *atlas, struct space_usage *s)
{
	struct space_sums sums = { .s = s, .run = { 1, 0 } };

	va_extent_walk(atlas, s->pub.range, space_add_piece, &sums);
	if (sums.failed)
		return error_no_memory();
	count_holes(s);
	if (s->shares.nr)
		qsort(s->shares.v, s->shares.nr, sizeof(*s->shares.v), space_by_bytes);
	s->pub.by_kind = s->shares.v;
	s->pub.nr_kinds = s->shares.nr;
	s->pub.holes_by_order = s->holes_by_order;
	s->pub.bytes_by_order = s->bytes_by_order;
	return NULL;
}

/* ---- Spaces ---- */

static bool is_space(const struct vmatlas_claim *c)
{
	if (!(c->flags & VMATLAS_CLAIM_PRIMARY))
		return false;
	return c->kind == VMATLAS_KIND_VMALLOC_SPACE || c->kind == VMATLAS_KIND_MODULE_SPACE ||
	       c->kind == VMATLAS_KIND_MODULE_WINDOW;
}

/* i386 has its modules in vmalloc space; a window lies in what it lies in. */
static bool space_is_nested(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	if (c->kind == VMATLAS_KIND_MODULE_WINDOW)
		return true;
	vmatlas_for_each_claim(o, atlas, VMATLAS_LAYER_DECLARED)
		if (o != c && is_space(o) && o->kind != VMATLAS_KIND_MODULE_WINDOW &&
		    range_holds(o->range, c->range) &&
		    vmatlas_range_size(&o->range) > vmatlas_range_size(&c->range))
			return true;
	return false;
}

/* Windows mostly repeat a region, or each other. */
static bool space_is_known(const struct space_accounts *l, const struct vmatlas_claim *c)
{
	for (size_t i = 0; i < l->spaces.nr; i++)
		if (range_holds(l->spaces.v[i]->pub.range, c->range) &&
		    range_holds(c->range, l->spaces.v[i]->pub.range))
			return true;
	return false;
}

static struct vmatlas_error *add_space(struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	struct space_usage **slot = vec_push(&atlas->space_accounts->spaces);
	struct space_usage *s = slot ? calloc(1, sizeof(*s)) : NULL;

	if (!slot)
		return error_no_memory();
	*slot = s;
	if (!s)
		return error_no_memory();
	s->pub = (struct vmatlas_usage){
		.size = sizeof(s->pub), .region = c, .range = c->range,
		.largest = { 1, 0 }, .largest_purged = { 1, 0 },
	};
	if (space_is_nested(atlas, c))
		s->pub.flags |= VMATLAS_USAGE_NESTED;
	if (atlas->records->free->state == FREE_IN_TREE)
		s->pub.flags |= VMATLAS_USAGE_TREE;
	return add_up(atlas, s);
}

static struct vmatlas_error *sort_pooled(struct vmatlas *atlas)
{
	const struct free_records *f = atlas->records->free;
	struct space_accounts *l = atlas->space_accounts;

	for (size_t i = 0; i < f->pooled.nr; i++) {
		struct pooled *slot = vec_push(&l->pooled);

		if (!slot)
			return error_no_memory();
		*slot = f->pooled.v[i];
	}
	if (l->pooled.nr)
		qsort(l->pooled.v, l->pooled.nr, sizeof(*l->pooled.v), compare_first_u64);
	return NULL;
}

struct vmatlas_error *space_account(struct vmatlas *atlas)
{
	struct vmatlas_error *err;

	atlas->space_accounts = calloc(1, sizeof(*atlas->space_accounts));
	if (!atlas->space_accounts)
		return error_no_memory();
	err = sort_pooled(atlas);
	for (int nested = 0; nested < 2; nested++)
		vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
			if (!err && is_space(c) && space_is_nested(atlas, c) == nested &&
			    !space_is_known(atlas->space_accounts, c))
				err = add_space(atlas, c);
	return err;
}

void space_accounts_free(struct space_accounts *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->spaces.nr; i++) {
		if (!l->spaces.v[i])
			continue;
		vec_done(&l->spaces.v[i]->holes);
		vec_done(&l->spaces.v[i]->shares);
		free(l->spaces.v[i]);
	}
	vec_done(&l->spaces);
	vec_done(&l->pooled);
	vec_done(&l->offers);
	free(l);
}

const struct space_usage *space_usage(const struct vmatlas *atlas, uint32_t kind)
{
	const struct space_accounts *l = atlas->space_accounts;

	for (size_t i = 0; l && i < l->spaces.nr; i++)
		if (l->spaces.v[i]->pub.region->kind == kind)
			return l->spaces.v[i];
	return NULL;
}

/* ---- The public walk ---- */

const struct vmatlas_usage *vmatlas_usage_next(const struct vmatlas *atlas,
					       const struct vmatlas_usage *prev)
{
	const struct space_accounts *l = atlas->space_accounts;
	size_t i = 0;

	while (l && prev && i < l->spaces.nr && &l->spaces.v[i]->pub != prev)
		i++;
	i += prev != NULL;
	return l && i < l->spaces.nr ? &l->spaces.v[i]->pub : NULL;
}

const struct vmatlas_range *vmatlas_free_range_next(const struct vmatlas_usage *space,
					      const struct vmatlas_range *prev)
{
	const struct space_usage *s = container_of(space, const struct space_usage, pub);
	const size_t i = prev ? (size_t)(prev - s->holes.v) + 1 : 0;

	return i < s->holes.nr ? &s->holes.v[i] : NULL;
}
