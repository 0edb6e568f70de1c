/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two pages are mapped behind the second area, where nothing is recorded. */
#define HASH_PTES [4] = PTES4(0x9000000 + PAGE), [10] = 0x9006000 + PAGE, 0x9007000 + PAGE
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
