/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page tables as the map shows them: which parts, and runs by what they allow. */
#include "map/mapped_ranges.h"
#include "base/range.h"

/* ---- Which parts ---- */

/* Each is as large as memory, or a part of it; espfix is one stack page 64 Ki times. */
static bool repeats_memory(uint32_t kind)
{
	return kind == VMATLAS_KIND_DIRECT_MAP || kind == VMATLAS_KIND_VMEMMAP ||
	       kind == VMATLAS_KIND_KASAN || kind == VMATLAS_KIND_KMSAN ||
	       kind == VMATLAS_KIND_ESPFIX;
}

/* Is @addr left out? The same holds up to *ret_last. An image in the direct map is not. */
static bool is_left_out(const struct vmatlas *atlas, uint64_t addr, uint64_t *ret_last)
{
	bool left_out = false, image = false;

	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED) {
		if (!(c->flags & VMATLAS_CLAIM_PRIMARY) ||
		    !(repeats_memory(c->kind) || c->kind == VMATLAS_KIND_IMAGE))
			continue;
		if (addr < c->range.first)
			*ret_last = MIN(*ret_last, c->range.first - 1);
		if (!range_has(c->range, addr))
			continue;
		*ret_last = MIN(*ret_last, c->range.last);
		left_out |= repeats_memory(c->kind);
		image |= c->kind == VMATLAS_KIND_IMAGE;
	}
	return left_out && !image;
}

/* The next part from *pos on; false if there is none. *pos: behind it, 0 the end. */
static bool next_part(const struct vmatlas *atlas, bool everything, struct vmatlas_range space,
		      uint64_t *pos, struct vmatlas_range *ret)
{
	bool found = false;

	while (*pos) {
		uint64_t last = space.last;
		const bool skip = !everything && is_left_out(atlas, *pos, &last);

		if (found && skip)
			return true;
		if (!skip && !found)
			ret->first = *pos;
		found |= !skip;
		ret->last = last;
		*pos = last < space.last ? last + 1 : 0;
	}
	return found;
}

struct vmatlas_error *mapped_walk(struct vmatlas *atlas, bool everything, mapping_fn *fn, void *arg,
				  struct mapping_stats *ret_stats)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;
	struct vmatlas_error *err = mapping_walk_new(atlas->kernel, fn, arg, &w);
	struct vmatlas_range space, part = { 0 };
	uint64_t pos;

	if (err)
		return err;
	space = mapping_space(atlas->kernel);
	/* the first page of a 32-bit space is never mapped, and 0 is the end here */
	pos = MAX(space.first, (uint64_t)4096);
	while (!err && next_part(atlas, everything, space, &pos, &part))
		err = mapping_walk_range(w, part);
	*ret_stats = *mapping_walk_stats(w);
	return err;
}

/* ---- Runs, for people ---- */

struct show {
	struct vmatlas *atlas;
	vmatlas_mapping_fn *fn;
	void *arg;
	bool physical;			/* physical neighbours alone make a run */
	struct vmatlas_mapping run;
	bool has_run, stopped;
};

static struct vmatlas_mapping from_mapping(const struct show *s, const struct mapping *m)
{
	struct vmatlas_mapping out = {
		.size = sizeof(out), .range = m->range, .phys = m->phys,
		.page_size = 1ull << m->shift, .entry_addr = m->entry_addr, .note = "",
		.level = s->atlas->kernel->format->level[m->level].name, .memory = "",
	};

	if (m->state == MAPPING_LEAVES || m->state == MAPPING_SHARED) {
		out.flags = (m->attr & PT_WRITE ? VMATLAS_MAPPING_WRITE : 0) |
			    (m->attr & PT_EXEC ? VMATLAS_MAPPING_EXEC : 0) |
			    (m->attr & PT_USER ? VMATLAS_MAPPING_USER : 0) |
			    (m->attr & PT_GLOBAL ? VMATLAS_MAPPING_GLOBAL : 0);
		out.memory = mapping_type_name(m->attr);
	}
	switch (m->state) {
	case MAPPING_LEAVES:
		out.flags |= VMATLAS_MAPPING_CONTIGUOUS;
		break;
	case MAPPING_SHARED:
		out.flags |= VMATLAS_MAPPING_SHARED;
		out.note = m->uniform ? "the same table again"
				      : "the same table again, partly filled";
		break;
	case MAPPING_UNREAD:
		out.flags = VMATLAS_MAPPING_UNKNOWN;
		out.note = m->why;
		break;
	case MAPPING_BAD:
		out.flags = VMATLAS_MAPPING_BAD;
		out.note = m->why;
		break;
	}
	return out;
}

static bool is_alike(const struct vmatlas_mapping *a, const struct vmatlas_mapping *b)
{
	const uint32_t flags = ~(uint32_t)VMATLAS_MAPPING_CONTIGUOUS;

	return a->range.last + 1 == b->range.first && (a->flags & flags) == (b->flags & flags) &&
	       a->page_size == b->page_size && a->level == b->level && a->memory == b->memory &&
	       a->note == b->note;
}

static void hand_out(struct show *s)
{
	if (s->has_run && !s->stopped)
		s->stopped = s->fn(s->arg, &s->run);
	s->has_run = false;
}

static struct vmatlas_error *mapped_show(void *arg, const struct mapping *m)
{
	struct show *s = arg;
	const struct vmatlas_mapping next = from_mapping(s, m);

	if (s->has_run && !s->physical && is_alike(&s->run, &next)) {
		s->run.range.last = next.range.last;
		s->run.flags &= ~(uint32_t)VMATLAS_MAPPING_CONTIGUOUS;
		return NULL;
	}
	hand_out(s);
	s->run = next;
	s->has_run = true;
	return s->stopped ? vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "stopped") : NULL;
}

struct vmatlas_error *vmatlas_for_each_mapping(struct vmatlas *atlas, uint32_t what,
				       vmatlas_mapping_fn *fn, void *arg)
{
	struct show s = {
		.atlas = atlas, .fn = fn, .arg = arg, .physical = what & VMATLAS_MAPPINGS_PHYSICAL,
	};
	struct mapping_stats stats;
	struct vmatlas_error *err;

	if (!atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "there is a boot log, but no dump");
	err = mapped_walk(atlas, what & VMATLAS_MAPPINGS_DIRECT_MAP, mapped_show, &s,
			  &stats);
	if (s.stopped) {
		vmatlas_error_free(err);
		return NULL;
	}
	hand_out(&s);
	return err;
}
