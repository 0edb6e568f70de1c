/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 5.2 and 5.3: flags still, and a tree of what is free. All is well. */
#define HAS_FREE_TREE
#include "x86_64.h"
#include "v4_9.h"

struct vmap_area area[] IN_SLAB = { SIX_AREAS(VM_LAZY_FREE) };

#include "log_records.h"
