/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the page tables show of a region: a few probes at its bounds, for a second
 * word beside a formula. Only what is certain is said: a bound where the mapping
 * begins or ends, never one where something else is mapped right beside it.
 */
#include "arch/arch_layout.h"

static enum arch_mapped probe(const struct arch_facts *f, uint64_t addr)
{
	uint64_t last;

	return f->mapped ? f->mapped(f->arg, addr, &last) : UNKNOWN;
}

void probe_start(const struct arch_facts *f, struct arch_sink *sink, uint32_t kind,
		   const char *name, uint64_t start)
{
	if (start && probe(f, start - 1) == UNMAPPED && probe(f, start) == MAPPED)
		claim_start(sink, kind, name, start, "page tables: the mapping begins there");
}

void probe_end(const struct arch_facts *f, struct arch_sink *sink, uint32_t kind,
		 const char *name, uint64_t end)
{
	if (end && probe(f, end) == UNMAPPED && probe(f, end - 1) == MAPPED)
		claim_end(sink, kind, name, end, "page tables: the mapping ends there");
}

/*
 * Looked for around where it should be: regions marked no-map leave holes further
 * down that say nothing about the end.
 */
void probe_lowmem(const struct arch_facts *f, struct arch_sink *sink, uint64_t start,
		    uint64_t end, uint64_t step)
{
	enum arch_mapped is = UNKNOWN;
	uint64_t at = end, last = 0;

	if (!f->mapped || !step)
		return;
	while ((is = f->mapped(f->arg, at - 1, &last)) == UNMAPPED && at > start)
		at = align_down(at - 1, step);
	while (is == MAPPED && (is = f->mapped(f->arg, at, &last)) == MAPPED &&
	       last < 0xffffffff)
		at = last + 1;
	if (is == UNMAPPED && at > start)
		claim_end(sink, VMATLAS_KIND_DIRECT_MAP, "lowmem", at,
			"page tables: the mapping ends there");
}

/*
 * The last of what is mapped as far from physical memory as @base is: whatever lies above
 * lowmem is not, and holes, of what firmware keeps, may be of any size.
 */
static uint64_t linear_end(const struct arch_facts *f, const struct lowmem_limits *l)
{
	uint64_t end = 0, last = 0;

	for (uint64_t at = l->start; f->linear && at < l->limit;) {
		switch (f->linear(f->arg, at, l->base, &last)) {
		case MAPPED:
			end = at = last + 1;
			break;
		case UNMAPPED:
			at = align_down(at, l->step) + l->step;
			break;
		case UNKNOWN:
			return 0;
		}
	}
	return end;
}

uint64_t find_lowmem_end(const struct arch_facts *f, struct arch_sink *sink, uint64_t value,
			 const struct lowmem_limits *limits)
{
	uint64_t end;

	if (value > limits->start && value <= limits->limit)
		return value;
	end = linear_end(f, limits);
	if (end)
		sink->wrong(sink, "high_memory", value, "lowmem", end);
	return end;
}

void probe_pkmap(const struct arch_facts *f, struct arch_sink *sink, uint64_t start,
		   uint64_t table)
{
	if (f->is_table && f->is_table(f->arg, start, table))
		claim_start(sink, VMATLAS_KIND_PKMAP, "pkmap", start,
			  "page tables: pkmap_page_table begins there");
}
