/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The types Linux is written in. */
#ifndef FAKE_TYPES_H
#define FAKE_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long ulong;

#define NULL ((void *)0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1ul << (n))

/* The one order that never changed: next, then prev (include/linux/types.h). */
struct list_head { struct list_head *next, *prev; };
struct rb_node { ulong __rb_parent_color; struct rb_node *rb_right, *rb_left; };
struct rb_root { struct rb_node *rb_node; };
struct llist_node { struct llist_node *next; };
struct llist_head { struct llist_node *first; };

#endif
