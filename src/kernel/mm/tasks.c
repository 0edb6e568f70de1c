/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each task's stack, and those that wait for the next task (kernel/fork.c: cached_stacks). */
#include <inttypes.h>
#include <string.h>

#include "base/compare.h"
#include "base/bytes.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/mm/percpu.h"
#include "kernel/mm/tasks.h"
#include "kernel/task/task_walk.h"

enum {
	INIT_TASK, CACHED_STACKS, TASK_STACK, TASK_VM, TASK_PID, TASK_COMM, VM_ADDR, NR_NEEDS,
};

#define NEAR "copy_process|free_task|__put_task_struct"
#define TASK_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("task_struct", m, NEAR)

const struct vmatlas_lookup tasks_needs[] = {
	[INIT_TASK] = VMATLAS_OPTIONAL_SYMBOL("init_task"),
	[CACHED_STACKS] = VMATLAS_OPTIONAL_SYMBOL("cached_stacks"),
	[TASK_STACK] = TASK_MEMBER("stack"),
	[TASK_VM] = TASK_MEMBER("stack_vm_area"),
	[TASK_PID] = TASK_MEMBER("pid"),
	[TASK_COMM] = TASK_MEMBER("comm"),
	[VM_ADDR] = VMATLAS_OPTIONAL_MEMBER("vm_struct", "addr", NEAR),
};
const size_t nr_tasks_needs = ARRAY_SIZE(tasks_needs);

struct task_reader {
	struct kernel *k;
	struct resolved res[NR_NEEDS];
	struct tasks *out;
};

void tasks_free(struct tasks *t)
{
	if (!t)
		return;
	vec_done(&t->stacks);
	free(t->trouble);
	free(t);
}

static bool task_has(const struct task_reader *r, size_t need)
{
	return r->res[need].found;
}

static struct vmatlas_error *task_push(struct task_reader *r, struct stack stack)
{
	struct stack *slot = vec_push(&r->out->stacks);

	if (!slot)
		return error_no_memory();
	*slot = stack;
	return NULL;
}

/* ---- Tasks ---- */

static struct vmatlas_error *add_task(void *arg, uint64_t task, uint32_t idle_cpu)
{
	struct task_reader *r = arg;
	const size_t len = MIN(r->res[TASK_COMM].size, (uint64_t)sizeof(((struct stack *)0)->comm) - 1);
	const bool idle = idle_cpu != TASK_NOT_IDLE;
	struct stack s = { .task = task, .kind = idle ? STACK_OF_IDLE : STACK_OF_TASK,
			   .cpu = idle ? idle_cpu : 0 };
	struct vmatlas_error *err;
	uint64_t pid = 0;

	if (task == r->res[INIT_TASK].addr)
		return NULL;		/* its stack lies in the image: init_stack */
	err = kernel_read_ptr(r->k, task + r->res[TASK_STACK].offset, &s.addr);
	if (!err)
		err = kernel_read_uint(r->k, task + r->res[TASK_PID].offset, 4, &pid);
	if (!err)
		err = kernel_read(r->k, task + r->res[TASK_COMM].offset, s.comm, len);
	if (err)
		return vmatlas_error_wrap(err, "task_struct %#" PRIx64, task);
	s.pid = pid;
	r->out->nr_tasks++;
	return task_push(r, s);
}

/* ---- What each CPU keeps ---- */

static struct vmatlas_error *add_cached(struct task_reader *r, uint32_t cpu)
{
	const struct resolved *sym = &r->res[CACHED_STACKS];
	uint64_t first;
	struct vmatlas_error *err = percpu_symbol(r->k, sym->addr, cpu, &first);

	for (uint64_t at = 0; !err && at < MIN(sym->size, 64u); at += r->k->ptr_size) {
		struct stack s = { .kind = STACK_CACHED, .cpu = cpu };

		err = kernel_read_ptr(r->k, first + at, &s.task);
		if (err || !kernel_is_pointer(r->k, s.task))
			continue;
		err = kernel_read_ptr(r->k, s.task + r->res[VM_ADDR].offset, &s.addr);
		if (!err)
			err = task_push(r, s);
	}
	return err;
}

static struct vmatlas_error *add_all_cached(struct task_reader *r)
{
	struct cpu_list cpus = { 0 };
	struct vmatlas_error *err = percpu_possible(r->k, &cpus);

	for (size_t i = 0; i < cpus.v.nr && !err; i++)
		err = add_cached(r, cpus.v.v[i]);
	vec_done(&cpus.v);
	if (!error_is_kernel_trouble(err))
		return err;
	if (!r->out->trouble)
		r->out->trouble = strdup(vmatlas_error_message(err));
	vmatlas_error_free(err);
	return r->out->trouble ? NULL : error_no_memory();
}

/* ---- The door ---- */

struct vmatlas_error *tasks_read(struct kernel *k, struct tasks **ret)
{
	_cleanup_(tasks_freep) struct tasks *t = calloc(1, sizeof(*t));
	struct task_reader r = { .k = k, .out = t };
	struct vmatlas_error *err;

	if (!t)
		return error_no_memory();
	err = lookup_resolve(k, tasks_needs, NR_NEEDS, r.res);
	if (err)
		return err;
	t->has_stacks = task_has(&r, TASK_VM) && task_has(&r, TASK_STACK) &&
			task_has(&r, TASK_PID) && task_has(&r, TASK_COMM);
	if (t->has_stacks)
		err = task_walk(k, add_task, &r, &t->trouble);
	if (!err && t->has_stacks && task_has(&r, CACHED_STACKS) && task_has(&r, VM_ADDR))
		err = add_all_cached(&r);
	if (err)
		return err;
	if (t->stacks.nr)
		qsort(t->stacks.v, t->stacks.nr, sizeof(*t->stacks.v), compare_first_u64);
	*ret = take(t);
	return NULL;
}

const struct stack *tasks_stack_in(const struct tasks *t, struct vmatlas_range range)
{
	size_t low = 0, high = t->stacks.nr;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (t->stacks.v[mid].addr < range.first)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->stacks.nr && range_has(range, t->stacks.v[low].addr)
		? &t->stacks.v[low] : NULL;
}
