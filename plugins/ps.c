/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas ps: the tasks, threads under their process. "-p ps:kernel" leaves out all but
 * kernel threads, which have no mm; operands are PIDs or names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vmatlas-plugin.h>

#define NEAR "copy_process|free_task|__put_task_struct"
#define TASK(m) VMATLAS_REQUIRED_MEMBER("task_struct", m, NEAR)
#define TASK_OPT(m) VMATLAS_OPTIONAL_MEMBER("task_struct", m, NEAR)

enum { INIT, TASKS, PID, TGID, COMM, MM, STACK, SIGNAL, THREAD, GROUP, HEAD, STATE, STATE_OLD,
       CPU, CPU_OLD };

static const struct vmatlas_lookup lookups[] = {
	[INIT] = VMATLAS_REQUIRED_SYMBOL("init_task"),
	[TASKS] = TASK("tasks"), [PID] = TASK("pid"), [TGID] = TASK("tgid"), [COMM] = TASK("comm"),
	[MM] = TASK("mm"), [STACK] = TASK("stack"), [SIGNAL] = TASK("signal"),
	[THREAD] = TASK_OPT("thread_node"), [GROUP] = TASK_OPT("thread_group"),
	[HEAD] = VMATLAS_OPTIONAL_MEMBER("signal_struct", "thread_head", NEAR),
	[STATE] = TASK_OPT("__state"), [STATE_OLD] = TASK_OPT("state"),	/* until 5.13 */
	[CPU] = TASK_OPT("thread_info.cpu"), [CPU_OLD] = TASK_OPT("cpu"),
};

enum { TASKS_MAX = 4 << 20 };	/* PID_MAX_LIMIT, include/linux/threads.h */

static const struct vmatlas_option options[] = {
	{ "kernel", "kernel threads only" },
};

struct list {
	struct vmatlas_plugin_ctx *ctx;
	size_t argc;
	const char *const *argv;
};

/* TASK_... of include/linux/sched.h, as the letters of ps; -, where there is none. */
static char state_letter(const struct list *l, uint64_t task)
{
	static const char letters[] = "SDTtXZ";
	const uint32_t lookup = vmatlas_ctx_has(l->ctx, STATE) ? STATE : STATE_OLD;
	uint64_t state = 0;
	struct vmatlas_error *err = vmatlas_ctx_read(l->ctx, lookup, task, &state);

	vmatlas_error_free(err);
	if (err)
		return '-';
	if ((state & 0x402) == 0x402)
		return 'I';		/* TASK_UNINTERRUPTIBLE | TASK_NOLOAD */
	for (int i = 0; i < 6; i++)
		if (state >> i & 1)
			return letters[i];
	return state & 0x7f ? '-' : 'R';
}

static bool is_asked_for(const struct list *l, uint64_t pid, uint64_t tgid, const char *comm,
			 uint64_t mm)
{
	if (vmatlas_ctx_option(l->ctx, "kernel") && mm)
		return false;
	for (size_t i = 0; i < l->argc; i++) {
		char *end;
		const uint64_t want = strtoull(l->argv[i], &end, 10);

		if (!strcmp(l->argv[i], comm) || (!*end && (want == pid || want == tgid)))
			return true;
	}
	return !l->argc;
}

static struct vmatlas_error *print_task(const struct list *l, uint64_t task)
{
	const uint32_t cpu_lookup = vmatlas_ctx_has(l->ctx, CPU) ? CPU : CPU_OLD;
	uint64_t pid = 0, tgid = 0, mm = 0, stack = 0, cpu = 0;
	char comm[17], cpu_text[24] = "-";
	struct vmatlas_error *err = vmatlas_ctx_read(l->ctx, PID, task, &pid);

	if (!err)
		err = vmatlas_ctx_read(l->ctx, TGID, task, &tgid);
	if (!err)
		err = vmatlas_ctx_read(l->ctx, MM, task, &mm);
	if (!err)
		err = vmatlas_ctx_read(l->ctx, STACK, task, &stack);
	if (!err)
		err = vmatlas_read_string(vmatlas_ctx_atlas(l->ctx),
					  task + vmatlas_ctx_offset(l->ctx, COMM), comm, sizeof(comm));
	if (err || !is_asked_for(l, pid, tgid, comm, mm))
		return err;
	if (vmatlas_ctx_has(l->ctx, cpu_lookup))
		err = vmatlas_ctx_read(l->ctx, cpu_lookup, task, &cpu);
	if (!err && vmatlas_ctx_has(l->ctx, cpu_lookup))
		snprintf(cpu_text, sizeof(cpu_text), "%" PRIu64, cpu);
	vmatlas_ctx_print(l->ctx, "%7" PRIu64 " %7" PRIu64 " %c %3s %16" PRIx64 " %16" PRIx64 " %s%s%s\n",
			  tgid, pid, state_letter(l, task), cpu_text, task, stack, mm ? "" : "[", comm,
			  mm ? "" : "]");
	return err;
}

/* Since 3.14 signal_struct has a list of its threads; before, they linked each other. */
static struct vmatlas_error *print_threads(const struct list *l, uint64_t leader)
{
	const bool has_head = vmatlas_ctx_has(l->ctx, THREAD) && vmatlas_ctx_has(l->ctx, HEAD);
	uint64_t head = leader + vmatlas_ctx_offset(l->ctx, GROUP), signal = 0, task;
	struct vmatlas_walk walk;
	struct vmatlas_error *err = print_task(l, leader), *end;

	if (!err && has_head)
		err = vmatlas_ctx_read(l->ctx, SIGNAL, leader, &signal);
	if (err || (has_head && !signal))
		return err;		/* without signal: it is on its way out */
	if (has_head)
		head = signal + vmatlas_ctx_offset(l->ctx, HEAD);
	vmatlas_walk_start(&walk, l->ctx, VMATLAS_WALK_LIST, head, has_head ? THREAD : GROUP, TASKS_MAX);
	while (!err && vmatlas_walk_next(&walk, &task))
		if (task != leader)
			err = print_task(l, task);
	end = vmatlas_walk_end(&walk);
	if (!err)
		return end;
	vmatlas_error_free(end);
	return err;
}

static struct vmatlas_error *command(struct vmatlas_plugin_ctx *ctx, size_t argc,
				     const char *const *argv)
{
	const uint64_t init = vmatlas_ctx_address(ctx, INIT);
	const struct list l = { ctx, argc, argv };
	struct vmatlas_error *err, *end;
	struct vmatlas_walk walk;
	uint64_t task;

	vmatlas_ctx_print(ctx, "%7s %7s S CPU %16s %16s COMMAND\n", "TGID", "PID", "TASK", "STACK");
	err = print_task(&l, init);
	vmatlas_walk_start(&walk, ctx, VMATLAS_WALK_LIST, init + vmatlas_ctx_offset(ctx, TASKS), TASKS,
			   TASKS_MAX);
	while (!err && vmatlas_walk_next(&walk, &task))
		err = print_threads(&l, task);
	end = vmatlas_walk_end(&walk);
	if (!err)
		return end;
	vmatlas_error_free(end);
	return err;
}

VMATLAS_PLUGIN(
	.name = "ps",
	.summary = "tasks (a command)",
	.lookups = lookups,
	.nr_lookups = sizeof(lookups) / sizeof(lookups[0]),
	.options = options,
	.nr_options = sizeof(options) / sizeof(options[0]),
	.command = command,
	.operands = "[PID|NAME...]",
	.command_help = "the tasks, with their task_struct and stack",
);
