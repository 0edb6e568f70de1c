/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 2.6.27 and before: vmlist is all there is, no vmap_areas. All is well. */
#define NO_VMAP_AREAS
#include "x86-2.6.28/kernel.c"
