/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks over the kernel's lists and trees for plugins. A walk ends: it stops at its
 * bound, at a pointer that is none, and where a record does not point back to the one
 * it was reached from, which every loop has somewhere.
 */
#include <inttypes.h>

#include "map/vmatlas_internal.h"

/* include/linux/rbtree_types.h, since 2.6.0: the parent and colour, right, left. */
enum { RB_PARENT, RB_RIGHT, RB_LEFT };

static struct vmatlas_error *walk_read(struct vmatlas_walk *w, uint64_t addr, uint64_t *ret)
{
	struct kernel *k = w->ctx->atlas->kernel;
	struct vmatlas_error *err = kernel_read_ptr(k, addr, ret);

	if (err)
		return kernel_pointer_fault(k, addr, err);
	*ret = kernel_address(k, *ret);
	return NULL;
}

VMATLAS_PRINTF(2, 3)
static struct vmatlas_error *walk_corrupt(const struct vmatlas_walk *w, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "%s at %#" PRIx64 ": %s",
				 w->kind == VMATLAS_WALK_RBTREE ? "tree" : "list", w->head,
				 str_text(&text));
}

/* A link that must lead to a record, or be NULL where @may_end. */
static struct vmatlas_error *walk_link(struct vmatlas_walk *w, uint64_t from, uint64_t at,
				       bool may_end, uint64_t *ret)
{
	struct vmatlas_error *err = walk_read(w, at, ret);

	if (err || (may_end && !*ret) || kernel_is_pointer(w->ctx->atlas->kernel, *ret))
		return err;
	return walk_corrupt(w, "%#" PRIx64 " leads to %#" PRIx64 ", which is no kernel pointer",
			    from, *ret);
}

/* ---- Lists ---- */

static struct vmatlas_error *walk_list(struct vmatlas_walk *w, uint64_t *ret)
{
	const uint32_t ptr = w->ctx->atlas->kernel->ptr_size;
	struct vmatlas_error *err = walk_link(w, w->node, w->node, false, ret);
	uint64_t back;

	if (!err)
		err = walk_read(w, *ret + ptr, &back);
	if (!err && back != w->node)
		err = walk_corrupt(w, "%#" PRIx64 " follows %#" PRIx64 " but points back to %#"
				   PRIx64, *ret, w->node, back);
	if (!err && *ret == w->head)
		*ret = 0;
	return err;
}

/* pprev is the address of the pointer that leads here (include/linux/types.h). */
static struct vmatlas_error *walk_hlist(struct vmatlas_walk *w, uint64_t *ret)
{
	const uint32_t ptr = w->ctx->atlas->kernel->ptr_size;
	struct vmatlas_error *err = walk_link(w, w->node, w->node, true, ret);
	uint64_t back;

	if (err || !*ret)
		return err;
	err = walk_read(w, *ret + ptr, &back);
	if (!err && back != w->node)
		err = walk_corrupt(w, "%#" PRIx64 " follows %#" PRIx64 " but points back to %#"
				   PRIx64, *ret, w->node, back);
	return err;
}

/*
 * A chain has no back links: a record that was passed when their number was a power of
 * two is met again if there is a loop (Brent).
 */
static struct vmatlas_error *walk_chain(struct vmatlas_walk *w, uint64_t *ret)
{
	struct vmatlas_error *err = walk_link(w, w->node, w->node, true, ret);

	if (err || !*ret)
		return err;
	if (*ret == w->mark)
		return walk_corrupt(w, "it runs in a circle through %#" PRIx64, *ret);
	if (!(w->nr & (w->nr + 1)))
		w->mark = *ret;
	return NULL;
}

/* ---- Trees ---- */

static uint64_t walk_rb_at(const struct vmatlas_walk *w, uint64_t node, unsigned int what)
{
	return node + what * w->ctx->atlas->kernel->ptr_size;
}

/* To a child, which must know its parent; *ret is 0 if there is none. */
static struct vmatlas_error *walk_rb_child(struct vmatlas_walk *w, uint64_t node, uint64_t at,
					   uint64_t *ret)
{
	struct vmatlas_error *err = walk_link(w, node, at, true, ret);
	uint64_t parent;

	if (err || !*ret)
		return err;
	err = walk_read(w, walk_rb_at(w, *ret, RB_PARENT), &parent);
	if (!err && (parent & ~(uint64_t)3) != node)
		err = walk_corrupt(w, "%#" PRIx64 " is below %#" PRIx64 " but names %#" PRIx64
				   " as its parent", *ret, node, parent & ~(uint64_t)3);
	return err;
}

/* The leftmost record below @node, which may be it. */
static struct vmatlas_error *walk_rb_leftmost(struct vmatlas_walk *w, uint64_t node,
					      uint64_t *ret)
{
	struct vmatlas_error *err = NULL;

	for (uint64_t depth = 0; node && !err; depth++) {
		*ret = node;
		err = depth > w->max ? walk_corrupt(w, "it does not end") :
		      walk_rb_child(w, node, walk_rb_at(w, node, RB_LEFT), &node);
	}
	return err;
}

static struct vmatlas_error *walk_rbtree(struct vmatlas_walk *w, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint64_t node = w->node, up, right;

	*ret = 0;
	if (node == w->head) {
		err = walk_rb_child(w, 0, w->head, &node);
		return err || !node ? err : walk_rb_leftmost(w, node, ret);
	}
	err = walk_rb_child(w, node, walk_rb_at(w, node, RB_RIGHT), &right);
	if (err || right)
		return err ? err : walk_rb_leftmost(w, right, ret);
	/* up, until we come from the left; each of these was checked on the way down */
	for (uint64_t depth = 0; depth <= w->max; depth++) {
		err = walk_read(w, walk_rb_at(w, node, RB_PARENT), &up);
		up &= ~(uint64_t)3;
		if (err || !up)
			return err;
		err = walk_read(w, walk_rb_at(w, up, RB_RIGHT), &right);
		if (err)
			return err;
		if (right != node) {
			*ret = up;
			return NULL;
		}
		node = up;
	}
	return walk_corrupt(w, "it does not end");
}

/* ---- The walk ---- */

void vmatlas_walk_start(struct vmatlas_walk *walk, struct vmatlas_plugin_ctx *ctx,
			enum vmatlas_walk_kind kind, uint64_t head, uint32_t link,
			uint64_t max)
{
	*walk = (struct vmatlas_walk){ .ctx = ctx, .kind = kind, .link = link, .max = max };
	if (!ctx->atlas->kernel || !vmatlas_ctx_has(ctx, link)) {
		walk->err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					      "lookup %" PRIu32 " was not found", link);
		return;
	}
	walk->head = walk->node = kernel_address(ctx->atlas->kernel, head);
}

static struct vmatlas_error *walk_step(struct vmatlas_walk *w, uint64_t *ret)
{
	switch (w->kind) {
	case VMATLAS_WALK_LIST:
		return walk_list(w, ret);
	case VMATLAS_WALK_HLIST:
		return walk_hlist(w, ret);
	case VMATLAS_WALK_CHAIN:
		return walk_chain(w, ret);
	case VMATLAS_WALK_RBTREE:
		return walk_rbtree(w, ret);
	}
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "no such kind of walk");
}

bool vmatlas_walk_next(struct vmatlas_walk *walk, uint64_t *ret)
{
	uint64_t next = 0;

	if (walk->err || walk->ended)
		return false;
	walk->err = walk_step(walk, &next);
	if (!walk->err && next && walk->nr == walk->max)
		walk->err = walk_corrupt(walk, "more than %" PRIu64 " records", walk->max);
	walk->ended = walk->err || !next;
	if (walk->ended)
		return false;
	walk->nr++;
	walk->node = next;
	*ret = vmatlas_ctx_container_of(walk->ctx, walk->link, next);
	return true;
}

struct vmatlas_error *vmatlas_walk_end(struct vmatlas_walk *walk)
{
	walk->ended = 1;
	return take(walk->err);
}
