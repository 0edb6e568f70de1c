/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's own mappings: its image, which lies in one piece in physical memory, and
 * whose text stays mapped; no leaf of it, nor of vmalloc or module space, is user space's.
 */
#include <inttypes.h>

#include "inspect/pgtable/pgtable.h"
#include "base/range.h"

#define MAX_RUNS 64

/* Whole pages of the text, which is never given back, unlike other sections. */
void image_begin(struct pgtable_check *c)
{
	const struct resolved *from = &c->switches[MAPPING_STEXT];
	const struct resolved *to = &c->switches[MAPPING_ETEXT];
	const uint64_t page = 1ull << c->k->page_shift;
	struct vmatlas_range text;

	if (from->found && to->found &&
	    range_from_end(align_up(from->addr, page), align_down(to->addr, page), &text) &&
	    range_has(c->k->image_range, text.first) && range_has(c->k->image_range, text.last))
		c->text = text;
}

static const char advice[] =
	"look at the whole table in memory: what overwrote it may show itself";

/* ---- Text that is not mapped ---- */

static void image_report_hole(struct pgtable_check *c, struct vmatlas_range hole)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	pgtable_evidence_entry(c, hole.first, &evidence);
	pgtable_report(c, &c->text_holes, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
		.where = &hole, EVIDENCE(&evidence), .advice = advice,
	}, "%s of the kernel's text at %s is not mapped", fmt_size(vmatlas_range_size(&hole)).s,
		fmt_range(c->atlas, hole).s);
}

/* Text up to @first is behind us; what of it no run had is a hole. */
static void image_text_up_to(struct pgtable_check *c, uint64_t first)
{
	if (range_valid(c->text) && first > c->text.first)
		image_report_hole(c, (struct vmatlas_range){ c->text.first,
							     MIN(first - 1, c->text.last) });
}

static void image_text_run(struct pgtable_check *c, const struct mapping *m)
{
	image_text_up_to(c, m->range.first);
	c->text.first = m->range.last + 1;
	if (m->range.last >= c->text.last)
		c->text = (struct vmatlas_range){ 1, 0 };
}

/* ---- Leaves that lead elsewhere ---- */

static uint64_t image_due(const struct pgtable_check *c, const struct mapping *m)
{
	return (m->range.first + c->k->image_delta) & c->k->va_mask & c->phys_mask;
}

static void image_report_run(struct pgtable_check *c, const struct mapping *m)
{
	const uint64_t due = image_due(c, m);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64, m->phys);
	evidence_phys(&evidence, "due", due, "physical %#" PRIx64
		      ", as all the rest of the image has it", due);
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->image, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "wrong-page", .where = &m->range,
		EVIDENCE(&evidence), .advice = advice,
	}, "%s of the kernel image at %s leads elsewhere than the image lies",
		fmt_size(vmatlas_range_size(&m->range)).s, fmt_range(c->atlas, m->range).s);
}

/* Told once it is clear that most of them lead where they should. */
static void image_leaves(struct pgtable_check *c, const struct mapping *m)
{
	const struct mapping piece = pgtable_cut(m, c->k->image_range);
	struct mapping *slot;

	if ((piece.phys & c->phys_mask) == image_due(c, &piece)) {
		c->image_bytes += vmatlas_range_size(&piece.range);
		return;
	}
	c->image_wrong += vmatlas_range_size(&piece.range);
	slot = c->image_runs.nr < MAX_RUNS ? vec_push(&c->image_runs) : NULL;
	if (slot)
		*slot = piece;
}

/* ---- Leaves of user space ---- */

static void image_report_user(struct pgtable_check *c, const struct mapping *m)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64 ", %s", m->phys,
		      m->attr & PT_WRITE ? "rw" : "ro");
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->user, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
		.where = &m->range, EVIDENCE(&evidence), .advice = advice,
	}, "%s of the kernel's own memory at %s is open to user space",
		fmt_size(vmatlas_range_size(&m->range)).s, fmt_range(c->atlas, m->range).s);
}

/* 32-bit CPUs, all of whose space is walked: ARM has modules and pkmap below lowmem. */
static uint64_t image_user_end(const struct pgtable_check *c)
{
	const struct vmatlas_claim *lowmem = atlas_region(c->atlas, VMATLAS_KIND_DIRECT_MAP);
	uint64_t end = lowmem ? lowmem->range.first : 0;

	vmatlas_for_each_claim(r, c->atlas, VMATLAS_LAYER_DECLARED)
		if ((r->kind == VMATLAS_KIND_MODULE_SPACE || r->kind == VMATLAS_KIND_PKMAP) &&
		    r->flags & VMATLAS_CLAIM_PRIMARY)
			end = MIN(end, r->range.first);
	return end;
}

/* Where ARM's vectors lie low, they are all that is mapped there. */
static bool image_is_user_space(const struct pgtable_check *c, const struct mapping *m)
{
	return c->k->ptr_size == 4 && c->k->arch->clears_user_half &&
	       m->range.first >= MIB(2) && m->range.last < image_user_end(c);
}

static void image_report_low(struct pgtable_check *c, const struct mapping *m)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64, m->phys);
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->user, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
		.where = &m->range, EVIDENCE(&evidence), .advice = advice,
	}, "the kernel's own page tables map %s of user space at %s",
		fmt_size(vmatlas_range_size(&m->range)).s, fmt_range(c->atlas, m->range).s);
}

/* ---- As runs go by ---- */

void image_run(struct pgtable_check *c, const struct mapping *m)
{
	const bool image = range_overlaps(m->range, c->k->image_range);

	if (range_valid(c->text) && range_overlaps(m->range, c->text))
		image_text_run(c, m);
	if (!mapping_is_memory(m))
		return;
	if (image)
		image_leaves(c, m);
	if (image_is_user_space(c, m))
		image_report_low(c, m);
	else if (m->attr & PT_USER && (image || pgtable_in_space(c, m->range.first)))
		image_report_user(c, m);
}

void image_finish(struct pgtable_check *c)
{
	image_text_up_to(c, c->text.last + 1);
	for (size_t i = 0; i < c->image_runs.nr && c->image_wrong <= c->image_bytes / 3; i++)
		image_report_run(c, &c->image_runs.v[i]);
	finding_limit_finish(c, &c->text_holes, "page-table-corrupt", "holes in the kernel's text");
	finding_limit_finish(c, &c->image, "wrong-page", "parts of the image that lead elsewhere");
	finding_limit_finish(c, &c->user, "page-table-corrupt", "ranges of user space");
}
