/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record of the module says that it is twice as large as its area. */
#define FAKEMOD_SIZE 0x8000
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
