/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page was freed while the second area used it, and went to the module: both name it,
 * and the page tables map what they name.
 */
#define MODULE_PTES 0x10000000 + PAGE_TEXT, 0x10001000 + PAGE, 0x10002000 + PAGE, 0x9001000 + PAGE
#include "v6_1.h"

/* mem_map has the struct page of frame 0, if there were one (FLATMEM). */
struct page pages[8] IN_SLAB;
struct page *mem_map = (struct page *)((ulong)pages - 0x9000 * sizeof(struct page));
#define FRAME(nr) ((struct page *)((ulong)pages + ((nr) - 0x9000) * sizeof(struct page)))
struct page *hash_pages[] IN_SLAB = { &pages[0], &pages[3], &pages[1], &pages[2] };
struct page *module_pages[] IN_SLAB = {
	FRAME(0x10000), FRAME(0x10001), FRAME(0x10002), &pages[1],
};

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM, [HASH].pages = hash_pages,
	[MODULE_AREA].pages = module_pages,
	/* what stands there is not in the dump */
	[BIG_PAGES].pages = (void *)VM(0x412000) };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
