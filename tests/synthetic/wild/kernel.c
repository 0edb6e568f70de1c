/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list pointer of poison: the entry was deleted, its neighbours not told. */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[BIG].list.next = (void *)0x100,
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
