/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine died while it purged: a page behind an area is on no list but that on the
 * stack of whoever holds the lock. Counted are it and the six that wait.
 */
#define FREE_DAMAGE , FREE(4, END(RAM_AT) + 0x1000, START(RAM_FREED_AT), \
			   START(RAM_FREED_AT) - END(RAM_AT) - 0x1000)
#include "x86-6.6/kernel.c"

u8 purger[64] IN_SLAB;
/* The lowest bit: somebody waits for it. */
struct mutex { u32 wait; ulong owner; } vmap_purge_lock = { .owner = (ulong)purger + 1 };
long vmap_lazy_nr = 7;
