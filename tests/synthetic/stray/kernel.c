/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module's area begins two pages before module space: in the kernel image's. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = {
	HEALTHY_VM,
	[MODULE_AREA].addr = (void *)MODULE(-0x2000),
	[MODULE_AREA].size = 0x7000,
};
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[MODULE_AREA].va_start = MODULE(-0x2000),
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
