/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who owns what: /proc/iomem, struct pages behind a mem_section, two NUMA nodes, and an
 * area that is the stack of a thread; and RAM that nobody uses.
 */
#define STORY_FUNCTIONS(X) X(free_pages) X(kmem_cache_free) X(copy_process) X(memblock_add)
#define STORY_HAS_PAGES
#include "v6_1.h"

/* ---- Page frames: those of the area HASH, 0x9000 to 0x9003 ---- */

enum pageflags { PG_lru = 3, PG_reserved = 2, PG_slab = 5, PG_uptodate = 1 } last_pageflag;
enum zone_type { ZONE_DMA, ZONE_NORMAL, __MAX_NR_ZONES } last_zone;

struct kmem_cache { ulong scrambled; const char *name; } cache = { .name = "fake-cache" };
struct slab { ulong scrambled[3]; struct kmem_cache *slab_cache; ulong more[4]; } *last_slab;

struct page {
	ulong compound_head, private;
	u32 page_type;
	int _refcount;
	void *slab_cache_of_slab, *mapping;
	ulong flags;
	int _mapcount;
	u32 more;
	ulong rest;
};

#define NODE_SHIFT 63			/* two nodes: one bit; a zone below it */
#define FLAGS(node, zone, bits) ((ulong)(node) << NODE_SHIFT | (ulong)(zone) << 62 | (bits))

struct page frames[] IN_SLAB __attribute__((aligned(4096))) = {
	{ ._refcount = 1, .flags = FLAGS(0, 1, BIT(PG_uptodate) | BIT(PG_lru)),
	  .page_type = -1, ._mapcount = -1 },
	{ ._refcount = 1, .flags = FLAGS(1, 1, BIT(PG_slab)), .slab_cache_of_slab = &cache,
	  .page_type = -1 },
	{ .page_type = -129, .private = 2, .flags = FLAGS(1, 0, 0) },	/* free */
	{ .compound_head = (ulong)&frames[0] + 1, .page_type = -1, .flags = FLAGS(1, 1, 0) },
};
struct page *hash_pages[4] IN_SLAB = { &frames[0], &frames[3], &frames[1], &frames[2] };

struct pglist_data *node_data[2];
u32 nr_node_ids = 2;

struct mem_section { ulong scrambled, section_mem_map; };
struct mem_section sections[256] IN_SLAB __attribute__((aligned(4096))) = {
	[1] = { .section_mem_map = (ulong)frames - 0x9000 * sizeof(struct page) + 3 },
};
struct mem_section *section_roots[1] IN_SLAB = { sections };
struct mem_section **mem_section = section_roots;

/* ---- /proc/iomem ---- */

struct resource {
	struct resource *child;
	u64 end;
	const char *name;
	struct resource *sibling;
	ulong flags;
	u64 start;
};

#ifndef RESOURCE_DAMAGE
#define RESOURCE_DAMAGE
#endif
struct resource resources[] IN_SLAB = {
	{ .start = 0x1000, .end = 0x7fdffff, .name = "System RAM", .flags = 0x81000200,
	  .child = &resources[1], .sibling = &resources[2] },
	{ .start = 0x4000000, .end = 0x4ffffff, .name = "Kernel code", .flags = 0x81000200 },
	{ .start = 0x7fe0000, .end = 0x7ffffff, .name = "Reserved", .sibling = &resources[3] },
	{ .start = 0x9000000, .end = 0xbffffff, .name = "System RAM", .flags = 0x81000200 },
	RESOURCE_DAMAGE
};
struct resource iomem_resource = { .end = -1ul, .child = &resources[0] };
ulong max_pfn = 0xb080;		/* and leaves the RAM above alone */

/* memblock, kept; it lacks a MiB below what the firmware keeps for itself. */
struct memblock_region { u64 size; u32 flags; u64 base; };
struct memblock_type { struct memblock_region *regions; ulong max, cnt; };
struct memblock { ulong scrambled; struct memblock_type memory; };
struct memblock_region regions[] IN_SLAB = {
	{ .base = 0x1000, .size = 0x7fdf000 },
	{ .base = 0x9000000, .size = 0x1f00000 },
	{ .base = 0xb000000, .size = 0x100000, .flags = 4 },
};
struct memblock memblock = { .memory = { .regions = regions, .cnt = 3, .max = 128 } };

/* ---- Tasks: init, a process, its thread, and a CPU's idle task ---- */

struct signal_struct { ulong scrambled; struct list_head thread_head; };
struct task_struct {
	char comm[16];
	struct list_head thread_node;
	int pid;
	struct signal_struct *signal;
	void *stack, *stack_vm_area;
	struct list_head tasks;
};
#ifndef THREAD_STACK
#define THREAD_STACK VM(0x4000)
#endif
extern struct task_struct init_task, process, thread;
extern struct vm_struct vm[];
struct signal_struct signals = { .thread_head = { &process.thread_node, &thread.thread_node } };
struct task_struct process IN_SLAB = {
	.comm = "worker", .pid = 811, .signal = &signals, .stack = (void *)VM(0x800000),
	.stack_vm_area = &vm[PERCPU],
	.thread_node = { &thread.thread_node, &signals.thread_head },
	.tasks = { &init_task.tasks, &init_task.tasks },
};
struct task_struct thread IN_SLAB = {
	.comm = "worker/1", .pid = 812, .signal = &signals, .stack = (void *)THREAD_STACK,
	.stack_vm_area = &vm[HASH],
	.thread_node = { &signals.thread_head, &process.thread_node },
};
struct task_struct init_task = {
	.comm = "swapper", .tasks = { &process.tasks, &process.tasks },
};

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM, [HASH].pages = hash_pages,
	/* what stands there is not in the dump */
	[BIG_PAGES].pages = (void *)VM(0x412000), [MODULE_AREA].pages = (void *)VM(0x412000) };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
