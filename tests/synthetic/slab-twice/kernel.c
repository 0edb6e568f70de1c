/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SLUB's caches. The free list of a slab of kmalloc-64 has one object twice: it was freed
 * twice, and the next two kmalloc() get the same memory. That of skbuff has the objects it
 * should.
 */
#define STORY_FUNCTIONS(X) X(__kmem_cache_shutdown)	/* mm/slub.c */
#include "v6_1.h"

struct kmem_cache_node {
	ulong scrambled;
	struct list_head partial;
	struct { ulong counter; } total_objects, nr_slabs;
	struct { } list_lock;
};
struct kmem_cache {
	u32 object_size, size;
	const char *name;
	u32 offset, scrambled;
	struct kmem_cache_node *node[1];
	struct list_head list;
};
struct slab {
	ulong scrambled;
	u32 objects : 15, frozen : 1, inuse : 16;
	void *freelist;
	ulong refcount, __page_flags;		/* as struct page has them */
	struct list_head slab_list;
	struct kmem_cache *slab_cache;
};

/* Frames 0x8000 and 0x8001: the free pointer stands at 32 in each object. */
struct object { ulong before[4]; void *next; ulong after[3]; };
struct object twice[64] IN_SLAB PAGE_ALIGNED = {
	[3].next = &twice[9], [9].next = &twice[5], [5].next = &twice[9],
};
struct object once[64] IN_SLAB PAGE_ALIGNED = {
	[60].next = &once[0], [0].next = &once[1], [1].next = NULL,
};

extern struct kmem_cache caches[2];
extern struct slab slabs[2];
extern struct list_head slab_caches;

struct kmem_cache_node nodes[2] IN_SLAB = {
	{ .partial = { &slabs[0].slab_list, &slabs[0].slab_list },
	  .nr_slabs.counter = 1, .total_objects.counter = 64 },
	{ .partial = { &slabs[1].slab_list, &slabs[1].slab_list },
	  .nr_slabs.counter = 1, .total_objects.counter = 64 },
};
struct kmem_cache caches[2] IN_SLAB = {
	{ .name = "kmalloc-64", .size = 64, .object_size = 64, .offset = 32, .node = { &nodes[0] },
	  .list = { &caches[1].list, &slab_caches } },
	{ .name = "skbuff", .size = 64, .object_size = 60, .offset = 32, .node = { &nodes[1] },
	  .list = { &slab_caches, &caches[0].list } },
};
struct list_head slab_caches = { &caches[0].list, &caches[1].list };
struct slab slabs[2] IN_SLAB = {
	{ .objects = 64, .inuse = 61, .freelist = &twice[3], .slab_cache = &caches[0],
	  .slab_list = { &nodes[0].partial, &nodes[0].partial } },
	{ .objects = 64, .inuse = 61, .freelist = &once[60], .slab_cache = &caches[1],
	  .slab_list = { &nodes[1].partial, &nodes[1].partial } },
};
/* struct page of frame 0, if there were one (FLATMEM). */
struct page *mem_map = (struct page *)((ulong)slabs - 0x8000 * sizeof(struct page));

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM,
	/* what stands there is not in the dump */
	[HASH].pages = (void *)VM(0x412000), [BIG_PAGES].pages = (void *)VM(0x412000),
	[MODULE_AREA].pages = (void *)VM(0x412000) };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
