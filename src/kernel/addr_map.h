/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts remembered by address. */
#ifndef KERNEL_ADDR_MAP_H
#define KERNEL_ADDR_MAP_H

#include "base/array.h"
#include "base/hash.h"

struct memo {
	struct hash known;		/* of addresses */
	VEC(char *) texts;
};

void memo_done(struct memo *m);

/* NULL if nothing was remembered for @addr. Good until memo_done(). */
const char *memo_get(const struct memo *m, uint64_t addr);

/* Takes @text (malloc'ed; NULL is fine). NULL if there is no memory. */
const char *memo_add(struct memo *m, uint64_t addr, char *text);

#endif
