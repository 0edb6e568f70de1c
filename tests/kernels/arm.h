/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake 32-bit ARM, 3G split, short descriptors: RAM from PHYS_OFFSET on is
 * mapped by sections of 1 MiB, the vectors by a page. Where things lie is said
 * once more in arm.lds. A story says how much of RAM is lowmem, twice:
 *
 *	#define LOWMEM_MIB 256
 *	#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
 */
#ifndef FAKE_ARM_H
#define FAKE_ARM_H

#define MACHINE "armv7l"

#include "functions.h"

#define PAGE_OFFSET 0xc0000000ul
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

u32 swapper_pg_dir[4096] IN_PGTABLES = {
	[0xc00] = LOWMEM_SECTIONS
	[0xfff] = PHYS(vectors_pte) + 1,
};

void *high_memory = (void *)(PAGE_OFFSET + LOWMEM_MIB * 0x100000ul);

#endif
