/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of processes from init_task, each with its threads, and idle tasks, which are on
 * no list.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/list.h"
#include "kernel/mm/percpu.h"
#include "kernel/task/task_walk.h"

enum {
	INIT_TASK, IDLE_THREADS, TASKS, SIGNAL, THREAD, GROUP, SIGNAL_THREADS, NR_LOOKUPS,
};

#define NEAR "copy_process|free_task|__put_task_struct"
#define TASK_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("task_struct", m, NEAR)

const struct vmatlas_lookup task_walk_lookups[] = {
	[INIT_TASK] = VMATLAS_OPTIONAL_SYMBOL("init_task"),
	[IDLE_THREADS] = VMATLAS_OPTIONAL_SYMBOL("idle_threads"),
	[TASKS] = TASK_MEMBER("tasks"),
	[SIGNAL] = TASK_MEMBER("signal"),
	[THREAD] = TASK_MEMBER("thread_node"),
	[GROUP] = TASK_MEMBER("thread_group"),
	[SIGNAL_THREADS] = VMATLAS_OPTIONAL_MEMBER("signal_struct", "thread_head", NEAR),
};
const size_t nr_task_walk_lookups = ARRAY_SIZE(task_walk_lookups);

struct task_walker {
	struct kernel *k;
	struct resolved res[NR_LOOKUPS];
	task_fn *fn;
	void *arg;
	uint64_t nr;
	char *trouble;
};

/* A task's trouble is kept and the next is tried; only a broken list ends the walk. */
static struct vmatlas_error *walk_keep_trouble(struct task_walker *w, struct vmatlas_error *err)
{
	if (!error_is_kernel_trouble(err))
		return err;
	if (!w->trouble)
		w->trouble = strdup(vmatlas_error_message(err));
	vmatlas_error_free(err);
	return w->trouble ? NULL : error_no_memory();
}

static struct vmatlas_error *walk_give(struct task_walker *w, uint64_t task, uint32_t idle_cpu)
{
	if (w->nr++ >= TASKS_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "more tasks than there are PIDs");
	return walk_keep_trouble(w, w->fn(w->arg, task, idle_cpu));
}

/* Every list_head that is a member of what it links. */
static struct vmatlas_error *walk_threads(struct task_walker *w, uint64_t head, size_t link,
					  uint64_t leader)
{
	struct list_walk walk;
	struct vmatlas_error *err;
	uint64_t node;

	list_start(&walk, w->k, head, TASKS_MAX);
	for (;;) {
		err = list_next(&walk, &node);
		if (err || !node)
			return err;
		node = (node - w->res[link].offset) & w->k->va_mask;
		if (node == leader)
			continue;
		err = walk_give(w, node, TASK_NOT_IDLE);
		if (err)
			return err;
	}
}

/* Since 3.14 signal_struct has a list of its threads; before, they linked each other. */
static struct vmatlas_error *walk_process(struct task_walker *w, uint64_t leader)
{
	struct vmatlas_error *err = walk_give(w, leader, TASK_NOT_IDLE);
	uint64_t signal;

	if (err)
		return err;
	if (w->res[THREAD].found && w->res[SIGNAL].found && w->res[SIGNAL_THREADS].found) {
		err = kernel_read_ptr(w->k, leader + w->res[SIGNAL].offset, &signal);
		if (!err && !kernel_is_pointer(w->k, signal))
			return NULL;	/* it is on its way out: nobody's any more */
		return err ? err : walk_threads(w, signal + w->res[SIGNAL_THREADS].offset, THREAD,
						leader);
	}
	return w->res[GROUP].found
		? walk_threads(w, leader + w->res[GROUP].offset, GROUP, leader) : NULL;
}

static struct vmatlas_error *walk_processes(struct task_walker *w)
{
	const uint64_t link = w->res[TASKS].offset;
	struct list_walk walk;
	struct vmatlas_error *err;
	uint64_t node;

	list_start(&walk, w->k, w->res[INIT_TASK].addr + link, TASKS_MAX);
	for (;;) {
		err = list_next(&walk, &node);
		if (err || !node)
			return walk_keep_trouble(w, err);
		err = walk_keep_trouble(w, walk_process(w, (node - link) & w->k->va_mask));
		if (err)
			return err;
	}
}

/* The boot CPU's, init_task, is on idle_threads where there is such a thing. */
static struct vmatlas_error *walk_idle(struct task_walker *w, uint32_t cpu)
{
	uint64_t at = 0, task = w->res[INIT_TASK].addr;
	struct vmatlas_error *err = NULL;

	if (w->res[IDLE_THREADS].found) {
		err = percpu_symbol(w->k, w->res[IDLE_THREADS].addr, cpu, &at);
		if (!err)
			err = kernel_read_ptr(w->k, at, &task);
	} else if (cpu) {
		return NULL;
	}
	return err || !kernel_is_pointer(w->k, task) ? err : walk_give(w, task, cpu);
}

static struct vmatlas_error *walk_idles(struct task_walker *w)
{
	struct cpu_list cpus = { 0 };
	struct vmatlas_error *err = percpu_possible(w->k, &cpus);

	for (size_t i = 0; i < cpus.v.nr && !err; i++)
		err = walk_keep_trouble(w, walk_idle(w, cpus.v.v[i]));
	vec_done(&cpus.v);
	return walk_keep_trouble(w, err);
}

struct vmatlas_error *task_walk(struct kernel *k, task_fn *fn, void *arg, char **ret_trouble)
{
	struct task_walker w = { .k = k, .fn = fn, .arg = arg };
	struct vmatlas_error *err = lookup_resolve(k, task_walk_lookups, NR_LOOKUPS, w.res);

	*ret_trouble = NULL;
	if (err || !w.res[INIT_TASK].found || !w.res[TASKS].found)
		return err;
	err = walk_processes(&w);
	if (!err)
		err = walk_idles(&w);
	if (err)
		free(w.trouble);
	else
		*ret_trouble = w.trouble;
	return err;
}
