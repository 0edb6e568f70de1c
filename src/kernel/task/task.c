/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a task_struct says (include/linux/sched.h), and which of them run. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/task/task_internal.h"

#define NEAR "copy_process|free_task|__put_task_struct"
#define TASK_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("task_struct", m, NEAR)

const struct vmatlas_lookup task_lookups[] = {
	[RUNQUEUES] = VMATLAS_OPTIONAL_SYMBOL("runqueues"),
	[RQ_CURR] = VMATLAS_OPTIONAL_MEMBER("rq", "curr", "schedule|__schedule"),
	[ONLINE] = VMATLAS_OPTIONAL_SYMBOL("__cpu_online_mask"),
	[PID] = TASK_MEMBER("pid"), [TGID] = TASK_MEMBER("tgid"), [COMM] = TASK_MEMBER("comm"),
	[STACK] = TASK_MEMBER("stack"), [MM] = TASK_MEMBER("mm"),
	[STATE] = TASK_MEMBER("__state"),
	[STATE_OLD] = TASK_MEMBER("state"),		/* until 5.13 */
	/* with THREAD_INFO_IN_TASK: there, or beside it; without, on the stack */
	[CPU] = TASK_MEMBER("thread_info.cpu"), [CPU_IN_TASK] = TASK_MEMBER("cpu"),
	[CPU_ON_STACK] = VMATLAS_OPTIONAL_MEMBER("thread_info", "cpu", NEAR),
};
const size_t nr_task_lookups = ARRAY_SIZE(task_lookups);

struct vmatlas_error *task_layout_new(struct kernel *k, struct task_layout **ret)
{
	_cleanup_(task_layout_freep) struct task_layout *t = calloc(1, sizeof(*t));
	struct vmatlas_error *err;

	if (!t)
		return error_no_memory();
	t->k = k;
	err = lookup_resolve(k, task_lookups, NR_TASK_LOOKUPS, t->res);
	if (!err)
		err = percpu_possible(k, &t->cpus);
	if (!err)
		err = task_resolve_saved(t);
	if (err)
		return err;
	if (!t->res[PID].found || !t->res[COMM].found || !t->res[STACK].found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"vmlinux does not tell what a task_struct looks like");
	*ret = take(t);
	return NULL;
}

void task_layout_free(struct task_layout *t)
{
	if (!t)
		return;
	vec_done(&t->cpus.v);
	free(t);
}

/* A member that may be missing; then *ret stays. */
static struct vmatlas_error *task_member(const struct task_layout *t, unsigned int lookup,
					 uint64_t base, uint64_t *ret)
{
	const struct resolved *r = &t->res[lookup];

	if (!r->found || !r->size || r->size > 8)
		return NULL;
	return kernel_read_uint(t->k, base + r->offset, (uint32_t)r->size, ret);
}

static struct vmatlas_error *read_cpu(const struct task_layout *t, uint64_t task, uint64_t stack,
				      uint32_t *ret)
{
	uint64_t cpu = t->cpus.v.nr == 1 ? t->cpus.v.v[0] : UINT32_MAX;
	struct vmatlas_error *err;

	if (t->res[CPU].found)
		err = task_member(t, CPU, task, &cpu);
	else if (t->res[CPU_IN_TASK].found)
		err = task_member(t, CPU_IN_TASK, task, &cpu);
	else
		err = task_member(t, CPU_ON_STACK, stack, &cpu);
	*ret = (uint32_t)cpu;
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* a task that is on its way out has no stack */
	*ret = UINT32_MAX;
	return NULL;
}

static struct vmatlas_error *read_runs(const struct task_layout *t, struct vmatlas_task *task)
{
	uint64_t curr = 0;
	struct vmatlas_error *err = task->cpu == UINT32_MAX
		? NULL : task_running_on(t, task->cpu, &curr);

	if (!err && curr == task->addr)
		task->flags |= VMATLAS_TASK_RUNS;
	if (error_is_kernel_trouble(err) || vmatlas_error_code(err) == VMATLAS_ERROR_NOT_FOUND) {
		vmatlas_error_free(err);
		return NULL;
	}
	return err;
}

struct vmatlas_error *task_read(const struct task_layout *t, uint64_t task,
				struct vmatlas_task *ret)
{
	uint64_t pid = 0, tgid = 0, mm = 1, stack = 0, state = 0;
	struct vmatlas_error *err = task_member(t, PID, task, &pid);

	if (!err)
		err = task_member(t, TGID, task, &tgid);
	if (!err)
		err = task_member(t, MM, task, &mm);
	if (!err)
		err = task_member(t, t->res[STATE].found ? STATE : STATE_OLD, task, &state);
	if (!err)
		err = task_member(t, STACK, task, &stack);
	memset(ret->comm, 0, sizeof(ret->comm));
	if (!err)
		err = kernel_read(t->k, task + t->res[COMM].offset, ret->comm,
				  MIN(t->res[COMM].size, (uint64_t)sizeof(ret->comm) - 1));
	if (err)
		return vmatlas_error_wrap(err, "task_struct %#" PRIx64, task);
	ret->addr = task;
	ret->pid = (uint32_t)pid;
	ret->tgid = (uint32_t)tgid;
	ret->stack = kernel_address(t->k, stack);
	ret->state = state;
	ret->flags = mm ? 0 : VMATLAS_TASK_KERNEL;
	err = read_cpu(t, task, ret->stack, &ret->cpu);
	return err ? err : read_runs(t, ret);
}

struct vmatlas_error *task_running_on(const struct task_layout *t, uint32_t cpu, uint64_t *ret)
{
	uint64_t rq = 0;
	struct vmatlas_error *err;

	if (!t->res[RUNQUEUES].found || !t->res[RQ_CURR].found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"vmlinux does not tell where a CPU's runqueue is");
	err = percpu_symbol(t->k, t->res[RUNQUEUES].addr, cpu, &rq);
	if (!err)
		err = kernel_read_ptr(t->k, rq + t->res[RQ_CURR].offset, ret);
	if (!err && !kernel_is_pointer(t->k, *ret))
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "CPU %" PRIu32 " runs no task", cpu);
	return err;
}
