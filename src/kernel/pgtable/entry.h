/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One step of a walk, down from an entry of a page table: what all walks are made of. */
#ifndef KERNEL_PGTABLE_ENTRY_H
#define KERNEL_PGTABLE_ENTRY_H

#include "base/bytes.h"
#include "kernel/kernel.h"

/* Bytes that an entry of a table at @level maps. */
static inline uint64_t pgtable_span(const struct pt_format *f, unsigned int level)
{
	return 1ull << f->level[level].shift;
}

static inline size_t pgtable_entries(const struct pt_format *f, unsigned int level)
{
	return (size_t)1 << f->level[level].bits;
}

/* Which entry of a table at @level maps @addr. */
static inline size_t pgtable_index(const struct pt_format *f, unsigned int level, uint64_t addr)
{
	return addr >> f->level[level].shift & (pgtable_entries(f, level) - 1);
}

/* Physical, of entry @i of the table at physical @table. */
static inline uint64_t pgtable_entry_addr(const struct pt_format *f, uint64_t table, size_t i)
{
	return table + i * f->entry_size;
}

/* An entry as it stands in the dump, without what is no part of it. */
static inline uint64_t pgtable_entry(const struct kernel *k, const uint8_t *raw)
{
	return bytes_uint(raw, k->format->entry_size, k->big_endian) & ~k->entry_clear;
}

/* What @entry of a table at @level leads to; a table below the last level is none. */
static inline enum pt_kind pgtable_step(const struct pt_format *f, unsigned int level,
					uint64_t entry, struct pt_entry *ret, const char **ret_why)
{
	const enum pt_kind kind = pt_decode(f, level, entry, ret);

	if (kind == PT_BAD)
		*ret_why = "reserved bits are set";
	if (kind != PT_TABLE || level + 1 < f->nr_levels)
		return kind;
	*ret_why = "it points to a table where a page is expected";
	return PT_BAD;
}

#endif
