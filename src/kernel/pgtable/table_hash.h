/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page tables remembered by where they are, for the one pass over all of them. */
#ifndef KERNEL_PGTABLE_TABLE_HASH_H
#define KERNEL_PGTABLE_TABLE_HASH_H

#include "base/array.h"
#include "base/hash.h"

/* A page table that was met, and what it maps in a word. */
struct table_seen {
	uint64_t phys;
	uint64_t va;			/* the first address that it maps, there */
	uint32_t attr;			/* of its first leaf */
	uint8_t level;
	bool is_empty;			/* no leaf at all */
	bool is_uniform;		/* nothing but leaves with @attr */
};

struct table_memo {
	struct hash known;		/* of physical addresses */
	VEC(struct table_seen) tables;
};

void table_memo_done(struct table_memo *m);

/* NULL if none was remembered there. Good until the next table_memo_add(). */
struct table_seen *table_memo_get(const struct table_memo *m, uint64_t phys);

/* A new one, which is not there yet; NULL if there is no memory. */
struct table_seen *table_memo_add(struct table_memo *m, uint64_t phys);

#endif
