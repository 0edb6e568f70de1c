/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees of pointers: xarray and radix tree (include/linux/xarray.h), maple tree. */
#include <inttypes.h>
#include <string.h>

#include "expr/walk_internal.h"

enum { XA_DEPTH_MAX = 16, XA_INTERNAL_MAX = 4096, MAPLE_DEPTH_MAX = 32 };

static bool is_node(uint64_t entry)
{
	return (entry & 3) == 2 && entry > XA_INTERNAL_MAX;
}

/* The array @name in the struct of type @t at @addr. */
static struct vmatlas_error *slots_of(struct element_walker *w, ctype t, uint64_t addr, const char *name,
				      struct value *ret, uint64_t *ret_nr)
{
	const struct value v = value_at(t, addr);
	struct vmatlas_error *err = value_member(w->e, &v, name, ret);

	if (!err && type_kind(ret->type) != VMATLAS_TYPE_ARRAY)
		err = vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s is no array", name);
	*ret_nr = err ? 0 : type_strip(ret->type)->count;
	return err;
}

static struct vmatlas_error *slot_at(struct element_walker *w, const struct value *slots, uint64_t i,
				     uint64_t *ret)
{
	struct value slot = { 0 };
	struct vmatlas_error *err = value_index(w->e, slots, i, &slot);

	return err ? err : value_load(w->e, &slot, ret);
}

/* Numbers and the marks of the tree itself are no elements. */
static struct vmatlas_error *give_entry(struct element_walker *w, uint64_t entry, uint64_t index)
{
	if (!entry || entry & 3)
		return NULL;
	return walker_give_index(w, kernel_address(w->e->k, entry), index);
}

static struct vmatlas_error *walk_xa_node(struct element_walker *w, ctype t, uint64_t entry, uint64_t base,
					  unsigned int depth)
{
	struct value slots = { 0 };
	const uint64_t at = kernel_address(w->e->k, entry & ~(uint64_t)3);
	uint64_t nr, shift = 0, slot = 0;
	struct vmatlas_error *err;

	if (depth > XA_DEPTH_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "the tree is more than %d deep at "
					 "0x%" PRIx64, XA_DEPTH_MAX, at);
	err = walker_meet(w, at, at);
	if (!err)
		err = walker_member(w, t, at, "shift", &shift);
	if (!err)
		err = slots_of(w, t, at, "slots", &slots, &nr);
	if (err)
		return vmatlas_error_wrap(err, "the node at 0x%" PRIx64, at);
	for (uint64_t i = 0; !err && i < nr && !w->stopped; i++) {
		const uint64_t index = shift < 64 ? base + (i << shift) : base;

		err = slot_at(w, &slots, i, &slot);
		if (!err && is_node(slot))
			err = walk_xa_node(w, t, slot, index, depth + 1);
		else if (!err)
			err = give_entry(w, slot, index);
	}
	return err;
}

struct vmatlas_error *walk_xarray(struct element_walker *w, const struct value *root)
{
	uint64_t head = 0;
	ctype node = NULL;
	struct vmatlas_error *err = walker_member(w, root->type, root->addr, "xa_head", &head);

	if (!err)
		err = name_type(w->e, VMATLAS_TYPE_STRUCT, "xa_node", &node);
	if (!err && !node)
		err = name_type_missing(w->e, VMATLAS_TYPE_STRUCT, "xa_node");
	if (err)
		return err;
	return is_node(head) ? walk_xa_node(w, node, head, 0, 0) : give_entry(w, head, 0);
}

/* ---- The maple tree (lib/maple_tree.c): the kind of a node stands in its pointer ---- */

enum { MAPLE_DENSE, MAPLE_LEAF_64, MAPLE_RANGE_64, MAPLE_ARANGE_64 };
enum { MAPLE_NODE_MASK = 255, MAPLE_TYPE_SHIFT = 3, MAPLE_TYPE_MASK = 15 };

static struct vmatlas_error *maple_part(struct element_walker *w, ctype node, uint64_t at, unsigned int type,
					struct value *ret)
{
	const struct value v = value_at(node, at);

	return value_member(w->e, &v, type == MAPLE_ARANGE_64 ? "ma64" : "mr64", ret);
}

static struct vmatlas_error *walk_maple_node(struct element_walker *w, ctype node, uint64_t entry,
					     uint64_t min, uint64_t max, unsigned int depth)
{
	const uint64_t at = kernel_address(w->e->k, entry & ~(uint64_t)MAPLE_NODE_MASK);
	const unsigned int type = entry >> MAPLE_TYPE_SHIFT & MAPLE_TYPE_MASK;
	struct value part = { 0 }, slots = { 0 }, pivots = { 0 };
	uint64_t nr_slots = 0, nr_pivots = 0;
	struct vmatlas_error *err;

	if (depth > MAPLE_DEPTH_MAX || type == MAPLE_DENSE || type > MAPLE_ARANGE_64)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"a node of kind %u, %u deep, at 0x%" PRIx64, type, depth, at);
	err = walker_meet(w, at, at);
	if (!err)
		err = maple_part(w, node, at, type, &part);
	if (!err)
		err = slots_of(w, part.type, part.addr, "slot", &slots, &nr_slots);
	if (!err)
		err = slots_of(w, part.type, part.addr, "pivot", &pivots, &nr_pivots);
	for (uint64_t i = 0; !err && i < nr_slots && !w->stopped && min <= max; i++) {
		uint64_t last = max, slot = 0;

		if (i < nr_pivots)
			err = slot_at(w, &pivots, i, &last);
		/* no pivot: the rest of the node's range */
		if (!err && ((i && !last) || last > max))
			last = max;
		if (!err)
			err = slot_at(w, &slots, i, &slot);
		if (!err && type != MAPLE_LEAF_64 && slot)
			err = walk_maple_node(w, node, slot, min, last, depth + 1);
		else if (!err)
			err = give_entry(w, slot, min);
		if (last == max)
			break;
		min = last + 1;
	}
	return vmatlas_error_wrap(err, "the node at 0x%" PRIx64, at);
}

struct vmatlas_error *walk_maple(struct element_walker *w, const struct value *root)
{
	uint64_t head = 0;
	ctype node = NULL;
	struct vmatlas_error *err = walker_member(w, root->type, root->addr, "ma_root", &head);

	if (!err)
		err = name_type(w->e, VMATLAS_TYPE_STRUCT, "maple_node", &node);
	if (!err && !node)
		err = name_type_missing(w->e, VMATLAS_TYPE_STRUCT, "maple_node");
	if (err)
		return err;
	return is_node(head) ? walk_maple_node(w, node, head, 0, w->e->k->va_mask, 0)
			     : give_entry(w, head, 0);
}
