/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: does every area lie in a region that allocators hand out from?
 * One that leaves its region is told with the region it runs into and the bytes.
 * Not on the plugin contract: its findings name areas and regions in the words of map/format.h,
 * which it has not.
 */
#include <inttypes.h>
#include <string.h>

#include "map/evidence_list.h"
#include "map/format.h"
#include "base/range.h"

/* Kinds that vmap_area records may lie in (kernel-wide; see kernel/vmalloc/vmap_area_lists.c surveyor). */
static bool is_home(const struct vmatlas_claim *c)
{
	if (!(c->flags & VMATLAS_CLAIM_PRIMARY))
		return false;
	return c->kind == VMATLAS_KIND_VMALLOC_SPACE || c->kind == VMATLAS_KIND_MODULE_SPACE ||
	       c->kind == VMATLAS_KIND_KASAN || c->kind == VMATLAS_KIND_MODULE_WINDOW;
}

/* Windows lie across regions, and areas may lie in either: any one home is enough. */
static bool out_of_region_is_at_home(const struct vmatlas *atlas,
				     struct vmatlas_range area)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (is_home(c) && range_holds(c->range, area))
			return true;
	return false;
}

static const struct vmatlas_claim *home_of(const struct vmatlas *atlas, uint64_t addr)
{
	const struct vmatlas_claim *window = NULL;

	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED) {
		if (!is_home(c) || !range_has(c->range, addr))
			continue;
		if (!(c->flags & VMATLAS_CLAIM_WINDOW))
			return c;
		window = c;
	}
	return window;
}

/* The first top-level region that the part outside meets, other than @home. */
static const struct vmatlas_claim *runs_into(const struct vmatlas *atlas,
					     struct vmatlas_range outside,
					     const struct vmatlas_claim *home)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c != home && c->flags & VMATLAS_CLAIM_PRIMARY &&
		    !(c->flags & (VMATLAS_CLAIM_NESTED | VMATLAS_CLAIM_DEFAULT)) &&
		    range_overlaps(c->range, outside))
			return c;
	return NULL;
}

static void out_of_region_report(struct vmatlas_plugin_ctx *job,
				 const struct vmatlas_claim *area,
				 const struct vmatlas_claim *home,
				 struct vmatlas_range outside)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_claim *into = runs_into(atlas, outside, home);
	_cleanup_(str_done) struct str what = { 0 }, where = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(atlas, area, &what);
	evidence_addr(&evidence, "record", area->record, "struct vmap_area %s",
		      fmt_record(atlas, area->record).s);
	if (home)
		evidence_range(&evidence, "region", home->range, "%s %s, by %s", home->name,
			       fmt_range(atlas, home->range).s, home->source);
	if (into)
		evidence_range(&evidence, "into", into->range, "%s %s, by %s", into->name,
			       fmt_range(atlas, into->range).s, into->source);
	str_addf(&where, into ? "into %s" : "into no declared region", into ? into->name : "");
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "area-out-of-range", .where = &area->range, .record = area->record,
		EVIDENCE(&evidence),
		.advice = "check the record against its neighbours: an address in it was "
			  "overwritten, or the region's bounds are wrong",
	}, home ? "%s leaves %s by %s, %s" : "%s lies outside %s: %s, %s", str_text(&what),
		home ? home->name : "every region that areas come from",
		fmt_size(vmatlas_range_size(&outside)).s, str_text(&where));
}

/*
 * 32-bit ARM maps CMA and DMA memory anew, in place, with iotable_init(): an
 * area in lowmem at the very address lowmem has for that memory
 * (arch/arm/mm/dma-mapping.c: dma_contiguous_remap). Where its vm_struct could not
 * be read, which was told, it gets the benefit of the doubt.
 */
static bool is_lowmem_remapped(const struct vmatlas *atlas, const struct vmatlas_claim *area)
{
	const struct vmatlas_claim *lowmem = atlas_region(atlas, VMATLAS_KIND_DIRECT_MAP);
	const struct vmatlas_area *a = area->area;

	if (!lowmem || !a || !atlas->kernel || !atlas->kernel->arch->remaps_lowmem ||
	    !range_holds(lowmem->range, area->range))
		return false;
	if (area->flags & VMATLAS_CLAIM_UNREADABLE)
		return true;
	return area->kind == VMATLAS_KIND_STATIC_MAPPING &&
	       a->phys == area->range.first - lowmem->range.first + atlas->kernel->phys_base;
}

static void out_of_region_check(struct vmatlas_plugin_ctx *job,
				const struct vmatlas_claim *area)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_claim *home;
	struct vmatlas_range outside = area->range;

	if (out_of_region_is_at_home(atlas, area->range) ||
	    is_lowmem_remapped(atlas, area))
		return;
	home = home_of(atlas, area->range.first);
	if (home) {
		outside.first = home->range.last + 1;
	} else {
		home = home_of(atlas, area->range.last);
		if (home)
			outside.last = home->range.first - 1;
	}
	out_of_region_report(job, area, home, outside);
}

static struct vmatlas_error *out_of_region_inspect(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);

	if (!vmatlas_claim_next(atlas, VMATLAS_LAYER_RECORDED, NULL))
		return NULL;
	if (!atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE)) {
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_SKIPPED, "areas against regions",
			"because the bounds of vmalloc space are not known; give the boot "
			"log's table with --boot-log FILE");
		return NULL;
	}
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED)
		out_of_region_check(job, c);
	return NULL;
}

const struct vmatlas_plugin inspector_out_of_region = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "stray",
	.summary = "areas that lie outside the regions areas come from",
	.inspect = out_of_region_inspect,
};
