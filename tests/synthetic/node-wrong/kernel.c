/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The area of a module is on another vmap_node than that of its address:
 * find_vmap_area() asks node 0 for it, and it is on node 1.
 */
#include "x86-6.12/kernel.c"

u32 vmap_zone_size = 0x4000;
