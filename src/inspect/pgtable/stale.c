/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages mapped in the spaces of allocators that no record owns. */
#include <inttypes.h>

#include "inspect/pgtable/pgtable.h"
#include "base/range.h"

/* The smallest region that holds @addr; windows lie across others and own nothing. */
static const struct vmatlas_claim *region_at(const struct pgtable_check *c, uint64_t addr)
{
	const struct vmatlas_claim *best = NULL;

	vmatlas_for_each_claim(r, c->atlas, VMATLAS_LAYER_DECLARED) {
		if (!(r->flags & VMATLAS_CLAIM_PRIMARY) || r->kind == VMATLAS_KIND_SECTION ||
		    r->flags & VMATLAS_CLAIM_WINDOW || !range_has(r->range, addr))
			continue;
		if (!best || vmatlas_range_size(&r->range) < vmatlas_range_size(&best->range))
			best = r;
	}
	return best;
}

/*
 * Spaces in which nothing is mapped without a record. What is nested in them speaks
 * for itself: the kernel image of arm64 and riscv, ARM's PCI I/O.
 */
static const struct vmatlas_claim *space_at(const struct pgtable_check *c, uint64_t addr)
{
	const struct vmatlas_claim *r = region_at(c, addr);

	return r && (r->kind == VMATLAS_KIND_VMALLOC_SPACE ||
		     r->kind == VMATLAS_KIND_MODULE_SPACE) ? r : NULL;
}

static void stale_report(struct pgtable_check *c)
{
	const struct vmatlas_claim *space = space_at(c, c->stray.first);
	const struct mapping *first = &c->stray_first;
	const uint64_t pages = c->stray_bytes >> c->k->page_shift;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_range(&evidence, "region", space->range, "%s %s, by %s", space->name,
		       fmt_range(c->atlas, space->range).s, space->source);
	evidence_phys(&evidence, "maps", first->phys, "physical %#" PRIx64 ", %s, %s, %s",
		      first->phys, first->attr & PT_WRITE ? "rw" : "ro",
		      first->attr & PT_EXEC ? "x" : "nx", mapping_type_name(first->attr));
	pgtable_evidence_entry(c, c->stray.first, &evidence);
	pgtable_report(c, &c->stale, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "stale-pte", .where = &c->stray, EVIDENCE(&evidence),
		.advice = "look for who freed an area without unmapping it, or changed its record; "
			  "an area that was being freed at this moment looks the same",
	}, "%" PRIu64 " page%s mapped in %s at %s, and no record owns %s", pages,
		pages == 1 ? " is" : "s are", space->name, fmt_range(c->atlas, c->stray).s,
		pages == 1 ? "it" : "them");
}

void stale_break(struct pgtable_check *c)
{
	/* where records are lost, these may be their pages */
	if (range_valid(c->stray) && c->areas_complete)
		stale_report(c);
	c->stray = (struct vmatlas_range){ 1, 0 };
	c->stray_bytes = 0;
}

/* Runs between the same two records, less than 1 MiB apart, are one finding. */
void stale_run(struct pgtable_check *c, const struct mapping *piece)
{
	const struct vmatlas_range *r = &piece->range;

	if (piece->state != MAPPING_LEAVES || !space_at(c, r->first))
		return;
	if (range_valid(c->stray) && r->first - c->stray.last > MIB(1))
		stale_break(c);
	if (!range_valid(c->stray)) {
		c->stray.first = r->first;
		c->stray_first = *piece;
	}
	c->stray.last = r->last;
	c->stray_bytes += vmatlas_range_size(r);
	c->nr_stray += vmatlas_range_size(r) >> c->k->page_shift;
}

void stale_finish(struct pgtable_check *c)
{
	stale_break(c);
	finding_limit_finish(c, &c->stale, "stale-pte", "places with mapped pages that no record owns");
	if (c->nr_stray && !c->areas_complete)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "pages that no record owns",
			"%" PRIu64 " of them, because not all areas were read", c->nr_stray);
}
