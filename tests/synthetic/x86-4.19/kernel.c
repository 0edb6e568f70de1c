/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 4.14 to 5.1: what vfree() freed has a flag again. All is well. */
#include "x86_64.h"
#include "v4_9.h"

struct vmap_area area[] IN_SLAB = { SIX_AREAS(VM_LAZY_FREE) };

#include "log_records.h"
