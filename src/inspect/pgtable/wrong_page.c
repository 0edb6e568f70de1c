/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page tables against what an area says its pages are: vm_struct.pages[] of what
 * was allocated, vm_struct.phys_addr of what was remapped.
 */
#include <inttypes.h>
#include <stdio.h>

#include "inspect/pgtable/pgtable.h"
#include "base/bytes.h"
#include "base/range.h"
#include "kernel/vmalloc/vmap_area.h"

#define CHUNK 512			/* pointers of a page array read at a time */

struct wrong_page_state {
	struct frames *frames;
	uint8_t raw[CHUNK * 8];		/* of the array of the area at hand: */
	uint64_t from, nr;		/* pointers */
	uint64_t array;			/* its address, 0: nothing is there */
	uint64_t nr_areas;		/* that have an array */
	uint64_t nr_unread;
	char why[160];			/* the first that could not be read */
};

struct vmatlas_error *wrong_page_open(struct pgtable_check *c)
{
	c->pages = calloc(1, sizeof(*c->pages));
	return c->pages ? frames_open(c->k, &c->pages->frames) : error_no_memory();
}

void wrong_page_close(struct pgtable_check *c)
{
	if (c->pages)
		frames_free(c->pages->frames);
	free(c->pages);
}

/* What the area knows of its pages. Others' have no array, or one of unknown length. */
static bool has_pages(const struct vmatlas_claim *claim)
{
	const struct vmatlas_area *a = claim->area;

	return a && (claim->kind == VMATLAS_KIND_VMALLOC || claim->kind == VMATLAS_KIND_VMAP) &&
	       a->pages && a->nr_pages;
}

/* What vmalloc() counted it also named. */
static bool lacks_pages(const struct vmatlas_claim *claim)
{
	const struct vmatlas_area *a = claim->area;

	return a && claim->kind == VMATLAS_KIND_VMALLOC && a->nr_pages && !a->pages &&
	       !(a->vm_flags & VM_UNINITIALIZED);
}

static bool has_phys(const struct vmatlas_claim *claim)
{
	return claim->area->phys && (claim->kind == VMATLAS_KIND_IOREMAP ||
				     claim->kind == VMATLAS_KIND_STATIC_MAPPING ||
				     claim->kind == VMATLAS_KIND_VMAP);
}

static struct vmatlas_error *wrong_page_load(struct pgtable_check *c,
					     const struct vmatlas_area *a, uint64_t index)
{
	struct wrong_page_state *p = c->pages;
	struct vmatlas_error *err;

	p->array = 0;
	p->from = index - index % CHUNK;
	p->nr = MIN(a->nr_pages - p->from, (uint64_t)CHUNK);
	if (!kernel_is_pointer(c->k, a->pages))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "no kernel pointer");
	err = kernel_read(c->k, (a->pages + p->from * c->k->ptr_size) & c->k->va_mask, p->raw,
			  p->nr * c->k->ptr_size);
	err = kernel_pointer_fault(c->k, a->pages, err);
	if (!err)
		p->array = a->pages;
	return err;
}

/* The struct page that the area names for its page number @index. */
static struct vmatlas_error *page_of(struct pgtable_check *c, uint64_t index, uint64_t *ret)
{
	const struct vmatlas_area *a = c->area.claim->area;
	struct wrong_page_state *p = c->pages;
	struct vmatlas_error *err = NULL;

	if (p->array != a->pages || index < p->from || index - p->from >= p->nr)
		err = wrong_page_load(c, a, index);
	if (err)
		return err;
	*ret = kernel_address(c->k, bytes_uint(p->raw + (index - p->from) * c->k->ptr_size,
					       c->k->ptr_size, c->k->big_endian));
	return NULL;
}

static void note_wrong(struct pgtable_check *c, uint64_t va, uint64_t said, uint64_t phys)
{
	struct pgtable_area *area = &c->area;

	if (area->nr_wrong++ == 0) {
		area->wrong = va;
		area->said = said;
		area->found = phys;
	}
}

static struct vmatlas_error *against_array(struct pgtable_check *c, const struct mapping *m)
{
	const struct vmatlas_claim *claim = c->area.claim;
	const unsigned int shift = c->k->page_shift;
	struct vmatlas_error *err = NULL;

	for (uint64_t va = m->range.first; !err && va - 1 < m->range.last; va += 1ull << shift) {
		const uint64_t index = (va - claim->range.first) >> shift;
		const uint64_t phys = m->phys + (va - m->range.first);
		uint64_t page = 0;

		if (index >= claim->area->nr_pages)
			break;	/* the guard page is another's to judge */
		err = page_of(c, index, &page);
		if (!err && page != frames_page(c->pages->frames, (phys & c->phys_mask) >> shift))
			note_wrong(c, va, page, phys);
	}
	return err;
}

static void against_phys(struct pgtable_check *c, const struct mapping *m)
{
	const struct vmatlas_claim *claim = c->area.claim;
	const uint64_t page = 1ull << c->k->page_shift;
	const uint64_t offset = m->range.first - claim->range.first;
	const uint64_t said = (claim->area->phys & ~(page - 1)) + offset;

	if ((m->phys & c->phys_mask) != said)
		note_wrong(c, m->range.first, said, m->phys);
}

/* No array where one has to be: the area is not judged any further. */
static void report_no_array(struct pgtable_check *c, const char *why)
{
	const struct vmatlas_claim *claim = c->area.claim;
	const struct vmatlas_area *a = claim->area;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, claim, &what);
	pgtable_evidence_area(c, claim, &evidence);
	evidence_addr(&evidence, "vm_struct", a->vm_struct,
		      "%s: nr_pages %" PRIu64 ", pages %s: %s",
		      fmt_record(c->atlas, a->vm_struct).s, a->nr_pages,
		      fmt_addr(c->atlas, a->pages).s, why);
	pgtable_report(c, &c->counts, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "vm-struct-mismatch",
		.where = &claim->range, .record = a->vm_struct, EVIDENCE(&evidence),
		.advice = "print the record and its neighbours: it was overwritten",
	}, "%s counts %" PRIu64 " pages, and its array of them is nowhere", str_text(&what),
		a->nr_pages);
	c->area.is_unread = true;
}

/* An array that is not in the dump: once for its area, which is not judged. */
static void note_unread(struct pgtable_check *c, struct vmatlas_error *err)
{
	struct wrong_page_state *p = c->pages;

	if (error_is(err, VMATLAS_ERROR_CORRUPT)) {
		report_no_array(c, vmatlas_error_message(err));
		vmatlas_error_free(err);
		return;
	}
	if (!p->why[0])
		snprintf(p->why, sizeof(p->why), "%s", vmatlas_error_message(err));
	vmatlas_error_free(err);
	if (!c->area.is_unread)
		p->nr_unread++;
	c->area.is_unread = true;
}

void wrong_page_run(struct pgtable_check *c, const struct mapping *piece)
{
	const struct vmatlas_claim *claim = c->area.claim;
	struct vmatlas_error *err;

	/* no record to compare with, or one that contradicts itself */
	if (!mapping_is_memory(piece) || !range_valid(c->area.known) || c->area.is_unread)
		return;
	if (has_pages(claim) && c->pages->frames->known) {
		err = against_array(c, piece);
		if (err)
			note_unread(c, err);
	} else if (lacks_pages(claim) && c->pages->frames->known) {
		report_no_array(c, "a null pointer");
	} else if (has_phys(claim)) {
		against_phys(c, piece);
	}
}

static void evidence_array(const struct pgtable_check *c, struct evidence *out)
{
	const struct pgtable_area *area = &c->area;
	const uint64_t pfn = (area->found & c->phys_mask) >> c->k->page_shift;

	evidence_addr(out, "says", area->said, "pages[%" PRIu64 "] at %s is struct page %s",
		      (area->wrong - area->claim->range.first) >> c->k->page_shift,
		      fmt_record(c->atlas, area->claim->area->pages).s,
		      fmt_record(c->atlas, area->said).s);
	evidence_phys(out, "maps", area->found,
		      "physical %#" PRIx64 ", whose struct page is %s, by %s", area->found,
		      fmt_record(c->atlas, frames_page(c->pages->frames, pfn)).s,
		      c->pages->frames->source);
}

static void evidence_phys_addr(const struct pgtable_check *c, struct evidence *out)
{
	const struct pgtable_area *area = &c->area;

	evidence_phys(out, "says", area->said, "physical %#" PRIx64 ", by phys_addr %#" PRIx64,
		      area->said, area->claim->area->phys);
	evidence_phys(out, "maps", area->found, "physical %#" PRIx64, area->found);
}

static void wrong_page_report(struct pgtable_check *c)
{
	const struct pgtable_area *area = &c->area;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, area->claim, &what);
	pgtable_evidence_area(c, area->claim, &evidence);
	if (has_pages(area->claim))
		evidence_array(c, &evidence);
	else
		evidence_phys_addr(c, &evidence);
	pgtable_evidence_entry(c, area->wrong, &evidence);
	pgtable_report(c, &c->wrong, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "wrong-page",
		.where = &area->claim->range, .record = area->claim->area->vm_struct,
		EVIDENCE(&evidence),
		.advice = "compare entry and record: one of them was overwritten; writes "
			  "here go to another owner's memory",
	}, "%s: %" PRIu64 " page%s mapped elsewhere than its record says, the first at %s",
		str_text(&what), area->nr_wrong, area->nr_wrong == 1 ? " is" : "s are",
		fmt_addr(c->atlas, area->wrong).s);
}

void wrong_page_end(struct pgtable_check *c)
{
	c->pages->nr_areas += has_pages(c->area.claim);
	if (c->area.nr_wrong)
		wrong_page_report(c);
}

void wrong_page_finish(struct pgtable_check *c)
{
	const struct wrong_page_state *p = c->pages;

	finding_limit_finish(c, &c->wrong, "wrong-page", "areas mapped elsewhere than they say");
	finding_limit_finish(c, &c->counts, "vm-struct-mismatch", "areas that miscount their pages");
	if (!p->frames->known && p->nr_areas)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "pages of areas",
				     "because %s", p->frames->why);
	else if (p->nr_unread)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "pages of areas",
			"of %" PRIu64 " areas, because their arrays of pages could not be read "
			"(%s)", p->nr_unread, p->why);
}
