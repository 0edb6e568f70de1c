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
 * What must be mapped of the six areas (six.h) is, if a story has them:
 *
 *	#define VM(off) (0xd0800000ul + (off))
 *
 * Others say what is mapped in the first MiB of vmalloc space, and behind it:
 *
 *	#define VMALLOC_MIB 0xd08
 *	#define VMALLOC_PTES [4] = PTES4(0x44000000 + PAGE)
 *	#define MORE_SECTIONS [0xfe0] = 0x10000000 + DEVICE_SECTION
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

#define PAGE 0x45f		/* small, rw, not executable, cached */
#define DEVICE 0x453
#define DEVICE_SECTION 0x10416
#define PTES4(e) (e), (e) + 0x1000, (e) + 0x2000, (e) + 0x3000

#ifdef VM
#define VMALLOC_MIB (VM(0) >> 20)
#define VMALLOC_PTES [0] = 0x7fe0000 + DEVICE, [4] = PTES4(PHYS_OFFSET + 0x3000000 + PAGE)
#define MORE_SECTIONS [0xfe0] = 0x10000000 + DEVICE_SECTION
#endif
#ifndef MORE_SECTIONS
#define MORE_SECTIONS [0] = 0
#endif

u32 vmalloc_pte[256] __attribute__((aligned(1024))) = { VMALLOC_PTES };
u8 vectors_page[4096] PAGE_ALIGNED = { 0 };
u32 vectors_pte[256] __attribute__((aligned(1024))) = { [0xf0] = PHYS(vectors_page) + 0x05e };

u32 swapper_pg_dir[4096] IN_PGTABLES = {
	[PAGE_OFFSET >> 20] = LOWMEM_SECTIONS
	[VMALLOC_MIB] = PHYS(vmalloc_pte) + 1,
	[0xfff] = PHYS(vectors_pte) + 1,
	MORE_SECTIONS
};

typedef ulong phys_addr_t;	/* without LPAE */

/* Of the six areas, that at the top: registers of the machine's. */
#define TOP_AT 0xfe000000, 0xfe100000
#define TOP_VM .flags = VM_IOREMAP | VM_ARM_STATIC_MAPPING, .phys_addr = 0x10000000, \
	       .caller = (void *)CALLER(iotable_init)
#define VM_ARM_STATIC_MAPPING 0x40000000

#ifndef HIGH_MEMORY
#define HIGH_MEMORY (PAGE_OFFSET + LOWMEM_MIB * 0x100000ul)
#endif
void *high_memory = (void *)HIGH_MEMORY;

#endif
