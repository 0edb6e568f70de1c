/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RAM that an area maps in another way than the kernel's own mapping of all memory does,
 * which is cached. Only frames in runs that are not cached are looked up.
 */
#include <inttypes.h>

#include "kernel/pgtable/translate.h"
#include "inspect/pgtable/pgtable.h"
#include "map/phys_owner.h"
#include "base/range.h"

#define MAX_LOOKUPS 4096		/* of leaves: 16 MiB, page by page */

/*
 * vmap() and vmalloc() alone take any pages and any type. dma_alloc_coherent() maps RAM
 * uncached where devices do not see the caches, beside the cached mapping, and keeps
 * everybody from that (kernel/dma/remap.c, arch/arm/mm/dma-mapping.c: VM_DMA_COHERENT,
 * before 4.? VM_USERMAP); ioremap() of RAM is told as such.
 */
static bool alias_is_checked(const struct vmatlas_claim *owner)
{
	return owner && (owner->kind == VMATLAS_KIND_VMAP ||
			 owner->kind == VMATLAS_KIND_VMALLOC ||
			 owner->kind == VMATLAS_KIND_VM_MAP_RAM);
}

/*
 * On x86 no two mappings of RAM may differ (Intel SDM vol. 3, 12.12.4), and so
 * set_memory_wc() and its like change the kernel's own, too (arch/x86/mm/pat/set_memory.c).
 * On ARM (ARM ARM, "Mismatched memory attributes") and riscv (Svpbmt) it is for the
 * driver to clean the caches, as those of graphics do, which map their buffers so.
 */
static void alias_report(struct pgtable_check *c, const struct mapping *m,
			 const struct vmatlas_claim *owner,
			 const struct pgtable_frames *direct)
{
	const struct pgtable_frames ours = {
		.va = m->range.first, .attr = m->attr & MAP_TYPE, .owner = owner,
	};
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, owner, &what);
	pgtable_evidence_side(c, &ours, &evidence);
	pgtable_evidence_side(c, direct, &evidence);
	pgtable_report(c, &c->aliases, (struct vmatlas_finding_desc){
		.severity = c->k->arch->has_mtrr ? VMATLAS_SEVERITY_WARNING : VMATLAS_SEVERITY_NOTE,
		.code = "memtype-conflict", .where = &owner->range, .record = owner->record,
		EVIDENCE(&evidence),
		.advice = c->k->arch->has_mtrr ?
			"find who made it: set_memory_wc() or set_memory_uc() has to come before, "
			"which changes the kernel's own mapping as well" :
			"fine for buffers whose driver cleans the caches; what is written through "
			"one of the two is not seen through the other before that",
	}, "%s maps RAM at physical %#" PRIx64 " %s, and the direct map has it %s at %s",
		str_text(&what), direct->phys.first, mapping_type_name(ours.attr),
		mapping_type_name(direct->attr), fmt_addr(c->atlas, direct->va).s);
}

/* The kernel's own mapping of @phys; false if there is none, or it cannot be read. */
static bool look_up(struct pgtable_check *c, uint64_t phys, struct pgtable_frames *ret)
{
	struct vmatlas_error *err;
	struct walk w = { 0 };

	*ret = (struct pgtable_frames){ .phys = { phys, phys } };
	if (!physical_direct(c->atlas, phys, &ret->va))
		return false;
	err = kernel_walk(c->k, ret->va, &w);
	ret->attr = w.leaf.attr & MAP_TYPE;
	if (err || !w.mapped) {
		vmatlas_error_free(err);
		return false;
	}
	return true;
}

/* One is enough of an area. */
void linear_map_alias_run(struct pgtable_check *c, const struct mapping *m, const struct vmatlas_claim *owner)
{
	const uint64_t step = 1ull << m->shift, size = vmatlas_range_size(&m->range);
	struct pgtable_frames direct;

	if (!alias_is_checked(owner) || c->alias_reported == owner)
		return;
	for (uint64_t at = 0; at < size; at += step) {
		const struct mapping rest = pgtable_cut(m, (struct vmatlas_range){
			m->range.first + at, m->range.last });

		if (c->nr_aliases++ >= MAX_LOOKUPS)
			return;
		if (!look_up(c, rest.phys, &direct) || direct.attr == (m->attr & MAP_TYPE))
			continue;
		c->alias_reported = owner;
		alias_report(c, &rest, owner, &direct);
		return;
	}
}

void linear_map_alias_finish(struct pgtable_check *c)
{
	finding_limit_finish(c, &c->aliases, "memtype-conflict",
			"areas that map RAM in another way than the direct map");
	if (c->nr_aliases > MAX_LOOKUPS)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, "memory types",
				     "more than %u pages of RAM that are not cached, the others "
				     "left out", MAX_LOOKUPS);
}
