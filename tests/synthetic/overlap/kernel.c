/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hash table's area grew, and covers two pages of its neighbour: somebody
 * wrote over va_end and size alike, as a wild memset() would.
 */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = {
	HEALTHY_VM,
	[HASH].size = 0xe000,
};
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[HASH].va_end = VM(0x12000),	/* BIG starts at 0x10000 */
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
