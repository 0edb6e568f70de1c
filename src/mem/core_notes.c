/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ELF notes in a buffer, of a core file or of a kdump's sub-header. Trusts no
 * size in them; a note that runs out of the buffer ends the walk.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "mem/core_notes.h"

enum { NOTE_HEADER = 12 };

/* Names and contents are padded to 4 bytes in 64-bit cores too. */
static size_t padded(uint32_t size)
{
	return ((size_t)size + 3) & ~(size_t)3;
}

bool note_next(struct note_walk *w, struct note *ret)
{
	const uint8_t *p = w->p + w->pos;
	const size_t left = w->len - w->pos;
	uint32_t name_size, desc_size;

	if (w->pos > w->len || left < NOTE_HEADER)
		return false;
	name_size = bytes_uint(p, 4, w->big_endian);
	desc_size = bytes_uint(p + 4, 4, w->big_endian);
	if (padded(name_size) > left - NOTE_HEADER ||
	    desc_size > left - NOTE_HEADER - padded(name_size))
		return false;

	*ret = (struct note){
		.type = bytes_uint(p + 8, 4, w->big_endian),
		.name = (const char *)p + NOTE_HEADER,
		.name_size = name_size,
		.desc = p + NOTE_HEADER + padded(name_size),
		.desc_size = desc_size,
	};
	/* The padding of the last note may be missing. */
	w->pos += MIN(left, NOTE_HEADER + padded(name_size) + padded(desc_size));
	return true;
}

bool note_is(const struct note *n, const char *name)
{
	const size_t len = strlen(name);

	return (n->name_size == len || n->name_size == len + 1) &&
	       !memcmp(n->name, name, len) &&
	       (n->name_size == len || n->name[len] == '\0');
}

/*
 * struct QEMUCPUState, QEMU 7.2 target/i386/arch_dump.c, version 1: version and
 * size (4 bytes each), 16 registers, rip, rflags, ten segments of 24 bytes
 * (selector, limit, flags, pad, base) of which the last is the IDT, cr[5].
 * Little endian, the same on i386.
 */
enum {
	QEMU_VERSION = 1,
	QEMU_RIP = 8 + 16 * 8,
	QEMU_SEGMENTS = QEMU_RIP + 16,
	QEMU_IDT_BASE = QEMU_SEGMENTS + 9 * 24 + 16,
	QEMU_CR = QEMU_SEGMENTS + 10 * 24,
	QEMU_LEAST = QEMU_CR + 5 * 8,
};

bool note_qemu_cpu(const struct note *n, struct mem_cpu *ret)
{
	if (!note_is(n, "QEMU") || n->desc_size < QEMU_LEAST ||
	    bytes_uint(n->desc, 4, false) != QEMU_VERSION ||
	    bytes_uint(n->desc + 4, 4, false) < QEMU_LEAST)
		return false;

	ret->ip = bytes_uint(n->desc + QEMU_RIP, 8, false);
	ret->idt_base = bytes_uint(n->desc + QEMU_IDT_BASE, 8, false);
	for (size_t i = 0; i < ARRAY_SIZE(ret->cr); i++)
		ret->cr[i] = bytes_uint(n->desc + QEMU_CR + i * 8, 8, false);
	return true;
}

static void put_le(uint8_t *to, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = value >> 8 * i;
}

void note_qemu_cpu_make(const struct mem_cpu *cpu, uint8_t ret[static NOTE_QEMU_CPU_SIZE])
{
	_Static_assert((int)NOTE_QEMU_CPU_SIZE >= (int)QEMU_LEAST, "room for all that is read");
	memset(ret, 0, NOTE_QEMU_CPU_SIZE);
	put_le(ret, QEMU_VERSION, 4);
	put_le(ret + 4, NOTE_QEMU_CPU_SIZE, 4);
	put_le(ret + QEMU_RIP, cpu->ip, 8);
	put_le(ret + QEMU_IDT_BASE, cpu->idt_base, 8);
	for (size_t i = 0; i < ARRAY_SIZE(cpu->cr); i++)
		put_le(ret + QEMU_CR + i * 8, cpu->cr[i], 8);
}

/*
 * struct elf_prstatus of Linux, by its size: where the registers begin, how wide they are,
 * and which is which (arch/.../include/uapi/asm/ptrace.h, user_regs_struct of x86).
 */
static const struct prstatus {
	uint16_t size;
	uint8_t regs, wide, nr, pc, sp, lr;	/* lr: 255 none */
} prstatus[] = {
	{ 144, 72, 4, 17, 12, 15, 255 },	/* i386: eip, esp */
	{ 148, 72, 4, 18, 15, 13, 14 },		/* ARM: r15, r13, r14 */
	{ 336, 112, 8, 27, 16, 19, 255 },	/* x86-64: rip, rsp */
	{ 376, 112, 8, 32, 0, 2, 1 },		/* RISC-V: pc, sp, ra */
	{ 392, 112, 8, 34, 32, 31, 30 },	/* arm64: pc, sp, x30 */
};

static const struct prstatus *prstatus_of(size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(prstatus); i++)
		if (prstatus[i].size == size)
			return &prstatus[i];
	return NULL;
}

bool note_prstatus(const struct note *n, bool big_endian, struct mem_regs *ret)
{
	const struct prstatus *p = prstatus_of(n->desc_size);
	uint64_t rest = 0;

	if (!p || n->type != NT_PRSTATUS || !note_is(n, "CORE"))
		return false;
	*ret = (struct mem_regs){ .note_size = p->size };
	for (unsigned int i = 0; i < p->nr; i++) {
		ret->words[i] = bytes_uint(n->desc + p->regs + i * p->wide, p->wide, big_endian);
		if (i != p->pc && i != p->sp && i != p->lr)
			rest |= ret->words[i];
	}
	ret->pc = ret->words[p->pc];
	ret->sp = ret->words[p->sp];
	ret->lr = p->lr != 255 ? ret->words[p->lr] : 0;
	/* an extract of an older vmatlas has no more than these three */
	ret->nr_words = rest ? p->nr : 0;
	return ret->pc || ret->sp;
}

static void core_notes_put(uint8_t *to, uint64_t value, size_t size, bool big_endian)
{
	for (size_t i = 0; i < size; i++)
		to[big_endian ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

void note_prstatus_make(const struct mem_regs *regs, bool big_endian,
			uint8_t ret[static NOTE_PRSTATUS_MAX])
{
	const struct prstatus *p = prstatus_of(regs->note_size);

	memset(ret, 0, NOTE_PRSTATUS_MAX);
	if (!p)
		return;
	for (unsigned int i = 0; i < p->nr; i++)
		core_notes_put(ret + p->regs + i * p->wide, regs->words[i], p->wide, big_endian);
}

static struct vmatlas_error *take_extract(struct note_facts *f, const struct note *n)
{
	f->is_extract = true;
	if (n->type == KEPT_FACTS)
		extract_note_facts_parse(n->desc, n->desc_size, &f->extract);
	if (n->type != KEPT_RUNS && n->type != KEPT_FAULTS)
		return NULL;
	if (!f->kept)
		f->kept = extract_note_new();
	if (!f->kept)
		return error_no_memory();
	return n->type == KEPT_RUNS ? extract_note_runs_parse(f->kept, n->desc, n->desc_size)
				    : extract_note_faults_parse(f->kept, n->desc, n->desc_size);
}

void note_facts_done(struct note_facts *f)
{
	free(f->vmcoreinfo);
	f->vmcoreinfo = NULL;
	vec_done(&f->cpus);
	vec_done(&f->regs);
	extract_note_free(f->kept);
	f->kept = NULL;
}

static struct vmatlas_error *core_notes_take_vmcoreinfo(struct note_facts *f,
							const struct note *n)
{
	f->vmcoreinfo = malloc(n->desc_size + 1);
	if (!f->vmcoreinfo)
		return error_no_memory();
	memcpy(f->vmcoreinfo, n->desc, n->desc_size);
	f->vmcoreinfo[n->desc_size] = '\0';
	f->vmcoreinfo_size = n->desc_size;
	return NULL;
}

enum { MAX_CPUS = 8192 };

static struct vmatlas_error *take_regs(struct note_facts *f, const struct note *n,
				       bool big_endian)
{
	struct mem_regs regs, *kept;

	if (f->regs.nr >= MAX_CPUS || !note_prstatus(n, big_endian, &regs))
		return NULL;
	kept = vec_push(&f->regs);
	if (!kept)
		return error_no_memory();
	*kept = regs;
	return NULL;
}

static struct vmatlas_error *take_note(struct note_facts *f, const struct note *n,
				       bool big_endian)
{
	struct mem_cpu cpu, *kept;

	if (note_is(n, "VMCOREINFO") && n->desc_size > 0 && !f->vmcoreinfo)
		return core_notes_take_vmcoreinfo(f, n);
	if (note_is(n, "VMATLAS"))
		return take_extract(f, n);
	if (note_is(n, "CORE") && n->type == NT_PRSTATUS && !f->prstatus_size)
		f->prstatus_size = n->desc_size;
	/* the kernel writes it of processes alone (fs/binfmt_elf.c, fill_auxv_note()) */
	if (note_is(n, "CORE") && n->type == NT_AUXV)
		f->is_process = true;
	if (n->type == NT_PRSTATUS)
		return take_regs(f, n, big_endian);
	if (note_qemu_cpu(n, &cpu)) {
		kept = vec_push(&f->cpus);
		if (!kept)
			return error_no_memory();
		*kept = cpu;
	}
	return NULL;
}

struct vmatlas_error *note_facts_add(struct note_facts *f, const uint8_t *p, size_t len,
				     bool big_endian)
{
	struct note_walk w = { .p = p, .len = len, .big_endian = big_endian };
	struct vmatlas_error *err = NULL;
	struct note n;

	/* A CPU that never stopped leaves a note of zeros: walk on over it. */
	while (!err && note_next(&w, &n))
		err = take_note(f, &n, big_endian);
	return err;
}

void note_facts_give(struct note_facts *f, struct mem_info *info)
{
	info->vmcoreinfo = take(f->vmcoreinfo);
	info->vmcoreinfo_size = f->vmcoreinfo_size;
	info->nr_cpus = f->cpus.nr;
	info->cpus = take(f->cpus.v);
	f->cpus.nr = f->cpus.cap = 0;
	info->nr_regs = f->regs.nr;
	info->regs = take(f->regs.v);
	f->regs.nr = f->regs.cap = 0;
	if (!f->is_extract)
		return;
	info->is_extract = true;
	info->taken = f->extract.taken;
	memcpy(info->uts_node, f->extract.node, sizeof(info->uts_node));
	info->truncated_at = f->extract.truncated_at;
	info->expected_size = f->extract.expected_size;
}

/*
 * CPUs named here: sizeof(struct elf_prstatus) of Linux tells them apart, where nothing else
 * does: QEMU writes "i686" or "x86_64" into the kdump header of every guest
 * (QEMU 7.2 dump/dump.c, create_header32, create_header64).
 */
uint16_t note_machine(const struct note_facts *f, bool big_endian)
{
	static const struct {
		uint16_t size, machine;
	} known[] = {
		{ 144, EM_386 },     { 148, EM_ARM },	{ 336, EM_X86_64 },
		{ 376, EM_RISCV },   { 392, EM_AARCH64 }, { 504, EM_PPC64 },
	};

	/* s390_regs makes it as large as x86-64's (arch/s390/include/uapi/asm/ptrace.h) */
	if (f->prstatus_size == 336 && big_endian)
		return EM_S390;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (f->prstatus_size == known[i].size)
			return known[i].machine;
	return 0;
}
