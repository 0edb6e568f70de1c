/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iomem_resource: who owns which physical addresses, as /proc/iomem tells it
 * (include/linux/ioport.h, kernel/resource.c).
 */
#ifndef KERNEL_MM_IOMEM_H
#define KERNEL_MM_IOMEM_H

#include "kernel/kernel.h"

/* The functions in whose file struct resource is defined. */
#define RESOURCES_NEAR "request_resource|insert_resource"

struct resource {
	struct vmatlas_range phys;
	uint64_t flags;
	uint64_t record;		/* struct resource */
	unsigned int depth;		/* 0: child of the root */
	char *name;			/* owned; NULL: not asked for, or unreadable */
};

struct resources {
	VEC(struct resource) v;		/* in the order of /proc/iomem */
};

/* A machine has dozens of resources; a damaged tree may pretend to have more. */
enum { RESOURCES_MAX = 1 << 16, RESOURCES_MAX_DEPTH = 32 };

enum resources_how {
	RESOURCES_TOP,			/* the root's children; names of what may be RAM */
	RESOURCES_ALL,			/* all of them, named */
};

/*
 * Read the tree below the struct resource at @root. On FAULT or CORRUPT what was
 * read until then is in *ret all the same; MISSING: vmlinux has no such struct.
 */
VMATLAS_CHECKED struct vmatlas_error *
resources_read(struct kernel *k, uint64_t root, enum resources_how how,
	       struct resources *ret);
void resources_done(struct resources *r);

/* "System RAM" by its flag, before 4.6 by its name. */
bool resource_is_ram(const struct resource *r);

#endif
