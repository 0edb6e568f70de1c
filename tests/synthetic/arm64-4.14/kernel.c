/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arm64 as of 4.14, 48 bits: the image has moved into vmalloc space, the linear map is
 * still the upper half; the records are those of 4.14 to 5.1. All is well.
 */
#define VA_BITS 48
#define PAGE_OFFSET 0xffff800000000000ul
#define IMAGE 0xffff000008080000ul
#define VM(off) (0xffff000020000000ul + (off))
#define FIXED_ADDRESSES 0x405
#define TOP_AT 0xffff7d0000000000, 0xffff7d0000005000
#include "arm64.h"
#include "v4_9.h"

ulong kimage_voffset = IMAGE - IMAGE_PHYS;

struct vmap_area area[] IN_SLAB = { SIX_AREAS(VM_LAZY_FREE) };

#include "log_records.h"
