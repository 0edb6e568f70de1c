/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists, trees and arrays of any structure, with suspicion: what was read is given, and
 * then what was wrong, with the address.
 */
#ifndef EXPR_ELEMENT_WALK_H
#define EXPR_ELEMENT_WALK_H

#include "expr/expr.h"

enum expr_walk_kind { EXPR_WALK_LIST = 1, EXPR_WALK_TREE, EXPR_WALK_ARRAY };

struct expr_walk {
	enum expr_walk_kind kind;
	const char *element;		/* "vmap_area.list"; of arrays NULL */
	const char *head;		/* an expression */
	const char *where;		/* an expression on the element; NULL: all */
};

/* While it runs, $ is the element, and its members are names. Not 0: enough. */
typedef int expr_element_fn(void *arg, uint64_t index, uint64_t addr);

/* CORRUPT or FAULT: what was wrong; all before it was given. */
VMATLAS_CHECKED struct vmatlas_error *
expr_walk(struct expr *e, const struct expr_walk *what, expr_element_fn *fn, void *arg);

#endif
