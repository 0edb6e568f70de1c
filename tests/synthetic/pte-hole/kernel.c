/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second page of the second area is not mapped. */
#define HASH_PTES [4] = 0x9000000 + PAGE, 0, 0x9001000 + PAGE, 0x9002000 + PAGE
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
