/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables and functions of vmlinux by name: where they are, and of which type. */
#ifndef KERNEL_SYMBOLS_VARIABLES_H
#define KERNEL_SYMBOLS_VARIABLES_H

#include "debuginfo/type_find.h"
#include "kernel/kernel.h"

struct kernel_variable {
	const char *name;		/* the image's */
	const struct vmatlas_type *type;	/* NULL: vmlinux does not tell */
	const char *unit;		/* its source file, "" unknown */
	uint64_t addr;			/* run-time; of a per-CPU variable that of no CPU */
	uint64_t bytes;			/* 0 unknown */
	bool is_function;
};

/*
 * @file: whose; NULL: the global one, or the only static. ARGUMENT names the files if there
 * are several, NOT_FOUND is the short "no symbol x".
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_variable_find(struct kernel *k, const char *name, const char *file,
		     struct kernel_variable *ret);

/* The symbol of vmlinux that holds @addr, as gdb names it; *ret_name NULL if none does. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_vmlinux_symbol(struct kernel *k, uint64_t addr, const char **ret_name,
		      uint64_t *ret_offset);

#endif
