/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RAM by the kernel's own records, on CPUs that put firmware's map of RAM into iomem
 * whether the kernel uses it or not (x86), or that lose none to their layout (64 bits):
 * System RAM above max_pfn is RAM that this kernel leaves alone. ARM's way is in ram.c.
 */
#include <inttypes.h>
#include <string.h>

#include "inspect/ram/ram.h"
#include "base/bytes.h"
#include "base/range.h"

/* The records side by side. */
struct max_pfn_case {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	const struct ram_facts *facts;
	uint64_t used_end, low_end;	/* exclusive, physical; 0 unknown */
	uint64_t ram, high;		/* bytes of System RAM; of those above lowmem, used */
	bool has_highmem, has_pae;
	struct ram_ranges lost;
	uint64_t lost_bytes;
};

static void lose(struct max_pfn_case *c, struct vmatlas_range r)
{
	c->lost_bytes += vmatlas_range_size(&r);
	if (c->lost.nr < RAM_MAX_RANGES)
		c->lost.v[c->lost.nr++] = r;
}

/* Parts of pages at the end of a range are nobody's loss. */
static void max_pfn_count(struct max_pfn_case *c, struct vmatlas_range r)
{
	const uint64_t page = 1ull << c->atlas->kernel->page_shift;

	c->ram += vmatlas_range_size(&r);
	if (c->low_end && r.last >= c->low_end)
		c->high += MIN(r.last, c->used_end - 1) - MAX(r.first, c->low_end) + 1;
	if (r.last < c->used_end)
		return;
	r.first = MAX(r.first, c->used_end);
	r.last = align_down(r.last + 1, page) - 1;
	if (range_valid(r) && r.last >= r.first + page - 1)
		lose(c, r);
}

static void max_pfn_measure(struct max_pfn_case *c)
{
	const struct kernel *k = c->atlas->kernel;

	c->used_end = c->facts->max_pfn << k->page_shift;
	if (k->ptr_size == 4)
		c->low_end = c->facts->max_low_pfn << k->page_shift;
	c->has_highmem = atlas_region(c->atlas, VMATLAS_KIND_PKMAP) != NULL;
	c->has_pae = k->format && k->format->entry_size == 8;
	for (size_t i = 0; i < c->facts->facts.nr; i++)
		if (c->facts->facts.v[i].role == RAM_SYSTEM && c->used_end)
			max_pfn_count(c, c->facts->facts.v[i].phys);
	if (c->lost_bytes && c->high > c->lost_bytes && !c->has_highmem)
		c->high = 0;
}

/* ---- Words ---- */

static void report_facts(const struct max_pfn_case *c, struct evidence *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		if (f->role == RAM_SYSTEM && nr++ < 8)
			evidence_phys_range(s, nr == 1 ? "RAM" : "", f->phys,
				 "0x%08" PRIx64 "-0x%08" PRIx64 ", %s, by %s", f->phys.first,
				 f->phys.last, fmt_size(vmatlas_range_size(&f->phys)).s,
				 f->source);
	}
	if (c->facts->command_line)
		evidence_text(s, "command line", "%s (%s)", c->facts->command_line,
			 c->facts->command_line_from);
}

/*
 * arch/x86/include/asm/pgtable_32.h: MAXMEM is VMALLOC_END - PAGE_OFFSET -
 * __VMALLOC_RESERVE; vmalloc= sets the reserve, and 8 MiB on top of it.
 */
static void report_limit(const struct max_pfn_case *c, struct evidence *s)
{
	const struct vmatlas_claim *v = atlas_region(c->atlas, VMATLAS_KIND_VMALLOC_SPACE);
	const struct vmatlas_claim *low = atlas_region(c->atlas, VMATLAS_KIND_DIRECT_MAP);
	uint64_t param = 0, limit;

	if (!v || !low || !c->facts->x86_reserve)
		return;
	limit = v->range.last + 1 - c->facts->x86_reserve;
	evidence_addr(s, "limit", limit,
		 "lowmem must end by VMALLOC_END - reserve: 0x%08" PRIx64 " - 0x%08" PRIx64
		 " = 0x%08" PRIx64 "; it ends at 0x%08" PRIx64, v->range.last + 1,
		 c->facts->x86_reserve, limit, low->range.last + 1);
	if (c->facts->command_line && cmdline_vmalloc(c->facts->command_line, &param))
		evidence_size(s, "reserve", c->facts->x86_reserve, "%s: vmalloc=%s and 8 MiB of gap",
			 fmt_size(c->facts->x86_reserve).s, ram_param(param).s);
	else
		evidence_size(s, "reserve", c->facts->x86_reserve, "%s, the default", fmt_size(c->facts->x86_reserve).s);
}

static void max_pfn_report(const struct max_pfn_case *c, uint32_t severity,
			   const char *code, const struct evidence *evidence,
			   const char *advice, const char *message)
{
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = severity, .code = code,
		EVIDENCE(evidence), .advice = advice,
	}, "%s", message);
}

static const char *advise(const struct max_pfn_case *c)
{
	if (c->atlas->kernel->ptr_size == 8)
		return "look for mem= on the command line, or for a kernel built for less "
		       "physical memory";
	if (!c->has_highmem)
		return "use a kernel with HIGHMEM, a smaller vmalloc=, or a 64-bit one";
	if (!c->has_pae)
		return "use a kernel with PAE (HIGHMEM64G), or a 64-bit one: without it "
		       "nothing above 4 GiB can be mapped";
	return "look for mem= or highmem= on the command line";
}

static void max_pfn_report_lost(const struct max_pfn_case *c)
{
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence s = { 0 };

	for (size_t i = 0; i < c->lost.nr && i < 8; i++)
		evidence_phys_range(&s, i ? "" : "lost", c->lost.v[i], "physical 0x%08" PRIx64 "-0x%08" PRIx64 ", %s",
			 c->lost.v[i].first, c->lost.v[i].last,
			 fmt_size(vmatlas_range_size(&c->lost.v[i])).s);
	evidence_phys(&s, "used", c->used_end, "up to 0x%08" PRIx64 ", by max_pfn 0x%" PRIx64, c->used_end,
		 c->facts->max_pfn);
	report_limit(c, &s);
	report_facts(c, &s);
	str_addf(&message, "%s of %s RAM is not used by this kernel: it lies above max_pfn",
		 fmt_size(c->lost_bytes).s, fmt_size(c->ram).s);
	max_pfn_report(c, VMATLAS_SEVERITY_WARNING, "ram-ignored", &s, advise(c),
		       str_text(&message));
}

static void report_highmem(const struct max_pfn_case *c)
{
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence s = { 0 };

	evidence_phys(&s, "lowmem", c->low_end, "up to physical 0x%08" PRIx64 ", by max_low_pfn 0x%" PRIx64,
		 c->low_end, c->facts->max_low_pfn);
	evidence_phys(&s, "highmem", c->used_end, "up to physical 0x%08" PRIx64 ", by max_pfn 0x%" PRIx64,
		 c->used_end, c->facts->max_pfn);
	report_limit(c, &s);
	report_facts(c, &s);
	str_addf(&message, "%s of %s RAM is highmem: used, but not permanently mapped",
		 fmt_size(c->high).s, fmt_size(c->ram).s);
	max_pfn_report(c, VMATLAS_SEVERITY_NOTE, "ram-in-highmem", &s, "",
		       str_text(&message));
}

/* Without its map of RAM, an i386 kernel may still show that it stopped at the limit. */
static bool is_at_limit(const struct max_pfn_case *c)
{
	const struct vmatlas_claim *v = atlas_region(c->atlas, VMATLAS_KIND_VMALLOC_SPACE);
	const struct vmatlas_claim *low = atlas_region(c->atlas, VMATLAS_KIND_DIRECT_MAP);

	return c->atlas->kernel->ptr_size == 4 && !c->has_highmem && v && low &&
	       c->facts->x86_reserve &&
	       v->range.last - low->range.last == c->facts->x86_reserve;
}

static void report_unknown(const struct max_pfn_case *c)
{
	const char *why = "nothing says how much there is";
	_cleanup_(evidence_done) struct evidence s = { 0 };

	for (size_t i = 0; i < c->facts->silences.nr; i++)
		if (!strcmp(c->facts->silences.v[i].subject, "System RAM"))
			why = c->facts->silences.v[i].why;
	if (is_at_limit(c)) {
		report_limit(c, &s);
		max_pfn_report(c, VMATLAS_SEVERITY_NOTE, "lowmem-at-limit", &s,
			       "see the e820 map in the boot log",
			       "lowmem ends exactly where the vmalloc reservation makes "
			       "it end, so "
			       "RAM may have been left out");
	}
	vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "RAM", "because %s", why);
}

/* ---- memblock against iomem, where memblock is kept ---- */

static uint64_t max_pfn_overlap(struct vmatlas_range a, struct vmatlas_range b)
{
	return range_overlaps(a, b) ? MIN(a.last, b.last) - MAX(a.first, b.first) + 1 : 0;
}

/*
 * Bytes of System RAM that memblock.memory does not hold: the page allocator never saw
 * them. Memblock is a record of boot: a range of which it holds nothing was added since
 * (hotplug, virtio-mem), and whether that is online it cannot tell. Parts of pages at the
 * ends of a range are nobody's loss.
 */
static uint64_t unknown_to_memblock(const struct max_pfn_case *c, uint64_t *ret_first,
				    uint64_t *ret_added)
{
	const uint64_t page = 1ull << c->atlas->kernel->page_shift;
	const struct ram_facts *facts = c->facts;
	uint64_t sum = 0;

	for (size_t i = 0; i < facts->facts.nr; i++) {
		const struct ram_fact *ram = &facts->facts.v[i];
		struct vmatlas_range known = ram->phys;
		uint64_t all, left;
		bool any = false;

		if (ram->role != RAM_SYSTEM || known.first >= c->used_end)
			continue;
		known.last = MIN(known.last, c->used_end - 1);	/* above, it is told */
		all = left = vmatlas_range_size(&known);
		for (size_t j = 0; j < facts->facts.nr; j++) {
			const struct ram_fact *m = &facts->facts.v[j];

			if (m->role != RAM_MEMBLOCK && !(m->role == RAM_RESERVED && m->no_map))
				continue;
			any = true;
			left -= MIN(left, max_pfn_overlap(known, m->phys));
		}
		if (any && left == all)
			*ret_added += all;
		if (!any || left == all || left < page)
			continue;
		if (!sum)
			*ret_first = ram->phys.first;
		sum += left;
	}
	return sum;
}

static void check_memblock(const struct max_pfn_case *c)
{
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence s = { 0 };
	uint64_t first = 0, added = 0, bytes = unknown_to_memblock(c, &first, &added);

	if (added)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "RAM added after boot",
				     "because memblock, which records the boot, has nothing of "
				     "%s of System RAM", fmt_size(added).s);
	if (bytes < 1ull << c->atlas->kernel->page_shift)
		return;
	report_facts(c, &s);
	for (size_t i = 0, nr = 0; i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		if (f->role == RAM_MEMBLOCK && nr++ < 8)
			evidence_phys_range(&s, nr == 1 ? "memblock" : "", f->phys,
				 "0x%08" PRIx64 "-0x%08" PRIx64 ", by %s", f->phys.first,
				 f->phys.last, f->source);
	}
	str_addf(&message, "%s of the System RAM from 0x%08" PRIx64
		 " on is not in memblock.memory: the page allocator was not given it",
		 fmt_size(bytes).s, first);
	max_pfn_report(c, VMATLAS_SEVERITY_WARNING, "ram-ignored", &s,
		       "see whether it was added after boot, and never brought online",
		       str_text(&message));
}

void ram_check_max_pfn(struct vmatlas_plugin_ctx *job, struct vmatlas *atlas)
{
	struct max_pfn_case c = { .job = job, .atlas = atlas, .facts = atlas->records->ram };

	if (!c.facts)
		return;
	max_pfn_measure(&c);
	if (!c.ram || !c.facts->system_known) {
		report_unknown(&c);
		return;
	}
	if (c.lost_bytes)
		max_pfn_report_lost(&c);
	if (c.high && c.has_highmem)
		report_highmem(&c);
	check_memblock(&c);
	vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_FULL, "RAM", c.lost_bytes || c.high
			     ? "%s System RAM; see the finding"
			     : "all %s System RAM is mapped", fmt_size(c.ram).s);
}
