/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake 32-bit ARM, 3G split, short descriptors: RAM from PHYS_OFFSET on is
 * mapped by sections of 1 MiB, the vectors by a page. Where things lie is said
 * once more in arm.lds. A story says how much of RAM is lowmem, twice:
 *
 *	#define LOWMEM_MIB 256
 *	#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
 *
 * and PAGE_OFFSET, if it is not 0xc0000000; kernels.mk says that to the linker, too.
 * The first two of the six areas (six.h) are mapped if a story has them:
 *
 *	#define VM(off) (0xd0800000ul + (off))
 */
#ifndef FAKE_ARM_H
#define FAKE_ARM_H

#define MACHINE "armv7l"

#include "functions.h"

#ifndef PAGE_OFFSET
#define PAGE_OFFSET 0xc0000000ul
#endif
#define PHYS_OFFSET 0x40000000ul

#define PHYS(p) ((ulong)&(p) - PAGE_OFFSET + PHYS_OFFSET)

/* ---- Page tables: ARM ARM v7-A, B3.5 ---- */

#define SECTION_OF(mib) (PHYS_OFFSET + (ulong)(mib) * 0x100000 + 0x1140e),
#define SECTIONS4(m) SECTION_OF(m) SECTION_OF((m) + 1) SECTION_OF((m) + 2) SECTION_OF((m) + 3)
#define SECTIONS16(m) SECTIONS4(m) SECTIONS4((m) + 4) SECTIONS4((m) + 8) SECTIONS4((m) + 12)
#define SECTIONS64(m) SECTIONS16(m) SECTIONS16((m) + 16) SECTIONS16((m) + 32) SECTIONS16((m) + 48)
#define SECTIONS128(m) SECTIONS64(m) SECTIONS64((m) + 64)

u8 vectors_page[4096] PAGE_ALIGNED = { 0 };
u32 vectors_pte[256] __attribute__((aligned(1024))) = { [0xf0] = PHYS(vectors_page) + 0x05e };

#ifdef VM
#define DEVICE_PAGE(n) 0x7fe0000 + (n) * 0x1000 + 0x013	/* xn, rw, device */
#define MEMORY_PAGE(n) PHYS_OFFSET + 0x3000000 + (n) * 0x1000 + 0x45f	/* xn, rw, cached */

u32 vmalloc_pte[256] __attribute__((aligned(1024))) = {
	[0] = DEVICE_PAGE(0), DEVICE_PAGE(1),
	[4] = MEMORY_PAGE(0), MEMORY_PAGE(3), MEMORY_PAGE(1), MEMORY_PAGE(2),
};
#endif

u32 swapper_pg_dir[4096] IN_PGTABLES = {
	[PAGE_OFFSET >> 20] = LOWMEM_SECTIONS
#ifdef VM
	[VM(0) >> 20] = PHYS(vmalloc_pte) + 1,
#endif
	[0xfff] = PHYS(vectors_pte) + 1,
};

typedef ulong phys_addr_t;	/* without LPAE */

/* Of the six areas, that at the top: registers of the machine's. */
#define TOP_AT 0xfe000000, 0xfe100000
#define TOP_VM .flags = VM_IOREMAP | VM_ARM_STATIC_MAPPING, .phys_addr = 0x10000000, \
	       .caller = (void *)CALLER(iotable_init)
#define VM_ARM_STATIC_MAPPING 0x40000000

void *high_memory = (void *)(PAGE_OFFSET + LOWMEM_MIB * 0x100000ul);

#endif
