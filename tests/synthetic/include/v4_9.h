/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bookkeeping of 4.7 to 5.3: freed areas stay on the list, but hang in a chain of
 * their own besides, an llist. A flag says so of those that vfree() freed, since 4.14.
 * From 5.2 on there is a tree of what is free:
 *
 *	#define HAS_FREE_TREE
 */
#ifndef FAKE_V4_9_H
#define FAKE_V4_9_H

#include "kernel.h"

#define VM_IOREMAP 0x1
#define VM_ALLOC   0x2
#define VM_MAP	   0x4

/* vmap_area.flags */
#define VM_LAZY_FREE 0x2	/* not in 4.9 */
#define VM_VM_AREA   0x4

struct vm_struct {
	const void *caller;
	ulong flags;
	phys_addr_t phys_addr;
	struct vm_struct *next;
	ulong size;
	u32 nr_pages;
	void *addr;
	struct page **pages;
};

struct vmap_area {
	struct llist_node purge_list;
	ulong va_end;
	struct vm_struct *vm;
#ifdef HAS_FREE_TREE
	ulong subtree_max_size;
#else
	struct { void *next, *func; } rcu_head;
#endif
	struct list_head list;
	ulong flags, va_start;
	struct rb_node rb_node;
};

extern struct vmap_area area[];
extern struct list_head vmap_area_list;

#include "six.h"

struct vm_struct vm[] IN_SLAB = { SIX_VM };

#define ON_LIST(i) .list = LINKS(area, i, 6, vmap_area_list), .rb_node = TREE(area, i, 6)

/* The one that vfree() freed was the last to be freed; RAM_FREED has no flag. */
#define SIX_AREAS(lazy_flag)						      \
	[IO] = AREA_AT(IO_AT, ON_LIST(IO), .vm = &vm[IO], .flags = VM_VM_AREA), \
	[HASH] = AREA_AT(HASH_AT, ON_LIST(HASH), .vm = &vm[HASH], .flags = VM_VM_AREA), \
	[FREED] = AREA_AT(FREED_AT, ON_LIST(FREED), .flags = (lazy_flag),     \
			  .purge_list = { &area[RAM_FREED].purge_list }),     \
	[RAM] = AREA_AT(RAM_AT, ON_LIST(RAM)),				      \
	[RAM_FREED] = AREA_AT(RAM_FREED_AT, ON_LIST(RAM_FREED)),	      \
	[TOP] = AREA_AT(TOP_AT, ON_LIST(TOP), .vm = &vm[TOP], .flags = VM_VM_AREA)

struct list_head vmap_area_list = HEAD(area, 6);
struct rb_root vmap_area_root = ROOT(area);
struct llist_head vmap_purge_list = { &area[FREED].purge_list };

#ifdef HAS_FREE_TREE
FREE_SPACE;
#endif

/* ---- Modules, 4.5 to 6.3: none ---- */

struct module_layout { u32 ro_size, text_size; void *base; u32 size; };
struct module {
	struct module_layout init_layout, core_layout;
	char name[56];
	struct list_head list;
	u32 state;
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

#endif
