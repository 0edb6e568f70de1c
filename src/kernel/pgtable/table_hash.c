/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash of page tables; see table_hash.h. */
#include <stdlib.h>

#include "kernel/pgtable/table_hash.h"

#define FIRST_SLOTS 256

void table_memo_done(struct table_memo *m)
{
	free(m->slot);
	*m = (struct table_memo){ 0 };
}

/* Where @phys is, or the free slot where it would be. */
static struct table_seen *table_hash_find(const struct table_memo *m, uint64_t phys)
{
	size_t at = (phys >> 10) * 0x9e3779b97f4a7c15 >> 20 & (m->nr_slots - 1);

	while (m->slot[at].is_used && m->slot[at].phys != phys)
		at = (at + 1) & (m->nr_slots - 1);
	return &m->slot[at];
}

struct table_seen *table_memo_get(const struct table_memo *m, uint64_t phys)
{
	struct table_seen *seen = m->nr_slots ? table_hash_find(m, phys) : NULL;

	return seen && seen->is_used ? seen : NULL;
}

static bool table_hash_grow(struct table_memo *m)
{
	struct table_memo larger = { .nr_slots = m->nr_slots ? 2 * m->nr_slots : FIRST_SLOTS };

	larger.slot = calloc(larger.nr_slots, sizeof(*larger.slot));
	if (!larger.slot)
		return false;
	for (size_t i = 0; i < m->nr_slots; i++)
		if (m->slot[i].is_used)
			*table_hash_find(&larger, m->slot[i].phys) = m->slot[i];
	larger.nr_used = m->nr_used;
	free(m->slot);
	*m = larger;
	return true;
}

struct table_seen *table_memo_add(struct table_memo *m, uint64_t phys)
{
	struct table_seen *seen;

	if (m->nr_used * 2 >= m->nr_slots && !table_hash_grow(m))
		return NULL;
	seen = table_hash_find(m, phys);
	*seen = (struct table_seen){ .phys = phys, .is_used = true };
	m->nr_used++;
	return seen;
}
