/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: do the sources that speak of the same bound agree? Only like with
 * like: windows and defaults that platforms change are no second sources.
 * Not on the plugin contract: its findings name regions in the words of map/format.h, which it has not.
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

static uint64_t bound_of(const struct vmatlas_claim *c, bool end)
{
	return end ? c->range.last + 1 : c->range.first;
}

/* VMCOREINFO is a hint: a bound that it alone has otherwise is no word on the kernel. */
static bool is_by_note(const struct vmatlas_claim *c)
{
	return !strncmp(c->source, "vmcoreinfo ", strlen("vmcoreinfo "));
}

/* Does a third source, not the note, agree with @a? */
static bool has_witness(const struct vmatlas *atlas, const struct vmatlas_claim *a, bool end)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c != a && comparable(a, c) && !is_by_note(c) &&
		    (end ? has_end(c) : has_start(c)) && bound_of(c, end) == bound_of(a, end))
			return true;
	return false;
}

struct bounds_verdict {
	enum vmatlas_severity severity;
	const char *code, *advice, *prefix;
};

static struct bounds_verdict bounds_judge(const struct vmatlas *atlas, const struct vmatlas_claim *a,
					  const struct vmatlas_claim *b, bool end)
{
	const struct vmatlas_claim *other = is_by_note(a) ? b : a;

	if (!is_by_note(a) && !is_by_note(b))
		return (struct bounds_verdict){
			VMATLAS_SEVERITY_WARNING, "bounds-disagree",
			"find out which source was overwritten, or which formula does not "
			"fit this kernel", "" };
	if (has_witness(atlas, other, end))
		return (struct bounds_verdict){
			VMATLAS_SEVERITY_WARNING, "vmcoreinfo-wrong",
			"the dump's note is wrong, not its kernel: find out what wrote it",
			"VMCOREINFO of the dump is wrong: " };
	return (struct bounds_verdict){
		VMATLAS_SEVERITY_NOTE, "bounds-disagree",
		"the dump's note is wrong, or the formula does not fit this kernel: nothing "
		"else says which", "" };
}

static void bounds_report(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *a,
			  const struct vmatlas_claim *b, bool end)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const uint64_t x = bound_of(a, end), y = bound_of(b, end);
	const struct vmatlas_range where = { MIN(x, y), MAX(x, y) - 1 };
	const struct bounds_verdict verdict = bounds_judge(atlas, a, b, end);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_addr(&evidence, "source", x, "%s, %s", fmt_addr(atlas, x).s, a->source);
	evidence_addr(&evidence, "source", y, "%s, %s", fmt_addr(atlas, y).s, b->source);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = verdict.severity, .code = verdict.code, .where = &where,
		.record = b->record ? b->record : a->record,
		EVIDENCE(&evidence), .advice = verdict.advice,
	}, "%s%s of %s: %s by %s, %s by %s", verdict.prefix, end ? "end" : "start", a->name,
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
