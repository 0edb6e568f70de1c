/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Holes in the direct map. Most are none of a fault: there is no RAM, firmware keeps it, or
 * the kernel unmapped it on purpose (secretmem, modules' text, crashkernel=, poisoned pages).
 * But slabs and page tables are reached by no other way, and free pages are mapped again
 * before they are freed; what says so of itself and is in a hole was lost.
 */
#include <inttypes.h>
#include <string.h>

#include "inspect/direct_map.h"
#include "base/range.h"
#include "kernel/mm/memmap.h"
#include "kernel/pgtable/translate.h"
#include "kernel/ram/ram_survey.h"

#define MAX_HOLES 1024
#define MAX_PAGES 8192			/* struct pages that are looked at */
#define KFENCE_MAX MIB(512)		/* of the largest pool there can be (lib/Kconfig.kfence) */

struct hole_check {
	struct direct_map *d;
	struct frames *frames;
	bool free_is_mapped;		/* no debug_pagealloc */
	struct vmatlas_range kfence;	/* pages that come and go; empty: none */
	uint64_t nr_pages, nr_left_out;
	size_t nr_told;
	struct evidence more;		/* holes that are not told one by one */
	struct vmatlas_range first_more;
};

void direct_map_hole(struct direct_map *d, const struct mapping *m)
{
	struct vmatlas_range *slot;

	if (m->range.first > d->next) {
		d->nr_holes++;
		slot = d->holes.nr < MAX_HOLES ? vec_push(&d->holes) : NULL;
		if (slot)
			*slot = (struct vmatlas_range){ d->next, m->range.first - 1 };
	}
	d->next = m->range.last + 1;
}

/* ---- What makes holes on purpose ---- */

static struct vmatlas_error *hole_symbol(struct hole_check *c, const char *name, bool *ret_found,
					 uint64_t *ret)
{
	struct vmatlas_error *err = lookup_symbol(c->d->k, name, ret);

	*ret_found = !err;
	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *hole_begin(struct hole_check *c)
{
	struct vmatlas_error *err;
	uint64_t at, pool = 0;
	bool found;

	c->kfence = (struct vmatlas_range){ 1, 0 };
	err = hole_symbol(c, "_debug_pagealloc_enabled", &found, &at);
	c->free_is_mapped = !found;
	if (!err)
		err = hole_symbol(c, "__kfence_pool", &found, &at);
	if (!err && found)
		err = kernel_read_ptr(c->d->k, at, &pool);
	if (!err && pool)
		c->kfence = (struct vmatlas_range){ pool, pool + KFENCE_MAX - 1 };
	return err ? err : frames_open(c->d->k, &c->frames);
}

/* ---- Verdict ---- */

static void hole_report(struct hole_check *c, struct vmatlas_range hole, const struct frame *r)
{
	struct direct_map *d = c->d;
	const uint64_t phys = r->pfn << d->k->page_shift;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	struct walk w;
	struct vmatlas_error *err = kernel_walk(d->k, phys + d->usual, &w);

	evidence_phys(&evidence, "page", phys, "physical %#" PRIx64 ", %s%s%s", phys,
		      frame_use_name(r->use), r->owner[0] ? " of " : "", r->owner);
	evidence_addr(&evidence, "struct page", r->page, "%s", fmt_record(d->atlas, r->page).s);
	if (!err && w.nr_steps)
		evidence_phys(&evidence, "entry", w.step[w.nr_steps - 1].entry_addr,
			      "%s at physical %#" PRIx64 ": %#" PRIx64 ", not present",
			      w.step[w.nr_steps - 1].level, w.step[w.nr_steps - 1].entry_addr,
			      w.step[w.nr_steps - 1].entry);
	vmatlas_error_free(err);
	ctx_report(d->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt", .where = &hole,
		EVIDENCE(&evidence),
		.advice = "look at the whole table in memory: what overwrote it may show itself",
	}, "%s of the direct map at %s is not mapped, and RAM there is %s",
		fmt_size(vmatlas_range_size(&hole)).s, fmt_range(d->atlas, hole).s,
		r->use == FRAME_FREE ? "free" : "in use");
}

static void hole_tell(struct hole_check *c, struct vmatlas_range hole, const struct frame *r)
{
	const size_t nr = c->nr_told++;

	if (nr < DIRECT_MAP_TOLD) {
		hole_report(c, hole, r);
		return;
	}
	if (nr == DIRECT_MAP_TOLD)
		c->first_more = hole;
	if (nr < 2 * DIRECT_MAP_TOLD)
		evidence_range(&c->more, "hole", hole, "%s, page %#" PRIx64 " %s%s%s",
			       fmt_range(c->d->atlas, hole).s, r->pfn, frame_use_name(r->use),
			       r->owner[0] ? " of " : "", r->owner);
}

static bool must_be_mapped(const struct hole_check *c, const struct frame *r)
{
	if (strstr(r->flags_text, "hwpoison"))
		return false;
	return r->use == FRAME_SLAB || r->use == FRAME_TABLE ||
	       (r->use == FRAME_FREE && c->free_is_mapped);
}

/* RAM, from @phys.first to @phys.last, which is in @hole. Stops at the first proof. */
static struct vmatlas_error *judge_pages(struct hole_check *c, struct vmatlas_range hole,
					 struct vmatlas_range phys, bool *ret_told)
{
	const uint32_t shift = c->d->k->page_shift;
	struct vmatlas_error *err = NULL;
	struct frame r;

	for (uint64_t pfn = phys.first >> shift; pfn <= phys.last >> shift && !err; pfn++) {
		if (c->nr_pages++ >= MAX_PAGES) {
			c->nr_left_out += (phys.last >> shift) - pfn + 1;
			return NULL;
		}
		err = frames_read(c->frames, pfn, &r);
		if (error_is(err, VMATLAS_ERROR_FAULT))
			vmatlas_error_free(take(err));	/* no memory of the kernel's, or cut off */
		else if (!err && must_be_mapped(c, &r)) {
			hole_tell(c, hole, &r);
			*ret_told = true;
			return NULL;
		}
	}
	return err;
}

static struct vmatlas_error *judge_hole(struct hole_check *c, struct vmatlas_range hole)
{
	const struct ram_facts *ram = c->d->atlas->records->ram;
	/* an upper bound does: it is the struct page that proves */
	const enum ram_role role = ram->system_known ? RAM_SYSTEM : RAM_DESCRIBED;
	const uint64_t usual = c->d->usual;
	struct vmatlas_error *err = NULL;
	bool told = false;

	for (size_t i = 0; i < ram->facts.nr && !err && !told; i++) {
		const struct ram_fact *f = &ram->facts.v[i];
		struct vmatlas_range phys = { hole.first - usual, hole.last - usual };

		if (f->role != role || !range_overlaps(f->phys, phys))
			continue;
		if (!c->frames)
			err = hole_begin(c);
		if (err || !c->frames->known ||
		    (range_valid(c->kfence) && range_overlaps(hole, c->kfence)))
			return err;
		phys.first = MAX(phys.first, f->phys.first);
		phys.last = MIN(phys.last, f->phys.last);
		err = judge_pages(c, hole, phys, &told);
	}
	return err;
}

static void hole_cover(struct hole_check *c)
{
	struct direct_map *d = c->d;

	if (c->nr_told > DIRECT_MAP_TOLD)
		ctx_report(d->job, &(struct vmatlas_finding_desc){
			.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
			.where = &c->first_more, EVIDENCE(&c->more),
		}, "%zu more hole%s in the direct map, where RAM is in use or free",
			c->nr_told - DIRECT_MAP_TOLD,
			c->nr_told - DIRECT_MAP_TOLD == 1 ? "" : "s");
	if (c->nr_left_out || d->nr_holes > d->holes.nr)
		vmatlas_ctx_coverage(d->job, VMATLAS_COVERAGE_SKIPPED, "holes in the direct map",
			"%" PRIu64 " pages and %" PRIu64 " holes, for there are too many",
			c->nr_left_out, d->nr_holes - d->holes.nr);
}

struct vmatlas_error *direct_map_judge_holes(struct direct_map *d, uint64_t last)
{
	struct ram_facts *ram = d->atlas->records->ram;
	struct hole_check c = { .d = d };
	struct vmatlas_error *err = NULL;

	/* what lies above the last run, which is none */
	if (d->next && d->next <= last)
		direct_map_hole(d, &(struct mapping){ .range = { last + 1, last } });
	if (!ram || !d->holes.nr)
		return NULL;
	for (size_t i = 0; i < d->holes.nr && d->holes.v[i].first <= last && !err; i++)
		err = judge_hole(&c, d->holes.v[i]);
	if (!err)
		hole_cover(&c);
	evidence_done(&c.more);
	frames_free(c.frames);
	return err;
}
