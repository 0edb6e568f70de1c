/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The direct map has a second entry of 1 GiB that leads to 3 GiB, and four that are right. */
#define DIRECT_MORE , [4] = 0x100000000 + LARGE_DATA, [5] = 0xc0000000 + LARGE_DATA, \
	[6] = 0x180000000 + LARGE_DATA, [7] = 0x1c0000000 + LARGE_DATA
#include "x86-6.1/kernel.c"
