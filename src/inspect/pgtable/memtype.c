/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is mapped in two ways at once, and RAM that is mapped as a device. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/compare.h"
#include "inspect/pgtable/pgtable.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/ram/ram_survey.h"

#define MAX_FRAMES (1u << 16)		/* runs of device memory; no machine has as many */

static struct vmatlas_range phys_of(const struct mapping *m)
{
	return (struct vmatlas_range){ m->phys, m->phys + (vmatlas_range_size(&m->range) - 1) };
}

static bool is_ram(const struct pgtable_check *c, struct vmatlas_range phys)
{
	return ram_is_system_ram(c->atlas->records->ram, phys) == RAM_YES;
}

/* ---- ram-ioremapped ---- */

/*
 * Kernels refuse to ioremap() RAM they use (arch/x86/mm/ioremap.c: __ioremap_check_ram;
 * arm, arm64: pfn_valid, memblock_is_map_memory). Cached is what memremap() asks for,
 * for tables that the firmware left in RAM.
 */
static void report_ram(struct pgtable_check *c, const struct mapping *m,
		       const struct vmatlas_claim *owner)
{
	const bool cached = !(m->attr & MAP_TYPE);
	_cleanup_(str_done) struct str what = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(c->atlas, owner, &what);
	pgtable_evidence_area(c, owner, &evidence);
	evidence_text(&evidence, "RAM", "iomem_resource has System RAM there");
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->ram, (struct vmatlas_finding_desc){
		.severity = cached ? VMATLAS_SEVERITY_NOTE : VMATLAS_SEVERITY_WARNING,
		.code = "ram-ioremapped", .where = &owner->range, .record = owner->record,
		EVIDENCE(&evidence),
		.advice = cached ? "harmless as long as it is memory that the firmware keeps"
				 : "find the driver: the kernel uses this memory as well, cached",
	}, "%s maps RAM at physical %#" PRIx64 " as %s", str_text(&what), m->phys,
		mapping_type_name(m->attr));
}

/* ---- Gathering ---- */

/* What may conflict: whatever is not cached, and whatever is no RAM. */
void memtype_run(struct pgtable_check *c, const struct mapping *m, const struct vmatlas_claim *owner)
{
	const bool io = owner && (owner->kind == VMATLAS_KIND_IOREMAP ||
				  owner->kind == VMATLAS_KIND_STATIC_MAPPING);
	struct pgtable_frames *f;

	if (!mapping_is_memory(m) || (!io && !(m->attr & MAP_TYPE)))
		return;
	c->remaps_seen |= io;
	if (is_ram(c, phys_of(m))) {
		/* what a record says that contradicts itself is no measure */
		if (owner && owner->kind == VMATLAS_KIND_IOREMAP && range_valid(c->area.known))
			report_ram(c, m, owner);
		else
			linear_map_alias_run(c, m, owner);
		return;
	}
	f = c->devices.nr < MAX_FRAMES ? vec_push(&c->devices) : NULL;
	if (f)
		*f = (struct pgtable_frames){ .phys = phys_of(m), .va = m->range.first,
					  .attr = m->attr & MAP_TYPE, .owner = owner };
	else
		c->devices_full = true;
}

/* ---- memtype-conflict ---- */

static int by_phys(const void *a, const void *b)
{
	const struct pgtable_frames *x = a, *y = b;

	return compare_u64(x->phys.first, y->phys.first) ?: compare_u64(x->va, y->va);
}

/*
 * On x86 what is no RAM is uncached by the MTRRs, whatever a cached mapping says
 * (Intel SDM vol. 3, 12.5.2.2). Strongly ordered and device memory on ARM differ in
 * what may be gathered, not in what is seen.
 */
static uint32_t memtype_severity_of(const struct pgtable_check *c,
				    const struct pgtable_frames *a,
				    const struct pgtable_frames *b)
{
	const uint32_t strong = PT_DEVICE | PT_UNCACHED;

	if ((c->k->arch->has_mtrr && (!a->attr || !b->attr)) || (a->attr & strong && b->attr & strong))
		return VMATLAS_SEVERITY_NOTE;
	return VMATLAS_SEVERITY_WARNING;
}

/* Without the PAT a kernel gives each what it asks for (memtype.c: memtype_reserve). */
static bool is_untracked(const struct pgtable_check *c)
{
	const struct resolved *disabled = &c->switches[MAPPING_PAT_DISABLED];
	uint64_t value = 0;

	if (c->k->arch->has_mtrr && disabled->found)
		vmatlas_error_free(kernel_read_uint(c->k, disabled->addr, 1, &value));
	return value;
}

void pgtable_evidence_side(struct pgtable_check *c, const struct pgtable_frames *f,
			   struct evidence *s)
{
	evidence_addr(s, "mapping", f->va, "%s, %s", fmt_addr(c->atlas, f->va).s,
		      mapping_type_name(f->attr));
	if (f->owner)
		pgtable_evidence_area(c, f->owner, s);
	pgtable_evidence_entry(c, f->va, s);
}

static void report_conflict(struct pgtable_check *c, const struct pgtable_frames *a,
			    const struct pgtable_frames *b)
{
	const struct vmatlas_range where = { b->va, b->va + vmatlas_range_size(&b->phys) - 1 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	pgtable_evidence_side(c, a, &evidence);
	pgtable_evidence_side(c, b, &evidence);
	pgtable_report(
		c, &c->types,
		(struct vmatlas_finding_desc){
			.severity = memtype_severity_of(c, a, b),
			.code = "memtype-conflict",
			.where = &where,
			.record = b->owner ? b->owner->record : 0,
			EVIDENCE(&evidence),
			.advice = memtype_severity_of(c, a, b) == VMATLAS_SEVERITY_NOTE
					  ? "harmless here: the stricter of the two "
					    "types counts"
					  : "map it in one way only: what a CPU sees "
					    "through two types is undefined",
		},
		"physical %#" PRIx64 " is mapped %s at %s and %s at %s",
		MAX(a->phys.first, b->phys.first), mapping_type_name(a->attr),
		fmt_addr(c->atlas, a->va).s, mapping_type_name(b->attr),
		fmt_addr(c->atlas, b->va).s);
}

/* Each with the one before it that reaches furthest: conflicts are rare, chains rarer. */
static void check_types(struct pgtable_check *c)
{
	const struct pgtable_frames *widest = NULL;
	const bool untracked = is_untracked(c);

	for (size_t i = 0; i < c->devices.nr; i++) {
		const struct pgtable_frames *f = &c->devices.v[i];

		const bool overlaps = widest && f->phys.first <= widest->phys.last;

		if (overlaps && f->attr == widest->attr)
			double_ioremap_add(c, widest, f);
		else if (overlaps && !(untracked && memtype_severity_of(c, widest, f) ==
							    VMATLAS_SEVERITY_NOTE))
			report_conflict(c, widest, f);
		if (!widest || f->phys.last > widest->phys.last)
			widest = f;
	}
}

void memtype_finish(struct pgtable_check *c)
{
	if (c->devices.nr)
		qsort(c->devices.v, c->devices.nr, sizeof(*c->devices.v), by_phys);
	check_types(c);
	double_ioremap_finish(c);
	linear_map_alias_finish(c);
	finding_limit_finish(c, &c->types, "memtype-conflict", "places that are mapped in two ways");
	finding_limit_finish(c, &c->ram, "ram-ioremapped", "areas that map RAM as a device");
	if (c->devices_full)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, "memory types",
				     "more than %u mappings of devices, the others left out",
				     MAX_FRAMES);
	if (c->remaps_seen && (!c->atlas->records->ram || !c->atlas->records->ram->system_known))
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "RAM mapped as a device",
				     "because iomem_resource could not be read");
}
