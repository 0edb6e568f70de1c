/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vmap_area leads to another vm_struct than vmlist has for its address. */
#define AREA_DAMAGE , [1].private = &vm[BIG]
#include "x86-2.6.28/kernel.c"
