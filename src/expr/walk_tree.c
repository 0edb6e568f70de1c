/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Red-black trees (include/linux/rbtree.h), in order. */
#include <inttypes.h>
#include <string.h>

#include "expr/walk_internal.h"

/* A tree of 2^32 nodes is at most 64 deep. */
enum { RB_DEPTH_MAX = 128, RB_COLOR = 3 };

static struct vmatlas_error *walk_rb(struct element_walker *w, uint64_t at, uint64_t parent,
				     unsigned int depth)
{
	uint64_t left = 0, right = 0, color = 0;
	struct vmatlas_error *err;

	if (!at || w->stopped)
		return NULL;
	if (depth > RB_DEPTH_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "the tree is more than %d deep at 0x%" PRIx64,
					 RB_DEPTH_MAX, at);
	err = walker_meet(w, at, parent);
	if (!err)
		err = walker_member(w, w->link, at, "__rb_parent_color", &color);
	if (!err)
		err = walker_member(w, w->link, at, "rb_left", &left);
	if (!err)
		err = walker_member(w, w->link, at, "rb_right", &right);
	if (err)
		return vmatlas_error_wrap(err, "after %" PRIu64 " elements, the node at 0x%" PRIx64,
					  w->nr, at);
	if (kernel_address(w->e->k, color & ~(uint64_t)RB_COLOR) != parent)
		walker_note(w, "the node at 0x%" PRIx64 " names 0x%" PRIx64 " as its parent, not 0x%"
			    PRIx64, at, color & ~(uint64_t)RB_COLOR, parent);
	err = walk_rb(w, left, at, depth + 1);
	if (!err && !w->stopped)
		err = walker_give(w, at);
	return err ? err : walk_rb(w, right, at, depth + 1);
}

static bool root_is(const struct value *v, const char *name)
{
	ctype t = type_strip(v->type);

	return t && t->kind == VMATLAS_TYPE_STRUCT && !strcmp(t->name, name);
}

struct vmatlas_error *walk_tree(struct element_walker *w, const struct value *named)
{
	struct value root = *named, inner = { 0 };
	struct vmatlas_error *err = NULL;
	uint64_t first = 0;

	if (type_kind(root.type) == VMATLAS_TYPE_POINTER)
		err = value_deref(w->e, named, &root);
	if (!err && root_is(&root, "rb_root_cached")) {
		err = value_member(w->e, &root, "rb_root", &inner);
		root = inner;
	}
	if (err)
		return err;
	if (root_is(&root, "xarray") || root_is(&root, "radix_tree_root"))
		return walk_xarray(w, &root);
	if (root_is(&root, "maple_tree"))
		return walk_maple(w, &root);
	if (!root_is(&root, "rb_root") && !root_is(&root, "rb_node"))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a root is needed: struct rb_root, "
			"rb_root_cached, xarray, radix_tree_root or maple_tree");
	if (!w->link || type_kind(w->link) != VMATLAS_TYPE_STRUCT)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"which member is the node of the tree? as vmap_area.rb_node");
	if (root_is(&root, "rb_node"))
		first = root.addr;
	else
		err = walker_member(w, root.type, root.addr, "rb_node", &first);
	return err ? err : walk_rb(w, first, 0, 0);
}
