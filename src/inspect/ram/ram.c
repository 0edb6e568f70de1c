/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: is RAM lost because lowmem would run into the vmalloc reservation?
 * Puts the question together from the map, the RAM facts and the boot logs; the
 * answer is arithmetic (arch/arm_lowmem.c), the words are in evidence.c.
 * Not on the plugin contract: it judges facts of RAM, which are no claims.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspect/ram/ram.h"
#include "base/range.h"

/* ---- Ranges ---- */

static void ranges_add(struct ram_ranges *r, struct vmatlas_range range)
{
	size_t i;

	if (r->nr == RAM_MAX_RANGES || !range_valid(range))
		return;
	for (i = r->nr++; i > 0 && r->v[i - 1].first > range.first; i--)
		r->v[i] = r->v[i - 1];
	r->v[i] = range;
}

/* Sorted already; what touches or overlaps becomes one. */
static void ranges_join(struct ram_ranges *r)
{
	size_t n = 0;

	for (size_t i = 1; i < r->nr; i++) {
		if (r->v[i].first <= r->v[n].last || r->v[i].first == r->v[n].last + 1)
			r->v[n].last = MAX(r->v[n].last, r->v[i].last);
		else
			r->v[++n] = r->v[i];
	}
	r->nr = r->nr ? n + 1 : 0;
}

/* ---- Who is asked ---- */

static bool drops_ram(const struct vmatlas *atlas)
{
	if (atlas->kernel)
		return atlas->kernel->arch->drops_ram_above_lowmem;
	return atlas->boot_log && (!atlas->boot_log->cpu || atlas->boot_log->is_arm) &&
	       (atlas->boot_log->style == BOOTLOG_STYLE_ARM ||
		atlas->boot_log->style == BOOTLOG_STYLE_UNKNOWN);
}

/* "Ignoring RAM", "Truncating RAM": no other CPU's kernel says so. */
static bool has_arm_cut(const struct bootlog *log)
{
	for (size_t i = 0; i < log->cuts.nr; i++)
		if (log->cuts.v[i].kind != BOOTLOG_CUT_OTHER)
			return true;
	return false;
}

/* The log of another CPU, without a dump: nothing here applies to it. */
static bool ram_is_checked(const struct vmatlas *atlas)
{
	const struct vmatlas_claim *lowmem;

	if (!(atlas->surveyed & VMATLAS_SURVEY_RAM) || !drops_ram(atlas))
		return false;
	lowmem = atlas_region(atlas, VMATLAS_KIND_DIRECT_MAP);
	if (lowmem && lowmem->range.last > UINT32_MAX)
		return false;
	return atlas->kernel || lowmem || has_arm_cut(atlas->boot_log);
}

static void ask_logs(struct ram_case *c)
{
	if (c->facts && c->facts->log)
		c->logs[c->nr_logs++] = c->facts->log;
	if (c->atlas->boot_log)
		c->logs[c->nr_logs++] = c->atlas->boot_log;
}

static void ask_command_line(struct ram_case *c)
{
	if (c->facts && c->facts->command_line) {
		c->command_line = c->facts->command_line;
		snprintf(c->command_line_from, sizeof(c->command_line_from), "%s",
			 c->facts->command_line_from);
	}
	for (size_t i = 0; i < c->nr_logs && !c->command_line; i++) {
		if (!c->logs[i]->command_line)
			continue;
		c->command_line = c->logs[i]->command_line;
		snprintf(c->command_line_from, sizeof(c->command_line_from),
			 "%s:%" PRIu32, c->logs[i]->name, c->logs[i]->command_line_at);
	}
	c->q.knows_command_line = c->command_line != NULL;
	if (c->command_line)
		c->q.has_param = cmdline_vmalloc(c->command_line, &c->q.param);
}

/* ---- The layout and its rule ---- */

static void ask_layout(struct ram_case *c)
{
	const struct vmatlas_claim *dma = atlas_region(c->atlas, VMATLAS_KIND_DMA);

	c->lowmem = atlas_region(c->atlas, VMATLAS_KIND_DIRECT_MAP);
	c->vmalloc = atlas_region(c->atlas, VMATLAS_KIND_VMALLOC_SPACE);
	if (c->lowmem && c->vmalloc) {
		c->q.page_offset = c->lowmem->range.first;
		c->q.lowmem_end = c->lowmem->range.last + 1;
		c->q.vmalloc_end = c->vmalloc->range.last + 1;
	}
	c->q.has_dma_window = dma && dma->flags & VMATLAS_CLAIM_FROM_LOG;
	if (c->atlas->kernel) {
		c->q.release = c->atlas->kernel->release;
		c->q.has_phys_offset = true;
		c->q.phys_offset = c->atlas->kernel->phys_base;
	}
	for (size_t i = 0; i < c->nr_logs && !c->q.release; i++)
		c->q.release = kernel_release(c->logs[i]->release);
	if (c->facts) {
		c->q.gap = c->facts->gap;
		c->q.default_limit = c->facts->default_limit;
		c->q.default_reserve = c->facts->default_reserve;
	}
	/* what the platform's headers say wins over what its vmlinux was built from */
	if (c->atlas->platform && c->atlas->platform->vmalloc_min) {
		c->q.default_limit = c->atlas->platform->vmalloc_min;
		c->q.gap = RAM_GAP_TAKEN;
	}
}

static void ask_cpu(struct ram_case *c)
{
	bool has_table = c->atlas->kernel != NULL;

	c->q.aliasing = c->facts ? c->facts->aliasing : RAM_UNKNOWN;
	c->q.lpae = c->facts ? c->facts->lpae : RAM_UNKNOWN;
	c->q.highmem = RAM_UNKNOWN;
	for (size_t i = 0; i < c->nr_logs; i++) {
		has_table |= c->logs[i]->has_table;
		if (c->q.aliasing == RAM_UNKNOWN && c->logs[i]->aliasing >= 0)
			c->q.aliasing = c->logs[i]->aliasing ? RAM_YES : RAM_NO;
		if (c->logs[i]->memory_highmem)
			c->q.highmem = RAM_YES;
	}
	if (atlas_region(c->atlas, VMATLAS_KIND_PKMAP))
		c->q.highmem = RAM_YES;
	else if (has_table && c->q.highmem == RAM_UNKNOWN)
		c->q.highmem = RAM_NO;
}

/* ---- RAM ---- */

/*
 * mem= replaces whatever the boot loader said (early_mem() of
 * arch/arm/kernel/setup.c): the kernel was told so, and knows no other RAM.
 */
static void ask_mem_param(struct ram_case *c)
{
	struct bootlog_param mem[8];
	size_t nr =
		c->command_line ? cmdline_mem(c->command_line, mem, ARRAY_SIZE(mem)) : 0;

	for (size_t i = 0; i < MIN(nr, ARRAY_SIZE(mem)); i++) {
		struct vmatlas_range r;
		uint64_t start = mem[i].has_start ? mem[i].start : c->q.phys_offset;

		if ((mem[i].has_start || c->q.has_phys_offset) &&
		    range_from_size(start, mem[i].size, &r))
			ranges_add(&c->installed, r);
		else if (nr == 1)
			c->q.told_size = mem[i].size;
	}
	c->installed_by_param = nr && (c->installed.nr == nr || c->q.told_size);
	if (c->installed_by_param)
		snprintf(c->installed_from, sizeof(c->installed_from), "mem= in %.480s",
			 c->command_line_from);
	else
		c->installed.nr = 0;
}

static void ask_facts(struct ram_case *c)
{
	for (size_t i = 0; c->facts && i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		if (f->role == RAM_RESERVED && f->no_map)
			ranges_add(&c->reserved, f->phys);
		if (f->role != RAM_INSTALLED || c->installed_by_param)
			continue;
		if (!c->installed_from[0])
			snprintf(c->installed_from, sizeof(c->installed_from), "%s, %s",
				 f->source, f->name);
		ranges_add(&c->installed, f->phys);
	}
	ranges_join(&c->installed);
	ranges_join(&c->reserved);
}

/* Of several messages the one that says most about the limit. */
static void ask_words(struct ram_case *c, const struct bootlog_cut *cut)
{
	if (cut->why == BOOTLOG_WHY_LIMIT)
		c->q.words = RAM_WORDS_LIMIT;
	else if (cut->why == BOOTLOG_WHY_HIGHMEM && c->q.words == RAM_WORDS_NONE)
		c->q.words = RAM_WORDS_ABOVE;
	else if (cut->why == BOOTLOG_WHY_UNSAID && c->q.words != RAM_WORDS_LIMIT)
		c->q.words = RAM_WORDS_BARE;
}

/* The dump's own log, where it still says something, else the one given. */
static void ask_cuts(struct ram_case *c)
{
	for (size_t i = 0; i < c->nr_logs && !c->logged.nr; i++) {
		for (size_t j = 0; j < c->logs[i]->cuts.nr; j++) {
			const struct bootlog_cut *cut = &c->logs[i]->cuts.v[j];

			if (cut->kind == BOOTLOG_CUT_OTHER || !cut->has_range)
				continue;
			/* A whole bank may begin anywhere; these begin at the limit. */
			if (cut->text && (cut->kind == BOOTLOG_CUT_TRUNCATED ||
					  !strchr(cut->text, '(')) &&
			    (!c->logged.nr || cut->lost.first < c->logged.v[0].first))
				c->q.logged_at_limit = true;
			ask_words(c, cut);
			ranges_add(&c->logged, cut->lost);
		}
	}
}

static void ram_ask(struct ram_case *c)
{
	ask_logs(c);
	ask_command_line(c);
	ask_layout(c);
	ask_cpu(c);
	ask_mem_param(c);
	ask_facts(c);
	ask_cuts(c);
	for (size_t i = 0; i < c->nr_logs && !c->q.has_ram_start; i++) {
		c->q.has_ram_start = c->logs[i]->has_ram_start;
		c->q.ram_start = c->logs[i]->ram_start;
	}
	c->q.installed = c->installed.v;
	c->q.nr_installed = c->installed.nr;
	c->q.reserved = c->reserved.v;
	c->q.nr_reserved = c->reserved.nr;
	c->q.logged = c->logged.v;
	c->q.nr_logged = c->logged.nr;
}

static struct vmatlas_error *ram_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(freep) struct ram_case *c = calloc(1, sizeof(*c));

	if (!c)
		return error_no_memory();
	if (atlas->kernel && !drops_ram(atlas) && atlas->surveyed & VMATLAS_SURVEY_RAM)
		ram_check_max_pfn(job, atlas);
	ram_check_other_cuts(job, atlas);
	if (!ram_is_checked(atlas))
		return NULL;
	c->job = job;
	c->atlas = atlas;
	c->facts = atlas->records->ram;
	ram_ask(c);
	arm_lowmem_check(&c->q, &c->a);
	if (c->a.layout_implied) {
		c->q.page_offset = c->a.page_offset;
		c->q.lowmem_end = c->a.lowmem_end;
		c->q.vmalloc_end = c->a.vmalloc_end;
	}
	switch (c->a.verdict) {
	case RAM_IGNORED:
		ram_report_ignored(c);
		break;
	case RAM_IN_HIGHMEM:
		ram_report_highmem(c);
		break;
	case RAM_RESERVED_APART:
	case RAM_ROUNDED:
	case RAM_MISALIGNED:
	case RAM_LOST_OTHERWISE:
		ram_report_otherwise(c);
		break;
	case RAM_AT_LIMIT:
		ram_report_at_limit(c);
		break;
	default:
		break;
	}
	ram_report_coverage(c);
	return NULL;
}

const struct vmatlas_plugin inspector_ram = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "ram",
	.summary = "RAM that the kernel leaves out, mostly for want of lowmem",
	.inspect = ram_inspect,
};
