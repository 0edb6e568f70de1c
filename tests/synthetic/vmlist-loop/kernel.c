/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last vm_struct on vmlist leads back to the second. */
#define DAMAGE , [MODULE_AREA].next = &vm[HASH]
#include "x86-2.6.28/kernel.c"
