/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks a tree of vmap_areas with suspicion: each child must name its parent, and
 * addresses must rise, or be those of a list: so the walk ends.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "kernel/survey.h"
#include "kernel/lookup.h"
#include "kernel/vmalloc/vmap_area_tree.h"
#include "kernel/vmalloc/vmap_area_lists.h"

/* A red-black tree of n nodes is at most 2 log2(n + 1) high. */
#define MAX_HEIGHT 64
#define MAX_RECORD 512

struct vmap_tree_reader {
	const struct tree_walk *w;
	struct tree_visit last;		/* so far */
	size_t nr;
};

struct node {
	struct tree_visit at;
	uint64_t left, right;		/* rb_nodes */
};

/* What is known of a subtree once all of it was seen. */
struct branch {
	uint32_t top;			/* 1 + index; 0: empty */
	uint64_t max;			/* bytes of its largest area */
};

static uint64_t pointer(const struct survey *s, const uint8_t *buf, uint64_t offset)
{
	return kernel_address(s->k, bytes_uint(buf + offset, s->k->ptr_size, s->k->big_endian));
}

/* The colour is in the two lowest bits of the first word (include/linux/rbtree_types.h). */
static struct vmatlas_error *vmap_tree_decode(const struct tree_walk *w,
					      const uint8_t *buf, uint64_t rb,
					      uint64_t parent, struct node *ret)
{
	const struct survey *s = w->s;
	const uint64_t list = s->res[VA_LIST].offset;
	const uint64_t up = pointer(s, buf, s->res[VA_RB].offset) & ~3ull;
	const uint64_t start = survey_field(s, VA_START, buf), end = survey_field(s, VA_END, buf);

	if (up != parent)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"rb_node %#" PRIx64 " lies below %#" PRIx64 " but names %#" PRIx64
			" as its parent", rb, parent, up);
	if (end <= start || !range_from_end(start, end, &ret->at.range))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmap_area at %#" PRIx64 ": end %#" PRIx64 " is not above start %#" PRIx64,
			ret->at.record, end, start);
	ret->at.next = pointer(s, buf, list);
	ret->at.prev = pointer(s, buf, list + s->k->ptr_size);
	ret->at.word = w->max_size ? survey_field(s, w->max_size, buf) : 0;
	ret->left = pointer(s, buf, s->res[VA_LEFT].offset);
	ret->right = pointer(s, buf, s->res[VA_RIGHT].offset);
	return NULL;
}

static struct vmatlas_error *vmap_tree_read_node(const struct tree_walk *w, uint64_t rb,
						 uint64_t parent, struct node *ret)
{
	struct survey *s = w->s;
	struct vmatlas_error *err;
	uint8_t buf[MAX_RECORD];

	ret->at.record = (rb - s->res[VA_RB].offset) & s->k->va_mask;
	if (!kernel_is_pointer(s->k, rb))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"below rb_node %#" PRIx64 " stands %#" PRIx64
			", which is no kernel pointer", parent, rb);
	err = kernel_read(s->k, ret->at.record, buf, s->res[VA].size);
	if (err)
		return vmatlas_error_wrap(kernel_pointer_fault(s->k, ret->at.record, err),
					  "vmap_area at %#" PRIx64, ret->at.record);
	return vmap_tree_decode(w, buf, rb, parent, ret);
}

static struct vmatlas_error *vmap_tree_keep(struct vmap_area_tree *t,
					    const struct tree_visit *at)
{
	struct tree_area *slot = vec_push(&t->v);

	if (!slot)
		return error_no_memory();
	slot->record = at->record;
	slot->range = at->range;
	slot->subtree_max = at->word;
	return NULL;
}

/* In order: of areas that are kept, the last one met must lie below. */
static struct vmatlas_error *meet(struct vmap_tree_reader *r, const struct tree_visit *at)
{
	struct vmatlas_error *err;

	if (r->w->keep && r->nr && at->range.first <= r->last.range.first)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmap_area %#" PRIx64 " at %#" PRIx64 " comes after %#" PRIx64 " at %#"
			PRIx64 ", which lies above it", at->record, at->range.first,
			r->last.record, r->last.range.first);
	if (r->nr++ >= MAX_AREAS)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "the tree does not end");
	r->last = *at;
	err = r->w->visit(r->w->arg, at);
	return err || !r->w->keep ? err : vmap_tree_keep(r->w->keep, at);
}

/* Bottom up: of nodes that are wrong the first one is the lowest. */
static void vmap_tree_join(struct vmap_area_tree *t, uint32_t self, uint64_t max,
			   struct branch left, struct branch right)
{
	struct tree_area *a = &t->v.v[self - 1];

	a->left = left.top;
	a->right = right.top;
	if (left.top)
		t->v.v[left.top - 1].parent = self;
	if (right.top)
		t->v.v[right.top - 1].parent = self;
	if (a->subtree_max == max || t->nr_wrong++)
		return;
	t->wrong.record = a->record;
	t->wrong.stored = a->subtree_max;
	t->wrong.found = max;
}

static struct vmatlas_error *subtree(struct vmap_tree_reader *r, uint64_t rb,
				     uint64_t parent, unsigned int height,
				     struct branch *ret)
{
	struct branch left = { 0 }, right = { 0 };
	struct vmatlas_error *err;
	struct node node = { 0 };

	if (!rb)
		return NULL;
	if (!height)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"the tree is over %d nodes high at %#" PRIx64, MAX_HEIGHT, rb);
	err = vmap_tree_read_node(r->w, rb, parent, &node);
	if (!err)
		err = subtree(r, node.left, rb, height - 1, &left);
	if (!err)
		err = meet(r, &node.at);
	if (err)
		return err;
	ret->top = (uint32_t)r->nr;
	err = subtree(r, node.right, rb, height - 1, &right);
	if (err)
		return err;
	ret->max = MAX(left.max, right.max);
	ret->max = MAX(ret->max, vmatlas_range_size(&node.at.range));
	if (r->w->keep)
		vmap_tree_join(r->w->keep, ret->top, ret->max, left, right);
	return NULL;
}

static bool inside(const struct survey *s, unsigned int need, uint64_t bytes)
{
	const struct resolved *r = &s->res[need], *whole = &s->res[VA];

	return r->found && whole->size <= MAX_RECORD && r->offset <= whole->size &&
	       bytes <= whole->size - r->offset;
}

bool tree_is_known(const struct survey *s)
{
	const uint64_t ptr = s->k->ptr_size;

	return inside(s, VA_RB, ptr) && inside(s, VA_LEFT, ptr) && inside(s, VA_RIGHT, ptr) &&
	       inside(s, VA_START, ptr) && inside(s, VA_END, ptr) && inside(s, VA_LIST, 2 * ptr);
}

struct vmatlas_error *tree_walk(const struct tree_walk *w)
{
	struct survey *s = w->s;
	struct vmap_tree_reader r = { .w = w };
	struct branch all = { 0 };
	struct vmatlas_error *err;
	uint64_t top;

	err = kernel_read_ptr(s->k, w->root, &top);
	if (err)
		return vmatlas_error_wrap(err, "rb_root at %#" PRIx64, w->root);
	err = subtree(&r, top, 0, MAX_HEIGHT, &all);
	if (w->keep)
		w->keep->top = err ? 0 : all.top;
	return vmatlas_error_wrap(err, "tree at %#" PRIx64, w->root);
}
