/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: do the sources that speak of the same bound agree? Only like with
 * like: windows and defaults that platforms change are no second sources.
 */
#include <inttypes.h>
#include <string.h>

#include "map/evidence_list.h"
#include "map/format.h"

static bool comparable(const struct vmatlas_claim *a, const struct vmatlas_claim *b)
{
	const uint32_t never = VMATLAS_CLAIM_WINDOW | VMATLAS_CLAIM_DEFAULT;

	return a->kind == b->kind && !strcmp(a->name, b->name) && !((a->flags | b->flags) & never);
}

static bool has_start(const struct vmatlas_claim *c)
{
	return !(c->flags & VMATLAS_CLAIM_END_ONLY);
}

static bool has_end(const struct vmatlas_claim *c)
{
	return !(c->flags & VMATLAS_CLAIM_START_ONLY);
}

static void bounds_report(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *a,
			  const struct vmatlas_claim *b, bool end)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const uint64_t x = end ? a->range.last + 1 : a->range.first;
	const uint64_t y = end ? b->range.last + 1 : b->range.first;
	const struct vmatlas_range where = { MIN(x, y), MAX(x, y) - 1 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_addr(&evidence, "source", x, "%s, %s", fmt_addr(atlas, x).s, a->source);
	evidence_addr(&evidence, "source", y, "%s, %s", fmt_addr(atlas, y).s, b->source);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "bounds-disagree", .where = &where,
		.record = b->record ? b->record : a->record,
		EVIDENCE(&evidence),
		.advice = "find out which source was overwritten, or which formula does not "
			  "fit this kernel",
	}, "%s of %s: %s by %s, %s by %s", end ? "end" : "start", a->name,
		fmt_addr(atlas, x).s, a->source, fmt_addr(atlas, y).s, b->source);
}

/*
 * 32-bit ARM: high_memory is where RAM below the limit ends, and lowmem is mapped up to
 * memblock_limit, that rounded down to a PMD of 2 MiB (adjust_lowmem_bounds(), mmu.c).
 */
static bool is_rounded(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *a,
		       const struct vmatlas_claim *b)
{
	const struct kernel *k = vmatlas_ctx_atlas(job)->kernel;
	const uint64_t lower = MIN(a->range.last, b->range.last) + 1;
	const uint64_t upper = MAX(a->range.last, b->range.last) + 1;

	return k && k->arch->drops_ram_above_lowmem && a->kind == VMATLAS_KIND_DIRECT_MAP &&
	       lower == align_down(upper, MIB(2));
}

/* Every other claim against the primary one: each source is named once. */
static void bounds_compare(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *a,
			   const struct vmatlas_claim *b)
{
	if (has_start(b) && has_start(a) && a->range.first != b->range.first)
		bounds_report(job, a, b, false);
	if (has_end(b) && has_end(a) && a->range.last != b->range.last && !is_rounded(job, a, b))
		bounds_report(job, a, b, true);
}

/* Does a region that module memory may come from hold @addr? */
static bool is_for_modules(const struct vmatlas *atlas, uint64_t addr)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->flags & VMATLAS_CLAIM_PRIMARY && range_has(c->range, addr) &&
		    (c->kind == VMATLAS_KIND_MODULE_SPACE ||
		     c->kind == VMATLAS_KIND_VMALLOC_SPACE))
			return true;
	return false;
}

static bool has_spaces(const struct vmatlas *atlas)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == VMATLAS_KIND_MODULE_SPACE && c->flags & VMATLAS_CLAIM_PRIMARY)
			return true;
	return false;
}

/* A window is no bound, but must lie in the regions that it is cut out of. */
static void check_window(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	if (is_for_modules(atlas, c->range.first) && is_for_modules(atlas, c->range.last))
		return;
	evidence_range(&evidence, "source", c->range, "%s, %s", fmt_range(atlas, c->range).s,
		       c->source);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "bounds-disagree", .where = &c->range, .record = c->record,
		EVIDENCE(&evidence),
		.advice = "find out what overwrote the window; module memory is taken from it",
	}, "%s %s leaves the regions that module memory comes from", c->name,
		fmt_range(atlas, c->range).s);
}

static struct vmatlas_error *bounds_inspect(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);

	const bool spaces = has_spaces(atlas);

	vmatlas_for_each_claim(a, atlas, VMATLAS_LAYER_DECLARED) {
		if (spaces && a->kind == VMATLAS_KIND_MODULE_WINDOW &&
		    a->flags & VMATLAS_CLAIM_WINDOW)
			check_window(job, a);
		if (!(a->flags & VMATLAS_CLAIM_PRIMARY))
			continue;
		vmatlas_for_each_claim(b, atlas, VMATLAS_LAYER_DECLARED)
			if (a != b && comparable(a, b))
				bounds_compare(job, a, b);
	}
	return NULL;
}

const struct vmatlas_plugin inspector_bounds = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "bounds",
	.summary = "bounds on which two sources disagree",
	.inspect = bounds_inspect,
};
