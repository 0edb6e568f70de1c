/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bookkeeping of 5.4 to 6.8: no area hangs in two places any more, and one word has
 * three meanings: vm_struct of what is in use, link of what is freed, size of what is
 * free. From 5.11 on what is freed has a list and a tree (HAS_PURGE_TREE), and the
 * word two meanings; since 6.3 there are flags again, which say that vm_map_ram() it
 * was (HAS_NEW_FLAGS).
 */
#ifndef FAKE_V5_4_H
#define FAKE_V5_4_H

#include "kernel.h"

#define VM_IOREMAP 0x1
#define VM_ALLOC   0x2
#define VM_MAP	   0x4
/* vmap_area.flags */
#define VMAP_RAM   0x1
#define VMAP_BLOCK 0x2

struct vm_struct {
	phys_addr_t phys_addr;
	ulong size;
	struct page **pages;
	const void *caller;
	u32 nr_pages;
	ulong flags;
	struct vm_struct *next;
	void *addr;
};

struct vmap_area {
	struct list_head list;
#ifdef HAS_NEW_FLAGS
	ulong flags;
#endif
	ulong va_end;
	struct rb_node rb_node;
	union {
		struct vm_struct *vm;
		ulong subtree_max_size;
#ifndef HAS_PURGE_TREE
		struct llist_node purge_list;
#endif
	};
	ulong va_start;
};

#include "six.h"

extern struct vmap_area area[], lazy[];
extern struct list_head vmap_area_list;

struct vm_struct vm[] IN_SLAB = { SIX_VM };

enum { B_IO, B_HASH, B_RAM, B_TOP, NR_BUSY };
enum { L_FREED, L_RAM_FREED };

#define ON_LIST(i) .list = LINKS(area, i, 4, vmap_area_list), .rb_node = TREE(area, i, 4)

#ifdef HAS_NEW_FLAGS
#define IS_RAM , .flags = VMAP_RAM
#else
#define IS_RAM
#endif

struct vmap_area area[] IN_SLAB = {
	[B_IO] = AREA_AT(IO_AT, ON_LIST(B_IO), .vm = &vm[IO]),
	[B_HASH] = AREA_AT(HASH_AT, ON_LIST(B_HASH), .vm = &vm[HASH]),
	[B_RAM] = AREA_AT(RAM_AT, ON_LIST(B_RAM) IS_RAM),
	[B_TOP] = AREA_AT(TOP_AT, ON_LIST(B_TOP), .vm = &vm[TOP])
	AREA_DAMAGE
};
struct list_head vmap_area_list = HEAD(area, 4);
struct rb_root vmap_area_root = ROOT(area);

FREE_SPACE;

#ifdef HAS_PURGE_TREE
extern struct list_head purge_vmap_area_list;
struct vmap_area lazy[] IN_SLAB = {
	[L_FREED] = AREA_AT(FREED_AT, .list = LINKS(lazy, L_FREED, 2, purge_vmap_area_list),
			    .rb_node = { 1, .rb_right = NODE(lazy, L_RAM_FREED) }),
	[L_RAM_FREED] = AREA_AT(RAM_FREED_AT,
				.list = LINKS(lazy, L_RAM_FREED, 2, purge_vmap_area_list),
				.rb_node = { (ulong)NODE(lazy, L_FREED) }),
};
struct list_head purge_vmap_area_list = HEAD(lazy, 2);
struct rb_root purge_vmap_area_root = { NODE(lazy, L_FREED) };
#else
/* The last to be freed comes first. */
struct vmap_area lazy[] IN_SLAB = {
	[L_FREED] = AREA_AT(FREED_AT),
	[L_RAM_FREED] = AREA_AT(RAM_FREED_AT, .purge_list = { &lazy[L_FREED].purge_list }),
};
struct llist_head vmap_purge_list = { &lazy[L_RAM_FREED].purge_list };
#endif

/* ---- Modules, 4.5 to 6.3, none; 6.4 and later ---- */

#ifdef HAS_NEW_FLAGS
struct module_memory { u32 size; void *base; };
#else
struct module_layout { u32 ro_size, text_size; void *base; u32 size; };
#endif
struct module {
#ifdef HAS_NEW_FLAGS
	struct module_memory mem[7];
#else
	struct module_layout init_layout, core_layout;
#endif
	char name[56];
	struct list_head list;
	u32 state;
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

#endif
