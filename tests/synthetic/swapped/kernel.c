/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two areas have changed places: what each record says is true, and where it hangs in
 * tree and list is the other's. find_vmap_area() finds neither.
 */
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = {
	HEALTHY_AREAS,
	[HASH].va_start = VM(0x800000), [HASH].va_end = VM(0xc00000), [HASH].vm = &vm[PERCPU],
	[PERCPU].va_start = VM(0x4000), [PERCPU].va_end = VM(0x9000), [PERCPU].vm = &vm[HASH],
};
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
