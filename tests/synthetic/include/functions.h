/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake kernel's functions and its kallsyms tables. A function stands for the
 * file that defines it in Linux: through its address vmatlas finds the types of
 * that file; and callers of vmalloc need names.
 *
 * FUNCTIONS(X) lists them in the order of their addresses, which is the order
 * of this file: the build says -fno-toplevel-reorder.
 */
#ifndef FAKE_FUNCTIONS_H
#define FAKE_FUNCTIONS_H

#include "kernel.h"

#ifndef MORE_FUNCTIONS
#define MORE_FUNCTIONS(X)
#endif

#define FUNCTIONS(X)                                                          \
	X(acpi_os_map_iomem)						      \
	X(alloc_large_system_hash)					      \
	X(pcpu_get_vm_areas)						      \
	X(kernel_clone)							      \
	X(vfree)			/* mm/vmalloc.c */		      \
	X(kclist_add)			/* fs/proc/kcore.c */		      \
	X(load_module)			/* kernel/module/main.c */	      \
	X(vprintk_emit)			/* kernel/printk/printk.c */	      \
	X(request_resource)		/* kernel/resource.c */		      \
	MORE_FUNCTIONS(X)						      \
	X(panic)			/* the last ends with .text: no caller */

/* Each 64 bytes long, whatever the compiler makes of it. */
#define DEFINE(f) void f(void) { }
#define DECLARE(f) extern void f(void);
FUNCTIONS(DECLARE)
FUNCTIONS(DEFINE)

/* A return address in @f: what %pS prints as f+0x1c/0x40. */
#define CALLER(f) ((ulong)&f + 0x1c)

/* ---- kernel/symbols/kallsyms.c; as with CONFIG_KALLSYMS_BASE_RELATIVE=n ---- */

#ifdef __thumb__	/* a function's address has bit 0 set; what nm prints has not */
#define NUMBER(f) NUMBER_##f,
enum { FUNCTIONS(NUMBER) };
extern const char _stext[];
#define ADDRESS(f) (ulong)_stext + 64 * NUMBER_##f,
#else
#define ADDRESS(f) (ulong)&f,
#endif
#define COUNT(f) +1
#define NAME_TYPE(f) struct { u8 len; char text[sizeof("T" #f) - 1]; } f;
#define NAME(f) { sizeof("T" #f) - 1, "T" #f },

/* Every byte stands for itself: its token is it and a NUL. Byte 0 has "". */
#define TOKEN(c) (c), 0,
#define TOKENS4(c) TOKEN(c) TOKEN((c) + 1) TOKEN((c) + 2) TOKEN((c) + 3)
#define TOKENS16(c) TOKENS4(c) TOKENS4((c) + 4) TOKENS4((c) + 8) TOKENS4((c) + 12)
#define TOKENS64(c) TOKENS16(c) TOKENS16((c) + 16) TOKENS16((c) + 32) TOKENS16((c) + 48)
#define INDEX(c) 2 * (c),
#define INDEX4(c) INDEX(c) INDEX((c) + 1) INDEX((c) + 2) INDEX((c) + 3)
#define INDEX16(c) INDEX4(c) INDEX4((c) + 4) INDEX4((c) + 8) INDEX4((c) + 12)
#define INDEX64(c) INDEX16(c) INDEX16((c) + 16) INDEX16((c) + 32) INDEX16((c) + 48)

const ulong kallsyms_addresses[] = { FUNCTIONS(ADDRESS) };
const u32 kallsyms_num_syms = FUNCTIONS(COUNT);
const struct __attribute__((packed)) { FUNCTIONS(NAME_TYPE) } kallsyms_names = {
	FUNCTIONS(NAME)
};
const u32 kallsyms_markers[] = { 0 };
const u8 kallsyms_token_table[] = { TOKENS64(0) TOKENS64(64) TOKENS64(128) TOKENS64(192) };
const u16 kallsyms_token_index[] = { INDEX64(0) INDEX64(64) INDEX64(128) INDEX64(192) };

#endif
