/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bookkeeping of 2.6.28 to 4.4: one list of vmap_areas, on which lazily freed ones
 * stay; a flag says whether there is a vm_struct. Its pointer is "private" up to 3.2,
 * "vm" since. Up to 3.9 all vm_structs hang on vmlist besides, and that is what counts:
 *
 *	#define HAS_VMLIST
 *	VMLIST(&vm[0]);
 */
#ifndef FAKE_V2_6_28_H
#define FAKE_V2_6_28_H

#include "kernel.h"

#define VM_IOREMAP	      0x1
#define VM_ALLOC	      0x2
#define VM_MAP		      0x4
#define VM_USERMAP	      0x8
#define VM_VPAGES	      0x10
#define VM_UNLIST	      0x20	/* 3.1 to 3.10: being made, on no list yet */

/* vmap_area.flags */
#define VM_LAZY_FREE	0x1
#define VM_LAZY_FREEING 0x2
#define VM_VM_AREA	0x4

struct vm_struct {
	ulong phys_addr;
	const void *caller;
	ulong flags;
	u32 nr_pages;
	ulong size;
	void *addr;
	struct page **pages;
	struct vm_struct *next;
};

#ifndef NO_VMAP_AREAS
struct vmap_area {
	struct { void *next, *func; } rcu_head;
	ulong va_end;
#ifdef VM_IS_PRIVATE
	void *private;
#else
	struct vm_struct *vm;
#endif
	struct list_head list, purge_list;
	ulong flags, va_start;
	struct rb_node rb_node;
};
#endif

extern struct vm_struct vm[];
#ifndef NO_VMAP_AREAS
extern struct vmap_area area[];
extern struct list_head vmap_area_list;
#endif

#ifdef HAS_VMLIST
u32 vmlist_lock;
#define VMLIST(first) struct vm_struct *vmlist = (first)
#endif

#ifndef SIX_HERE
#define VM_OF(start, bytes, ...) { .addr = (void *)(start), .size = (bytes), __VA_ARGS__ }
#define AREA(start, end, before, after, ...) \
	{ .va_start = (start), .va_end = (end), .list = { after, before }, __VA_ARGS__ }
#endif

#endif
