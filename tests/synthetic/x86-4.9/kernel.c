/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 4.9: what was freed has no flag, the llist alone tells. All is well. */
#include "x86_64_old.h"
#include "v4_9.h"

struct vmap_area area[] IN_SLAB = { SIX_AREAS(0) };

#include "log_records.h"
