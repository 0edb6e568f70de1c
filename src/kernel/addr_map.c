/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts remembered by address; see addr_map.h. */
#include "kernel/addr_map.h"

void memo_done(struct memo *m)
{
	for (size_t i = 0; i < m->texts.nr; i++)
		free(m->texts.v[i]);
	vec_done(&m->texts);
	hash_done(&m->known);
}

const char *memo_get(const struct memo *m, uint64_t addr)
{
	const size_t i = hash_find(&m->known, addr);

	return i < m->texts.nr ? m->texts.v[i] : NULL;
}

const char *memo_add(struct memo *m, uint64_t addr, char *text)
{
	size_t i = hash_find(&m->known, addr);
	char **slot = i < m->texts.nr ? &m->texts.v[i] : text ? vec_push(&m->texts) : NULL;
	bool is_new;

	if (!text || !slot || !hash_add(&m->known, addr, &is_new)) {
		free(text);
		return NULL;
	}
	free(*slot);
	*slot = text;
	return text;
}
