/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bookkeeping since 6.9: busy and lazily freed areas on lists of their own for
 * each vmap_node. On 64 bits vmap_nodes points to the nodes; on 32 the compiler
 * leaves the one node, "single", and folds the pointer away.
 */
#ifndef FAKE_V6_12_H
#define FAKE_V6_12_H

#include "kernel.h"

#define VM_IOREMAP 0x1
#define VM_ALLOC   0x2
#define VM_MAP	   0x4
#define VMAP_RAM   0x1		/* of vmap_area.flags */

struct vm_struct {
	ulong requested_size;
	void *addr;
	const void *caller;
	u32 page_order, nr_pages;
	ulong phys_addr;
	struct page **pages;
	ulong flags, size;
	struct vm_struct *next;
};

struct vmap_area {
	ulong flags;
	union {
		struct vm_struct *vm;
		ulong subtree_max_size;
	};
	ulong va_end;
	struct list_head list;
	ulong va_start;
	struct rb_node rb_node;
};

struct rb_list { u32 lock; struct list_head head; struct rb_root root; };
struct vmap_pool { ulong len; struct list_head head; };
struct vmap_node {
	ulong nr_purged;
	struct rb_list lazy;
	struct list_head purge_list;
	struct vmap_pool pool[2];
	struct rb_list busy;
};

/* Lists by their ends; trees by their tops, NULL where they are empty. */
#define NODE(busy_first, busy_last, busy_top, lazy_first, lazy_last, lazy_top, ...) { \
	.busy.head = { busy_first, busy_last }, .busy.root = { busy_top },    \
	.lazy.head = { lazy_first, lazy_last }, .lazy.root = { lazy_top }, \
	__VA_ARGS__ }
#define POOL(first, last) { .head = { first, last } }
#define VM_OF(start, bytes, ...) { .addr = (void *)(start), .size = (bytes), __VA_ARGS__ }
#define AREA(start, end, before, after, ...) \
	{ .va_start = (start), .va_end = (end), .list = { after, before }, __VA_ARGS__ }

/* Black, below @up (NULL: the top), with one child on the right, or none. */
#define BELOW(up, child) .rb_node = { .__rb_parent_color = (ulong)(up) + 1, .rb_right = child }

#endif
