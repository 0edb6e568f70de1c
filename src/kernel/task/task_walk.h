/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every task of the kernel: processes, their threads, and each CPU's idle task. */
#ifndef KERNEL_TASK_TASK_WALK_H
#define KERNEL_TASK_TASK_WALK_H

#include "kernel/lookup.h"

extern const struct vmatlas_lookup task_walk_lookups[];
extern const size_t nr_task_walk_lookups;

/* PID_MAX_LIMIT, include/linux/threads.h */
enum { TASKS_MAX = 4 << 20 };
#define TASK_NOT_IDLE UINT32_MAX

/*
 * Take the task_struct at @task; @idle_cpu: the CPU whose idle task it is. FAULT and CORRUPT
 * are this task's own trouble: the walk goes on.
 */
typedef struct vmatlas_error *task_fn(void *arg, uint64_t task, uint32_t idle_cpu);

/*
 * In the order of the kernel's list, threads after their process, idle tasks last; but
 * init_task, which is the idle task of the boot CPU, is handed out as CPU 0's. Errors are
 * ours alone. *ret_trouble, the caller's: what was wrong with the lists or with a task, the
 * first time; NULL: nothing. Without the symbols and members no task is handed out.
 */
VMATLAS_CHECKED struct vmatlas_error *
task_walk(struct kernel *k, task_fn *fn, void *arg, char **ret_trouble);

#endif
