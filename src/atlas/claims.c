/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers of claims: added in any order, sorted once, then only read. */
#include <string.h>

#include "atlas/atlas.h"
#include "base/range.h"

static struct vmatlas_error *copy_texts(struct vmatlas *atlas, struct vmatlas_claim *c)
{
	c->name = strings_add(atlas->strings, c->name);
	c->source = strings_add(atlas->strings, c->source);
	if (c->record_type)
		c->record_type = strings_add(atlas->strings, c->record_type);
	return c->name && c->source ? NULL : error_no_memory();
}

struct vmatlas_error *atlas_add_claim(struct vmatlas *atlas, const struct vmatlas_claim *claim)
{
	struct claim *c;

	if (atlas->sealed || claim->layer < 1 || claim->layer > NR_LAYERS)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the map takes no such claim");
	c = vec_push(&atlas->layers[claim->layer - 1]);
	if (!c)
		return error_no_memory();
	c->pub = *claim;
	c->pub.size = sizeof(c->pub);
	c->order = atlas->layers[claim->layer - 1].nr;
	return copy_texts(atlas, &c->pub);
}

/* By address; of two that start together the larger, outer one first. */
static int compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->pub.range.first != y->pub.range.first)
		return x->pub.range.first < y->pub.range.first ? -1 : 1;
	if (x->pub.range.last != y->pub.range.last)
		return x->pub.range.last > y->pub.range.last ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool same_region(const struct claim *a, const struct claim *b)
{
	return a->pub.kind == b->pub.kind && !strcmp(a->pub.name, b->pub.name);
}

/* Whole ranges before half ones, sources before guesses, then order of trust. */
static uint32_t rank(const struct claim *c)
{
	const uint32_t half = VMATLAS_CLAIM_START_ONLY | VMATLAS_CLAIM_END_ONLY;

	return (c->pub.flags & half ? 2u << 30 : 0) +
	       (c->pub.flags & VMATLAS_CLAIM_GUESS ? 1u << 30 : 0) + c->order;
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
			best = j == i || !same_region(&v[i], &v[j]) || rank(&v[i]) < rank(&v[j]);
		if (best)
			v[i].pub.flags |= VMATLAS_CLAIM_PRIMARY;
	}
}

struct vmatlas_error *atlas_seal(struct vmatlas *atlas)
{
	for (size_t i = 0; i < NR_LAYERS; i++)
		if (atlas->layers[i].nr)
			qsort(atlas->layers[i].v, atlas->layers[i].nr, sizeof(struct claim),
			      compare);
	choose_primaries(atlas);
	for (size_t i = 0; i < atlas->layers[VMATLAS_LAYER_RECORDED - 1].nr; i++)
		atlas->layers[VMATLAS_LAYER_RECORDED - 1].v[i].pub.flags |= VMATLAS_CLAIM_PRIMARY;
	atlas->sealed = true;
	return NULL;
}

const struct vmatlas_claim *vmatlas_claim_next(const struct vmatlas *atlas, uint32_t layer,
					       const struct vmatlas_claim *prev)
{
	const struct claim *c;

	if (layer < 1 || layer > NR_LAYERS || !atlas->layers[layer - 1].nr)
		return NULL;
	c = prev ? container_of(prev, struct claim, pub) + 1 : atlas->layers[layer - 1].v;
	return c < atlas->layers[layer - 1].v + atlas->layers[layer - 1].nr ? &c->pub : NULL;
}

/*
 * Regions are few and nest: looked at one by one. Areas are many and do not
 * nest on a healthy kernel: the last one that starts at or below @addr, and,
 * where areas overlap, those before it that reach this far.
 */
static size_t first_above(const struct claim *v, size_t nr, uint64_t addr)
{
	size_t low = 0, high = nr;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (v[mid].pub.range.first <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vmatlas_claim *vmatlas_claim_at(const struct vmatlas *atlas, uint32_t layer,
					     uint64_t addr)
{
	const struct claim *v, *best = NULL;
	size_t i;

	if (layer < 1 || layer > NR_LAYERS)
		return NULL;
	v = atlas->layers[layer - 1].v;
	i = first_above(v, atlas->layers[layer - 1].nr, addr);
	for (size_t back = 0; i-- > 0 && back < 4096; back++) {
		if (!(v[i].pub.flags & VMATLAS_CLAIM_PRIMARY) || !range_has(v[i].pub.range, addr))
			continue;
		if (!best || vmatlas_range_size(&v[i].pub.range) <
			     vmatlas_range_size(&best->pub.range))
			best = &v[i];
		if (layer != VMATLAS_LAYER_DECLARED)
			break;
	}
	return best ? &best->pub : NULL;
}

const struct vmatlas_claim *atlas_region(const struct vmatlas *atlas, uint32_t kind)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == kind && c->flags & VMATLAS_CLAIM_PRIMARY)
			return c;
	return NULL;
}
