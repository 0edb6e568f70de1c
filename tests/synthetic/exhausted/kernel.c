/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocations failed: one for want of address space, of which there is plenty by now, one
 * for want of RAM, and one that could never be.
 */
#define LOG_LINES(X)								\
	X(0, "Linux version " RELEASE),						\
	X(1, "vmap allocation for size 8192 failed: use vmalloc=<size> to increase size"),	\
	X(2, "alloc_vmap_area: 41 callbacks suppressed"),			\
	X(3, "a: vmalloc error: size 8192, vm_struct allocation failed, mode:0xcc0"),	\
	X(4, " warn_alloc+0x151/0x170"),					\
	X(5, " __vmalloc_node_range+0x2b8/0x880"),				\
	X(6, " kernel_clone+0x1c/0x40"),					\
	X(7, "b: vmalloc error: size 4096, page order 0, failed to allocate pages, mode:0xcc0"), \
	X(8, " dump_stack_lvl+0x44/0x5c"),					\
	X(9, " load_module+0x1c/0x40"),						\
	X(10, "c: vmalloc error: size 1099511627776, exceeds total pages, mode:0xcc0")
#define LOG_HEAD 10
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;

struct { long counter; } _totalram_pages = { 512 << 8 }, vm_zone_stat[12] = { { 1000 } };
