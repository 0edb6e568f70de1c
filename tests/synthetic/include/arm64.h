/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake arm64 with pages of 4 KiB and 1 GiB of RAM, by one entry in the linear map.
 * Where things lie is said once more by kernels.mk, for arm64.lds:
 *
 *	#define VA_BITS 39
 *	#define PAGE_OFFSET 0xffffffc000000000ul
 *	#define IMAGE PAGE_OFFSET + 0x80000
 *	#define VM(off) (0xffffff8000000000ul + (off))
 *	#define FIXED_ADDRESSES 0x403
 */
#ifndef FAKE_ARM64_H
#define FAKE_ARM64_H

#define MACHINE "aarch64"

#ifndef MORE_FUNCTIONS
#define MORE_FUNCTIONS(X)						      \
	X(__set_fixmap)			/* arch/arm64/mm/mmu.c */	      \
	X(vmemmap_populate)
#endif
#include "functions.h"

#define PHYS_OFFSET 0x40000000ul
#define IMAGE_PHYS  (PHYS_OFFSET + 0x80000)

long memstart_addr = PHYS_OFFSET;
void *high_memory = (void *)(PAGE_OFFSET + 0x40000000);
struct page { ulong scrambled[3]; ulong flags; ulong more[4]; } *mem_map_of_fake;
enum fixed_addresses { __end_of_permanent_fixed_addresses = FIXED_ADDRESSES };
enum fixed_addresses last_fixmap_set;

/* ---- Page tables: ARM ARM v8-A, D5.3; MAIR_EL1 as up to 5.9 ---- */

#define TABLE 3
#define BLOCK 0x711			/* accessed, shareable, normal memory */
#define XN    0x0060000000000000
#define PAGE  (XN + 0x713)
#define UNCACHED (XN + 0x707)		/* nGnRE */
#define PHYS(p) ((ulong)&(p) - (IMAGE) + IMAGE_PHYS)
#define SLOT(addr, shift) ((addr) >> (shift) & 511)

#define PTES4(e)  (e), (e) + 0x1000, (e) + 0x2000, (e) + 0x3000
#define PTES16(e) PTES4(e), PTES4((e) + 0x4000), PTES4((e) + 0x8000), PTES4((e) + 0xc000)
#define PTES64(e) PTES16(e), PTES16((e) + 0x10000), PTES16((e) + 0x20000), PTES16((e) + 0x30000)
#define START_OF_TOP_(start, end) (start)
#define START_OF_TOP(at) START_OF_TOP_(at)
#define TOP_START START_OF_TOP(TOP_AT)

/* Of the six areas (six.h), the first two, of one page and of four, and the top one. */
ulong vmalloc_pte[512] PAGE_ALIGNED = {
	[SLOT(VM(0), 12)] = 0x7fe0000 + UNCACHED, 0, 0, 0,
	0x49000000 + PAGE, 0x49003000 + PAGE, 0x49001000 + PAGE, 0x49002000 + PAGE,
};
ulong top_pte[512] PAGE_ALIGNED = { [SLOT(TOP_START, 12)] = PTES4(0x3f000000 + UNCACHED) };
ulong top_pmd[512] PAGE_ALIGNED = { [SLOT(TOP_START, 21)] = PHYS(top_pte) + TABLE };

#if VA_BITS == 39	/* three levels */
ulong vmalloc_pmd[512] PAGE_ALIGNED = { [SLOT(VM(0), 21)] = PHYS(vmalloc_pte) + TABLE };
ulong swapper_pg_dir[512] PAGE_ALIGNED = {
	[SLOT(PAGE_OFFSET, 30)] = PHYS_OFFSET + BLOCK,
	[SLOT(VM(0), 30)] = PHYS(vmalloc_pmd) + TABLE,
	[SLOT(TOP_START, 30)] = PHYS(top_pmd) + TABLE,
};
#else			/* four, and the image is mapped beside vmalloc's areas */
ulong image_pte[512] PAGE_ALIGNED = {
	[SLOT(IMAGE, 12)] = PTES64(IMAGE_PHYS + BLOCK + 2),
			    PTES64(IMAGE_PHYS + 0x40000 + BLOCK + 2),
			    IMAGE_PHYS + 0x80000 + BLOCK + 2, IMAGE_PHYS + 0x81000 + BLOCK + 2,
};
ulong vmalloc_pmd[512] PAGE_ALIGNED = {
	[SLOT(IMAGE, 21)] = PHYS(image_pte) + TABLE,
	[SLOT(VM(0), 21)] = PHYS(vmalloc_pte) + TABLE,
};
ulong vmalloc_pud[512] PAGE_ALIGNED = { [SLOT(VM(0), 30)] = PHYS(vmalloc_pmd) + TABLE };
ulong linear_pud[512] PAGE_ALIGNED = { [SLOT(PAGE_OFFSET, 30)] = PHYS_OFFSET + BLOCK };
ulong top_pud[512] PAGE_ALIGNED = { [SLOT(TOP_START, 30)] = PHYS(top_pmd) + TABLE };
ulong swapper_pg_dir[512] PAGE_ALIGNED = {
	[SLOT(PAGE_OFFSET, 39)] = PHYS(linear_pud) + TABLE,
	[SLOT(VM(0), 39)] = PHYS(vmalloc_pud) + TABLE,
	[SLOT(TOP_START, 39)] = PHYS(top_pud) + TABLE,
};
#endif

/* Of the six areas, that at the top: registers. */
typedef u64 phys_addr_t;
#define TOP_VM .flags = VM_IOREMAP, .phys_addr = 0x3f000000, \
	       .caller = (void *)CALLER(request_resource)

/* ---- RAM by the kernel's own account ---- */

struct resource {
	struct resource *child;
	const char *name;
	u64 end;
	ulong flags;
	struct resource *sibling;
	u64 start;
};
struct resource ram_resource = {
	.name = "System RAM", .start = 0x40000000, .end = 0x7fffffff, .flags = 0x80000200,
};
struct resource iomem_resource = { .end = -1ull, .child = &ram_resource };

#endif
