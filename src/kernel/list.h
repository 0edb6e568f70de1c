/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linux' circular lists, walked with a bound. */
#ifndef KERNEL_LIST_H
#define KERNEL_LIST_H

#include "kernel/kernel.h"

struct list_walk {
	struct kernel *k;
	uint64_t head, node, budget;
	bool check_back;		/* verify ->prev (circular lists) */
};

void list_start(struct list_walk *w, struct kernel *k, uint64_t head, uint64_t budget);
/* Next entry of a circular list_head; *ret is 0 at the end. FAULT or CORRUPT. */
VMATLAS_CHECKED struct vmatlas_error *list_next(struct list_walk *w, uint64_t *ret);

#endif
