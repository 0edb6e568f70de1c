/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two areas wait to be purged; their vm word is a subtree's size. All is well. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);

extern struct vmap_area lazy[];
struct list_head purge_vmap_area_list = { &lazy[0].list, &lazy[1].list };
struct vmap_area lazy[] IN_SLAB = {
	{ .va_start = VM(0xa000), .va_end = VM(0xc000), .subtree_max_size = 0x2000,
	  .list = { &lazy[1].list, &purge_vmap_area_list } },
	{ .va_start = VM(0x430000), .va_end = VM(0x440000), .subtree_max_size = 0x10000,
	  .list = { &purge_vmap_area_list, &lazy[0].list } },
};
