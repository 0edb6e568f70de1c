/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vmalloc's allocator may still hand out: its free tree (5.2+), pools (6.9+). */
#ifndef KERNEL_VMALLOC_FREE_AREA_TREE_H
#define KERNEL_VMALLOC_FREE_AREA_TREE_H

#include "kernel/vmalloc/vmap_area_tree.h"

enum free_state {
	FREE_UNKNOWN,			/* could not be read, or moves while we read */
	FREE_IN_GAPS,			/* this kernel keeps no tree: free is what is not taken */
	FREE_IN_TREE,			/* all of it was read */
};

/* An area kept for the next allocation of its size on one node (struct vmap_pool). */
struct pooled {
	struct vmatlas_range range;
	uint64_t record;
	uint32_t node;
};

struct free_records {
	enum free_state state;
	struct vmap_area_tree tree;
	VEC(struct pooled) pooled;	/* node by node, of one size in the pool's order */
	uint32_t nr_nodes;		/* vmap_nodes that have pools; 0: none are used */
	bool pools_read;		/* all that there are */
};

void free_records_free(struct free_records *f);

#endif
