/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Helpers for the layout functions of the CPUs; nobody else needs them. */
#ifndef ARCH_ARCH_LAYOUT_H
#define ARCH_ARCH_LAYOUT_H

#include "arch/arch.h"

/* Where nothing but the end, or the start, of a region is known. */
static inline void claim_start(struct arch_sink *sink, uint32_t kind, const char *name,
			     uint64_t start, const char *source)
{
	sink->claim(sink, kind, name, start, start + 1, VMATLAS_CLAIM_START_ONLY, source);
}

static inline void claim_end(struct arch_sink *sink, uint32_t kind, const char *name,
			   uint64_t end, const char *source)
{
	sink->claim(sink, kind, name, end - 1, end, VMATLAS_CLAIM_END_ONLY, source);
}

/* The bounds that two numbers of VMCOREINFO (by index into the wants) tell, if they do. */
static inline void claim_number(const struct arch_facts *f, struct arch_sink *sink, uint32_t kind,
			      const char *name, unsigned int start, unsigned int end,
			      const char *source)
{
	if (f->found[start])
		claim_start(sink, kind, name, f->value[start], source);
	if (f->found[end])
		claim_end(sink, kind, name, f->value[end], source);
}

/* Where vmalloc space starts, as VMCOREINFO has it on every CPU since 6.9. */
static inline void claim_vmalloc_number(const struct arch_facts *f, struct arch_sink *sink,
				      unsigned int number)
{
	if (f->found[number])
		claim_start(sink, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", f->value[number],
			  "vmcoreinfo NUMBER(VMALLOC_START)");
}

/* ---- probe_bounds.c: what the page tables show of a bound, said where it is certain ---- */

void probe_start(const struct arch_facts *f, struct arch_sink *sink, uint32_t kind,
		   const char *name, uint64_t start);
void probe_end(const struct arch_facts *f, struct arch_sink *sink, uint32_t kind,
		 const char *name, uint64_t end);

/* Lowmem of 32 bits: from @start to @limit at most; @base lies in it; of @step bytes. */
struct lowmem_limits {
	uint64_t start, limit, base, step;
};

/* Where lowmem of 32 bits ends, which should be @end; sections of @step bytes. */
void probe_lowmem(const struct arch_facts *f, struct arch_sink *sink, uint64_t start,
		    uint64_t end, uint64_t step);

/*
 * Where lowmem ends, by @value of high_memory; where that cannot be, by the page tables.
 * 0: not known.
 */
uint64_t find_lowmem_end(const struct arch_facts *f, struct arch_sink *sink, uint64_t value,
			 const struct lowmem_limits *limits);

/* Is the table that the kernel keeps for pkmap, at kernel address @table, the one there? */
void probe_pkmap(const struct arch_facts *f, struct arch_sink *sink, uint64_t start,
		   uint64_t table);

/* [start, end) if both symbols (by index into the wants) were found. */
static inline void claim_section(const struct arch_facts *f, struct arch_sink *sink,
			       const char *name, unsigned int start, unsigned int end,
			       const char *source)
{
	if (f->found[start] && f->found[end] && f->value[start] < f->value[end])
		sink->claim(sink, VMATLAS_KIND_SECTION, name, f->value[start],
			    f->value[end], VMATLAS_CLAIM_NESTED, source);
}

#endif
