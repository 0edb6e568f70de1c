/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Registers: of a CPU from the dump's notes, of a task that does not run from what
 * switch_to() kept. What neither has is not known.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/strbuf.h"
#include "kernel/task/task_internal.h"
#include "mem/mem.h"

/* ---- Both ---- */

void task_register_names(const struct kernel *k, struct vmatlas_registers *ret)
{
	const struct arch_registers *regs = k->arch->registers;

	ret->nr = MIN(regs->nr, (uint32_t)VMATLAS_REGISTERS_MAX);
	memset(ret->v, 0, sizeof(ret->v));
	for (uint32_t i = 0; i < ret->nr; i++) {
		ret->v[i].name = regs->v[i].name;
		ret->v[i].bytes = regs->v[i].bytes;
		ret->sp = strcmp(regs->v[i].name, regs->sp) ? ret->sp : i;
		ret->pc = strcmp(regs->v[i].name, regs->pc) ? ret->pc : i;
	}
}

static struct vmatlas_register *register_named(struct vmatlas_registers *ret, const char *name)
{
	for (uint32_t i = 0; i < ret->nr; i++)
		if (!strcmp(ret->v[i].name, name))
			return &ret->v[i];
	return NULL;
}

static void register_set(struct vmatlas_register *r, uint64_t value)
{
	if (!r)
		return;
	r->value = r->bytes == 8 ? value : value & UINT32_MAX;
	r->known = 1;
}

/* ---- A CPU's ---- */

static bool is_online(const struct task_layout *t, uint32_t cpu)
{
	const uint32_t bits = 8 * t->k->ptr_size;
	const struct resolved *mask = &t->res[ONLINE];
	uint64_t word = 0;
	struct vmatlas_error *err;

	if (!mask->found || cpu / 8 >= mask->size)
		return !mask->found;
	err = kernel_read_uint(t->k, mask->addr + cpu / bits * t->k->ptr_size, t->k->ptr_size,
			       &word);
	vmatlas_error_free(err);
	return !err && word >> cpu % bits & 1;
}

/*
 * Notes stand in the order of CPUs but carry no number: QEMU writes one for each, a kdump
 * one for each that was online. Return: the place of @cpu's note, or the number of notes.
 */
static size_t note_of_cpu(const struct task_layout *t, uint32_t cpu)
{
	const struct mem_info *info = &t->k->mem->info;
	size_t possible = info->nr_regs, online = info->nr_regs, nr_online = 0;

	for (size_t i = 0; i < t->cpus.v.nr; i++) {
		const bool is_on = is_online(t, t->cpus.v.v[i]);

		if (t->cpus.v.v[i] == cpu)
			possible = i;
		if (t->cpus.v.v[i] == cpu && is_on)
			online = nr_online;
		nr_online += is_on;
	}
	if (info->nr_regs == t->cpus.v.nr)
		return possible;
	return info->nr_regs == nr_online ? online : info->nr_regs;
}

struct vmatlas_error *task_cpu_registers(const struct task_layout *t, uint32_t cpu,
					 struct vmatlas_registers *ret)
{
	const struct mem_info *info = &t->k->mem->info;
	const struct arch_registers *regs = t->k->arch->registers;
	const size_t at = note_of_cpu(t, cpu);

	task_register_names(t->k, ret);
	if (!info->nr_regs)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "the dump has no registers");
	if (at >= info->nr_regs && !is_online(t, cpu))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "CPU %" PRIu32 " was not online", cpu);
	if (at >= info->nr_regs)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"the dump has registers of %zu CPUs of %zu: not known which are CPU %" PRIu32
			"'s", info->nr_regs, t->cpus.v.nr, cpu);
	for (uint32_t i = 0; i < ret->nr; i++) {
		const uint8_t word = regs->v[i].word;

		if (word == REGISTER_IS_ZERO)
			register_set(&ret->v[i], 0);
		else if (word < info->regs[at].nr_words)
			register_set(&ret->v[i], info->regs[at].words[word]);
	}
	if (!info->regs[at].nr_words) {
		register_set(register_named(ret, regs->sp), info->regs[at].sp);
		register_set(register_named(ret, regs->pc), info->regs[at].pc);
	}
	return NULL;
}

/* ---- A sleeping task's ---- */

static struct vmatlas_error *resolve_member(struct task_layout *t, const char *tag,
					    const char *prefix, const char *member,
					    struct resolved *ret)
{
	_cleanup_(str_done) struct str name = { 0 };

	str_addf(&name, "%s%s", prefix, member);
	return lookup_resolve(t->k, &(struct vmatlas_lookup)VMATLAS_OPTIONAL_MEMBER(tag,
			      str_text(&name), t->k->arch->registers->near), 1, ret);
}

static struct vmatlas_error *resolve_all_saved(struct task_layout *t, const char *tag,
					       const char *prefix)
{
	const struct arch_registers *regs = t->k->arch->registers;
	struct vmatlas_error *err = NULL;

	for (uint32_t i = 0; i < regs->nr_saved && i < SAVED_MAX && !err; i++)
		err = resolve_member(t, tag, prefix, regs->saved[i].member, &t->saved[i]);
	return err;
}

struct vmatlas_error *task_resolve_saved(struct task_layout *t)
{
	const struct arch_registers *regs = t->k->arch->registers;
	struct vmatlas_error *err;
	const char *dot;

	if (regs->frame) {
		err = resolve_member(t, "task_struct", regs->saved_in, "sp", &t->sp);
		if (!err)
			err = resolve_member(t, regs->frame, "", "", &t->frame);
		return err ? err : resolve_all_saved(t, regs->frame, "");
	}
	err = resolve_all_saved(t, "task_struct", regs->saved_in);
	dot = strchr(regs->saved_in, '.');
	if (err || t->saved[0].found || strncmp(regs->saved_in, "thread_info.", 12))
		return err;
	t->on_stack = true;
	return resolve_all_saved(t, "thread_info", dot + 1);
}

static struct vmatlas_error *read_saved(const struct task_layout *t, uint64_t base,
					struct vmatlas_registers *ret)
{
	const struct arch_registers *regs = t->k->arch->registers;
	struct vmatlas_error *err = NULL;

	for (uint32_t i = 0; i < regs->nr_saved && i < SAVED_MAX && !err; i++) {
		struct vmatlas_register *r = register_named(ret, regs->saved[i].name);
		const uint64_t at = regs->saved[i].index * (uint64_t)t->k->ptr_size;
		uint64_t value = 0;

		if (!r || !t->saved[i].found || at >= t->saved[i].size)
			continue;
		err = kernel_read_uint(t->k, base + t->saved[i].offset + at, t->k->ptr_size, &value);
		if (!err)
			register_set(r, value);
	}
	return err;
}

/* Bit 0 of an address to go on at says Thumb. */
static void set_mode(const struct arch_registers *regs, struct vmatlas_registers *ret)
{
	struct vmatlas_register *pc = register_named(ret, regs->pc);

	if (!regs->mode_name || !pc || !pc->known)
		return;
	register_set(register_named(ret, regs->mode_name),
		     regs->mode | (pc->value & 1 ? regs->thumb_bit : 0));
	pc->value &= ~1ull;
}

struct vmatlas_error *task_saved_registers(const struct task_layout *t, uint64_t task,
					   struct vmatlas_registers *ret)
{
	const struct arch_registers *regs = t->k->arch->registers;
	struct vmatlas_error *err = NULL;
	uint64_t base = task;

	task_register_names(t->k, ret);
	if (!t->saved[0].found || (regs->frame && (!t->sp.found || !t->frame.found)))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"vmlinux does not tell where a sleeping task's registers are");
	if (regs->frame)
		err = kernel_read_ptr(t->k, task + t->sp.offset, &base);
	else if (t->on_stack)
		err = kernel_read_ptr(t->k, task + t->res[STACK].offset, &base);
	if (!err)
		err = read_saved(t, base, ret);
	if (!err)
		set_mode(regs, ret);
	if (!err && regs->frame)
		register_set(register_named(ret, regs->sp), base + t->frame.size);
	return vmatlas_error_wrap(err, "registers of task_struct %#" PRIx64, task);
}
