/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One area takes all of module space but two pages in front of its end. */
#include "v6_1.h"

#define FULL_END (0xffffffffff000000ul - 0x2000)

struct vm_struct vm[] IN_SLAB = {
	HEALTHY_VM,
	[MODULE_AREA].size = FULL_END - MODULE(0),
};
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[MODULE_AREA].va_end = FULL_END,
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
