/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * By .debug_frame, wherever it covers the code; and where it does not (assembly, modules) by
 * the registers that an exception saved, if they are there, or by a frame pointer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/symbols/variables.h"
#include "kernel/unwind/unwind.h"

enum { LEAF_BYTES_MAX = 256 };

struct unwinding {
	struct kernel *k;
	const struct arch_unwind *rules;
	struct image_registers regs;
	struct unwound_frame at;
	struct symbol_at symbol;	/* of at.lookup */
	struct str *why;
	bool ended, is_thumb;		/* is_thumb: code of 2-byte instructions (ARM) */
};

static void unwind_end(struct unwinding *u, const char *why)
{
	str_addf(u->why, "%s", why);
	u->ended = true;
}

/* What the dump or vmlinux lacks ends the frames; our own trouble is an error. */
static struct vmatlas_error *unwind_stop(struct unwinding *u, struct vmatlas_error *err)
{
	if (error_is(err, VMATLAS_ERROR_NO_MEMORY) || error_is(err, VMATLAS_ERROR_SYSTEM))
		return err;
	unwind_end(u, vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *unwind_word(void *arg, uint64_t addr, uint64_t *ret)
{
	return kernel_read_ptr(arg, addr, ret);
}

static bool unwind_knows(const struct unwinding *u, uint8_t reg, uint64_t *ret)
{
	if (reg >= IMAGE_REGISTERS_MAX || !(u->regs.known >> reg & 1))
		return false;
	*ret = u->regs.value[reg];
	return true;
}

/* arm64 may sign return addresses (PAC), in the bits that a kernel address has all set. */
static uint64_t unwind_code_address(const struct unwinding *u, uint64_t pc)
{
	const struct pt_format *f = u->k->format;
	const unsigned int bits = f->kernel_bits ? f->kernel_bits : 64;

	if (u->rules->fp != UINT8_MAX && bits < 64 && pc >> 55 & 1)
		pc |= ~(uint64_t)0 << bits;
	if (u->k->arch->has_thumb)
		pc &= ~(uint64_t)1;
	return pc & u->k->va_mask;
}

/* ---- Steps ---- */

static void step_to(struct unwinding *u, uint64_t pc, bool interrupted)
{
	uint64_t sp = 0;

	unwind_knows(u, u->rules->sp, &sp);
	u->at.pc = unwind_code_address(u, pc);
	u->at.lookup = interrupted ? u->at.pc : u->at.pc - 1;
	u->at.sp = sp;
	u->at.interrupted = interrupted;
	u->at.symbol = &u->symbol;
}

/* asm/irq_stack.h of x86: on the way back the old stack pointer is popped, so it lies there. */
static struct vmatlas_error *step_off_stack(struct unwinding *u)
{
	uint64_t code = 0, sp = 0, old = 0;
	struct vmatlas_error *err;

	if (!u->rules->pop_sp || u->at.interrupted || !unwind_knows(u, u->rules->sp, &sp))
		return NULL;
	err = kernel_read_uint(u->k, u->at.pc, 1, &code);
	if (!err && code == u->rules->pop_sp)
		err = kernel_read_ptr(u->k, sp, &old);
	if (!err && old)
		u->regs.value[u->rules->sp] = old;
	if (err)
		return unwind_stop(u, err);
	return NULL;
}

static struct vmatlas_error *step_by_frame_info(struct unwinding *u, bool *ret_done)
{
	struct image_registers regs = u->regs;
	bool has_pc = false;
	uint64_t pc = 0;
	struct vmatlas_error *err;

	err = image_unwind(u->k->image, (u->at.lookup - u->k->slide) & u->k->va_mask, u->rules->sp,
			   unwind_word, u->k, &regs, &pc, &has_pc);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) || error_is(err, VMATLAS_ERROR_UNSUPPORTED)) {
		vmatlas_error_free(err);
		return NULL;
	}
	*ret_done = true;
	if (err)
		return unwind_stop(u, err);
	u->regs = regs;
	if (has_pc)
		step_to(u, pc, false);
	else
		unwind_end(u, "its caller is not known: the first function of its stack");
	return NULL;
}

/* The words of a struct pt_regs as registers; which word is whose is as in NT_PRSTATUS. */
static void take_saved_registers(struct unwinding *u, const uint64_t *words)
{
	const struct arch_registers *regs = u->k->arch->registers;
	uint64_t pc = 0;

	u->regs.known = 0;
	for (uint32_t i = 0; i < regs->nr; i++) {
		const uint8_t word = regs->v[i].word;
		const uint8_t number = u->rules->dwarf && i < u->rules->nr_dwarf ? u->rules->dwarf[i]
										 : (uint8_t)i;

		if (word >= u->rules->nr_pt_regs)
			continue;
		if (!strcmp(regs->v[i].name, regs->pc))
			pc = words[word];
		else if (i < u->rules->nr_dwarf) {
			u->regs.value[number] = words[word];
			u->regs.known |= (uint64_t)1 << number;
		}
	}
	step_to(u, pc, true);
}

/*
 * Assembly that an exception enters calls C with struct pt_regs at its stack pointer. It is
 * one if its mode and segments are a kernel's and its program counter is in code.
 */
static struct vmatlas_error *step_by_saved_registers(struct unwinding *u, bool *ret_done)
{
	_cleanup_(freep) struct symbol_at *at = calloc(1, sizeof(*at));
	uint64_t words[40] = { 0 }, sp = 0;
	struct vmatlas_error *err = NULL;
	struct unwinding saved = *u;
	enum arch_mode mode;

	if (!at)
		return error_no_memory();
	if (!u->rules->nr_pt_regs || !unwind_knows(u, u->rules->sp, &sp))
		return NULL;
	for (uint32_t i = 0; !err && i < u->rules->nr_pt_regs; i++)
		err = kernel_read_ptr(u->k, sp + i * u->k->ptr_size, &words[i]);
	vmatlas_error_free(err);
	mode = err ? ARCH_MODE_NONE : u->rules->pt_regs_mode(words);
	if (mode == ARCH_MODE_NONE)
		return NULL;
	take_saved_registers(&saved, words);
	if (mode == ARCH_MODE_USER) {
		*ret_done = true;
		unwind_end(u, "entered from user mode");
		return NULL;
	}
	err = kernel_symbol_at(u->k, saved.at.pc, at);
	if (!err && at->is_function && kernel_is_pointer(u->k, saved.at.sp)) {
		u->regs = saved.regs;
		step_to(u, saved.at.pc, true);
		*ret_done = true;
	}
	vmatlas_error_free(err);
	return NULL;
}

/*
 * Where a function stopped, and nothing from its start to there touched them, the stack
 * pointer and the return address are its caller's still.
 */
static struct vmatlas_error *step_from_leaf(struct unwinding *u, bool *ret_done)
{
	uint64_t lr = 0, at = u->symbol.start;

	if (!u->rules->keeps_return || u->is_thumb || !u->at.interrupted || *u->symbol.module ||
	    u->at.pc - at > LEAF_BYTES_MAX || !unwind_knows(u, u->rules->lr, &lr))
		return NULL;
	for (; at < u->at.pc; at += 4) {
		uint64_t code = 0;
		struct vmatlas_error *err = kernel_read_uint(u->k, at, 4, &code);

		if (err)
			return unwind_stop(u, err);
		if (!u->rules->keeps_return((uint32_t)code))
			return NULL;
	}
	*ret_done = true;
	step_to(u, lr, false);
	return NULL;
}

/* { caller's frame pointer, return address } lies where it points: arm64's own way */
static struct vmatlas_error *step_by_frame_pointer(struct unwinding *u, bool *ret_done)
{
	uint64_t fp = 0, next = 0, pc = 0;
	struct vmatlas_error *err;

	if (u->rules->fp == UINT8_MAX || !unwind_knows(u, u->rules->fp, &fp) || !fp || fp & 7)
		return NULL;
	*ret_done = true;
	err = kernel_read_ptr(u->k, fp, &next);
	if (!err)
		err = kernel_read_ptr(u->k, fp + u->k->ptr_size, &pc);
	if (err)
		return unwind_stop(u, err);
	u->regs.known = (uint64_t)1 << u->rules->fp;
	u->regs.value[u->rules->fp] = next;
	step_to(u, pc, false);
	return NULL;
}

static bool is_entry(const struct unwinding *u)
{
	for (const char *const *e = u->rules->entries; *e; e++)
		if (!strncmp(u->symbol.name, *e, strlen(*e)))
			return true;
	return false;
}

static struct vmatlas_error *unwind_step(struct unwinding *u)
{
	struct vmatlas_error *err = NULL;
	bool done = false;

	if (is_entry(u)) {
		unwind_end(u, "");
		return NULL;
	}
	err = step_off_stack(u);
	if (!err && !u->ended && !*u->symbol.module)
		err = step_by_frame_info(u, &done);
	if (!err && !u->ended && !done)
		err = step_by_saved_registers(u, &done);
	if (!err && !u->ended && !done)
		err = step_from_leaf(u, &done);
	if (!err && !u->ended && !done)
		err = step_by_frame_pointer(u, &done);
	if (!err && !u->ended && !done) {
		str_addf(u->why, "%s has no call frame information", u->symbol.name);
		u->ended = true;
	}
	return err;
}

/* ---- */

static void unwind_start(struct unwinding *u, const struct vmatlas_registers *from)
{
	const struct arch_registers *regs = u->k->arch->registers;
	uint64_t pc = 0;

	for (uint32_t i = 0; i < from->nr; i++) {
		const uint8_t number = u->rules->dwarf && i < u->rules->nr_dwarf ? u->rules->dwarf[i]
										 : (uint8_t)i;

		if (!from->v[i].known)
			continue;
		if (regs->mode_name && !strcmp(from->v[i].name, regs->mode_name))
			u->is_thumb = from->v[i].value & regs->thumb_bit;
		if (!strcmp(from->v[i].name, regs->pc))
			pc = from->v[i].value;
		else if (i < u->rules->nr_dwarf) {
			u->regs.value[number] = from->v[i].value;
			u->regs.known |= (uint64_t)1 << number;
		}
	}
	step_to(u, pc, true);
}

/* The code that a CPU starts with lies below _stext, where the kernel has no symbols (RISC-V). */
static bool is_head(struct unwinding *u)
{
	const char *name = NULL;
	uint64_t offset = 0;
	struct vmatlas_error *err = kernel_vmlinux_symbol(u->k, u->at.lookup, &name, &offset);

	u->symbol = (struct symbol_at){ .module = "", .start = u->at.lookup - offset };
	if (!err && name)
		snprintf(u->symbol.name, sizeof(u->symbol.name), "%s", name);
	vmatlas_error_free(err);
	return u->symbol.name[0] && is_entry(u);
}

/* Is it code of the kernel? It is not, where the symbols do not say so. */
static struct vmatlas_error *unwind_check(struct unwinding *u)
{
	struct vmatlas_error *err;

	if (!u->at.pc) {
		unwind_end(u, "");
		return NULL;
	}
	err = kernel_symbol_at(u->k, u->at.lookup, &u->symbol);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) && is_head(u)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) || (!err && !u->symbol.is_function)) {
		vmatlas_error_free(err);
		str_addf(u->why, "0x%" PRIx64 " is no code of the kernel", u->at.pc);
		u->ended = true;
		return NULL;
	}
	return err ? unwind_stop(u, err) : NULL;
}

struct vmatlas_error *kernel_unwind(struct kernel *k, const struct vmatlas_registers *from,
				    unwind_fn *fn, void *arg, struct str *why)
{
	_cleanup_(freep) struct unwinding *u = calloc(1, sizeof(*u));
	struct vmatlas_error *err = NULL;

	if (!u)
		return error_no_memory();
	u->k = k;
	u->rules = k->arch->registers->unwind;
	u->why = why;
	unwind_start(u, from);
	for (int nr = 0; !err && !u->ended; nr++) {
		const struct unwound_frame last = u->at;

		if (nr == UNWIND_FRAMES_MAX) {
			unwind_end(u, "more frames than any stack has room for");
			break;
		}
		err = unwind_check(u);
		if (!err && !u->ended)
			err = fn(arg, &u->at);
		if (!err && !u->ended)
			err = unwind_step(u);
		if (!err && !u->ended && u->at.pc == last.pc && u->at.sp == last.sp)
			unwind_end(u, "its caller is the same frame again");
	}
	return err;
}
