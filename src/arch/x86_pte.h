/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page-table entries that x86-64 and i386 share. */
#ifndef ARCH_X86_PTE_H
#define ARCH_X86_PTE_H

#include "arch/arch.h"

/* Intel SDM vol. 3, 4.3 to 4.5; bit 12 of a large leaf is PAT, not address. */
#define X86_PRESENT	(1ull << 0)
#define X86_RW		(1ull << 1)
#define X86_USER	(1ull << 2)
#define X86_PWT		(1ull << 3)
#define X86_PCD		(1ull << 4)
#define X86_PSE		(1ull << 7)
#define X86_PAT		(1ull << 7)	/* in a PTE */
#define X86_PAT_LARGE	(1ull << 12)
#define X86_GLOBAL	(1ull << 8)
#define X86_NX		(1ull << 63)
#define X86_PHYS	0x000ffffffffff000ull

/* Of a present entry above the PTE: does it map memory itself? */
static inline bool x86_is_leaf(uint64_t entry)
{
	return entry & X86_PRESENT && entry & X86_PSE;
}

/* What a leaf allows; @pat is its PAT bit, wherever that is. */
uint32_t x86_attr(uint64_t entry, bool pat);

/* Entries of 8 bytes, of PAE and of x86-64, at any level where PSE is allowed. */
enum pt_kind x86_decode_wide(const struct pt_format *f, unsigned int level, uint64_t entry,
			     struct pt_entry *ret);

#endif
