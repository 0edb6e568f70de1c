/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One page of an area has no reference: it was freed. Another is the tail of a compound
 * page, whose head has one, and is right.
 */
#define STORY_FUNCTIONS(X) X(free_pages)
#define STORY_HAS_PAGES
#include "v6_1.h"

enum pageflags { PG_lru = 3, PG_reserved = 2, PG_slab = 5, PG_uptodate = 1 } last_pageflag;

struct page {
	ulong compound_head, private;
	u32 page_type;
	int _refcount;
	void *mapping;
	ulong flags;
	int _mapcount;
	u32 more[3];
};

/* Those of the area HASH, 0x9000 to 0x9003. mem_map has that of frame 0 (FLATMEM). */
struct page frames[] IN_SLAB = {
	{ ._refcount = 1, .page_type = -1, ._mapcount = -1 },
	{ ._refcount = 1, .page_type = -1, ._mapcount = -1 },
	{ ._refcount = 0, .page_type = -1, ._mapcount = -1 },
	{ .compound_head = (ulong)&frames[0] + 1, .page_type = -1, ._mapcount = -1 },
};
struct page *mem_map = (struct page *)((ulong)frames - 0x9000 * sizeof(struct page));
struct page *hash_pages[4] IN_SLAB = { &frames[0], &frames[3], &frames[1], &frames[2] };

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM, [HASH].pages = hash_pages,
	/* what stands there is not in the dump */
	[BIG_PAGES].pages = (void *)VM(0x412000), [MODULE_AREA].pages = (void *)VM(0x412000) };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
