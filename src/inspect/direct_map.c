/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: is the direct map linear, which is lowmem on 32-bit CPUs? All its leaves lead to
 * physical memory at one distance, whatever that is; an entry that leads elsewhere was overwritten,
 * and so was one that lets user space in, or can be written and executed. Holes: see
 * direct_map_holes.c. It looks into pgtable/: whether W is kept apart from X is known there.
 * Not on the plugin contract: it walks page tables run by run, as pgtable/ does.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "inspect/direct_map.h"
#include "inspect/pgtable/pgtable.h"

#define MAX_ODD 256
#define MAX_KEPT 512			/* tables that an extract keeps: 2 MiB, much of it alike */

static void direct_map_done(struct direct_map *d)
{
	vec_done(&d->odd);
	vec_done(&d->holes);
}

static uint64_t distance_of(const struct direct_map *d, const struct mapping *m)
{
	return m->range.first - (m->phys & d->mask);
}

static bool is_wx(const struct mapping *m)
{
	return m->attr & PT_WRITE && m->attr & PT_EXEC;
}

static void count_run(struct direct_map *d, const struct mapping *m)
{
	const uint64_t size = vmatlas_range_size(&m->range), delta = distance_of(d, m);
	size_t i = 0;

	d->bytes += size;
	d->user_seen = d->user_seen || m->attr & PT_USER;
	d->wx_bytes += is_wx(m) ? size : 0;
	while (i < d->nr && d->distances[i].delta != delta)
		i++;
	if (i == MAX_DISTANCES)
		return;
	if (i == d->nr)
		d->distances[d->nr++] = (struct distance){ .delta = delta };
	d->distances[i].bytes += size;
	d->distances[i].last = m->range.last;
}

static struct vmatlas_error *direct_map_run(void *arg, const struct mapping *m)
{
	struct direct_map *d = arg;
	struct mapping *slot;

	if (!d->look)
		direct_map_hole(d, m);
	if (m->state != MAPPING_LEAVES)
		return NULL;
	if (!d->look) {
		count_run(d, m);
		return NULL;
	}
	if (distance_of(d, m) == d->usual && !(m->attr & PT_USER) && !(d->wx && is_wx(m)))
		return NULL;
	d->nr_odd++;
	slot = d->odd.nr < MAX_ODD ? vec_push(&d->odd) : NULL;
	if (slot)
		*slot = *m;
	return NULL;
}

static struct vmatlas_error *walk_map(struct direct_map *d, struct vmatlas_range range,
				      struct mapping_stats *ret)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;
	struct vmatlas_error *err = mapping_walk_new(d->k, direct_map_run, d, &w);

	if (err)
		return err;
	err = mapping_walk_range(w, range);
	*ret = *mapping_walk_stats(w);
	return err;
}

/* Extracts would grow by all of its tables; they keep them where they are few. */
static struct vmatlas_error *count_map(struct direct_map *d, struct vmatlas_range range,
				       struct mapping_stats *ret)
{
	struct mem *mem = d->k->mem;
	const bool paused = mem->record_paused;
	struct vmatlas_error *err;

	mem->record_paused = true;
	d->next = range.first;
	err = walk_map(d, range, ret);
	mem->record_paused = paused;
	if (err || !mem->record || paused || ret->nr_tables > MAX_KEPT)
		return err;
	d->nr = 0;
	d->bytes = d->wx_bytes = d->nr_holes = 0;
	d->holes.nr = 0;
	d->next = range.first;
	return walk_map(d, range, ret);
}

/* Three quarters of all that is mapped agree, or this is no linear map as we know it. */
static bool find_usual(struct direct_map *d)
{
	for (size_t i = 0; i < d->nr; i++) {
		if (d->distances[i].bytes < d->bytes - d->bytes / 4)
			continue;
		d->usual = d->distances[i].delta;
		d->usual_last = d->distances[i].last;
		return true;
	}
	return false;
}

static void report_odd_run(struct direct_map *d, const struct mapping *m)
{
	const bool elsewhere = distance_of(d, m) != d->usual, user = m->attr & PT_USER;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "maps", m->phys & d->mask, "physical %#" PRIx64,
		      m->phys & d->mask);
	if (elsewhere)
		evidence_phys(&evidence, "due", m->range.first - d->usual, "physical %#" PRIx64
		      ", as all the rest of the direct map has it", m->range.first - d->usual);
	evidence_phys(&evidence, "entry", m->entry_addr, "at physical %#" PRIx64 ": %#" PRIx64,
		      m->entry_addr, m->entry);
	ctx_report(d->job, &(struct vmatlas_finding_desc){
		.severity = elsewhere || user ? VMATLAS_SEVERITY_ERROR : VMATLAS_SEVERITY_WARNING,
		.code = elsewhere ? "wrong-page" : user ? "page-table-corrupt" : "wx-mapping",
		.where = &m->range, EVIDENCE(&evidence),
		.advice = elsewhere || user ?
			"look at the whole table in memory: what overwrote it may show itself" :
			"find who made it so: code can be changed there, or data run",
	}, elsewhere ? "%s of the direct map at %s leads elsewhere than its address says" :
		user ? "%s of the direct map at %s is open to user space" :
		"%s of the direct map at %s can be written and executed",
		fmt_size(vmatlas_range_size(&m->range)).s, fmt_range(d->atlas, m->range).s);
}

static void report_more_odd(struct direct_map *d)
{
	const uint64_t left = d->nr_odd - DIRECT_MAP_TOLD;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	for (size_t i = DIRECT_MAP_TOLD; i < MIN(d->odd.nr, (size_t)2 * DIRECT_MAP_TOLD); i++)
		evidence_range(&evidence, "run", d->odd.v[i].range, "%s, at physical %#" PRIx64,
			       fmt_range(d->atlas, d->odd.v[i].range).s,
			       d->odd.v[i].phys & d->mask);
	ctx_report(d->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "wrong-page",
		.where = &d->odd.v[DIRECT_MAP_TOLD].range, EVIDENCE(&evidence),
	}, "%" PRIu64 " more run%s of the direct map %s wrong", left, left == 1 ? "" : "s",
		left == 1 ? "is" : "are");
}

/* Does the kernel keep writable and executable memory apart, and nearly all of it here? */
static struct vmatlas_error *ask_wx(struct direct_map *d)
{
	struct pgtable_check c = { .job = d->job, .atlas = d->atlas, .k = d->k };
	struct vmatlas_error *err;

	if (!d->wx_bytes || d->wx_bytes > d->bytes / 4)
		return NULL;
	err = lookup_resolve(d->k, mapping_needs, MAPPING_NR_NEEDS, c.switches);
	if (!err)
		err = wx_begin(&c);
	d->wx = c.wx_promised;
	return err;
}

static struct vmatlas_error *judge_odd(struct direct_map *d, struct vmatlas_range range)
{
	struct mapping_stats stats = { 0 };
	struct vmatlas_error *err = ask_wx(d);

	if (err || (d->nr == 1 && !d->user_seen && !d->wx))
		return err;
	d->look = true;
	err = walk_map(d, range, &stats);
	for (size_t i = 0; i < d->odd.nr && i < DIRECT_MAP_TOLD && !err; i++)
		report_odd_run(d, &d->odd.v[i]);
	if (!err && d->nr_odd > DIRECT_MAP_TOLD)
		report_more_odd(d);
	return err;
}

static struct vmatlas_error *judge_map(struct direct_map *d, struct vmatlas_range range)
{
	struct mapping_stats stats = { 0 };
	struct vmatlas_error *err;

	err = count_map(d, range, &stats);
	if (!err && stats.nr_unread)
		vmatlas_ctx_coverage(d->job, VMATLAS_COVERAGE_SKIPPED, "direct map",
			"%" PRIu64 " of its page tables, which are not in the dump",
			stats.nr_unread);
	if (err || !find_usual(d))
		return err;
	/* Where high_memory is wrong, which is another finding, vmalloc's pages lie above it. */
	if (d->k->ptr_size == 4)
		range.last = MIN(range.last, d->usual_last);
	err = judge_odd(d, range);
	return err ? err : direct_map_judge_holes(d, range.last);
}

/* Guests of TDX mark with a bit of the address what they share with the host; x86 alone. */
static struct vmatlas_error *find_mask(struct direct_map *d)
{
	struct vmatlas_error *err;
	uint64_t at;

	d->mask = UINT64_MAX;
	err = lookup_symbol(d->k, "physical_mask", &at);
	if (!err)
		err = kernel_read_uint(d->k, at, 8, &d->mask);
	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND) && !error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

/*
 * A live kernel splits and joins large leaves while it is read. That there are no tables
 * at all is said where areas are checked.
 */
static struct vmatlas_error *direct_map_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_claim *map = atlas_region(atlas, VMATLAS_KIND_DIRECT_MAP);
	_cleanup_(direct_map_done) struct direct_map d = {
		.job = job, .atlas = atlas, .k = atlas->kernel,
	};
	struct vmatlas_error *err;

	if (!d.k || !map || d.k->mem->info.live)
		return NULL;
	err = find_mask(&d);
	if (!err)
		err = judge_map(&d, map->range);
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

const struct vmatlas_plugin inspector_direct_map = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "linear",
	.summary = "entries of the direct map that lead elsewhere",
	.inspect = direct_map_inspect,
};
