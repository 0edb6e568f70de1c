/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads of gdb: what each CPU was running, the one that crashed first, then every task that
 * slept.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gdbserver/gdbserver_internal.h"

enum { THREADS_MAX = 1 << 22 };		/* PID_MAX_LIMIT of 64-bit kernels */

void threads_done(struct threads *t)
{
	vec_done(&t->v);
}

static struct vmatlas_error *thread_add(struct threads *t, struct thread thread)
{
	struct thread *slot = t->v.nr < THREADS_MAX ? vec_push(&t->v) : NULL;

	if (!slot)
		return vmatlas_error_new(VMATLAS_ERROR_NO_MEMORY, "too many tasks");
	*slot = thread;
	return NULL;
}

/* ---- CPUs ---- */

/* panic_cpu (kernel/panic.c, since 4.5), crashing_cpu (arch/x86/kernel/crash.c): -1 is none. */
static uint32_t crashed_cpu(struct vmatlas *atlas)
{
	static const char *const names[] = { "panic_cpu", "crashing_cpu" };

	for (size_t i = 0; i < 2; i++) {
		struct vmatlas_symbol symbol = { .size = sizeof(symbol) };
		uint64_t cpu = UINT32_MAX;
		struct vmatlas_error *err = vmatlas_symbol_find(atlas, names[i], &symbol);

		if (!err)
			err = vmatlas_read_uint(atlas, symbol.addr, 4, &cpu);
		if (!err && cpu <= INT32_MAX)
			return (uint32_t)cpu;
		vmatlas_error_free(err);
	}
	return UINT32_MAX;
}

static struct vmatlas_error *add_cpu(struct vmatlas *atlas, uint32_t cpu, struct threads *t)
{
	struct vmatlas_registers registers = { .size = sizeof(registers) };
	struct thread thread = { .cpu = cpu, .on_cpu = true };
	struct vmatlas_error *err = vmatlas_running_task(atlas, cpu, &thread.task);
	bool is_there = !err;

	vmatlas_error_free(err);
	err = vmatlas_cpu_registers(atlas, cpu, &registers);
	is_there = is_there || !err;
	vmatlas_error_free(err);
	snprintf(thread.name, sizeof(thread.name), "CPU %" PRIu32, cpu);
	return is_there ? thread_add(t, thread) : NULL;
}

static struct vmatlas_error *add_cpus(struct vmatlas *atlas, struct threads *t)
{
	const uint32_t first = crashed_cpu(atlas), *cpus;
	uint32_t nr = 0;
	struct vmatlas_error *err = vmatlas_cpus(atlas, &cpus, &nr);

	for (uint32_t i = 0; i < nr && !err; i++)
		if (cpus[i] == first)
			err = add_cpu(atlas, cpus[i], t);
	for (uint32_t i = 0; i < nr && !err; i++)
		if (cpus[i] != first)
			err = add_cpu(atlas, cpus[i], t);
	return err;
}

/* ---- Tasks ---- */

struct task_taker {
	struct threads *threads;
	size_t nr_cpus;
	struct vmatlas_error *err;
};

/* A task that a CPU runs is there already, without its name. */
static struct thread *running(const struct task_taker *t, uint64_t task)
{
	for (size_t i = 0; i < t->nr_cpus; i++)
		if (t->threads->v.v[i].task == task)
			return &t->threads->v.v[i];
	return NULL;
}

static int take_task(void *arg, const struct vmatlas_task *task)
{
	struct task_taker *t = arg;
	struct thread thread = { .task = task->addr, .cpu = task->cpu, .pid = task->pid };
	struct thread *on_cpu = running(t, task->addr);

	if (task->flags & VMATLAS_TASK_IDLE || !task->pid)
		snprintf(thread.name, sizeof(thread.name), "%s", task->comm);
	else
		snprintf(thread.name, sizeof(thread.name), "PID %" PRIu32 " %s", task->pid, task->comm);
	if (on_cpu) {
		on_cpu->pid = task->pid;
		memcpy(on_cpu->name, thread.name, sizeof(thread.name));
		return 0;
	}
	t->err = thread_add(t->threads, thread);
	return t->err != NULL;
}

static bool is_known(const struct vmatlas_registers *r)
{
	for (uint32_t i = 0; i < r->nr; i++)
		if (r->v[i].known && r->v[i].value)
			return true;
	return false;
}

/* gdb shows the first thread's frame at once: one of which there is something to show. */
static size_t first_known(struct vmatlas *atlas, const struct threads *t)
{
	struct vmatlas_registers registers;

	for (size_t i = 0; i < t->v.nr && t->v.v[i].on_cpu; i++) {
		thread_registers(atlas, &t->v.v[i], &registers);
		if (is_known(&registers))
			return i;
	}
	return 0;
}

struct vmatlas_error *threads_read(struct vmatlas *atlas, struct threads *ret)
{
	struct task_taker taker = { .threads = ret };
	struct vmatlas_error *err = add_cpus(atlas, ret);

	if (err)
		return err;
	taker.nr_cpus = ret->v.nr;
	err = vmatlas_for_each_task(atlas, take_task, &taker);
	if (err)	/* those that could be reached are there */
		fprintf(stderr, "vmatlas: %s\n", vmatlas_error_message(err));
	vmatlas_error_free(err);
	if (!taker.err && !ret->v.nr)	/* gdb needs one to look at memory */
		taker.err = thread_add(ret, (struct thread){ .name = "no task is known" });
	if (!taker.err)
		ret->first = first_known(atlas, ret);
	return taker.err;
}

void thread_registers(struct vmatlas *atlas, const struct thread *t, struct vmatlas_registers *ret)
{
	struct vmatlas_error *err;

	*ret = (struct vmatlas_registers){ .size = sizeof(*ret) };
	err = t->on_cpu ? vmatlas_cpu_registers(atlas, t->cpu, ret) :
		t->task ? vmatlas_task_registers(atlas, t->task, ret) : NULL;
	if (!err && ret->nr)
		return;
	vmatlas_error_free(err);
	*ret = (struct vmatlas_registers){ .size = sizeof(*ret) };
	vmatlas_error_free(vmatlas_register_names(atlas, ret));
}

/* ---- For gdb ---- */

void thread_lend_pc(struct vmatlas_registers *registers)
{
	if (registers->pc < registers->nr)
		registers->v[registers->pc].known = 1;	/* 0, if it was not */
}

/* Names are bytes of the dump: what XML and terminals take for themselves becomes "?". */
static void add_xml_text(struct str *out, const char *text)
{
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c == '<' || c == '&' || c == '"' || c == '>')
			str_addf(out, "&#%u;", c);
		else
			str_addf(out, "%c", c < 0x20 || c > 0x7e ? '?' : c);
	}
}

void threads_describe(const struct threads *t, struct str *out)
{
	str_addf(out, "<?xml version=\"1.0\"?>\n<threads>\n");
	for (size_t i = 0; i < t->v.nr; i++) {
		const struct thread *thread = &t->v.v[i];

		str_addf(out, "<thread id=\"%zx\"", i + 1);
		if (thread->cpu != UINT32_MAX)
			str_addf(out, " core=\"%" PRIu32 "\"", thread->cpu);
		str_addf(out, " name=\"");
		add_xml_text(out, thread->name);
		str_addf(out, "\"/>\n");
	}
	str_addf(out, "</threads>\n");
}
