/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seven areas and a module, all well: nothing may be found here. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
