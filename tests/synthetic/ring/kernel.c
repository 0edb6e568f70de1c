/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The areas form a ring among themselves that leaves the head out: who starts
 * at the head never comes back to it. Their tree is whole.
 */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[ACPI].list.prev = &area[MODULE_AREA].list,
	[MODULE_AREA].list.next = &area[ACPI].list,
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
