/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A purge is under way, but it has nothing that is not on a list: the page is lost. */
#define FREE_DAMAGE , FREE(4, END(RAM_AT) + 0x1000, START(RAM_FREED_AT), \
			   START(RAM_FREED_AT) - END(RAM_AT) - 0x1000)
#include "x86-6.6/kernel.c"

u8 purger[64] IN_SLAB;
struct mutex { u32 wait; ulong owner; } vmap_purge_lock = { .owner = (ulong)purger };
long vmap_lazy_nr = 6;
