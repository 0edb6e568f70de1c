/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first area says which physical address it maps; the page tables, another. */
#define IO_PTES [0] = 0x7fe5000 + UNCACHED
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
