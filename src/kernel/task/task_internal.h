/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share. */
#ifndef KERNEL_TASK_TASK_INTERNAL_H
#define KERNEL_TASK_TASK_INTERNAL_H

#include "kernel/mm/percpu.h"
#include "kernel/task/task.h"

enum {
	RUNQUEUES, RQ_CURR, ONLINE, PID, TGID, COMM, STACK, MM, STATE, STATE_OLD, CPU, CPU_IN_TASK,
	CPU_ON_STACK, NR_TASK_LOOKUPS,
};

enum { SAVED_MAX = 16 };

struct task_layout {
	struct kernel *k;
	struct resolved res[NR_TASK_LOOKUPS];
	struct cpu_list cpus;		/* possible ones */
	/* task_registers.c: of each register of arch_registers.saved */
	struct resolved saved[SAVED_MAX];
	struct resolved sp, frame;	/* thread.sp; size of the frame it points to */
	bool on_stack;			/* they are in thread_info, at the stack's low end */
};

VMATLAS_CHECKED struct vmatlas_error *task_resolve_saved(struct task_layout *t);

#endif
