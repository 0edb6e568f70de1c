/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the walks of lists, trees and arrays share. */
#ifndef EXPR_WALK_INTERNAL_H
#define EXPR_WALK_INTERNAL_H

#include "base/hash.h"
#include "expr/expr_internal.h"
#include "expr/element_walk.h"

struct element_walker {
	struct expr *e;
	const char *where;
	ctype type;			/* of an element */
	uint64_t offset;		/* of the link in it */
	ctype link;			/* the link's type */
	struct hash seen;		/* links that were met */
	expr_element_fn *fn;
	void *arg;
	bool stopped;
	uint64_t nr;			/* elements met */
	struct str trouble;		/* what was wrong first, and did not end the walk */
};

/* An element by its link's address. */
VMATLAS_CHECKED struct vmatlas_error *walker_give(struct element_walker *w, uint64_t link);
VMATLAS_CHECKED struct vmatlas_error *
walker_give_index(struct element_walker *w, uint64_t link, uint64_t index);

/* CORRUPT if @link was met before. */
VMATLAS_CHECKED struct vmatlas_error *walker_meet(struct element_walker *w, uint64_t link, uint64_t from);

/* Remember the first of what is wrong and can be passed by. */
VMATLAS_PRINTF(2, 3) void walker_note(struct element_walker *w, const char *fmt, ...);

/* A member of a struct of that type at an address, as a number. */
VMATLAS_CHECKED struct vmatlas_error *
walker_member(struct element_walker *w, ctype t, uint64_t addr, const char *name, uint64_t *ret);

/* ---- walk_tree.c ---- */

VMATLAS_CHECKED struct vmatlas_error *walk_tree(struct element_walker *w, const struct value *root);

/* ---- walk_xarray.c ---- */

VMATLAS_CHECKED struct vmatlas_error *walk_xarray(struct element_walker *w, const struct value *root);
VMATLAS_CHECKED struct vmatlas_error *walk_maple(struct element_walker *w, const struct value *root);

#endif
