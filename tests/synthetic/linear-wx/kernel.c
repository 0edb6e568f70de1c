/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The direct map has five entries of 1 GiB; one lets memory be written and executed. */
#define DIRECT_MORE , [4] = 0x100000000 + LARGE_DATA, [5] = 0x140000000 + LARGE, \
	[6] = 0x180000000 + LARGE_DATA, [7] = 0x1c0000000 + LARGE_DATA
#include "x86-6.1/kernel.c"
