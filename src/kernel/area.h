/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One vmap_area and its vm_struct: from raw records to struct area. */
#ifndef KERNEL_AREA_H
#define KERNEL_AREA_H

#include "base/range.h"
#include "kernel/kernel.h"

/* vm_struct.flags (include/linux/vmalloc.h; bit history in the kernel's git log) */
#define VM_IOREMAP	 0x0001
#define VM_ALLOC	 0x0002
#define VM_MAP		 0x0004
#define VM_USERMAP	 0x0008
#define VM_DMA_COHERENT	 0x0010	/* 5.4+; VPAGES up to 4.4 */
#define VM_UNINITIALIZED 0x0020
#define VM_NO_GUARD	 0x0040
#define VM_SPARSE	 0x1000
/* arch/arm/mm/mm.h */
#define VM_ARM_STATIC_MAPPING 0x40000000
#define VM_ARM_EMPTY_MAPPING  0x20000000

/* vmap_area.flags up to 5.3: does .vm (.private) hold a vm_struct? */
#define VM_VM_AREA	 0x04
/* vmap_area.flags since 6.3 */
#define VMAP_RAM	 0x1

/* The needs that decode_area() goes by; first in survey_vmalloc's table. */
enum area_need {
	VA, VA_START, VA_END, VA_LIST, VA_VM, VA_PRIVATE, VA_FLAGS, VA_PURGE_LIST, VA_RCU,
	VA_RB, VA_LEFT, VA_RIGHT,
	VM, VM_ADDR, VM_SIZE, VM_FLAGS, VM_PAGES, VM_NR_PAGES, VM_PHYS, VM_CALLER,
	VM_REQUESTED, NR_AREA_NEEDS,
};

/*
 * Decode the record at @va. FAULT or CORRUPT if it cannot be; an unreadable
 * vm_struct alone leaves has_vm false and is told through @ret_vm_err.
 */
VMATLAS_CHECKED struct vmatlas_error *
area_decode(struct survey *s, uint64_t va, enum area_state state, struct area *ret,
	    struct vmatlas_error **ret_vm_err);

#endif
