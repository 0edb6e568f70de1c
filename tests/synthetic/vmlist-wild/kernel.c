/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmlist breaks off in the middle; the list of vmap_areas knows more. */
#define DAMAGE , [BIG].next = (void *)0x6b6b6b6b6b6b6b6b
#include "x86-2.6.28/kernel.c"
