/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A subtree_max_size says that there is nothing below: the largest hole is not found. */
#define FREE_DAMAGE , [1].subtree_max_size = 0x1000
#include "x86-6.6/kernel.c"
