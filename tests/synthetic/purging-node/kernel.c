/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A purge is under way: two areas are on the purge list of node 0, which none but the
 * purger reads. That of node 1 it has not made yet.
 */
#define NODE_DAMAGE , .purge_list = { &purging[0].list, &purging[1].list }
#include "x86-6.12/kernel.c"

struct vmap_area purging[] IN_SLAB = {
	AREA(VM(0x50000), VM(0x52000), &nodes[0].purge_list, &purging[1].list),
	AREA(VM(0x60000), VM(0x61000), &purging[0].list, &nodes[0].purge_list),
};
u8 purger[64] IN_SLAB;
struct mutex { u32 wait; ulong owner; } vmap_purge_lock = { .owner = (ulong)purger };
long vmap_lazy_nr = 6;
