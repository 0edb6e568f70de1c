/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kallsyms: the symbol table that a kernel carries for itself, looked up as the
 * kernel does it. Knows the compressed tables; where their bytes come from is
 * the reader's business. Pure; fuzzed.
 */
#ifndef KERNEL_SYMBOLS_KALLSYMS_H
#define KERNEL_SYMBOLS_KALLSYMS_H

#include <vmatlas.h>

#include "base/error.h"
#include "kernel/symbols/kallsyms_token.h"

struct kallsyms;

/* Where the tables are. Addresses are the reader's; 0 for a table that is missing. */
struct kallsyms_tables {
	struct vmatlas_error *(*read)(void *arg, uint64_t addr, void *buf, size_t len);
	void *arg;
	uint64_t num_syms, names, markers, token_table, token_index;
	uint64_t offsets, addresses;	/* one of the two */
	bool has_base;			/* kallsyms_relative_base exists, and is: */
	uint64_t base;			/* run-time, as the running kernel holds it */
	uint64_t offsets_at;		/* run-time address of offsets[0] */
	uint64_t slide;			/* to add to what addresses[] holds */
	struct vmatlas_range image;	/* run-time range of the kernel image */
	uint8_t ptr_size;
	bool big_endian;
};

/* A symbol that holds an address: the first of its aliases. */
struct kallsym {
	uint32_t index;
	uint64_t start;
	uint64_t next;			/* address of the next symbol; 0: none */
};

/* Reads the small tables; CORRUPT if they make no sense. @tables is copied. */
VMATLAS_CHECKED struct vmatlas_error *
kallsyms_open(const struct kallsyms_tables *tables, struct kallsyms **ret);
void kallsyms_free(struct kallsyms *ks);
DEFINE_FREEP(kallsyms, kallsyms_free)

uint32_t kallsyms_nr(const struct kallsyms *ks);

/* Run-time address of symbol @index. */
VMATLAS_CHECKED struct vmatlas_error *
kallsyms_address(struct kallsyms *ks, uint32_t index, uint64_t *ret);

/* The symbol at or below @addr, or the first one; what get_symbol_pos() finds. */
VMATLAS_CHECKED struct vmatlas_error *
kallsyms_find(struct kallsyms *ks, uint64_t addr, struct kallsym *ret);

/* Name and nm's type letter (may be NULL) of symbol @index. */
VMATLAS_CHECKED struct vmatlas_error *
kallsyms_name(struct kallsyms *ks, uint32_t index, char ret[static KALLSYMS_NAME_MAX],
	      char *ret_type);

#endif
