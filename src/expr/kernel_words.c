/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of the kernel's own gdb scripts (scripts/gdb/linux), under their names:
 * $lx_current, $lx_per_cpu, $lx_task_by_pid, $lx_module, $container_of.
 */
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"
#include "kernel/mm/percpu.h"

enum { TASKS_MAX = 1 << 22, MODULES_MAX = 1 << 16, MODULE_NAME_MAX = 64 };

/* ---- Arguments ---- */

/* A string, or any expression. */
static struct vmatlas_error *word_argument(struct expr *e, struct value *v, const char **text)
{
	struct vmatlas_error *err;

	*text = NULL;
	if (e->token.kind != TOKEN_STRING)
		return parse_expression(e, v);
	*text = expr_keep(e, str_text(e->token.text), e->token.text->len);
	err = *text ? lexer_next(e) : error_no_memory();
	return err;
}

static struct vmatlas_error *string_argument(struct expr *e, const char **ret)
{
	struct value v;
	struct vmatlas_error *err = word_argument(e, &v, ret);

	if (!err && !*ret)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a name in double quotes is needed");
	return err;
}

static struct vmatlas_error *number_argument(struct expr *e, uint64_t *ret)
{
	struct value v = { 0 };
	struct vmatlas_error *err = parse_expression(e, &v);

	return err ? err : value_load(e, &v, ret);
}

/* ", CPU)" or ")": 0 where it is left out */
static struct vmatlas_error *last_cpu(struct expr *e, bool has_comma, uint64_t *ret)
{
	struct vmatlas_error *err = NULL;

	*ret = 0;
	if (has_comma && token_is(e, ','))
		err = lexer_next(e);
	else if (has_comma)
		return lexer_expect(e, ')');
	if (!err && !token_is(e, ')'))
		err = number_argument(e, ret);
	return err ? err : lexer_expect(e, ')');
}

/* ---- Per-CPU ---- */

/* __per_cpu_offset[] has an element for every CPU that Linux could ever have. */
static struct vmatlas_error *check_cpu(struct expr *e, uint64_t cpu)
{
	struct cpu_list cpus = { 0 };
	struct vmatlas_error *err = percpu_possible(e->k, &cpus);
	bool found = false;
	size_t nr = cpus.v.nr;

	for (size_t i = 0; i < nr; i++)
		found |= cpus.v.v[i] == cpu;
	vec_done(&cpus.v);
	if (err || found)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "no CPU %" PRIu64 ": this kernel may have %zu", cpu, nr);
}

struct vmatlas_error *per_cpu_value(struct expr *e, const struct value *v, uint64_t cpu,
				    struct value *ret)
{
	struct vmatlas_error *err;
	uint64_t addr = 0;

	if (!v->is_at)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "only a variable can have a copy for each CPU");
	err = check_cpu(e, cpu);
	if (!err)
		err = percpu_pointer(e->k, v->addr, (uint32_t)cpu, &addr);
	*ret = *v;
	ret->addr = addr;
	return err;
}

static struct vmatlas_error *word_per_cpu(struct expr *e, struct value *ret)
{
	struct value v = { 0 };
	const char *name;
	uint64_t cpu;
	struct vmatlas_error *err = word_argument(e, &v, &name);

	if (!err && name)
		err = name_value(e, name, &v);
	if (!err)
		err = last_cpu(e, true, &cpu);
	return err ? err : per_cpu_value(e, &v, cpu, ret);
}

/* What runs on a CPU stands in its run queue (kernel/sched/sched.h), on every CPU's kernel. */
static struct vmatlas_error *word_current(struct expr *e, struct value *ret)
{
	struct value v = { 0 }, rq = { 0 }, curr = { 0 };
	uint64_t cpu;
	struct vmatlas_error *err = last_cpu(e, false, &cpu);

	if (!err)
		err = name_value(e, "runqueues", &v);
	if (!err)
		err = per_cpu_value(e, &v, cpu, &rq);
	if (!err)
		err = value_member(e, &rq, "curr", &curr);
	return err ? err : value_deref(e, &curr, ret);
}

/* ---- Lists ---- */

/* From list_head @head to the next one; *ret_is_end at the head again. */
static struct vmatlas_error *list_step(struct expr *e, uint64_t head, uint64_t *at, bool *ret_is_end)
{
	struct vmatlas_error *err = kernel_read_ptr(e->k, *at, at);

	*at = kernel_address(e->k, *at);
	*ret_is_end = !err && *at == head;
	return err;
}

static struct vmatlas_error *offset_in(struct expr *e, ctype t, const char *member, uint64_t *ret)
{
	struct value at = value_at(t, 0), m = { 0 };
	struct vmatlas_error *err = value_member(e, &at, member, &m);

	*ret = m.addr;
	return err;
}

static struct vmatlas_error *member_number(struct expr *e, const struct value *v, const char *name,
					   uint64_t *ret)
{
	struct value m = { 0 };
	struct vmatlas_error *err = value_member(e, v, name, &m);

	return err ? err : value_load(e, &m, ret);
}

/* Of each process its threads: signal->thread_head, linked by thread_node. */
static struct vmatlas_error *thread_by_pid(struct expr *e, const struct value *task, uint64_t pid,
					   struct value *ret, bool *found)
{
	struct value signal = { 0 }, head = { 0 };
	uint64_t offset, at;
	bool is_end = false;
	struct vmatlas_error *err = value_member(e, task, "signal", &signal);

	if (!err)
		err = value_member(e, &signal, "thread_head", &head);
	if (!err)
		err = offset_in(e, task->type, "thread_node", &offset);
	at = head.addr;
	for (int i = 0; !err && !*found && i < TASKS_MAX; i++) {
		struct value thread;
		uint64_t is = 0;

		err = list_step(e, head.addr, &at, &is_end);
		if (err || is_end)
			break;
		thread = value_at(task->type, (at - offset) & e->k->va_mask);
		err = member_number(e, &thread, "pid", &is);
		*found = !err && is == pid;
		if (*found)
			*ret = thread;
	}
	return err;
}

static struct vmatlas_error *word_task_by_pid(struct expr *e, struct value *ret)
{
	struct value task = { 0 }, tasks = { 0 };
	uint64_t pid = 0, offset = 0, is = 0, at;
	bool found = false, is_end = false;
	struct vmatlas_error *err = number_argument(e, &pid);

	if (!err)
		err = lexer_expect(e, ')');
	if (!err)
		err = name_value(e, "init_task", &task);
	if (!err)
		err = value_member(e, &task, "tasks", &tasks);
	if (!err)
		err = offset_in(e, task.type, "tasks", &offset);
	*ret = task;
	if (err || e->skipping)
		return err;
	at = tasks.addr;
	for (int i = 0; !err && !found && !is_end && i < TASKS_MAX; i++) {
		err = member_number(e, &task, "pid", &is);
		found = !err && (uint32_t)is == (uint32_t)pid;
		if (found)
			*ret = task;
		else if (!err && i)
			err = thread_by_pid(e, &task, pid, ret, &found);
		if (!err && !found)
			err = list_step(e, tasks.addr, &at, &is_end);
		task = value_at(task.type, (at - offset) & e->k->va_mask);
	}
	if (err)
		return vmatlas_error_wrap(err, "the list of tasks");
	return found ? NULL : vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
						"no task with PID %" PRId64, (int64_t)pid);
}

static struct vmatlas_error *word_module(struct expr *e, struct value *ret)
{
	struct value head = { 0 };
	const char *name = "";
	ctype t = NULL;
	uint64_t offset = 0, at;
	bool is_end = false;
	char is[MODULE_NAME_MAX];
	struct vmatlas_error *err = string_argument(e, &name);

	if (!err)
		err = lexer_expect(e, ')');
	if (!err)
		err = name_value(e, "modules", &head);
	if (!err)
		err = name_type(e, VMATLAS_TYPE_STRUCT, "module", &t);
	if (!err && !t)
		err = name_type_missing(e, VMATLAS_TYPE_STRUCT, "module");
	if (!err)
		err = offset_in(e, t, "list", &offset);
	at = head.addr;
	for (int i = 0; !err && i < MODULES_MAX; i++) {
		struct value field = { 0 };

		err = list_step(e, head.addr, &at, &is_end);
		if (err || is_end)
			break;
		*ret = value_at(t, (at - offset) & e->k->va_mask);
		err = value_member(e, ret, "name", &field);
		if (!err)
			err = value_bytes(e, &field, 0, is, sizeof(is) - 8);
		is[sizeof(is) - 8] = '\0';
		if (!err && !strcmp(is, name))
			return NULL;
	}
	return err ? vmatlas_error_wrap(err, "the list of modules") :
	       vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no module %s is loaded", name);
}

/* ---- $container_of(ptr, "type", "member") ---- */

static struct vmatlas_error *word_container_of(struct expr *e, struct value *ret)
{
	struct value ptr = { 0 };
	const char *type, *member;
	uint64_t addr = 0, offset = 0;
	ctype t = NULL;
	struct vmatlas_error *err = parse_expression(e, &ptr);

	if (!err)
		err = value_decay(e, &ptr);
	if (!err)
		err = value_load(e, &ptr, &addr);
	if (!err)
		err = lexer_expect(e, ',');
	if (!err)
		err = string_argument(e, &type);
	if (!err)
		err = lexer_expect(e, ',');
	if (!err)
		err = string_argument(e, &member);
	if (!err)
		err = lexer_expect(e, ')');
	if (!err)
		err = expr_type_inside(e, type, &t);
	if (!err)
		err = offset_in(e, t, member, &offset);
	if (err)
		return err;
	*ret = value_number(type_pointer_to(e, t), (addr - offset) & e->k->va_mask);
	return ret->type ? NULL : error_no_memory();
}

static const struct kernel_word {
	const char *name;
	struct vmatlas_error *(*read)(struct expr *e, struct value *ret);
} kernel_words[] = {
	{ "lx_current", word_current }, { "lx_per_cpu", word_per_cpu },
	{ "lx_task_by_pid", word_task_by_pid }, { "lx_module", word_module },
	{ "container_of", word_container_of },
};

struct vmatlas_error *kernel_word(struct expr *e, const char *name, struct value *ret, bool *ret_is)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_words); i++) {
		if (strcmp(kernel_words[i].name, name))
			continue;
		*ret_is = true;
		return kernel_words[i].read(e, ret);
	}
	*ret_is = false;
	return NULL;
}
