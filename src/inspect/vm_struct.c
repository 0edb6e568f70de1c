/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: does each vm_struct say the same as the vmap_area that points to it?
 * Not on the plugin contract: it judges records as they were decoded, of which claims keep less.
 */
#include <inttypes.h>

#include "map/evidence_list.h"
#include "map/format.h"
#include "base/cleanup.h"
#include "kernel/vmalloc/vmap_area.h"

/* As the surveyor left it; NULL for a claim that is somebody else's. */
static const struct area *record_of(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	const struct kernel_records *b = atlas->records;
	const struct area *a = container_of(c->area, struct area, rec);

	return b->areas.nr && a >= b->areas.v && a < b->areas.v + b->areas.nr ? a : NULL;
}

/*
 * vmalloc() counts its pages and names each: get_vm_area_size() of them (mm/vmalloc.c:
 * __vmalloc_area_node), or less where vrealloc() gave some back. NULL: nothing is wrong.
 */
static const char *wrong_pages(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	const struct vmatlas_area *a = c->area;
	const unsigned int shift = atlas->kernel->page_shift;

	if (c->kind != VMATLAS_KIND_VMALLOC || a->vm_flags & VM_UNINITIALIZED)
		return NULL;
	if (!a->nr_pages && a->pages)
		return "names an array of pages, yet counts none";
	if (a->nr_pages > (vmatlas_range_size(&c->range) >> shift) - !(a->vm_flags & VM_NO_GUARD))
		return "counts more pages than the area has room for";
	return NULL;
}

static void report_odd(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c,
		       const char *what)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_area *a = c->area;
	_cleanup_(str_done) struct str area = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(atlas, c, &area);
	evidence_addr(&evidence, "vmap_area", a->vmap_area, "%s: flags %#" PRIx64,
		      fmt_record(atlas, a->vmap_area).s, a->va_flags);
	if (a->vm_struct)
		evidence_addr(&evidence, "vm_struct", a->vm_struct,
			      "%s: flags %#" PRIx64 ", nr_pages %" PRIu64 ", pages %s",
			      fmt_record(atlas, a->vm_struct).s, a->vm_flags, a->nr_pages,
			      fmt_addr(atlas, a->pages).s);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "vm-struct-mismatch", .where = &c->range,
		.record = a->vm_struct ? a->vm_struct : a->vmap_area,
		EVIDENCE(&evidence),
		.advice = "print the records and their neighbours: one of them was overwritten",
	}, "%s %s", str_text(&area), what);
}

static void vm_struct_report(struct vmatlas_plugin_ctx *job,
			     const struct vmatlas_claim *c)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_area *a = c->area;
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(atlas, c, &what);
	evidence_addr(&evidence, "vmap_area", a->vmap_area, "%s: %s, %s",
		      fmt_record(atlas, a->vmap_area).s, fmt_range(atlas, c->range).s,
		      fmt_size(vmatlas_range_size(&c->range)).s);
	evidence_addr(&evidence, "vm_struct", a->vm_struct, "%s: addr %s, size %#" PRIx64,
		      fmt_record(atlas, a->vm_struct).s, fmt_addr(atlas, a->vm_addr).s, a->vm_size);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "vm-struct-mismatch", .where = &c->range, .record = a->vm_struct,
		EVIDENCE(&evidence),
		.advice = "compare both records in the dump: one of them was overwritten or "
			  "freed and used again",
	}, "%s: its vm_struct says %s + %#" PRIx64, str_text(&what),
		fmt_addr(atlas, a->vm_addr).s, a->vm_size);
}

static void vm_struct_check(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct area *record = record_of(atlas, c);
	const char *pages;

	if (record && record->odd_flags)
		report_odd(job, c,
			   c->area->vm_struct
				   ? "has a vm_struct, yet its flags say vm_map_ram"
				   : "has no vm_struct, yet its flags do not say "
				     "vm_map_ram");
	/* one that could not be read was told */
	if (!c->area->vm_struct || c->flags & VMATLAS_CLAIM_UNREADABLE)
		return;
	if (kernel_address(atlas->kernel, c->area->vm_addr) != c->range.first ||
	    c->area->vm_size != vmatlas_range_size(&c->range)) {
		vm_struct_report(job, c);
		return;
	}
	pages = wrong_pages(atlas, c);
	if (pages)
		report_odd(job, c, pages);
}

static struct vmatlas_error *vm_struct_inspect(struct vmatlas_plugin_ctx *job)
{
	vmatlas_for_each_claim(c, vmatlas_ctx_atlas(job), VMATLAS_LAYER_RECORDED)
		if (c->area)
			vm_struct_check(job, c);
	return NULL;
}

const struct vmatlas_plugin inspector_vm_struct = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "records",
	.summary = "vm_structs that contradict their vmap_area",
	.inspect = vm_struct_inspect,
};
