/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vm_struct that is a page longer than its vmap_area. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = {
	HEALTHY_VM,
	[HASH].size = 0x6000,
};
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
