/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose stack is it? The kernel's tasks and where their stacks lie (CONFIG_VMAP_STACK). */
#ifndef KERNEL_MM_TASKS_H
#define KERNEL_MM_TASKS_H

#include "kernel/kernel.h"

extern const struct vmatlas_lookup tasks_needs[];
extern const size_t nr_tasks_needs;

enum stack_kind {
	STACK_OF_TASK,
	STACK_OF_IDLE,			/* a CPU's idle task: on no list */
	STACK_CACHED,			/* a dead task's, kept for the next one */
};

struct stack {
	uint64_t addr;			/* lowest address of the stack */
	uint64_t task;			/* struct task_struct; of CACHED the vm_struct */
	uint32_t kind;			/* enum stack_kind */
	uint32_t pid;
	uint32_t cpu;			/* of IDLE and CACHED */
	char comm[17];
};

struct tasks {
	VEC(struct stack) stacks;	/* by address */
	uint64_t nr_tasks;
	bool has_stacks;		/* this kernel's stacks are areas at all */
	char *trouble;			/* why some tasks are not there; NULL: all are */
};

/* Only errors of ours: what is wrong with the kernel's lists is in ->trouble. */
VMATLAS_CHECKED struct vmatlas_error *tasks_read(struct kernel *k, struct tasks **ret);
void tasks_free(struct tasks *t);
DEFINE_FREEP(tasks, tasks_free)

/* The stack that begins in @range, or NULL. */
const struct stack *tasks_stack_in(const struct tasks *t, struct vmatlas_range range);

#endif
