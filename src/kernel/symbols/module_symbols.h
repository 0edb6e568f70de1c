/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The symbols of one module, as the kernel keeps them in its memory. */
#ifndef KERNEL_SYMBOLS_MODULE_SYMBOLS_H
#define KERNEL_SYMBOLS_MODULE_SYMBOLS_H

#include "kernel/kernel.h"

/* Copies of the ELF symbol table and strings that the kernel kept. */
struct modsyms {
	uint8_t *symtab;		/* owned */
	char *strtab;			/* owned */
	size_t nr;
	size_t strtab_size;
	bool is_64bit, big_endian;
	bool has_thumb;			/* bit 0 of a function means Thumb */
};

struct modsym {
	const char *name;		/* into strtab, NUL-terminated there */
	uint64_t start, next;
};

extern const struct vmatlas_lookup modsyms_needs[];
extern const size_t nr_modsyms_needs;

/* Read the tables of @m. CORRUPT if they lie outside of the module. */
VMATLAS_CHECKED struct vmatlas_error *
modsyms_load(struct kernel *k, const struct module *m, struct modsyms *ret);
void modsyms_done(struct modsyms *s);

/*
 * The symbol that find_kallsyms_symbol() gives for @addr; false if none. @end is
 * where the module's text ends. Pure; fuzzed.
 */
bool modsyms_find(const struct modsyms *s, uint64_t addr, uint64_t end,
		  struct modsym *ret);

#endif
