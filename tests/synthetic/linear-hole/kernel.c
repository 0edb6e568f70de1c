/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The direct map's first 1 GiB is mapped by leaves of 2 MiB, and lacks two of them: one where
 * there is no RAM, and that of 0x9000000, whose second page is a slab.
 */
#define DIRECT_MORE , [0] = PHYS(level2_direct_pgt) + TABLE
extern unsigned long level2_direct_pgt[512];
#include "owners/kernel.c"

#define LEAF(i) (i) * 0x200000ul + LARGE_DATA
#define LEAVES4(i) LEAF(i), LEAF((i) + 1), LEAF((i) + 2), LEAF((i) + 3)
#define LEAVES16(i) LEAVES4(i), LEAVES4((i) + 4), LEAVES4((i) + 8), LEAVES4((i) + 12)
#define LEAVES64(i) LEAVES16(i), LEAVES16((i) + 16), LEAVES16((i) + 32), LEAVES16((i) + 48)
ulong level2_direct_pgt[512] PAGE_ALIGNED = {
	LEAVES64(0), LEAVES64(64), LEAVES64(128), LEAVES64(192),
	LEAVES64(256), LEAVES64(320), LEAVES64(384), LEAVES64(448),
	[0x9000000 >> 21] = 0, [0x20000000 >> 21] = 0,
};
