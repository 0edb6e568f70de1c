/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: does the ledger balance? What neither an area nor the free tree holds is
 * lost; what both hold will be handed out a second time.
 * Not on the plugin contract: it adds up lists and trees as they were read, of which claims keep less.
 */
#include <inttypes.h>

#include "map/space_accounting.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "base/range.h"
#include "kernel/vmalloc/free_area_tree.h"

/* A tree that lost a branch lost thousands: a few examples will do. */
#define MAX_TOLD 4

struct balance {
	struct vmatlas_plugin_ctx *job;
	const struct vmatlas_claim *region;
	const struct vmatlas_claim *before;
	const struct purge *purge;	/* under way, and it accounts for what is lost; or NULL */
	size_t nr_lost, nr_twice;
	uint64_t lost;
};

static uint32_t accounting_severity_of(const struct balance *b)
{
	return b->purge ? VMATLAS_SEVERITY_NOTE : VMATLAS_SEVERITY_WARNING;
}

static void accounting_report_lost(struct balance *b, const struct va_extent *p)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(b->job);
	_cleanup_(str_done) struct str before = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_range(&evidence, "lost", p->range, "%s, %s", fmt_range(atlas, p->range).s,
		       fmt_size(vmatlas_range_size(&p->range)).s);
	if (b->before) {
		fmt_area(atlas, b->before, &before);
		evidence_range(&evidence, "behind", b->before->range, "%s", str_text(&before));
	}
	if (b->purge)
		evidence_addr(&evidence, "purge", b->purge->owner,
			      "vmap_purge_lock is held by task_struct %s; vmap_lazy_nr counts %s",
			      fmt_record(atlas, b->purge->owner).s,
			      fmt_size(b->purge->pages << atlas->kernel->page_shift).s);
	ctx_report(
		b->job,
		&(struct vmatlas_finding_desc){
			.severity = accounting_severity_of(b),
			.code = "va-unaccounted",
			.where = &p->range,
			EVIDENCE(&evidence),
			.advice = b->purge ? "nothing: the task that purges would have "
					     "given it back"
					   : "it was freed and never given back, or "
					     "was just about to: look for a "
					     "task in alloc_vmap_area() or a purge under "
					     "way",
		},
		"%s at %s of %s are in no area and in no free one%s",
		fmt_size(vmatlas_range_size(&p->range)).s, fmt_range(atlas, p->range).s,
		b->region->name, b->purge ? ": a purge was under way" : "");
}

static const char *const what_name[NR_VA_USES] = {
	"a busy area", "a busy area", "the kernel image", "an unpurged area", "a pooled area",
	"free", "nobody's",
};

static void report_twice(struct balance *b, const struct va_extent *p)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(b->job);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_addr(&evidence, "first", p->other_record, "%s, struct vmap_area %s",
		      what_name[p->other], fmt_record(atlas, p->other_record).s);
	evidence_addr(&evidence, "second", p->record, "%s, struct vmap_area %s",
		      what_name[p->what], fmt_record(atlas, p->record).s);
	ctx_report(b->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "area-overlap", .where = &p->range, .record = p->record,
		EVIDENCE(&evidence),
		.advice = "compare the two records: the next allocation may get memory that is "
			  "in use",
	}, "%s at %s are both %s and %s", fmt_size(vmatlas_range_size(&p->range)).s,
		fmt_range(atlas, p->range).s, what_name[p->other], what_name[p->what]);
}

/* Two areas that overlap are another inspector's. */
static bool is_ours(const struct va_extent *p)
{
	const bool free = p->what == VA_FREE || p->what == VA_POOLED;
	const bool other = p->other == VA_FREE || p->other == VA_POOLED;

	return p->twice && (free || other);
}

static void accounting_check(void *arg, const struct va_extent *p)
{
	struct balance *b = arg;

	if (p->what == VA_LOST) {
		b->lost += vmatlas_range_size(&p->range);
		if (b->nr_lost++ < MAX_TOLD)
			accounting_report_lost(b, p);
	} else if (is_ours(p) && b->nr_twice++ < MAX_TOLD) {
		report_twice(b, p);
	}
	if (p->area)
		b->before = p->area;
}

static void report_more(struct balance *b)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(b->job);

	if (b->nr_lost > MAX_TOLD)
		ctx_report(
			b->job,
			&(struct vmatlas_finding_desc){
				.severity = accounting_severity_of(b),
				.code = "va-unaccounted",
				.where = &b->region->range,
				.advice = b->purge ? "nothing: a purge was under way"
						   : "so many at once: a part of the "
						     "free tree, or of a list, is lost",
			},
			"%zu more pieces of %s are nobody's, %s together",
			b->nr_lost - MAX_TOLD, b->region->name, fmt_size(b->lost).s);
	if (b->nr_twice > MAX_TOLD)
		ctx_report(b->job, &(struct vmatlas_finding_desc){
			.severity = VMATLAS_SEVERITY_ERROR, .code = "area-overlap",
			.where = &b->region->range,
			.advice = "begin with the free tree: it disagrees with too many areas",
		}, "%zu more pieces of %s are free and in use", b->nr_twice - MAX_TOLD,
			fmt_range(atlas, b->region->range).s);
}

/* ---- A purge under way ---- */

static void sum_lost(void *arg, const struct va_extent *p)
{
	uint64_t *lost = arg;

	if (p->what == VA_LOST)
		*lost += vmatlas_range_size(&p->range);
}

/* What it took off the lists is counted still, and so is what is on them. */
static bool purge_explains(const struct vmatlas *atlas)
{
	const struct kernel_records *b = atlas->records;
	const uint32_t shift = atlas->kernel->page_shift;
	uint64_t bytes = b->purge.pages << shift, lost = 0;

	if (!b->purge.running || bytes >> shift != b->purge.pages)
		return false;
	for (size_t i = 0; i < b->areas.nr; i++)
		if (b->areas.v[i].state == AREA_UNPURGED)
			lost += vmatlas_range_size(&b->areas.v[i].claim.range);
	for (size_t i = 0; i < atlas->space_accounts->spaces.nr; i++) {
		const struct vmatlas_usage *s = &atlas->space_accounts->spaces.v[i]->pub;

		if (!(s->flags & VMATLAS_USAGE_NESTED))
			va_extent_walk(atlas, s->range, sum_lost, &lost);
	}
	return lost <= bytes;
}

static struct vmatlas_error *accounting_inspect(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct space_accounts *l = atlas->space_accounts;

	if (!l || !l->spaces.nr)
		return NULL;
	if (atlas->records->free->state == FREE_UNKNOWN)
		return NULL;	/* told by who could not read it */
	if (!space_accounts_whole(atlas)) {
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_SKIPPED, "ledger",
			"because not all that belongs in it was read");
		return NULL;
	}
	const struct purge *purge = purge_explains(atlas) ? &atlas->records->purge : NULL;
	for (size_t i = 0; i < l->spaces.nr; i++) {
		const struct vmatlas_usage *s = &l->spaces.v[i]->pub;
		struct balance b = { .job = job, .region = s->region, .purge = purge };

		if (s->flags & VMATLAS_USAGE_NESTED)
			continue;
		va_extent_walk(atlas, s->range, accounting_check, &b);
		report_more(&b);
	}
	return NULL;
}

const struct vmatlas_plugin inspector_accounting = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "ledger",
	.summary = "address space that is in use and free, or neither",
	.inspect = accounting_inspect,
};
