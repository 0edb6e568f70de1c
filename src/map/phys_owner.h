/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Physical addresses: what is read of the kernel when the first of them is asked about. */
#ifndef MAP_PHYS_OWNER_H
#define MAP_PHYS_OWNER_H

#include "map/vmatlas_internal.h"
#include "kernel/mm/memmap.h"

struct physical {
	VEC(struct vmatlas_resource) resources;	/* strings are the atlas's */
	const char *trouble;			/* why there are no more; "" none */
	struct frames *frames;
};

void physical_free(struct physical *p);

/* Reads it at first use. */
VMATLAS_CHECKED struct vmatlas_error *
physical_get(struct vmatlas *atlas, struct physical **ret);

/* Where the kernel's own mapping of all memory has @phys; false if it has not. */
bool physical_direct(struct vmatlas *atlas, uint64_t phys, uint64_t *ret);

#endif
