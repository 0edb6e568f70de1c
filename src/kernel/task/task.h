/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a task_struct says, and the registers of tasks and CPUs. */
#ifndef KERNEL_TASK_TASK_H
#define KERNEL_TASK_TASK_H

#include "kernel/lookup.h"

extern const struct vmatlas_lookup task_lookups[];
extern const size_t nr_task_lookups;

/* Where this kernel keeps what is asked of a task; looked up once. */
struct task_layout;

VMATLAS_CHECKED struct vmatlas_error *task_layout_new(struct kernel *k, struct task_layout **ret);
void task_layout_free(struct task_layout *t);
DEFINE_FREEP(task_layout, task_layout_free)

/* FAULT if the dump does not hold the task_struct; fills ret but for .size and .flags' IDLE. */
VMATLAS_CHECKED struct vmatlas_error *
task_read(const struct task_layout *t, uint64_t task, struct vmatlas_task *ret);

/* The task that @cpu runs; NOT_FOUND if this kernel does not say. */
VMATLAS_CHECKED struct vmatlas_error *
task_running_on(const struct task_layout *t, uint32_t cpu, uint64_t *ret);

/* Names and widths of this CPU's registers, none of them known. */
void task_register_names(const struct kernel *k, struct vmatlas_registers *ret);

/*
 * What the dump's notes say of @cpu. NOT_FOUND if there is no note of it, or no telling
 * which one it is.
 */
VMATLAS_CHECKED struct vmatlas_error *
task_cpu_registers(const struct task_layout *t, uint32_t cpu, struct vmatlas_registers *ret);

/* What switch_to() kept of a task that does not run; NOT_FOUND if that is not known. */
VMATLAS_CHECKED struct vmatlas_error *
task_saved_registers(const struct task_layout *t, uint64_t task, struct vmatlas_registers *ret);

#endif
