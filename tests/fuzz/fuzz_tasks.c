/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks, their stacks and registers, CPUs: of any bytes, by any types. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/mm/percpu.h"
#include "kernel/mm/tasks.h"
#include "kernel/task/task.h"
#include "kernel/task/task_walk.h"

static struct vmatlas_error *take_task(void *arg, uint64_t addr, uint32_t idle_cpu)
{
	struct vmatlas_registers r = { .size = sizeof(r) };
	struct vmatlas_task task = { .size = sizeof(task) };
	const struct task_layout *layout = arg;
	struct vmatlas_error *err = task_read(layout, addr, &task);

	(void)idle_cpu;
	vmatlas_error_free(task_saved_registers(layout, addr, &r));
	return err;
}

static void ask_layout(struct kernel *k)
{
	struct task_layout *layout = NULL;
	struct vmatlas_registers r = { .size = sizeof(r) };
	char *trouble = NULL;
	uint64_t task;

	vmatlas_error_free(task_layout_new(k, &layout));
	if (!layout)
		return;
	vmatlas_error_free(task_walk(k, take_task, layout, &trouble));
	vmatlas_error_free(task_running_on(layout, 0, &task));
	vmatlas_error_free(task_cpu_registers(layout, 1, &r));
	free(trouble);
	task_layout_free(layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct cpu_list cpus = { 0 };
	struct tasks *tasks = NULL;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	ask_layout(f.k);
	vmatlas_error_free(tasks_read(f.k, &tasks));
	for (size_t i = 0; tasks && i < tasks->stacks.nr; i++)
		if (strnlen(tasks->stacks.v[i].comm, 17) > 16)
			abort();
	tasks_free(tasks);
	vmatlas_error_free(percpu_possible(f.k, &cpus));
	vec_done(&cpus.v);
	fuzz_kernel_free(&f);
	return 0;
}
