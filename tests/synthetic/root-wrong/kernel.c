/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * init_mm names a table that is not the root, and the root's user half has two entries, as
 * if a process's had been copied.
 */
#define ROOT_MORE [5] = PHYS(level3_direct_pgt) + TABLE, [255] = PHYS(level3_vmalloc_pgt) + TABLE,
#include "x86-6.1/kernel.c"

typedef struct { ulong pgd; } pgd_t;
struct mm_struct { ulong scrambled[3]; pgd_t *pgd; ulong more; };
struct mm_struct init_mm = { .pgd = (pgd_t *)level3_vmalloc_pgt };
