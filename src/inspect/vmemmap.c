/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: the mappings of vmemmap, the array of struct page. All RAM that the kernel uses has
 * its struct pages mapped (mm/sparse-vmemmap.c: vmemmap_populate(), before a page can be freed),
 * from RAM, for the kernel alone, and not to be executed. Two places may lead to one page by
 * design (HugeTLB's and DAX's shared struct pages), and memory may hold its own struct pages
 * (memmap_on_memory, pmem): neither is judged.
 * It looks into pgtable/: whether W is kept apart from X is known there.
 * Not on the plugin contract: it walks page tables run by run, as pgtable/ does.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/range.h"
#include "inspect/pgtable/pgtable.h"
#include "kernel/mm/memmap.h"
#include "kernel/pgtable/walk.h"
#include "kernel/ram/ram_survey.h"
#include "map/evidence_list.h"
#include "map/format.h"

#define TOLD 8
#define MAX_KEPT 512			/* tables that an extract keeps */

struct memmap_ranges {
	struct vmatlas_range *v;
	size_t nr, cap;			/* as a VEC() */
};

struct memmap_check {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	struct kernel *k;
	struct frames *frames;
	const struct vmatlas_claim *region;
	bool wx;			/* none may be writable and executable */
	bool is_told;			/* findings are made: the first pass only counts tables */
	struct memmap_ranges unread;	/* their tables are not in the dump */
	struct memmap_ranges holes;
	uint64_t next;			/* the first address that no run had yet */
	uint64_t nr;			/* findings */
};

static void memmap_report(struct memmap_check *c, enum vmatlas_severity severity, const char *code,
			  const struct mapping *m, const char *what)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	if (c->nr++ >= TOLD)
		return;
	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64, m->phys);
	evidence_phys(&evidence, "entry", m->entry_addr, "at physical %#" PRIx64 ": %#" PRIx64,
		      m->entry_addr, m->entry);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = severity, .code = code, .where = &m->range, EVIDENCE(&evidence),
		.advice = "look at the whole table in memory: what overwrote it may show itself",
	}, "%s of vmemmap at %s %s", fmt_size(vmatlas_range_size(&m->range)).s,
		fmt_range(c->atlas, m->range).s, what);
}

/*
 * Where there is no memory at all. Memory that was added holds its own struct pages, outside of
 * what is called System RAM, but max_pfn grew with it (arch_add_memory(), since 5.10).
 */
static bool is_nowhere(const struct memmap_check *c, const struct mapping *m)
{
	const struct vmatlas_range phys = { m->phys, m->phys + (vmatlas_range_size(&m->range) - 1) };
	const struct ram_facts *ram = c->atlas->records->ram;

	if (ram_is_system_ram(ram, phys) != RAM_NO || !ram->max_pfn ||
	    phys.first >> c->k->page_shift < ram->max_pfn)
		return false;
	for (size_t i = 0; i < ram->facts.nr; i++)
		if (range_overlaps(ram->facts.v[i].phys, phys))
			return false;
	return true;
}

static void judge_run(struct memmap_check *c, const struct mapping *m)
{
	if (m->attr & PT_USER)
		memmap_report(c, VMATLAS_SEVERITY_ERROR, "page-table-corrupt", m,
			      "is open to user space");
	else if (is_nowhere(c, m))
		memmap_report(c, VMATLAS_SEVERITY_ERROR, "wrong-page", m, "leads to where there is no memory");
	else if (c->wx && m->attr & PT_WRITE && m->attr & PT_EXEC)
		memmap_report(c, VMATLAS_SEVERITY_WARNING, "wx-mapping", m,
			      "can be written and executed");
}

static struct vmatlas_error *keep_range(struct vmatlas_range range, struct memmap_ranges *list)
{
	struct vmatlas_range *slot = vec_push(list);

	if (!slot)
		return error_no_memory();
	*slot = range;
	return NULL;
}

static struct vmatlas_error *memmap_run(void *arg, const struct mapping *m)
{
	struct memmap_check *c = arg;
	struct vmatlas_error *err = NULL;

	if (!c->is_told)
		return NULL;
	if (m->range.first > c->next)
		err = keep_range((struct vmatlas_range){ c->next, m->range.first - 1 }, &c->holes);
	c->next = m->range.last + 1;
	if (!err && m->state == MAPPING_UNREAD)
		err = keep_range(m->range, &c->unread);
	if (!err && m->state == MAPPING_LEAVES)
		judge_run(c, m);
	return err;
}

static struct vmatlas_error *memmap_walk(struct memmap_check *c, struct mapping_stats *ret)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;
	struct vmatlas_error *err = mapping_walk_new(c->k, memmap_run, c, &w);

	c->next = c->region->range.first;
	if (!err)
		err = mapping_walk_range(w, c->region->range);
	if (!err)
		*ret = *mapping_walk_stats(w);
	return err;
}

/* Extracts keep the tables where they are few: counted first, without a record of it. */
static struct vmatlas_error *walk_twice(struct memmap_check *c)
{
	struct mem *mem = c->k->mem;
	const bool paused = mem->record_paused;
	struct mapping_stats stats = { 0 };
	struct vmatlas_error *err = NULL;

	if (mem->record && !paused) {
		mem->record_paused = true;
		err = memmap_walk(c, &stats);
		mem->record_paused = stats.nr_tables > MAX_KEPT;
	}
	c->is_told = true;
	if (!err)
		err = memmap_walk(c, &stats);
	mem->record_paused = paused;
	return err;
}

/* ---- Struct pages that are not mapped ---- */

static void hole_found(struct memmap_check *c, struct vmatlas_range hole, const struct ram_fact *ram)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	if (c->nr++ >= TOLD)
		return;
	evidence_phys_range(&evidence, "RAM", ram->phys, "%#" PRIx64 "-%#" PRIx64 ", %s",
			    ram->phys.first, ram->phys.last, ram->name);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt", .where = &hole,
		EVIDENCE(&evidence),
		.advice = "look at the whole table in memory: what overwrote it may show itself",
	}, "%s of vmemmap at %s is not mapped, though its pages are RAM",
		fmt_size(vmatlas_range_size(&hole)).s, fmt_range(c->atlas, hole).s);
}

static void judge_ram(struct memmap_check *c, const struct ram_fact *ram)
{
	const uint32_t shift = c->k->page_shift;
	const struct vmatlas_range pages = {
		frames_page(c->frames, (ram->phys.first + (1ull << shift) - 1) >> shift),
		frames_page(c->frames, (ram->phys.last + 1) >> shift) - 1,
	};

	for (size_t i = 0; range_valid(pages) && i < c->holes.nr; i++) {
		struct vmatlas_range hole = c->holes.v[i];

		if (!range_overlaps(hole, pages))
			continue;
		hole.first = MAX(hole.first, pages.first);
		hole.last = MIN(hole.last, pages.last);
		hole_found(c, hole, ram);
	}
}

static struct vmatlas_error *judge_holes(struct memmap_check *c)
{
	const struct ram_facts *ram = c->atlas->records->ram;
	struct vmatlas_error *err = NULL;

	if (c->next && c->next <= c->region->range.last)
		err = keep_range((struct vmatlas_range){ c->next, c->region->range.last }, &c->holes);
	for (size_t i = 0; !err && ram && ram->system_known && i < ram->facts.nr; i++)
		if (ram->facts.v[i].role == RAM_SYSTEM)
			judge_ram(c, &ram->facts.v[i]);
	return err;
}

/* ---- The inspector ---- */

static struct vmatlas_error *memmap_ask_wx(struct memmap_check *c)
{
	struct pgtable_check p = { .job = c->job, .atlas = c->atlas, .k = c->k };
	struct vmatlas_error *err = lookup_resolve(c->k, mapping_needs, MAPPING_NR_NEEDS, p.switches);

	if (!err)
		err = wx_begin(&p);
	c->wx = p.wx_promised;
	return err;
}

/* One array for all, and in the region: without vmemmap each section has one of its own. */
static bool is_vmemmap(const struct memmap_check *c)
{
	const struct ram_facts *ram = c->atlas->records->ram;

	for (size_t i = 0; c->frames->known && ram && i < ram->facts.nr; i++)
		if (ram->facts.v[i].role == RAM_SYSTEM)
			return range_has(c->region->range, frames_page(c->frames,
				ram->facts.v[i].phys.first >> c->k->page_shift));
	return false;
}

static struct vmatlas_error *memmap_judge(struct memmap_check *c)
{
	struct vmatlas_error *err = frames_open(c->k, &c->frames);

	if (err || !is_vmemmap(c))
		return err;
	err = memmap_ask_wx(c);
	if (!err)
		err = walk_twice(c);
	if (!err)
		err = judge_holes(c);
	if (!err && c->unread.nr)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "vmemmap",
				     "%zu of its page tables, which are not in the dump", c->unread.nr);
	if (!err && c->nr > TOLD)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_PARTIAL, "vmemmap",
				     "%" PRIu64 " more places are wrong", c->nr - TOLD);
	return err;
}

static struct vmatlas_error *memmap_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	struct memmap_check c = {
		.job = job, .atlas = atlas, .k = atlas->kernel,
		.region = atlas_region(atlas, VMATLAS_KIND_VMEMMAP),
	};
	struct vmatlas_error *err;

	if (!c.k || !c.region || c.k->mem->info.live)
		return NULL;
	err = memmap_judge(&c);
	frames_free(c.frames);
	vec_done(&c.holes);
	vec_done(&c.unread);
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* no page tables at all: told where areas are checked */
	return NULL;
}

const struct vmatlas_plugin inspector_vmemmap = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "vmemmap",
	.summary = "struct pages that are not mapped, or mapped for others",
	.inspect = memmap_inspect,
};
