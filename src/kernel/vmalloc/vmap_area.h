/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One vmap_area and its vm_struct: from raw records to struct area. */
#ifndef KERNEL_VMALLOC_VMAP_AREA_H
#define KERNEL_VMALLOC_VMAP_AREA_H

#include "base/range.h"
#include "kernel/survey.h"
#include "kernel/kernel.h"

/* vm_struct.flags (include/linux/vmalloc.h; bit history in the kernel's git log) */
#define VM_IOREMAP	 0x0001
#define VM_ALLOC	 0x0002
#define VM_MAP		 0x0004
#define VM_USERMAP	 0x0008
#define VM_VPAGES	 0x0010	/* up to 4.4; the bit was free up to 5.3 */
#define VM_DMA_COHERENT	 0x0010	/* since 5.4 */
#define VM_UNINITIALIZED 0x0020
#define VM_NO_GUARD	 0x0040
#define VM_SPARSE	 0x1000
/* arch/arm/mm/mm.h */
#define VM_ARM_STATIC_MAPPING 0x40000000
#define VM_ARM_EMPTY_MAPPING  0x20000000

/*
 * vmap_area.flags up to 5.3. That an area was freed and waits to be purged was
 * VM_LAZY_FREE 1 and VM_LAZY_FREEING 2 up to 4.4, and VM_LAZY_FREE 2 from 4.14 on;
 * between them no flag said so.
 */
#define VM_LAZY_FLAGS	 0x03
#define VM_LAZY_FREE	 0x02	/* as of 4.14 */
#define VM_VM_AREA	 0x04	/* does .vm (.private) hold a vm_struct? */
/* vmap_area.flags since 6.3 */
#define VMAP_RAM	 0x1

/* The needs that decode_area() goes by; first in survey_vmalloc's table. */
enum area_member {
	VA, VA_START, VA_END, VA_LIST, VA_VM, VA_PRIVATE, VA_FLAGS, VA_PURGE_LIST, VA_RCU,
	VA_RB, VA_LEFT, VA_RIGHT, NR_VMAP_AREA_NEEDS,
	VM = NR_VMAP_AREA_NEEDS, VM_ADDR, VM_SIZE, VM_FLAGS, VM_PAGES, VM_NR_PAGES, VM_PHYS,
	VM_CALLER, VM_REQUESTED, VM_NEXT, NR_AREA_NEEDS,
};

/* What each table that begins with them says of vmap_area. */
#define VMALLOC_UNIT "vfree|vunmap"
#define VMAP_AREA(member) VMATLAS_OPTIONAL_MEMBER("vmap_area", member, VMALLOC_UNIT)
#define VMAP_AREA_NEEDS							      \
	[VA]		= VMAP_AREA(""),				      \
	[VA_START]	= VMAP_AREA("va_start"),			      \
	[VA_END]	= VMAP_AREA("va_end"),				      \
	[VA_LIST]	= VMAP_AREA("list"),				      \
	[VA_VM]		= VMAP_AREA("vm"),				      \
	[VA_PRIVATE]	= VMAP_AREA("private"),				      \
	[VA_FLAGS]	= VMAP_AREA("flags"),				      \
	[VA_PURGE_LIST]	= VMAP_AREA("purge_list"),			      \
	[VA_RCU]	= VMAP_AREA("rcu_head"),			      \
	[VA_RB]		= VMAP_AREA("rb_node"),				      \
	[VA_LEFT]	= VMAP_AREA("rb_node.rb_left"),			      \
	[VA_RIGHT]	= VMAP_AREA("rb_node.rb_right")

/* Up to 5.3 flags tell what an area is; they came back, for something else, in 6.3. */
static inline bool area_has_old_flags(const struct survey *s)
{
	return survey_has(s, VA_FLAGS) && (survey_has(s, VA_RCU) || survey_has(s, VA_PURGE_LIST));
}

/*
 * Decode the record at @va. FAULT or CORRUPT if it cannot be; an unreadable
 * vm_struct alone leaves has_vm false and is told through @ret_vm_err.
 */
VMATLAS_CHECKED struct vmatlas_error *
area_decode(struct survey *s, uint64_t va, enum area_state state, struct area *ret,
	    struct vmatlas_error **ret_vm_err);

/* The vm_struct at @vm, and which it says comes after it, into a busy area. */
VMATLAS_CHECKED struct vmatlas_error *
area_decode_vm(struct survey *s, uint64_t vm, struct area *ret, uint64_t *ret_next);

/* It turned out that @a waits to be purged: its vm_struct is gone. */
void area_unpurge(struct area *a);

#endif
