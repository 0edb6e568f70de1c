/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list_head, walked with suspicion. */
#include <inttypes.h>

#include "kernel/list.h"
#include "kernel/kernel.h"

void list_start(struct list_walk *w, struct kernel *k, uint64_t head, uint64_t budget)
{
	head = kernel_address(k, head);
	*w = (struct list_walk){ .k = k, .head = head, .node = head, .budget = budget,
				 .check_back = true };
}

/*
 * A list that does not hold together is a fact about the kernel, not a failure
 * of ours: callers make it a finding and keep what they read. The back link
 * catches loops in a dump; the budget is for live kernels, where the list moves
 * while we walk.
 */
struct vmatlas_error *list_next(struct list_walk *w, uint64_t *ret)
{
	const uint32_t ptr = w->k->ptr_size;
	struct vmatlas_error *err;
	uint64_t next, back;

	err = kernel_read_ptr(w->k, w->node, &next);
	if (err)
		return vmatlas_error_wrap(err, "list at %#" PRIx64 ", entry %#" PRIx64,
					  w->head, w->node);
	if (!kernel_is_pointer(w->k, next))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"list at %#" PRIx64 ": entry %#" PRIx64 " is followed by %#" PRIx64
			", which is no kernel pointer", w->head, w->node, next);
	err = kernel_read_ptr(w->k, next + ptr, &back);
	if (err)
		return vmatlas_error_wrap(kernel_pointer_fault(w->k, next, err),
					  "list at %#" PRIx64 ", entry %#" PRIx64
					  " after %#" PRIx64, w->head, next, w->node);
	if (w->check_back && back != w->node)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"list at %#" PRIx64 ": %#" PRIx64 " follows %#" PRIx64
			" but points back to %#" PRIx64, w->head, next, w->node, back);
	if (w->budget-- == 0)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"list at %#" PRIx64 " does not end", w->head);
	w->node = next;
	*ret = next == w->head ? 0 : next;
	return NULL;
}
