/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The code of a module can be written. */
#define MODULE_PTES \
	0x10000000 + PAGE_TEXT, 0x10001163, 0x10002000 + PAGE, 0x10003000 + PAGE
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
