/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A free area reaches over the first page of one that is busy. */
#define FREE_DAMAGE , FREE(2, END(HASH_AT) - 0x1000, START(FREED_AT), \
			   START(FREED_AT) - END(HASH_AT) + 0x1000)
#include "x86-6.6/kernel.c"
