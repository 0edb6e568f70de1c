/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of areas runs in a circle that its head is not part of. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[RAM].list.next = &area[HASH].list,
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
