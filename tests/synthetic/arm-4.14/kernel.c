/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM as of 4.14, Thumb-2, VMSPLIT_2G, with HIGHMEM: modules within reach of
 * shorter branches, pkmap and lowmem at another place; the records are those of 4.14 to
 * 5.1. All is well.
 */
#define PAGE_OFFSET 0x80000000ul
#define LOWMEM_MIB 256
#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
#define VM(off) (0x90800000ul + (off))
#define MORE_FUNCTIONS(X) X(iotable_init) X(pci_reserve_io)
#include "arm.h"
#include "v4_9.h"

void *vmalloc_min IN_INIT = (void *)(0xff800000 - (248 << 20));
u32 *pkmap_page_table;

struct vmap_area area[] IN_SLAB = { SIX_AREAS(VM_LAZY_FREE) };

#include "log_records.h"
