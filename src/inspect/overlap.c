/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: do two areas overlap; do two declared regions that may not?
 * Within a layer only; between layers the relation is containment (out_of_region.c).
 * Not on the plugin contract: its findings name areas and regions in the words of map/format.h,
 * which it has not.
 */
#include <inttypes.h>
#include <string.h>

#include "map/evidence_list.h"
#include "map/format.h"
#include "base/range.h"
#include "base/range_overlap.h"

struct pass;

typedef void report_fn(struct pass *p, const struct vmatlas_claim *a,
		       const struct vmatlas_claim *b, struct vmatlas_range shared);

struct pass {
	struct vmatlas_plugin_ctx *job;
	report_fn *say;
	const struct vmatlas_claim *under;	/* the others lie over it */
	size_t nr_reported, nr_more;		/* of these */
};

/* One end that was overwritten may run over thousands: a few examples will do. */
#define MAX_TOLD 4

static void tell_more(struct pass *p)
{
	const struct vmatlas_claim *c = p->nr_more ? p->under : NULL;

	if (c)
		ctx_report(p->job, &(struct vmatlas_finding_desc){
			.severity = VMATLAS_SEVERITY_ERROR,
			.code = c->layer == VMATLAS_LAYER_RECORDED ? "area-overlap"
								   : "region-overlap",
			.where = &c->range, .record = c->record,
			.advice = "begin with this record: it overlaps with too many for "
				  "all of them to be wrong",
		}, "%s %s overlaps with %zu more", c->name,
			fmt_range(vmatlas_ctx_atlas(p->job), c->range).s, p->nr_more);
	p->nr_reported = p->nr_more = 0;
}

static void overlap_found(struct pass *p, const struct vmatlas_claim *a,
			  const struct vmatlas_claim *b)
{
	const struct vmatlas_range shared = {
		MAX(a->range.first, b->range.first), MIN(a->range.last, b->range.last),
	};

	if (a != p->under)
		tell_more(p);
	p->under = a;
	if (p->nr_reported >= MAX_TOLD) {
		p->nr_more++;
		return;
	}
	p->nr_reported++;
	p->say(p, a, b, shared);
}

static void report_areas(struct pass *p, const struct vmatlas_claim *a,
			 const struct vmatlas_claim *b, struct vmatlas_range shared)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(p->job);
	_cleanup_(str_done) struct str one = { 0 }, two = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	fmt_area(atlas, a, &one);
	fmt_area(atlas, b, &two);
	evidence_addr(&evidence, "first", a->record, "%s, struct vmap_area %s", str_text(&one),
		      fmt_record(atlas, a->record).s);
	evidence_addr(&evidence, "second", b->record, "%s, struct vmap_area %s", str_text(&two),
		      fmt_record(atlas, b->record).s);
	evidence_range(&evidence, "shared", shared, "%s, %s", fmt_range(atlas, shared).s,
		       fmt_size(vmatlas_range_size(&shared)).s);
	ctx_report(p->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "area-overlap", .where = &shared, .record = b->record,
		EVIDENCE(&evidence),
		.advice = "look at both records: one of them was overwritten, or the "
			  "allocator's tree is corrupt",
	}, "%s and %s share %s", str_text(&one), str_text(&two),
		fmt_size(vmatlas_range_size(&shared)).s);
}

static void overlap_report_regions(struct pass *p, const struct vmatlas_claim *a,
				   const struct vmatlas_claim *b,
				   struct vmatlas_range shared)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(p->job);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_range(&evidence, a->name, a->range, "%s, by %s", fmt_range(atlas, a->range).s,
		       a->source);
	evidence_range(&evidence, b->name, b->range, "%s, by %s", fmt_range(atlas, b->range).s,
		       b->source);
	ctx_report(p->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "region-overlap", .where = &shared, .record = b->record,
		EVIDENCE(&evidence),
		.advice = "two regions may not share addresses: check the platform's "
			  "constants (VMALLOC_END, DMA window) and vmalloc=",
	}, "%s and %s overlap at %s, %s", a->name, b->name, fmt_range(atlas, shared).s,
		fmt_size(vmatlas_range_size(&shared)).s);
}

/* Regions that lie inside others by design, and half-known ones, are not judged. */
static bool overlap_wanted(const struct vmatlas_claim *c)
{
	const uint32_t never = VMATLAS_CLAIM_NESTED | VMATLAS_CLAIM_WINDOW |
			       VMATLAS_CLAIM_DEFAULT | VMATLAS_CLAIM_START_ONLY |
			       VMATLAS_CLAIM_END_ONLY;

	if (c->layer == VMATLAS_LAYER_RECORDED)
		return true;
	return c->flags & VMATLAS_CLAIM_PRIMARY && !(c->flags & never);
}

static void sweep_layer(struct vmatlas_plugin_ctx *job, uint32_t layer, report_fn *say)
{
	struct pass p = { .job = job, .say = say };
	const struct vmatlas_claim *under;
	struct sweep sweep = { 0 };

	vmatlas_for_each_claim(c, vmatlas_ctx_atlas(job), layer) {
		under = overlap_wanted(c) ? sweep_next(&sweep, c->range, c) : NULL;
		if (under)
			overlap_found(&p, under, c);
	}
	tell_more(&p);
}

static struct vmatlas_error *overlap_inspect(struct vmatlas_plugin_ctx *job)
{
	sweep_layer(job, VMATLAS_LAYER_RECORDED, report_areas);
	sweep_layer(job, VMATLAS_LAYER_DECLARED, overlap_report_regions);
	return NULL;
}

const struct vmatlas_plugin inspector_overlap = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "overlap",
	.summary = "areas, or declared regions, that share addresses",
	.inspect = overlap_inspect,
};
