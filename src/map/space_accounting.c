/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Areas, pooled areas and free ones, each sorted by address, merged into one row of
 * pieces without gaps: what lies between them is free where the kernel keeps no tree
 * of free areas, and lost where it does.
 */
#include <string.h>

#include "map/space_accounting.h"
#include "base/range.h"
#include "kernel/vmalloc/vmap_area.h"
#include "kernel/vmalloc/free_area_tree.h"

/* ---- Records in order of address ---- */

struct merge {
	const struct vmatlas *atlas;
	struct vmatlas_range range;
	size_t area, pooled, free;	/* the next of each kind */
	uint64_t at;			/* all below is told */
	bool full;			/* and the last byte, too */
	struct va_extent last;	/* the one that reached furthest */
	void (*fn)(void *arg, const struct va_extent *piece);
	void *arg;
};

/* A guard page belongs to what __get_vm_area_node() made (mm/vmalloc.c). */
static uint64_t guard_of(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	const uint64_t page = 1ull << atlas->kernel->page_shift;

	switch (c->kind) {
	case VMATLAS_KIND_VMALLOC:
	case VMATLAS_KIND_VMAP:
	case VMATLAS_KIND_IOREMAP:
	case VMATLAS_KIND_DMA_AREA:
	case VMATLAS_KIND_SPARSE:
	case VMATLAS_KIND_USERMAP:
		break;
	default:
		return 0;
	}
	if (c->area->vm_flags & VM_NO_GUARD || vmatlas_range_size(&c->range) <= page)
		return 0;
	return page;
}

static enum va_use what_of(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	if (c->kind == VMATLAS_KIND_UNPURGED)
		return VA_UNPURGED;
	return range_overlaps(atlas->kernel->image_range, c->range) ? VA_IMAGE : VA_BUSY;
}

static bool next_record(struct merge *m, struct va_extent *ret)
{
	const struct kernel_records *b = m->atlas->records;
	const struct space_accounts *l = m->atlas->space_accounts;
	const struct vmatlas_claim *area = NULL;
	const struct pooled *pooled = NULL;
	const struct tree_area *hole = NULL;
	uint64_t first = UINT64_MAX;

	while (m->area < b->areas.nr && b->areas.v[m->area].state == AREA_ELSEWHERE)
		m->area++;
	if (m->area < b->areas.nr) {
		area = &b->areas.v[m->area].claim;
		first = area->range.first;
	}
	if (m->pooled < l->pooled.nr && (!area || l->pooled.v[m->pooled].range.first < first)) {
		pooled = &l->pooled.v[m->pooled];
		first = pooled->range.first;
	}
	if (b->free->state == FREE_IN_TREE && m->free < b->free->tree.v.nr &&
	    ((!area && !pooled) || b->free->tree.v.v[m->free].range.first < first))
		hole = &b->free->tree.v.v[m->free];
	if (!area && !pooled && !hole)
		return false;
	*ret = (struct va_extent){ .what = VA_FREE };
	if (hole) {
		ret->range = hole->range;
		ret->record = hole->record;
		m->free++;
	} else if (pooled) {
		ret->what = VA_POOLED;
		ret->range = pooled->range;
		ret->record = pooled->record;
		m->pooled++;
	} else {
		ret->what = what_of(m->atlas, area);
		ret->range = area->range;
		ret->record = area->record;
		ret->area = area;
		m->area++;
	}
	return true;
}

/* ---- Pieces ---- */

static void reported_up_to(struct merge *m, uint64_t last)
{
	m->full = last >= m->range.last;
	m->at = last + 1;
}

static void gap(struct merge *m, uint64_t last)
{
	const struct va_extent piece = {
		.what = m->atlas->records->free->state == FREE_IN_TREE ? VA_LOST : VA_FREE,
		.range = { m->at, last },
	};

	m->fn(m->arg, &piece);
	reported_up_to(m, last);
}

/* What the range has of @piece, cut in two before its guard page. */
static void accounts_tell(struct merge *m, struct va_extent piece, uint64_t guard)
{
	const uint64_t end = piece.range.last, edge = end - guard;

	piece.range.first = m->at;
	piece.range.last = MIN(edge, m->range.last);
	if (range_valid(piece.range))
		m->fn(m->arg, &piece);
	piece.range.first = MAX(m->at, edge + 1);
	piece.range.last = MIN(end, m->range.last);
	piece.what = VA_GUARD;
	if (guard && range_valid(piece.range))
		m->fn(m->arg, &piece);
	reported_up_to(m, MIN(end, m->range.last));
}

static void tell_twice(struct merge *m, struct va_extent piece)
{
	piece.twice = true;
	piece.range.first = MAX(piece.range.first, m->range.first);
	piece.range.last = MIN(piece.range.last, m->last.range.last);
	piece.range.last = MIN(piece.range.last, m->range.last);
	piece.other = m->last.what;
	piece.other_record = m->last.record;
	if (range_valid(piece.range))
		m->fn(m->arg, &piece);
}

static void accounts_place(struct merge *m, const struct va_extent *piece)
{
	const uint64_t last = piece->range.last;

	if (last < m->range.first)
		return;
	if (!m->full && piece->range.first > m->at)
		gap(m, piece->range.first - 1);
	if (m->last.record && piece->range.first <= m->last.range.last)
		tell_twice(m, *piece);
	if (!m->full && last >= m->at)
		accounts_tell(m, *piece,
			      piece->area && piece->what == VA_BUSY
				      ? guard_of(m->atlas, piece->area)
				      : 0);
	if (!m->last.record || last > m->last.range.last)
		m->last = *piece;
}

void va_extent_walk(const struct vmatlas *atlas, struct vmatlas_range range,
		 void (*fn)(void *arg, const struct va_extent *piece), void *arg)
{
	struct merge m = { .atlas = atlas, .range = range, .at = range.first,
			   .fn = fn, .arg = arg };
	struct va_extent piece;

	if (!atlas->space_accounts || !range_valid(range))
		return;
	/* behind one that takes all of it come those that are there twice */
	while (next_record(&m, &piece)) {
		if (piece.range.first > range.last)
			break;
		accounts_place(&m, &piece);
	}
	if (!m.full)
		gap(&m, range.last);
}

bool space_accounts_whole(const struct vmatlas *atlas)
{
	const struct free_records *f = atlas->records->free;

	return f && atlas->records->areas_complete && f->state != FREE_UNKNOWN && f->pools_read;
}
