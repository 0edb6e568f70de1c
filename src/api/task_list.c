/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions on tasks and registers. */
#include <string.h>

#include "base/strbuf.h"
#include "kernel/task/task.h"
#include "kernel/task/task_walk.h"
#include "map/vmatlas_internal.h"

static struct vmatlas_error *get_layout(struct vmatlas *atlas, const struct task_layout **ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (!err && !atlas->tasks)
		err = task_layout_new(atlas->kernel, &atlas->tasks);
	*ret = atlas->tasks;
	return err;
}

/* ---- Tasks ---- */

struct api_task_walk {
	const struct task_layout *layout;
	vmatlas_task_fn *fn;
	void *arg;
	bool stopped;
};

static struct vmatlas_error *give_task(void *arg, uint64_t addr, uint32_t idle_cpu)
{
	struct vmatlas_task task = { .size = sizeof(task) };
	struct api_task_walk *w = arg;
	struct vmatlas_error *err;

	if (w->stopped)
		return NULL;
	err = task_read(w->layout, addr, &task);
	if (err)
		return err;
	if (idle_cpu != TASK_NOT_IDLE) {
		task.flags |= VMATLAS_TASK_IDLE;
		task.cpu = idle_cpu;
	}
	w->stopped = w->fn(w->arg, &task) != 0;
	return NULL;
}

struct vmatlas_error *vmatlas_for_each_task(struct vmatlas *atlas, vmatlas_task_fn *fn, void *arg)
{
	struct api_task_walk w = { .fn = fn, .arg = arg };
	_cleanup_(freep) char *trouble = NULL;
	struct vmatlas_error *err = get_layout(atlas, &w.layout);

	if (!err)
		err = task_walk(atlas->kernel, give_task, &w, &trouble);
	return err || !trouble || w.stopped
		? err : vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "tasks: %s", trouble);
}

struct vmatlas_error *vmatlas_running_task(struct vmatlas *atlas, uint32_t cpu, uint64_t *ret)
{
	const struct task_layout *layout;
	struct vmatlas_error *err = get_layout(atlas, &layout);

	return err ? err : task_running_on(layout, cpu, ret);
}

/* ---- Registers ---- */

typedef struct vmatlas_error *registers_fn(const struct task_layout *t, uint64_t of,
					   struct vmatlas_registers *ret);

static struct vmatlas_error *give_registers(struct vmatlas *atlas, registers_fn *read, uint64_t of,
					    struct vmatlas_registers *ret)
{
	struct vmatlas_registers registers = { .size = sizeof(registers) };
	const struct task_layout *layout;
	struct vmatlas_error *err = get_layout(atlas, &layout);

	if (!err)
		err = read(layout, of, &registers);
	return err ? err : api_give(ret, ret->size, &registers, sizeof(registers));
}

static struct vmatlas_error *of_cpu(const struct task_layout *t, uint64_t cpu,
				    struct vmatlas_registers *ret)
{
	return task_cpu_registers(t, (uint32_t)cpu, ret);
}

struct vmatlas_error *vmatlas_cpu_registers(struct vmatlas *atlas, uint32_t cpu,
					    struct vmatlas_registers *ret)
{
	return give_registers(atlas, of_cpu, cpu, ret);
}

struct vmatlas_error *vmatlas_task_registers(struct vmatlas *atlas, uint64_t task,
					     struct vmatlas_registers *ret)
{
	return give_registers(atlas, task_saved_registers, task, ret);
}
