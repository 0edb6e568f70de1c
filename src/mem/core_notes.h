/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELF notes in a buffer: who wrote what. Pure; fuzzed. */
#ifndef MEM_CORE_NOTES_H
#define MEM_CORE_NOTES_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"
#include "mem/extract_notes.h"
#include "mem/mem.h"

struct note {
	uint32_t type;
	const char *name;		/* not terminated */
	size_t name_size;
	const uint8_t *desc;
	size_t desc_size;
};

struct note_walk {
	const uint8_t *p;
	size_t len, pos;
	bool big_endian;
};

/* The next note that lies in the buffer as a whole; false at the end. */
bool note_next(struct note_walk *w, struct note *ret);
bool note_is(const struct note *n, const char *name);

/* QEMU's CPU state, as target/i386 writes it. */
bool note_qemu_cpu(const struct note *n, struct mem_cpu *ret);

/* The same note made anew: control registers, IDT and ip, the rest zero. */
enum { NOTE_QEMU_CPU_SIZE = 440 };
void note_qemu_cpu_make(const struct mem_cpu *cpu, uint8_t ret[static NOTE_QEMU_CPU_SIZE]);

/* A CPU's registers; false if it is not of a shape we know, or all zero. */
bool note_prstatus(const struct note *n, bool big_endian, struct mem_regs *ret);

/* The same note made anew, of regs->note_size bytes: registers, the rest zero. */
enum { NOTE_PRSTATUS_MAX = 512 };
void note_prstatus_make(const struct mem_regs *regs, bool big_endian,
			uint8_t ret[static NOTE_PRSTATUS_MAX]);

/* What notes say about a dump. */
struct note_facts {
	char *vmcoreinfo;		/* NUL-terminated copy; NULL */
	size_t vmcoreinfo_size;
	VEC(struct mem_cpu) cpus;
	VEC(struct mem_regs) regs;
	size_t prstatus_size;		/* of the first CPU's registers; 0 */
	bool is_process;		/* a user process' core: nothing of a kernel */
	bool is_extract;		/* it has notes of our own */
	struct extract_note_facts extract;	/* what they say */
	struct kept *kept;		/* NULL: every byte is real */
};

void note_facts_done(struct note_facts *f);

/* Add what @len bytes of notes say; the first of several VMCOREINFOs counts. */
VMATLAS_CHECKED struct vmatlas_error *
note_facts_add(struct note_facts *f, const uint8_t *p, size_t len, bool big_endian);

/* Hand the facts to @info, which owns them from then on; but not @kept. */
void note_facts_give(struct note_facts *f, struct mem_info *info);

/* The EM_* whose NT_PRSTATUS has that size, or 0; see core_notes.c. */
uint16_t note_machine(const struct note_facts *f, bool big_endian);

#endif
