/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A free area is in the tree, and its neighbours on the list pass it by. */
#define FREE_DAMAGE , [3].list.next = &free_area[5].list, [5].list.prev = &free_area[3].list
#include "x86-6.6/kernel.c"
