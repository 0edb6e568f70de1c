/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ORACLE_H
#define ORACLE_H

#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/types.h>

/* areas.c: what is kept; the addresses, to be walked. */
#define KEPT_MAX 256
#define RAM_PAGES (BITS_PER_LONG + 8)
extern void *kept[KEPT_MAX];
extern unsigned int nr_kept;
extern struct page *ram[RAM_PAGES];

/*
 * phys: three pages of a device which may be mapped; nothing touches them. Zero: none.
 */
void make_areas(unsigned long phys);

/* What was made to be freed, freed; once. */
void free_some(void);

/* symbols.c: what the kernel does not export. Zero for what it has not, or hides. */
unsigned long symbol(const char *name);
void put_symbol(struct seq_file *m, const char *name);
/* The value of a variable of one word, under the variable's name. */
void put_variable(struct seq_file *m, const char *name);

#define MACRO(m, name) seq_printf(m, #name "=0x%llx\n", (u64)(unsigned long)(name))
/* For what may have more bits than an address has. */
#define PHYSICAL(m, name) seq_printf(m, #name "=0x%llx\n", (u64)(name))
#define ABSENT(m, name) seq_puts(m, #name "=-\n")

/* execmem.c */
void put_execmem(struct seq_file *m);

/* The file of the CPU: its macros; where it has its kernel's first-level table. */
void put_arch(struct seq_file *m);
pgd_t *kernel_pgd(unsigned long va);

/* walks.c */
int walks_show(struct seq_file *m, void *unused);

#endif
