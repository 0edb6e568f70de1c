/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A broken link cuts a list, a page left out of the dump takes dozens of entries
 * away; but each vmap_area hangs in a list and in a tree, by five links. Here all
 * of them are followed, from everything that is known, wherever what they lead to
 * points back: a wild pointer has no one to vouch for it.
 */
#include "base/compare.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

struct rescue {
	struct area_walk *w;
};

static struct vmatlas_error *recovery_remember(struct rescue *r, uint64_t record,
					       bool *ret_new)
{
	return hash_add(&r->w->seen->records, record, ret_new) ? NULL : error_no_memory();
}

/* ---- Links ---- */

static uint64_t recovery_at(const struct rescue *r, enum area_member need)
{
	return r->w->s->res[need].offset;
}

/* 0 for what cannot be read: it was told already, or leads nowhere. */
static uint64_t word(struct rescue *r, uint64_t addr)
{
	struct kernel *k = r->w->s->k;
	uint64_t value = 0;

	if (kernel_is_pointer(k, addr))
		vmatlas_error_free(kernel_read_ptr(k, addr, &value));
	return value;
}

/* rb_node begins with the parent's address; two bits of it are the colour. */
static uint64_t parent_of(struct rescue *r, uint64_t rb)
{
	return word(r, rb) & ~3ull;
}

static struct vmatlas_error *visit(struct rescue *r, uint64_t record)
{
	struct vmatlas_error *err;
	bool is_new = false;

	if (!record)
		return NULL;
	err = recovery_remember(r, record, &is_new);
	return err || !is_new ? err : area_walk_add(r->w, record);
}

static struct vmatlas_error *along_list(struct rescue *r, uint64_t node)
{
	const uint64_t ptr = r->w->s->k->ptr_size, head = r->w->head;
	const uint64_t next = word(r, node), prev = word(r, node + ptr);
	struct vmatlas_error *err = NULL;

	if (next != head && word(r, next + ptr) == node)
		err = visit(r, next - recovery_at(r, VA_LIST));
	if (!err && prev != head && word(r, prev) == node)
		err = visit(r, prev - recovery_at(r, VA_LIST));
	return err;
}

static struct vmatlas_error *along_tree(struct rescue *r, uint64_t record)
{
	const uint64_t node = recovery_at(r, VA_RB), rb = record + node;
	const uint64_t left = word(r, record + recovery_at(r, VA_LEFT));
	const uint64_t right = word(r, record + recovery_at(r, VA_RIGHT));
	const uint64_t parent = parent_of(r, rb), up = parent - node;
	struct vmatlas_error *err = NULL;

	if (left && parent_of(r, left) == rb)
		err = visit(r, left - node);
	if (!err && right && parent_of(r, right) == rb)
		err = visit(r, right - node);
	if (!err && parent &&
	    (word(r, up + recovery_at(r, VA_LEFT)) == rb ||
	     word(r, up + recovery_at(r, VA_RIGHT)) == rb))
		err = visit(r, up);
	return err;
}

/* The root has no one above it. */
static struct vmatlas_error *recovery_from_root(struct rescue *r)
{
	const uint64_t top = r->w->root ? word(r, r->w->root) : 0;

	return top && !parent_of(r, top) ? visit(r, top - recovery_at(r, VA_RB)) : NULL;
}

static struct vmatlas_error *recovery_follow(struct rescue *r, size_t from)
{
	const struct kernel_records *b = &r->w->s->k->records;
	struct area_seen *seen = r->w->seen;
	struct vmatlas_error *err = NULL;
	bool is_new;

	for (; seen->nr_areas < b->areas.nr && !err; seen->nr_areas++)
		err = recovery_remember(r, b->areas.v[seen->nr_areas].rec.vmap_area, &is_new);
	if (!err)
		err = along_list(r, r->w->head);
	if (!err && survey_has(r->w->s, VA_RB))
		err = recovery_from_root(r);
	/* what is found on the way is followed, too */
	for (size_t i = from; i < b->areas.nr && i - from < MAX_AREAS && !err; i++) {
		const uint64_t record = b->areas.v[i].rec.vmap_area;

		err = along_list(r, record + recovery_at(r, VA_LIST));
		if (!err && survey_has(r->w->s, VA_RB))
			err = along_tree(r, record);
	}
	return err;
}

static int recovery_by_address(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return compare_u64(x->claim.range.first, y->claim.range.first) ?:
	       compare_u64(x->rec.vmap_area, y->rec.vmap_area);
}

struct vmatlas_error *area_list_recover(struct area_walk *w, size_t from)
{
	struct rescue r = { .w = w };
	struct vmatlas_error *err = recovery_follow(&r, from);
	struct kernel_records *b = &w->s->k->records;

	w->seen->nr_areas = b->areas.nr;
	if (b->areas.nr > from)
		qsort(b->areas.v + from, b->areas.nr - from, sizeof(*b->areas.v),
		      recovery_by_address);
	for (size_t i = from; i < b->areas.nr; i++)
		b->areas.v[i].order = (uint32_t)i;
	return err;
}
