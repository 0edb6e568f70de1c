/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is at an address, in the words of a crash: guard page, freed area, no module. */
#ifndef MAP_DESCRIBE_ADDR_H
#define MAP_DESCRIBE_ADDR_H

#include "map/vmatlas_internal.h"

enum describe_addr {
	ADDR_UNKNOWN,		/* a kernel address that nobody declared */
	ADDR_NULL,			/* in the first page */
	ADDR_POISON,			/* what freed memory is filled with */
	ADDR_USER,
	ADDR_NO_ADDRESS,		/* not canonical */
	ADDR_STACK_GUARD,		/* right below a stack */
	ADDR_GUARD,			/* behind an area */
	ADDR_FREED,			/* freed, not yet purged, or kept for the next */
	ADDR_HOLE,			/* space that nobody has */
	ADDR_NO_MODULE,		/* module space that nobody has */
	ADDR_AREA,
	ADDR_REGION,
};

/*
 * @unloaded: the module that went last, or NULL. @stack: the task's stack, where the
 * log tells it, or NULL. Appends to @out.
 */
enum describe_addr describe_addr(struct vmatlas *atlas, uint64_t addr, const char *unloaded,
		     const struct vmatlas_range *stack, struct str *out);

#endif
