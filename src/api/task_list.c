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

struct vmatlas_error *vmatlas_register_names(struct vmatlas *atlas, struct vmatlas_registers *ret)
{
	struct vmatlas_registers registers = { .size = sizeof(registers) };
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (err)
		return err;
	task_register_names(atlas->kernel, &registers);
	return api_give(ret, ret->size, &registers, sizeof(registers));
}

static void describe_feature(const struct arch_registers *regs, uint32_t from, uint32_t to,
			     struct str *out)
{
	for (uint32_t i = from; i < to; i++) {
		const struct arch_register *r = &regs->v[i];
		const char *type = r->bytes == 10 ? "i387_ext" :
				   !strcmp(r->name, regs->sp) ? "data_ptr" :
				   !strcmp(r->name, regs->pc) ? "code_ptr" :
				   r->bytes == 8 ? "int64" : "int32";

		str_addf(out, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>\n", r->name,
			 8u * r->bytes, type);
	}
}

struct vmatlas_error *vmatlas_target_description(struct vmatlas *atlas, const char **ret)
{
	_cleanup_(str_done) struct str s = { 0 };
	const struct arch_registers *regs;
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (err)
		return err;
	regs = atlas->kernel->arch->registers;
	str_addf(&s, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		 "<target version=\"1.0\">\n<architecture>%s</architecture>\n", regs->gdb_arch);
	for (uint32_t i = 0; i < regs->nr_gdb_features; i++) {
		const struct arch_gdb_feature *f = &regs->gdb_features[i];

		str_addf(&s, "<feature name=\"%s\">\n", f->name);
		describe_feature(regs, f->first, i + 1 < regs->nr_gdb_features ? f[1].first : regs->nr,
				 &s);
		str_addf(&s, "</feature>\n");
	}
	str_addf(&s, "</target>\n");
	*ret = strings_add(atlas->strings, str_text(&s));
	return *ret ? NULL : error_no_memory();
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
