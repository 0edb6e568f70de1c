/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas bt: call frames, as crash and gdb have them. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "cli/cmd.h"
#include "cli/expression.h"

/* Which tasks are asked for. */
struct bt_question {
	struct cli *cli;
	uint64_t wanted;		/* a PID or the address of a task_struct */
	bool every;
	size_t nr;			/* that were found */
	struct vmatlas_error *err;
};

/* ---- One stack ---- */

static int bt_frame(void *arg, const struct vmatlas_frame *f)
{
	const struct render *r = &((struct cli *)arg)->out;
	_cleanup_(str_done) struct str place = { 0 };
	const bool inlined = f->flags & VMATLAS_FRAME_INLINED;

	if (f->file[0] && f->line)
		str_addf(&place, " at %s:%" PRIu32, f->file, f->line);
	else if (f->module[0])
		str_addf(&place, "+0x%" PRIx64 " [%s]", f->offset, f->module);
	else if (!inlined)
		str_addf(&place, "+0x%" PRIx64, f->offset);
	emit_object(r, NULL);
	emit_number(r, "level", f->level);
	emit_hex(r, "pc", f->pc);
	emit_address(r, "sp", f->sp);
	emit_text(r, "function", f->function);
	emit_number(r, "offset", f->offset);
	emit_text(r, "module", f->module);
	emit_text(r, "file", f->file);
	emit_number(r, "line", f->line ? f->line : CELL_NONE);
	emit_flag(r, "inlined", inlined);
	emit_flag(r, "interrupted", f->flags & VMATLAS_FRAME_INTERRUPTED);
	emit_close(r);
	emit_line(r, "#%-2" PRIu32 " 0x%0*" PRIx64 " in %s%s%s%s", f->level, r->digits, f->pc,
		  f->function, f->file[0] && f->line ? " ()" : "", str_text(&place),
		  inlined ? " (inlined)" : "");
	return 0;
}

static struct vmatlas_error *bt_stack(struct cli *cli, const struct vmatlas_registers *registers,
				      struct vmatlas_error *none)
{
	const struct render *r = &cli->out;
	struct vmatlas_error *err = none;
	const char *end = "";

	emit_list(r, "frames");
	if (!err)
		err = vmatlas_for_each_frame(r->atlas, registers, bt_frame, cli, &end);
	emit_close(r);
	if (err && (vmatlas_error_code(err) == VMATLAS_ERROR_NOT_FOUND ||
		    vmatlas_error_code(err) == VMATLAS_ERROR_FAULT)) {
		emit_text(r, "end", vmatlas_error_message(err));
		emit_line(r, "no frames: %s", vmatlas_error_message(err));
		vmatlas_error_free(err);
		return NULL;
	}
	emit_text(r, "end", end);
	if (*end)
		emit_line(r, "   ends here: %s", end);
	return err;
}

static void bt_heading(const struct render *r, const struct vmatlas_task *t, uint32_t cpu)
{
	_cleanup_(str_done) struct str comm = { 0 };

	if (t) {
		escape_add(&comm, t->comm, strnlen(t->comm, sizeof(t->comm)));
		emit_number(r, "pid", t->pid);
		emit_text(r, "comm", t->comm);
		emit_hex(r, "task", t->addr);
	} else {
		emit_null(r, "pid");
		emit_null(r, "comm");
		emit_null(r, "task");
	}
	emit_number(r, "cpu", cpu == UINT32_MAX ? CELL_NONE : cpu);
	if (t && cpu != UINT32_MAX)
		emit_line(r, "PID: %-6" PRIu32 "  TASK: %0*" PRIx64 "  CPU: %-3" PRIu32 "  COMMAND: \"%s\"",
			  t->pid, r->digits, t->addr, cpu, str_text(&comm));
	else if (t)
		emit_line(r, "PID: %-6" PRIu32 "  TASK: %0*" PRIx64 "  COMMAND: \"%s\"", t->pid,
			  r->digits, t->addr, str_text(&comm));
	else
		emit_line(r, "CPU: %" PRIu32, cpu);
}

/* ---- Tasks ---- */

static bool bt_is_wanted(const struct bt_question *q, const struct vmatlas_task *t)
{
	if (q->every || q->wanted == t->addr)
		return true;
	return q->wanted == t->pid && !(t->flags & VMATLAS_TASK_IDLE);
}

static int bt_task(void *arg, const struct vmatlas_task *t)
{
	struct vmatlas_registers registers = { .size = sizeof(registers) };
	struct bt_question *q = arg;
	const struct render *r = &q->cli->out;
	struct vmatlas_error *err;

	if (!bt_is_wanted(q, t))
		return 0;
	if (q->nr++)
		emit_line(r, "%s", "");
	emit_object(r, NULL);
	bt_heading(r, t, t->cpu);
	err = t->flags & VMATLAS_TASK_RUNS ? vmatlas_cpu_registers(r->atlas, t->cpu, &registers)
					   : vmatlas_task_registers(r->atlas, t->addr, &registers);
	q->err = bt_stack(q->cli, &registers, err);
	emit_close(r);
	return q->err != NULL;
}

static struct vmatlas_error *bt_tasks(struct cli *cli, uint64_t wanted, bool every)
{
	struct bt_question q = { .cli = cli, .wanted = wanted, .every = every };
	struct vmatlas_error *err = vmatlas_for_each_task(cli->out.atlas, bt_task, &q);

	if (q.err) {
		vmatlas_error_free(err);
		return q.err;
	}
	if (err || q.nr)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, wanted > UINT32_MAX
		? "no task has its struct task_struct at 0x%" PRIx64 : "no task has PID %" PRIu64, wanted);
}

/* ---- CPUs ---- */

struct bt_running {
	uint64_t addr;
	struct vmatlas_task task;
};

static int bt_is_running(void *arg, const struct vmatlas_task *t)
{
	struct bt_running *run = arg;

	if (t->addr != run->addr)
		return 0;
	run->task = *t;
	return 1;
}

static struct vmatlas_error *bt_cpu(struct cli *cli, uint32_t cpu, bool first)
{
	struct vmatlas_registers registers = { .size = sizeof(registers) };
	const struct render *r = &cli->out;
	struct bt_running run = { 0 };
	struct vmatlas_error *err;

	vmatlas_error_free(vmatlas_running_task(r->atlas, cpu, &run.addr));
	if (run.addr)
		vmatlas_error_free(vmatlas_for_each_task(r->atlas, bt_is_running, &run));
	if (!first)
		emit_line(r, "%s", "");
	emit_object(r, NULL);
	bt_heading(r, run.task.addr ? &run.task : NULL, cpu);
	err = bt_stack(cli, &registers, vmatlas_cpu_registers(r->atlas, cpu, &registers));
	emit_close(r);
	return err;
}

/* @only: one CPU; UINT32_MAX: every one, or the first */
static struct vmatlas_error *bt_cpus(struct cli *cli, uint32_t only)
{
	const uint32_t *cpus = NULL;
	struct vmatlas_error *err;
	uint32_t nr = 0;

	err = vmatlas_cpus(cli->out.atlas, &cpus, &nr);
	for (uint32_t i = 0; !err && i < nr; i++)
		if (only == UINT32_MAX || only == cpus[i])
			err = bt_cpu(cli, cpus[i], i == 0 || only != UINT32_MAX);
	return err;
}

static bool bt_is_cpu(struct cli *cli, uint64_t number)
{
	const uint32_t *cpus = NULL;
	uint32_t nr = 0;

	vmatlas_error_free(vmatlas_cpus(cli->out.atlas, &cpus, &nr));
	for (uint32_t i = 0; i < nr; i++)
		if (cpus[i] == number)
			return true;
	return false;
}

/* ---- The command ---- */

/* "c1" or "cpu1" is a CPU, digits are a PID as crash has it, anything else is an address. */
static struct vmatlas_error *bt_operand(struct cli *cli, struct vmatlas_eval *eval, const char *text)
{
	const char *cpu = !strncmp(text, "cpu", 3) ? text + 3 : text[0] == 'c' ? text + 1 : "";
	uint64_t number = 0;
	struct vmatlas_error *err;

	if (*cpu && strspn(cpu, "0123456789") == strlen(cpu)) {
		number = strtoull(cpu, NULL, 10);
		if (bt_is_cpu(cli, number))
			return bt_cpus(cli, (uint32_t)number);
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no CPU %" PRIu64, number);
	}
	if (strspn(text, "0123456789") == strlen(text)) {
		number = strtoull(text, NULL, 10);
		return number ? bt_tasks(cli, number, false) : bt_cpus(cli, 0);
	}
	err = expression_address(eval, text, &number);
	return err ? err : bt_tasks(cli, number, false);
}

static struct vmatlas_error *bt_each(struct cli *cli, struct vmatlas_eval *eval)
{
	struct vmatlas_error *err = NULL;

	if (cli->all_tasks)
		return bt_tasks(cli, 0, true);
	if (cli->all_cpus)
		return bt_cpus(cli, UINT32_MAX);
	for (size_t i = 0; !err && i < cli->operands.nr; i++)
		err = bt_operand(cli, eval, cli->operands.v[i]);
	return err;
}

struct vmatlas_error *cmd_bt(struct cli *cli)
{
	struct vmatlas_eval *eval = NULL;
	struct vmatlas_error *err = expressions_begin(cli, 0, "stacks", &eval);

	if (err)
		return err;
	if (!cli->operands.nr && !cli->all_tasks)
		cli->all_cpus = true;
	return expressions_end(cli, eval, bt_each(cli, eval));
}
