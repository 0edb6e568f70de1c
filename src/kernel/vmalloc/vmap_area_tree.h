/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A red-black tree of vmap_areas, read in order of address. The same records hang on
 * a list, too: whoever wants to compare is shown each record with its links.
 */
#ifndef KERNEL_VMALLOC_VMAP_AREA_TREE_H
#define KERNEL_VMALLOC_VMAP_AREA_TREE_H

#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area.h"

/* A record as it is met, in order. */
struct tree_visit {
	uint64_t record;
	struct vmatlas_range range;
	uint64_t next, prev;		/* its list entry's links */
	uint64_t word;			/* subtree_max_size, where it is asked for */
};

/* What is kept of a tree of free areas: enough to search it as the kernel does. */
struct tree_area {
	uint64_t record;
	struct vmatlas_range range;
	uint64_t subtree_max;		/* as stored */
	uint32_t left, right, parent;	/* 1 + index; 0: none */
};

struct vmap_area_tree {
	VEC(struct tree_area) v;	/* in order */
	uint32_t top;			/* 1 + index of the root; 0: empty */
	size_t nr_wrong;		/* nodes whose subtree_max is not that of their subtree */
	struct { uint64_t record, stored, found; } wrong;	/* the lowest of them */
};

static inline void tree_done(struct vmap_area_tree *t)
{
	vec_done(&t->v);
}

/* Has vmlinux the members that trees are walked by? */
bool tree_is_known(const struct survey *s);

/*
 * Walk the tree whose rb_root is at @root. FAULT or CORRUPT at the first node that
 * cannot be; what stands left of it was seen by then.
 * @s: a surveyor whose table begins with VMAP_AREA_NEEDS, of which tree_is_known()
 * @visit: called for each record; an error of its own ends the walk, and must do so
 *	after so many, unless they are kept: a child may hang below its parent twice
 * @max_size: the surveyor's need for subtree_max_size, if it was found; else 0
 * @keep: what is to be filled; NULL: nothing is kept
 */
struct tree_walk {
	struct survey *s;
	uint64_t root;
	struct vmatlas_error *(*visit)(void *arg, const struct tree_visit *at);
	void *arg;
	unsigned int max_size;
	struct vmap_area_tree *keep;
};

VMATLAS_CHECKED struct vmatlas_error *tree_walk(const struct tree_walk *w);

#endif
