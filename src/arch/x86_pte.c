/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page-table entries that x86-64 and i386 share; see x86_pte.h. */
#include "arch/x86_pte.h"

/*
 * What Linux programs the PAT with: WB, WC, UC-, UC, WB, WP, UC-, WT, by PAT, PCD
 * and PWT (arch/x86/mm/pat/memtype.c: pat_bp_init, 6.1).
 */
static const uint32_t memory_type[8] = {
	0, PT_WC, PT_UNCACHED, PT_UNCACHED, 0, 0, PT_UNCACHED, 0,
};

uint32_t x86_attr(uint64_t entry, bool pat)
{
	uint32_t attr = memory_type[pat << 2 | !!(entry & X86_PCD) << 1 |
				    !!(entry & X86_PWT)];

	if (entry & X86_RW)
		attr |= PT_WRITE;
	if (!(entry & X86_NX))
		attr |= PT_EXEC;
	if (entry & X86_USER)
		attr |= PT_USER;
	if (entry & X86_GLOBAL)
		attr |= PT_GLOBAL;
	return attr;
}

enum pt_kind x86_decode_wide(const struct pt_format *f, unsigned int level, uint64_t entry,
			     struct pt_entry *ret)
{
	const uint8_t shift = f->level[level].shift;
	const bool large = shift > f->page_shift;

	if (!(entry & X86_PRESENT))
		return PT_NONE;
	if (large && !(entry & X86_PSE)) {
		ret->phys = entry & X86_PHYS;
		return PT_TABLE;
	}
	ret->phys = entry & X86_PHYS & ~((1ull << shift) - 1);
	ret->shift = shift;
	ret->attr = x86_attr(entry, entry & (large ? X86_PAT_LARGE : X86_PAT));
	return PT_LEAF;
}
