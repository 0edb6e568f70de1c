/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is at an address, in the words of a crash: guard page, freed area, no module. */
#ifndef MAP_DESCRIBE_ADDR_H
#define MAP_DESCRIBE_ADDR_H

#include "map/vmatlas_internal.h"

enum whereis {
	WHEREIS_UNKNOWN,		/* a kernel address that nobody declared */
	WHEREIS_NULL,			/* in the first page */
	WHEREIS_POISON,			/* what freed memory is filled with */
	WHEREIS_USER,
	WHEREIS_NO_ADDRESS,		/* not canonical */
	WHEREIS_STACK_GUARD,		/* right below a stack */
	WHEREIS_GUARD,			/* behind an area */
	WHEREIS_FREED,			/* freed, not yet purged, or kept for the next */
	WHEREIS_HOLE,			/* space that nobody has */
	WHEREIS_NO_MODULE,		/* module space that nobody has */
	WHEREIS_AREA,
	WHEREIS_REGION,
};

/*
 * @unloaded: the module that went last, or NULL. @stack: the task's stack, where the
 * log tells it, or NULL. Appends to @out.
 */
enum whereis whereis(struct vmatlas *atlas, uint64_t addr, const char *unloaded,
		     const struct vmatlas_range *stack, struct str *out);

#endif
