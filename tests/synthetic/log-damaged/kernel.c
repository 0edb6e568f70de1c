/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One word of the log was overwritten: the state of the record that says that an allocation
 * failed. Nothing is found, but it was not looked at, either.
 */
#define LOG_LINES(X)								\
	X(0, "Linux version " RELEASE),						\
	X(1, "Command line: console=ttyS0"),					\
	X(2, "a: vmalloc error: size 1099511627776, exceeds total pages, mode:0xcc0"), \
	X(3, "a line after it")
#define LOG_HEAD 3
#define LOG_DAMAGE , [2].state_var = 0x8000
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
