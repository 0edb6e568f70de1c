/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Per-CPU memory of two CPUs. The offset of the second leads
 * two units past its own.
 */
#define STORY_FUNCTIONS(X) X(free_percpu)	/* mm/percpu.c */
#include "v6_1.h"

u8 __per_cpu_start[64];
void *pcpu_base_addr = __per_cpu_start + 0x1000;
ulong unit_offsets[] = { 0, 0x1000 };
const ulong *pcpu_unit_offsets = unit_offsets;
struct cpumask { ulong bits[1]; } __cpu_possible_mask = { { 3 } };
ulong __per_cpu_offset[64] = { 0x1000, 0x4000 };

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
