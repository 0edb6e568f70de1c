/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of processes from init_task, each with its threads; idle tasks, which are on
 * no list; and stacks that wait for the next task (kernel/fork.c: cached_stacks).
 */
#include <inttypes.h>
#include <string.h>

#include "base/compare.h"
#include "base/bytes.h"
#include "base/range.h"
#include "kernel/list.h"
#include "kernel/lookup.h"
#include "kernel/mm/tasks.h"

enum {
	INIT_TASK, PER_CPU_OFFSET, NR_CPU_IDS, IDLE_THREADS, CACHED_STACKS,
	TASK, TASK_TASKS, TASK_STACK, TASK_VM, TASK_PID, TASK_COMM, TASK_SIGNAL,
	TASK_THREAD, TASK_GROUP, SIGNAL_THREADS, VM_ADDR, NR_NEEDS,
};

#define NEAR "copy_process|free_task|__put_task_struct"
#define TASK_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("task_struct", m, NEAR)

const struct vmatlas_lookup tasks_needs[] = {
	[INIT_TASK] = VMATLAS_OPTIONAL_SYMBOL("init_task"),
	[PER_CPU_OFFSET] = VMATLAS_OPTIONAL_SYMBOL("__per_cpu_offset"),
	[NR_CPU_IDS] = VMATLAS_OPTIONAL_SYMBOL("nr_cpu_ids"),
	[IDLE_THREADS] = VMATLAS_OPTIONAL_SYMBOL("idle_threads"),
	[CACHED_STACKS] = VMATLAS_OPTIONAL_SYMBOL("cached_stacks"),
	[TASK] = TASK_MEMBER(""),
	[TASK_TASKS] = TASK_MEMBER("tasks"),
	[TASK_STACK] = TASK_MEMBER("stack"),
	[TASK_VM] = TASK_MEMBER("stack_vm_area"),
	[TASK_PID] = TASK_MEMBER("pid"),
	[TASK_COMM] = TASK_MEMBER("comm"),
	[TASK_SIGNAL] = TASK_MEMBER("signal"),
	[TASK_THREAD] = TASK_MEMBER("thread_node"),
	[TASK_GROUP] = TASK_MEMBER("thread_group"),
	[SIGNAL_THREADS] = VMATLAS_OPTIONAL_MEMBER("signal_struct", "thread_head", NEAR),
	[VM_ADDR] = VMATLAS_OPTIONAL_MEMBER("vm_struct", "addr", NEAR),
};
const size_t nr_tasks_needs = ARRAY_SIZE(tasks_needs);

/* PID_MAX_LIMIT, include/linux/threads.h; CPUs: NR_CPUS of the largest machines. */
enum { TASKS_MAX = 4 << 20, CPUS_MAX = 8192 };

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
	struct stack *slot;

	if (r->out->stacks.nr >= TASKS_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "more tasks than there are PIDs");
	slot = vec_push(&r->out->stacks);
	if (!slot)
		return error_no_memory();
	*slot = stack;
	return NULL;
}

/* ---- Tasks ---- */

static struct vmatlas_error *add_task(struct task_reader *r, uint64_t task, uint32_t kind,
				      uint32_t cpu)
{
	const size_t len = MIN(r->res[TASK_COMM].size, (uint64_t)sizeof(((struct stack *)0)->comm) - 1);
	struct stack s = { .task = task, .kind = kind, .cpu = cpu };
	struct vmatlas_error *err;
	uint64_t pid = 0;

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

/* Every list_head that is a member of what it links. */
static struct vmatlas_error *add_threads(struct task_reader *r, uint64_t head,
					 size_t link, uint64_t leader)
{
	struct list_walk walk;
	struct vmatlas_error *err;
	uint64_t node;

	list_start(&walk, r->k, head, TASKS_MAX);
	for (;;) {
		err = list_next(&walk, &node);
		if (err || !node)
			return err;
		node = (node - r->res[link].offset) & r->k->va_mask;
		if (node == leader)
			continue;
		err = add_task(r, node, STACK_OF_TASK, 0);
		if (err)
			return err;
	}
}

/* Since 3.14 signal_struct has a list of its threads; before, they linked each other. */
static struct vmatlas_error *add_process(struct task_reader *r, uint64_t leader)
{
	struct vmatlas_error *err = add_task(r, leader, STACK_OF_TASK, 0);
	uint64_t signal;

	if (err)
		return err;
	if (task_has(r, TASK_THREAD) && task_has(r, TASK_SIGNAL) &&
	    task_has(r, SIGNAL_THREADS)) {
		err = kernel_read_ptr(r->k, leader + r->res[TASK_SIGNAL].offset, &signal);
		if (!err && !kernel_is_pointer(r->k, signal))
			return NULL;	/* it is on its way out: nobody's any more */
		return err ? err : add_threads(r, signal + r->res[SIGNAL_THREADS].offset,
					       TASK_THREAD, leader);
	}
	return task_has(r, TASK_GROUP)
		       ? add_threads(r, leader + r->res[TASK_GROUP].offset, TASK_GROUP,
				     leader)
		       : NULL;
}

/* A task's trouble is kept and the next is tried; only a broken list ends the walk. */
static struct vmatlas_error *task_report_fault(struct task_reader *r,
					       struct vmatlas_error *err)
{
	if (!error_is_kernel_trouble(err))
		return err;
	if (!r->out->trouble)
		r->out->trouble = strdup(vmatlas_error_message(err));
	vmatlas_error_free(err);
	return r->out->trouble ? NULL : error_no_memory();
}

static struct vmatlas_error *add_processes(struct task_reader *r)
{
	const uint64_t link = r->res[TASK_TASKS].offset;
	struct list_walk walk;
	struct vmatlas_error *err;
	uint64_t node;

	list_start(&walk, r->k, r->res[INIT_TASK].addr + link, TASKS_MAX);
	for (;;) {
		err = list_next(&walk, &node);
		if (err || !node)
			return task_report_fault(r, err);
		err = task_report_fault(r, add_process(r, (node - link) & r->k->va_mask));
		if (err)
			return err;
	}
}

/* ---- What each CPU keeps ---- */

/*
 * x86-64 until 6.14 counts per-CPU symbols from 0 (arch/x86/kernel/vmlinux.lds.S): KASLR
 * does not move them.
 */
static uint64_t per_cpu(const struct task_reader *r, size_t need, uint64_t base)
{
	const uint64_t link = r->res[need].addr - r->k->slide;

	return (kernel_is_pointer(r->k, link & r->k->va_mask) ? r->res[need].addr : link) + base;
}

static struct vmatlas_error *add_idle(struct task_reader *r, uint64_t base, uint32_t cpu)
{
	struct vmatlas_error *err;
	uint64_t task = 0;

	if (!task_has(r, IDLE_THREADS))
		return NULL;
	err = kernel_read_ptr(r->k, per_cpu(r, IDLE_THREADS, base), &task);
	/* the boot CPU's is init_task, in the image */
	return err || !kernel_is_pointer(r->k, task) ? err : add_task(r, task, STACK_OF_IDLE, cpu);
}

static struct vmatlas_error *add_cached(struct task_reader *r, uint64_t base,
					uint32_t cpu)
{
	const struct resolved *sym = &r->res[CACHED_STACKS];
	struct vmatlas_error *err = NULL;

	if (!task_has(r, CACHED_STACKS) || !task_has(r, VM_ADDR))
		return NULL;
	for (uint64_t at = 0; !err && at < MIN(sym->size, 64u); at += r->k->ptr_size) {
		struct stack s = { .kind = STACK_CACHED, .cpu = cpu };

		err = kernel_read_ptr(r->k, per_cpu(r, CACHED_STACKS, base) + at, &s.task);
		if (err || !kernel_is_pointer(r->k, s.task))
			continue;
		err = kernel_read_ptr(r->k, s.task + r->res[VM_ADDR].offset, &s.addr);
		if (!err)
			err = task_push(r, s);
	}
	return err;
}

static struct vmatlas_error *add_cpus(struct task_reader *r)
{
	const struct resolved *offsets = &r->res[PER_CPU_OFFSET];
	uint64_t nr = 1, base = 0;
	struct vmatlas_error *err = NULL;

	if (offsets->found)
		nr = offsets->size / r->k->ptr_size;
	if (offsets->found && task_has(r, NR_CPU_IDS)) {
		uint64_t ids = 0;

		err = kernel_read_uint(r->k, r->res[NR_CPU_IDS].addr, 4, &ids);
		nr = MIN(nr, ids);
	}
	for (uint32_t cpu = 0; !err && cpu < MIN(nr, (uint64_t)CPUS_MAX); cpu++) {
		if (offsets->found)
			err = kernel_read_ptr(r->k, offsets->addr + cpu * r->k->ptr_size, &base);
		if (!err)
			err = task_report_fault(r, add_idle(r, base, cpu));
		if (!err)
			err = task_report_fault(r, add_cached(r, base, cpu));
	}
	return task_report_fault(r, err);
}

/* ---- The door ---- */

static bool task_shape_ok(const struct task_reader *r)
{
	return task_has(r, INIT_TASK) && task_has(r, TASK_TASKS) &&
	       task_has(r, TASK_STACK) && task_has(r, TASK_PID) && task_has(r, TASK_COMM);
}

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
	t->has_stacks = task_has(&r, TASK_VM) && task_shape_ok(&r);
	if (t->has_stacks)
		err = add_processes(&r);
	if (!err && t->has_stacks)
		err = add_cpus(&r);
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
