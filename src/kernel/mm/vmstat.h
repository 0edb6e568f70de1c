/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much RAM the kernel manages, and how much of it is free. */
#ifndef KERNEL_MM_VMSTAT_H
#define KERNEL_MM_VMSTAT_H

#include "kernel/kernel.h"

extern const struct vmatlas_lookup vmstat_needs[];
extern const size_t nr_vmstat_needs;

struct vmstat {
	uint64_t total, free;		/* pages; CPUs keep a few more to themselves */
};

/* MISSING, FAULT or CORRUPT where the kernel does not tell. */
VMATLAS_CHECKED struct vmatlas_error *vmstat_read(struct kernel *k, struct vmstat *ret);

/*
 * Where the window of module space begins that this boot loads modules into: x86-64
 * leaves up to 4 MiB free at random (until 6.9 arch/x86/kernel/module.c,
 * module_load_offset; execmem_info says it since). 0: where the space does.
 */
uint64_t module_window_offset(struct kernel *k);

#endif
