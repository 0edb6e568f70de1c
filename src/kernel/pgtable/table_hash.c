/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash of page tables; see table_hash.h. */
#include "kernel/pgtable/table_hash.h"

void table_memo_done(struct table_memo *m)
{
	hash_done(&m->known);
	vec_done(&m->tables);
}

struct table_seen *table_memo_get(const struct table_memo *m, uint64_t phys)
{
	const size_t i = hash_find(&m->known, phys);

	return i < m->tables.nr ? &m->tables.v[i] : NULL;
}

struct table_seen *table_memo_add(struct table_memo *m, uint64_t phys)
{
	struct table_seen *seen = vec_push(&m->tables);
	bool is_new;

	if (!seen || !hash_add(&m->known, phys, &is_new))
		return NULL;
	seen->phys = phys;
	return seen;
}
