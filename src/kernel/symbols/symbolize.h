/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of addresses, in the words of the kernel's own %pS. */
#ifndef KERNEL_SYMBOLS_SYMBOLIZE_H
#define KERNEL_SYMBOLS_SYMBOLIZE_H

#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_pack.h"
#include "kernel/kernel.h"

struct symnames;

/* For lookup_prefetch(), so that names cost no pass over .symtab of their own. */
extern const struct vmatlas_lookup symname_needs[];
extern const size_t nr_symname_needs;

/*
 * Append what %pS prints for @addr: "vmalloc+0x1f/0x30", "init+0x1/0x2 [ext4]", or
 * "0x..." if no symbol holds it. Trouble in the dump makes a number of it, too,
 * and is counted; only our own trouble (no memory) is an error.
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_symbol_name(struct kernel *k, uint64_t addr, struct str *out);

/* The symbol that holds an address. */
struct symbol_at {
	char name[KALLSYMS_NAME_MAX];
	const char *module;		/* "": of the kernel */
	uint64_t start, size;
	bool is_function;		/* by nm's type letter; of modules: true */
};

/* NOT_FOUND if no symbol holds @addr, FAULT or CORRUPT if that could not be told. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_symbol_at(struct kernel *k, uint64_t addr, struct symbol_at *ret);

/* The table of the kernel's own names, packed; MISSING if it is of no use. */
VMATLAS_CHECKED struct vmatlas_error *
symnames_pack(struct kernel *k, struct kallsyms_packed *ret);

/* How many names the table has; 0 if it is of no use. */
uint32_t symnames_nr(const struct kernel *k);

/* How many addresses stayed numbers so far because something could not be read. */
size_t symnames_unread(const struct kernel *k);

void symnames_free(struct symnames *names);

#endif
