/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Areas whose pages are not all mapped, and guard pages that are. */
#include <inttypes.h>

#include "inspect/pgtable/pgtable.h"
#include "base/range.h"
#include "kernel/vmalloc/vmap_area.h"

static const struct vmatlas_range nothing = { 1, 0 };

static bool touches_image(const struct pgtable_check *c, struct vmatlas_range r)
{
	const struct vmatlas_claim *image = atlas_region(c->atlas, VMATLAS_KIND_IMAGE);

	return image && range_overlaps(image->range, r);
}

/*
 * The guard page that get_vm_area() puts behind an area (mm/vmalloc.c:
 * __get_vm_area_node), unless VM_NO_GUARD. Areas made by others have none: per-CPU
 * chunks, ARM's static and empty mappings, and early ones.
 */
static bool has_guard(const struct pgtable_check *c, const struct vmatlas_claim *claim)
{
	const uint64_t page = 1ull << c->k->page_shift;

	switch (claim->kind) {
	case VMATLAS_KIND_VMALLOC:
	case VMATLAS_KIND_VMAP:
	case VMATLAS_KIND_IOREMAP:
	case VMATLAS_KIND_DMA_AREA:
		return !(claim->area->vm_flags & VM_NO_GUARD) &&
		       vmatlas_range_size(&claim->range) > page;
	default:
		return false;
	}
}

/*
 * How much of an area must be mapped, by who made it:
 * - vmalloc: as many pages as it counts, once VM_UNINITIALIZED is gone. Per-CPU chunks
 *   count none, they are populated as needed.
 * - vmap and DMA memory: all but the guard page. The kernel's own image (arm64, riscv)
 *   is recorded like that, too: parts of it are given back after boot.
 * - ioremap: likewise, if it has a physical address. Without one something else maps it
 *   page by page: PCI I/O space, vmap_pfn(), zsmalloc up to 5.10, Xen's grants.
 * - ARM's static mappings: all of it. Its empty ones and the PCI hole: nothing.
 * Everything else is mapped as the user pleases: vm_map_ram's blocks, sparse areas,
 * those of BPF arenas; or it is being given back.
 */
static uint64_t must_map(const struct pgtable_check *c, const struct vmatlas_claim *claim)
{
	const struct vmatlas_area *a = claim->area;
	const uint64_t size = vmatlas_range_size(&claim->range);
	const uint64_t usable = size - (has_guard(c, claim) ? 1ull << c->k->page_shift : 0);

	switch (claim->kind) {
	case VMATLAS_KIND_VMALLOC:
		if (a->vm_flags & VM_UNINITIALIZED || a->nr_pages > usable >> c->k->page_shift)
			return 0;
		return a->nr_pages << c->k->page_shift;
	case VMATLAS_KIND_VMAP:
		return touches_image(c, claim->range) ? 0 : usable;
	case VMATLAS_KIND_DMA_AREA:
		return usable;
	case VMATLAS_KIND_IOREMAP:
		return a->phys ? usable : 0;
	case VMATLAS_KIND_STATIC_MAPPING:
		return size;
	default:
		return 0;
	}
}

/* An area that leaves the spaces of allocators was told: its bounds are no measure. */
static bool unmapped_is_at_home(struct pgtable_check *c,
				const struct vmatlas_claim *claim)
{
	if (range_valid(c->home) && range_holds(c->home, claim->range))
		return true;
	vmatlas_for_each_claim(r, c->atlas, VMATLAS_LAYER_DECLARED) {
		if (!(r->flags & VMATLAS_CLAIM_PRIMARY) ||
		    (r->kind != VMATLAS_KIND_VMALLOC_SPACE &&
		     r->kind != VMATLAS_KIND_MODULE_SPACE &&
		     r->kind != VMATLAS_KIND_MODULE_WINDOW) ||
		    !range_holds(r->range, claim->range))
			continue;
		c->home = r->range;	/* where the next ones are, too */
		return true;
	}
	return false;
}

/* What is there behind the pages that are counted, up to the guard page. */
static struct vmatlas_range spare_of(const struct pgtable_check *c, const struct vmatlas_claim *claim,
				     uint64_t must)
{
	const uint64_t guard = has_guard(c, claim) ? 1ull << c->k->page_shift : 0;

	if (!must || must + guard >= vmatlas_range_size(&claim->range))
		return nothing;
	return (struct vmatlas_range){ claim->range.first + must, claim->range.last - guard };
}

void unmapped_begin(struct pgtable_check *c)
{
	const struct vmatlas_claim *claim = c->area.claim;
	uint64_t must;

	c->area = (struct pgtable_area){ .claim = claim, .must = nothing, .guard = nothing,
				      .spare = nothing, .known = nothing };
	/* a record that contradicts itself was told: what it says is no measure */
	if (!claim->area || !claim->area->vm_struct ||
	    claim->area->vm_size != vmatlas_range_size(&claim->range) ||
	    !unmapped_is_at_home(c, claim))
		return;
	c->area.known = claim->range;
	must = must_map(c, claim);
	if (must)
		c->area.must = (struct vmatlas_range){ claim->range.first,
						       claim->range.first + (must - 1) };
	if (has_guard(c, claim))
		c->area.guard = (struct vmatlas_range){
			claim->range.last - ((1ull << c->k->page_shift) - 1), claim->range.last };
	if (claim->kind == VMATLAS_KIND_VMALLOC && claim->area->nr_pages)
		c->area.spare = spare_of(c, claim, must);
	c->area.hole = c->area.must.first;
}

static uint64_t unmapped_overlap(struct vmatlas_range a, struct vmatlas_range b)
{
	if (!range_valid(a) || !range_valid(b) || !range_overlaps(a, b))
		return 0;
	return MIN(a.last, b.last) - MAX(a.first, b.first) + 1;
}

void unmapped_run(struct pgtable_check *c, const struct mapping *piece)
{
	struct pgtable_area *area = &c->area;
	const uint64_t here = unmapped_overlap(piece->range, area->must);

	if (piece->state == MAPPING_UNREAD || piece->state == MAPPING_SHARED) {
		area->unknown += here;
	} else if (piece->state == MAPPING_LEAVES) {
		area->mapped += here;
		area->guard_mapped += unmapped_overlap(piece->range, area->guard);
		area->spare_mapped += unmapped_overlap(piece->range, area->spare);
	}
	if (here && piece->state != MAPPING_BAD && piece->range.first <= area->hole)
		area->hole = piece->range.last + 1;
}

static void report_unmapped(struct pgtable_check *c)
{
	const struct pgtable_area *area = &c->area;
	const uint64_t need = vmatlas_range_size(&area->must), missing = need - area->mapped;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, area->claim, &what);
	pgtable_evidence_area(c, area->claim, &evidence);
	evidence_size(&evidence, "mapped", area->mapped, "%s of %s", fmt_size(area->mapped).s,
		      fmt_size(need).s);
	pgtable_evidence_entry(c, area->hole, &evidence);
	pgtable_report(c, &c->unmapped, (struct vmatlas_finding_desc){
		/* a vmalloc area is complete before it is shown, others are mapped after */
		.severity = area->claim->kind == VMATLAS_KIND_VMALLOC ? VMATLAS_SEVERITY_ERROR
								      : VMATLAS_SEVERITY_WARNING,
		.code = "unmapped-area", .where = &area->claim->range,
		.record = area->claim->record, EVIDENCE(&evidence),
		.advice = "look for who touched these page tables: the next access faults; an "
			  "area that was being set up at this moment looks the same",
	}, "%s: %" PRIu64 " of %" PRIu64 " pages are not mapped, the first at %s", str_text(&what),
		missing >> c->k->page_shift, need >> c->k->page_shift,
		fmt_addr(c->atlas, area->hole).s);
}

static void report_guard(struct pgtable_check *c)
{
	const struct pgtable_area *area = &c->area;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, area->claim, &what);
	pgtable_evidence_area(c, area->claim, &evidence);
	pgtable_evidence_entry(c, area->guard.first, &evidence);
	pgtable_report(c, &c->guard, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "guard-mapped",
		.where = &area->guard, .record = area->claim->record,
		EVIDENCE(&evidence),
		.advice = "find who mapped it: an overrun of this area is not caught, it goes "
			  "into that page",
	}, "%s: the guard page at %s is mapped", str_text(&what),
		fmt_addr(c->atlas, area->guard.first).s);
}

static void report_spare(struct pgtable_check *c)
{
	const struct pgtable_area *area = &c->area;
	const unsigned int shift = c->k->page_shift;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, area->claim, &what);
	pgtable_evidence_area(c, area->claim, &evidence);
	pgtable_evidence_entry(c, area->spare.first, &evidence);
	pgtable_report(c, &c->counts, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "vm-struct-mismatch",
		.where = &area->claim->range, .record = area->claim->area->vm_struct,
		EVIDENCE(&evidence),
		.advice = "print the vm_struct: nr_pages was overwritten, or pages were mapped "
			  "behind those of the area",
	}, "%s: its vm_struct counts %" PRIu64 " pages, and %" PRIu64 " more are mapped",
		str_text(&what), area->claim->area->nr_pages, area->spare_mapped >> shift);
}

void unmapped_end(struct pgtable_check *c)
{
	const struct pgtable_area *area = &c->area;

	if (area->guard_mapped)
		report_guard(c);
	if (area->spare_mapped)
		report_spare(c);
	if (!range_valid(area->must))
		return;
	if (area->unknown) {
		c->nr_unknown++;
		return;
	}
	c->nr_checked++;
	if (area->mapped < vmatlas_range_size(&area->must))
		report_unmapped(c);
}

void unmapped_finish(struct pgtable_check *c)
{
	finding_limit_finish(c, &c->unmapped, "unmapped-area", "areas with pages that are not mapped");
	finding_limit_finish(c, &c->guard, "guard-mapped", "areas whose guard page is mapped");
}
