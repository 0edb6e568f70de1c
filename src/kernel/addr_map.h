/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts remembered by address. */
#ifndef KERNEL_ADDR_MAP_H
#define KERNEL_ADDR_MAP_H

#include <stddef.h>
#include <stdint.h>

struct memo_slot {
	uint64_t addr;
	char *text;			/* NULL: free */
};

struct memo {
	struct memo_slot *slot;		/* open addressing; nr_slots is a power of two */
	size_t nr_slots, nr_used;
};

void memo_done(struct memo *m);

/* NULL if nothing was remembered for @addr. Good until memo_done(). */
const char *memo_get(const struct memo *m, uint64_t addr);

/* Takes @text (malloc'ed; NULL is fine). NULL if there is no memory. */
const char *memo_add(struct memo *m, uint64_t addr, char *text);

#endif
