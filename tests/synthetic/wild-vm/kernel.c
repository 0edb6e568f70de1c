/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One area's vm points into user space: text where a pointer was. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[BIG].vm = (void *)0x2e6f6c6c6548,
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
