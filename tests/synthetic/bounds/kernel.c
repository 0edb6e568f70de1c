/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/kcore was told of a vmalloc space of 16 TiB; everybody else says 32. */
#define KCORE_VMALLOC_SIZE ((1ul << 44) - 1)
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
