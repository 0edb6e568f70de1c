/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A page behind an area is in no area, and in the free tree neither. */
#define FREE_DAMAGE , FREE(4, END(RAM_AT) + 0x1000, START(RAM_FREED_AT), \
			   START(RAM_FREED_AT) - END(RAM_AT) - 0x1000)
#include "x86-6.6/kernel.c"
