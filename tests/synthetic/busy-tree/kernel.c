/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A busy area is on the list and cut off the tree: find_vmap_area() misses it. */
#define AREA_DAMAGE , [B_HASH].rb_node.rb_left = NULL
#include "x86-6.6/kernel.c"
