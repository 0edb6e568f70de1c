/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Per-CPU memory: which CPUs there may be, and where the copy of one of them lies. */
#ifndef KERNEL_MM_PERCPU_H
#define KERNEL_MM_PERCPU_H

#include "kernel/lookup.h"

extern const struct vmatlas_lookup percpu_lookups[];
extern const size_t nr_percpu_lookups;

struct cpu_list {
	VEC(uint32_t) v;		/* possible CPUs, ascending */
};

/* FAULT if the dump does not hold the mask; a kernel without SMP has CPU 0. */
VMATLAS_CHECKED struct vmatlas_error *percpu_possible(struct kernel *k, struct cpu_list *ret);

/* The copy of @cpu of the per-CPU symbol at @addr, its run-time address. */
VMATLAS_CHECKED struct vmatlas_error *
percpu_symbol(struct kernel *k, uint64_t addr, uint32_t cpu, uint64_t *ret);

/* The copy of @cpu of what a __percpu pointer points to. */
VMATLAS_CHECKED struct vmatlas_error *
percpu_pointer(struct kernel *k, uint64_t pointer, uint32_t cpu, uint64_t *ret);

#endif
