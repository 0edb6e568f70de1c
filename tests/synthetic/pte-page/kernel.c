/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second area names its four pages; its third entry maps another one. */
#include "v6_1.h"

/* mem_map has the struct page of frame 0, if there were one (FLATMEM). */
struct page pages[8] IN_SLAB;
struct page *mem_map = (struct page *)((ulong)pages - 0x9000 * sizeof(struct page));
struct page *hash_pages[] IN_SLAB = { &pages[0], &pages[3], &pages[5], &pages[2] };

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM, [HASH].pages = hash_pages,
	/* what stands there is not in the dump */
	[BIG_PAGES].pages = (void *)VM(0x412000), [MODULE_AREA].pages = (void *)VM(0x412000) };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
