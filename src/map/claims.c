/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers of claims: added in any order, sorted once, then only read. */
#include <string.h>

#include "base/compare.h"
#include "map/vmatlas_internal.h"
#include "base/range.h"

static struct vmatlas_error *copy_texts(struct vmatlas *atlas, struct vmatlas_claim *c)
{
	c->name = strings_add(atlas->strings, c->name);
	c->source = strings_add(atlas->strings, c->source);
	if (c->record_type)
		c->record_type = strings_add(atlas->strings, c->record_type);
	return c->name && c->source ? NULL : error_no_memory();
}

/* Claims on record that no list of vmalloc's made. */
static struct vmatlas_error *add_recorded(struct vmatlas *atlas,
					  const struct vmatlas_claim *claim)
{
	struct area *a = vec_push(&atlas->records->areas);

	if (!a)
		return error_no_memory();
	a->state = AREA_ELSEWHERE;
	a->order = (uint32_t)(atlas->records->areas.nr - 1);
	a->claim = *claim;
	a->claim.size = sizeof(a->claim);
	a->claim.flags |= VMATLAS_CLAIM_PRIMARY;
	return copy_texts(atlas, &a->claim);
}

struct vmatlas_error *atlas_add_claim(struct vmatlas *atlas, const struct vmatlas_claim *claim)
{
	struct claim *c;

	if (atlas->sealed || claim->layer < 1 || claim->layer > NR_LAYERS)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the map takes no such claim");
	if (claim->layer == VMATLAS_LAYER_RECORDED)
		return add_recorded(atlas, claim);
	c = vec_push(&atlas->layers[claim->layer - 1]);
	if (!c)
		return error_no_memory();
	c->pub = *claim;
	c->pub.size = sizeof(c->pub);
	c->order = atlas->layers[claim->layer - 1].nr;
	return copy_texts(atlas, &c->pub);
}

/* By address; of two that start together the larger, outer one first. */
static int compare_ranges(const struct vmatlas_range *a, const struct vmatlas_range *b)
{
	return compare_u64(a->first, b->first) ?: compare_u64(b->last, a->last);
}

static int claims_compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	const int way = compare_ranges(&x->pub.range, &y->pub.range);

	return way ?: compare_u64(x->order, y->order);
}

static bool same_region(const struct claim *a, const struct claim *b)
{
	return a->pub.kind == b->pub.kind && !strcmp(a->pub.name, b->pub.name);
}

/* Whole ranges before half ones, sources before guesses, then order of trust. */
static uint32_t claims_rank(const struct claim *c)
{
	const uint32_t half = VMATLAS_CLAIM_START_ONLY | VMATLAS_CLAIM_END_ONLY;

	return (c->pub.flags & half ? 2u << 30 : 0) +
	       (c->pub.flags & VMATLAS_CLAIM_DEFAULT ? 1u << 30 : 0) + c->order;
}

/* Regions are dozens: comparing each with each is nothing. */
static void choose_primaries(struct vmatlas *atlas)
{
	struct claim *v = atlas->layers[VMATLAS_LAYER_DECLARED - 1].v;
	const size_t nr = atlas->layers[VMATLAS_LAYER_DECLARED - 1].nr;

	for (size_t i = 0; i < nr; i++) {
		bool best = !(v[i].pub.flags & (VMATLAS_CLAIM_START_ONLY |
						VMATLAS_CLAIM_END_ONLY));

		for (size_t j = 0; j < nr && best; j++)
			best = j == i || !same_region(&v[i], &v[j]) ||
			       claims_rank(&v[i]) < claims_rank(&v[j]);
		if (best)
			v[i].pub.flags |= VMATLAS_CLAIM_PRIMARY;
	}
}

/* ---- The recorded layer ---- */

static int compare_areas(const struct area *x, const struct area *y)
{
	const int way = compare_ranges(&x->claim.range, &y->claim.range);

	return way ?: compare_u64(x->order, y->order);
}

static int compare_indices(const void *a, const void *b, void *areas)
{
	const struct area *v = areas;

	return compare_areas(&v[*(const uint32_t *)a], &v[*(const uint32_t *)b]);
}

/* Each area to its place, round by round of those that change places. */
static void move_areas(struct area *v, uint32_t *from, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct area first = v[i];
		size_t hole = i;

		while (from[hole] != i) {
			const size_t next = from[hole];

			v[hole] = v[next];
			from[hole] = (uint32_t)hole;
			hole = next;
		}
		v[hole] = first;
		from[hole] = (uint32_t)hole;
	}
}

/*
 * Lists of busy areas are sorted, but there are lists of others, too, and since 6.9
 * dozens of nodes. Indices are sorted, as a million areas are large.
 */
static struct vmatlas_error *sort_areas(struct area *v, size_t nr)
{
	_cleanup_(freep) uint32_t *from = NULL;
	size_t i = 1;

	while (i < nr && compare_areas(&v[i - 1], &v[i]) <= 0)
		i++;
	if (i >= nr)
		return NULL;
	from = calloc(nr, sizeof(*from));
	if (!from)
		return error_no_memory();
	for (i = 0; i < nr; i++)
		from[i] = (uint32_t)i;
	qsort_r(from, nr, sizeof(*from), compare_indices, v);
	move_areas(v, from, nr);
	return NULL;
}

static struct vmatlas_error *seal_areas(struct kernel_records *b)
{
	struct vmatlas_error *err = sort_areas(b->areas.v, b->areas.nr);

	for (size_t i = 0; i < b->areas.nr; i++)
		if (b->areas.v[i].state != AREA_ELSEWHERE)
			b->areas.v[i].claim.area = &b->areas.v[i].rec;
	return err;
}

struct vmatlas_error *atlas_seal(struct vmatlas *atlas)
{
	for (size_t i = 0; i < NR_LAYERS; i++)
		if (atlas->layers[i].nr)
			qsort(atlas->layers[i].v, atlas->layers[i].nr,
			      sizeof(struct claim), claims_compare);
	choose_primaries(atlas);
	atlas->sealed = true;
	return seal_areas(atlas->records);
}

/* ---- Looking claims up ---- */

static size_t nr_claims(const struct vmatlas *atlas, uint32_t layer)
{
	if (layer < 1 || layer > NR_LAYERS)
		return 0;
	return layer == VMATLAS_LAYER_RECORDED ? atlas->records->areas.nr
					       : atlas->layers[layer - 1].nr;
}

static const struct vmatlas_claim *claims_claim_number(const struct vmatlas *atlas,
						       uint32_t layer, size_t i)
{
	return layer == VMATLAS_LAYER_RECORDED ? &atlas->records->areas.v[i].claim
					       : &atlas->layers[layer - 1].v[i].pub;
}

static size_t number_of(const struct vmatlas *atlas, uint32_t layer,
			const struct vmatlas_claim *c)
{
	if (layer == VMATLAS_LAYER_RECORDED)
		return (size_t)(container_of(c, struct area, claim) - atlas->records->areas.v);
	return (size_t)(container_of(c, struct claim, pub) - atlas->layers[layer - 1].v);
}

const struct vmatlas_claim *vmatlas_claim_next(const struct vmatlas *atlas,
					       enum vmatlas_layer layer,
					       const struct vmatlas_claim *prev)
{
	const size_t nr = nr_claims(atlas, layer);
	const size_t i = nr && prev ? number_of(atlas, layer, prev) + 1 : 0;

	return i < nr ? claims_claim_number(atlas, layer, i) : NULL;
}

/*
 * Regions are few and nest: looked at one by one. Areas are many and do not
 * nest on a healthy kernel: the last one that starts at or below @addr, and,
 * where areas overlap, those before it that reach this far.
 */
static size_t claims_first_above(const struct vmatlas *atlas, uint32_t layer,
				 uint64_t addr)
{
	size_t low = 0, high = nr_claims(atlas, layer);

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (claims_claim_number(atlas, layer, mid)->range.first <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vmatlas_claim *vmatlas_claim_at(const struct vmatlas *atlas,
					     enum vmatlas_layer layer,
					     uint64_t addr)
{
	const struct vmatlas_claim *c, *best = NULL;
	size_t i = claims_first_above(atlas, layer, addr);

	for (size_t back = 0; i-- > 0 && back < 4096; back++) {
		c = claims_claim_number(atlas, layer, i);
		if (!(c->flags & VMATLAS_CLAIM_PRIMARY) || !range_has(c->range, addr))
			continue;
		if (!best || vmatlas_range_size(&c->range) < vmatlas_range_size(&best->range))
			best = c;
		if (layer != VMATLAS_LAYER_DECLARED)
			break;
	}
	return best;
}

const struct vmatlas_claim *atlas_region(const struct vmatlas *atlas, uint32_t kind)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == kind && c->flags & VMATLAS_CLAIM_PRIMARY)
			return c;
	return NULL;
}
