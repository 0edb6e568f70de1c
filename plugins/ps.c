/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas ps: the tasks, threads after their process, idle tasks last. Operands are PIDs or
 * names. "-p ps:kernel" leaves out all but kernel threads, "-p ps:registers" shows the
 * registers of each: of its CPU where it runs, else those that were kept when it slept.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <vmatlas-plugin.h>

static const struct vmatlas_option options[] = {
	{ "kernel", "kernel threads only" },
	{ "registers", "registers of each task, as far as they are known" },
};

struct list {
	struct vmatlas_plugin_ctx *ctx;
	size_t argc;
	const char *const *argv;
};

/* TASK_... of include/linux/sched.h, as the letters of ps. */
static char state_letter(uint64_t state)
{
	static const char letters[] = "SDTtXZ";

	if ((state & 0x402) == 0x402)
		return 'I';		/* TASK_UNINTERRUPTIBLE | TASK_NOLOAD */
	for (int i = 0; i < 6; i++)
		if (state >> i & 1)
			return letters[i];
	return state & 0x7f ? '-' : 'R';
}

static bool is_asked_for(const struct list *l, const struct vmatlas_task *task)
{
	if (vmatlas_ctx_option(l->ctx, "kernel") && !(task->flags & VMATLAS_TASK_KERNEL))
		return false;
	for (size_t i = 0; i < l->argc; i++) {
		char *end;
		const uint64_t want = strtoull(l->argv[i], &end, 10);

		if (!strcmp(l->argv[i], task->comm) ||
		    (!*end && (want == task->pid || want == task->tgid)))
			return true;
	}
	return !l->argc;
}

static void print_registers(const struct list *l, const struct vmatlas_task *task)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(l->ctx);
	struct vmatlas_registers r = { .size = sizeof(r) };
	struct vmatlas_error *err = task->flags & VMATLAS_TASK_RUNS
		? vmatlas_cpu_registers(atlas, task->cpu, &r)
		: vmatlas_task_registers(atlas, task->addr, &r);

	if (err)
		vmatlas_ctx_print(l->ctx, "\tnot known: %s", vmatlas_error_message(err));
	for (uint32_t i = 0; i < r.nr && !err; i++)
		if (r.v[i].known)
			vmatlas_ctx_print(l->ctx, "\t%s %#" PRIx64, r.v[i].name, r.v[i].value);
	vmatlas_ctx_print(l->ctx, "\n");
	vmatlas_error_free(err);
}

static int print_task(void *arg, const struct vmatlas_task *task)
{
	const struct list *l = arg;
	const bool is_kernel = task->flags & VMATLAS_TASK_KERNEL;

	if (!is_asked_for(l, task))
		return 0;
	vmatlas_ctx_print(l->ctx, "%7" PRIu32 " %7" PRIu32 " %c%c ", task->tgid, task->pid,
			  state_letter(task->state), task->flags & VMATLAS_TASK_RUNS ? '+' : ' ');
	if (task->cpu == UINT32_MAX)
		vmatlas_ctx_print(l->ctx, "  -");
	else
		vmatlas_ctx_print(l->ctx, "%3" PRIu32, task->cpu);
	vmatlas_ctx_print(l->ctx, " %16" PRIx64 " %16" PRIx64 " %s%s%s\n", task->addr, task->stack,
			  is_kernel ? "[" : "", task->comm, is_kernel ? "]" : "");
	if (vmatlas_ctx_option(l->ctx, "registers"))
		print_registers(l, task);
	return 0;
}

static struct vmatlas_error *command(struct vmatlas_plugin_ctx *ctx, size_t argc,
				     const char *const *argv)
{
	struct list l = { ctx, argc, argv };

	vmatlas_ctx_print(ctx, "%7s %7s S  CPU %16s %16s COMMAND\n", "TGID", "PID", "TASK", "STACK");
	return vmatlas_for_each_task(vmatlas_ctx_atlas(ctx), print_task, &l);
}

VMATLAS_PLUGIN(
	.name = "ps",
	.summary = "tasks (a command)",
	.options = options,
	.nr_options = sizeof(options) / sizeof(options[0]),
	.command = command,
	.operands = "[PID|NAME...]",
	.command_help = "the tasks, with their task_struct and stack; + marks those that run",
);
