/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * high_memory was overwritten with zeros: where lowmem ends and vmalloc space begins, the
 * page tables tell. A hole of 4 MiB in lowmem is none of its ends.
 */
#define HIGH_MEMORY 0
#define MORE_SECTIONS [0xc80] = 0, 0, 0, 0
#include "arm-6.12/kernel.c"
