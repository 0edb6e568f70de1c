/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * i386 as of 5.4, PAE, VMSPLIT_3G_OPT: entry areas of eight CPUs and the LDT's place
 * between fixmap and pkmap; an llist of what is freed. All is well.
 */
#define PAGE_OFFSET 0xb0000000ul
#define HIGH_MEMORY 0xc0000000ul
#define HAS_PAE
#define MORE_FUNCTIONS(X) X(native_set_fixmap) X(setup_cpu_entry_areas)
#include "i386.h"
#include "v5_4.h"

ulong __per_cpu_offset[8];
struct cpu_entry_area { u8 stacks[0x27000]; } *last_cpu_entry_area;
