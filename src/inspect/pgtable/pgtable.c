/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: the page tables against the records. Runs and areas go by side by side, in
 * order of address; each run is cut at the ends of the areas it meets. See pgtable.h.
 * Not on the plugin contract: it walks page tables run by run, areas by their side.
 */
#include <inttypes.h>
#include <string.h>

#include "kernel/pgtable/translate.h"
#include "kernel/lookup.h"
#include "inspect/pgtable/pgtable.h"
#include "base/range.h"
#include "kernel/ram/ram_survey.h"

#define SUBJECT "page tables"
#define TOLD 20				/* findings of a code before they are counted only */

static const struct vmatlas_range nothing = { 1, 0 };

/* ---- What judges say ---- */

void pgtable_report(struct pgtable_check *c, struct finding_limit *fold, struct vmatlas_finding_desc report,
		const char *fmt, ...)
{
	_cleanup_(str_done) struct str message = { 0 };
	va_list ap;

	if (fold->nr++ >= TOLD) {
		if (fold->nr == TOLD + 1)
			fold->rest = *report.where;
		fold->rest.first = MIN(fold->rest.first, report.where->first);
		fold->rest.last = MAX(fold->rest.last, report.where->last);
		fold->severity = MAX(fold->severity, report.severity);
		return;
	}
	va_start(ap, fmt);
	str_vaddf(&message, fmt, ap);
	va_end(ap);
	ctx_report(c->job, &report, "%s", str_text(&message));
}

void finding_limit_finish(struct pgtable_check *c, const struct finding_limit *fold, const char *code,
		     const char *what)
{
	if (fold->nr <= TOLD)
		return;
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = fold->severity, .code = code,
		.where = &fold->rest,
	}, "%zu more %s, in %s", fold->nr - TOLD, what, fmt_range(c->atlas, fold->rest).s);
}

void pgtable_evidence_entry(struct pgtable_check *c, uint64_t va, struct evidence *s)
{
	struct walk w;
	struct vmatlas_error *err = kernel_walk(c->k, va, &w);

	if (!err && w.nr_steps) {
		const struct walk_step *step = &w.step[w.nr_steps - 1];

		evidence_phys(s, "entry", step->entry_addr,
			      "%s at physical %#" PRIx64 ": %#" PRIx64 "%s", step->level,
			      step->entry_addr, step->entry, w.mapped ? "" : ", not present");
	}
	vmatlas_error_free(err);
}

void pgtable_evidence_area(struct pgtable_check *c, const struct vmatlas_claim *claim,
			   struct evidence *s)
{
	evidence_range(s, "area", claim->range, "%s %s, by %s", claim->name,
		       fmt_range(c->atlas, claim->range).s, claim->source);
	if (claim->record)
		evidence_addr(s, "record", claim->record, "struct %s %s",
			      claim->record_type ? claim->record_type : "vmap_area",
			      fmt_record(c->atlas, claim->record).s);
	if (claim->area && claim->area->vm_struct)
		evidence_addr(s, "vm_struct", claim->area->vm_struct, "%s",
			      fmt_record(c->atlas, claim->area->vm_struct).s);
}

struct mapping pgtable_cut(const struct mapping *m, struct vmatlas_range range)
{
	struct mapping cut = *m;

	cut.range.first = MAX(m->range.first, range.first);
	cut.range.last = MIN(m->range.last, range.last);
	if (m->state == MAPPING_LEAVES)
		cut.phys += cut.range.first - m->range.first;
	return cut;
}

/* ---- Areas, as the runs go by ---- */

/* The next area that lies on no other one before it; those that do were told. */
static const struct vmatlas_claim *next_area(struct pgtable_check *c, const struct vmatlas_claim *prev)
{
	const struct vmatlas_claim *a = prev;

	while ((a = vmatlas_claim_next(c->atlas, VMATLAS_LAYER_RECORDED, a))) {
		if (a->kind == VMATLAS_KIND_MODULE)
			continue;	/* a second claim on areas that are there */
		if (!prev || a->range.first > prev->range.last)
			break;
		c->nr_overlapping++;
	}
	return a;
}

/* One that reaches into the next says something of its end that cannot be true. */
static bool overlaps_next(const struct pgtable_check *c, const struct vmatlas_claim *claim)
{
	const struct vmatlas_claim *next = claim;

	do
		next = vmatlas_claim_next(c->atlas, VMATLAS_LAYER_RECORDED, next);
	while (next && next->kind == VMATLAS_KIND_MODULE);
	return next && next->range.first <= claim->range.last;
}

static void begin_area(struct pgtable_check *c, const struct vmatlas_claim *claim)
{
	c->area = (struct pgtable_area){ .claim = claim, .must = nothing, .guard = nothing,
				     .spare = nothing, .known = nothing };
	if (claim && overlaps_next(c, claim))
		c->nr_overlapping++;
	else if (claim)
		unmapped_begin(c);
}

static void end_area(struct pgtable_check *c)
{
	const struct vmatlas_claim *claim = c->area.claim;

	unmapped_end(c);
	wrong_page_end(c);
	begin_area(c, next_area(c, claim));
}

/* Areas against @m; what lies behind it is for the next run. */
static void meet_areas(struct pgtable_check *c, const struct mapping *m)
{
	while (c->area.claim && c->area.claim->range.last < m->range.first)
		end_area(c);
	while (c->area.claim && range_overlaps(c->area.claim->range, m->range)) {
		const struct mapping piece = pgtable_cut(m, c->area.claim->range);

		unmapped_run(c, &piece);
		wrong_page_run(c, &piece);
		memtype_run(c, &piece, c->area.claim);
		if (c->area.claim->range.last > m->range.last)
			return;
		end_area(c);
	}
}

/* ---- Parts of runs that nothing claims ---- */

/* All that claims up to @addr own, as one range: only its end matters. */
static void own_up_to(struct pgtable_check *c, uint64_t addr)
{
	const struct vmatlas_claim *o = c->next_owner;

	for (; o && o->range.first <= addr;
	     o = vmatlas_claim_next(c->atlas, VMATLAS_LAYER_RECORDED, o)) {
		if (!range_valid(c->owned) || o->range.first > c->owned.last)
			c->owned = o->range;
		c->owned.last = MAX(c->owned.last, o->range.last);
		stale_break(c);
	}
	c->next_owner = o;
}

static void find_unowned(struct pgtable_check *c, const struct mapping *m)
{
	struct vmatlas_range left = m->range;

	for (;;) {
		struct mapping piece;

		own_up_to(c, left.first);
		if (range_valid(c->owned) && c->owned.last >= left.first) {
			if (c->owned.last >= left.last)
				return;
			left.first = c->owned.last + 1;
			continue;
		}
		piece = pgtable_cut(m, left);
		if (c->next_owner && c->next_owner->range.first <= left.last)
			piece.range.last = c->next_owner->range.first - 1;
		stale_run(c, &piece);
		memtype_run(c, &piece, NULL);
		if (piece.range.last >= left.last)
			return;
		left.first = piece.range.last + 1;
	}
}

/* ---- Tables that cannot be ---- */

static void report_corrupt(struct pgtable_check *c, const struct mapping *m,
			   const char *why)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "entry", m->entry_addr, "%s at physical %#" PRIx64 ": %#" PRIx64,
		      c->k->format->level[m->level ? m->level - (m->phys != 0) : 0].name,
		      m->entry_addr, m->entry);
	pgtable_report(c, &c->corrupt, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
		.where = &m->range, EVIDENCE(&evidence),
		.advice = "look at the whole table in memory: what overwrote it may show itself",
	}, "the page-table entry for %s makes no sense: %s",
		fmt_range(c->atlas, m->range).s, why);
}

bool pgtable_in_space(const struct pgtable_check *c, uint64_t addr)
{
	vmatlas_for_each_claim(r, c->atlas, VMATLAS_LAYER_DECLARED)
		if ((r->kind == VMATLAS_KIND_VMALLOC_SPACE ||
		     r->kind == VMATLAS_KIND_MODULE_SPACE) && range_has(r->range, addr))
			return true;
	return false;
}

/* A table that the dump lacks may have been left out; one where there is no RAM never was. */
static bool leads_beyond_ram(const struct pgtable_check *c, const struct mapping *m)
{
	const struct vmatlas_range table = { m->phys, m->phys };

	return m->state == MAPPING_UNREAD && !c->k->mem->info.live &&
	       ram_is_system_ram(c->atlas->records->ram, table) == RAM_NO;
}

static struct vmatlas_error *take_run(void *arg, const struct mapping *m)
{
	struct pgtable_check *c = arg;

	if (m->state == MAPPING_BAD)
		report_corrupt(c, m, m->why);
	/* a table at two addresses is KASAN's doing, and espfix's: both are left out here */
	else if (m->state == MAPPING_SHARED && pgtable_in_space(c, m->range.first))
		report_corrupt(c, m, "the table it leads to serves other addresses, too");
	else if (leads_beyond_ram(c, m))
		report_corrupt(c, m, "the table it leads to would lie where there is no RAM");
	wx_run(c, m);
	image_run(c, m);
	fixmap_run(c, m);
	meet_areas(c, m);
	find_unowned(c, m);
	return NULL;
}

/* ---- The inspector ---- */

static void pgtable_cover(struct pgtable_check *c, const struct mapping_stats *stats)
{
	finding_limit_finish(c, &c->corrupt, "page-table-corrupt", "entries that make no sense");
	if (stats->is_cut_short)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, SUBJECT,
				     "more of them than any machine has, the others left out");
	else if (stats->nr_unread)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, SUBJECT, "%" PRIu64
				     " of them are not in the dump", stats->nr_unread);
	else
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_FULL, SUBJECT, "%" PRIu64 " of them",
				     stats->nr_tables);
	if (c->nr_unknown)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, "pages of areas",
			"%" PRIu64 " areas not checked, because their page tables are not in the "
			"dump", c->nr_unknown);
	if (c->nr_overlapping)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "pages of areas",
			"of %" PRIu64 " areas, because they overlap", c->nr_overlapping);
}

static struct vmatlas_error *pgtable_finish(struct pgtable_check *c)
{
	struct vmatlas_error *err;

	while (c->area.claim)
		end_area(c);
	unmapped_finish(c);
	stale_break(c);
	err = fixmap_finish(c);
	stale_finish(c);
	wrong_page_finish(c);
	wx_finish(c);
	image_finish(c);
	memtype_finish(c);
	return err;
}

static struct vmatlas_error *not_checked(struct vmatlas_plugin_ctx *job,
					 struct vmatlas_error *err)
{
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_SKIPPED, SUBJECT, "because %s",
			     vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}

/* Confidential guests of TDX mark what they share with a bit of the address. */
static struct vmatlas_error *find_phys_mask(struct pgtable_check *c)
{
	const struct resolved *mask = &c->switches[MAPPING_PHYSICAL_MASK];
	struct vmatlas_error *err;

	c->phys_mask = UINT64_MAX;
	if (!mask->found || !c->k->arch->has_pte_masks)
		return NULL;
	err = kernel_read_uint(c->k, mask->addr, 8, &c->phys_mask);
	if (err && !error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *pgtable_prepare(struct pgtable_check *c)
{
	struct vmatlas_error *err = lookup_resolve(c->k, mapping_needs, MAPPING_NR_NEEDS,
						  c->switches);

	if (!err)
		err = find_phys_mask(c);
	if (!err)
		err = wx_begin(c);
	if (!err)
		err = root_check(c);
	image_begin(c);
	return err ? err : wrong_page_open(c);
}

static struct vmatlas_error *pgtable_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	struct pgtable_check c = { .job = job, .atlas = atlas, .k = atlas->kernel, .owned = nothing,
			      .stray = nothing, .home = nothing, .text = nothing };
	struct mapping_stats stats;
	struct vmatlas_error *err;

	if (!c.k)
		return NULL;
	c.areas_complete = atlas->records->areas_complete;
	c.next_owner = vmatlas_claim_next(atlas, VMATLAS_LAYER_RECORDED, NULL);
	begin_area(&c, next_area(&c, NULL));
	fixmap_begin(&c);
	err = pgtable_prepare(&c);
	/* lowmem is a few sections; it holds the kernel itself */
	if (!err)
		err = mapped_walk(atlas, c.k->ptr_size == 4, take_run, &c, &stats);
	if (!err) {
		err = pgtable_finish(&c);
		pgtable_cover(&c, &stats);
	}
	wrong_page_close(&c);
	vec_done(&c.wx);
	vec_done(&c.image_runs);
	vec_done(&c.devices);
	vec_done(&c.pairs);
	vec_done(&c.fixed);
	return err ? not_checked(job, err) : NULL;
}

const struct vmatlas_plugin inspector_pgtable = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "mappings",
	.summary = "page tables that contradict the records",
	.inspect = pgtable_inspect,
};
