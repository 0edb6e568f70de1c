/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The image's data is mapped by small pages: one leads to another page, one is open to user
 * space. Its text has lost a page.
 */
#define IMAGE_TEXT PHYS(level1_text_pgt) + TABLE
#define IMAGE_DATA PHYS(level1_data_pgt) + TABLE
extern unsigned long level1_text_pgt[512], level1_data_pgt[512];
#include "x86-6.1/kernel.c"

ulong level1_text_pgt[512] PAGE_ALIGNED = {
	PTES256(PHYS_BASE + 0x1000000 + PAGE_TEXT), PTES256(PHYS_BASE + 0x1100000 + PAGE_TEXT),
	[2] = 0,
};
ulong level1_data_pgt[512] PAGE_ALIGNED = {
	PTES256(PHYS_BASE + 0x1200000 + PAGE), PTES256(PHYS_BASE + 0x1300000 + PAGE),
	[3] = PHYS_BASE + 0x1207000 + PAGE, [5] = PHYS_BASE + 0x1205000 + PAGE + 4,
};
