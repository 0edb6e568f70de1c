/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts remembered by address: a small hash table that only grows. */
#include <stdbool.h>
#include <stdlib.h>

#include "kernel/addr_map.h"

void memo_done(struct memo *m)
{
	for (size_t i = 0; i < m->nr_slots; i++)
		free(m->slot[i].text);
	free(m->slot);
	*m = (struct memo){ 0 };
}

/* Where @addr is, or the free slot where it belongs. */
static size_t addr_map_slot_of(const struct memo *m, uint64_t addr)
{
	size_t i = (addr * 0x9e3779b97f4a7c15ull >> 32) & (m->nr_slots - 1);

	while (m->slot[i].text && m->slot[i].addr != addr)
		i = (i + 1) & (m->nr_slots - 1);
	return i;
}

/* At most half full, so that a search ends soon. */
static bool make_room(struct memo *m)
{
	struct memo bigger = { .nr_slots = m->nr_slots ? m->nr_slots * 2 : 256 };

	if (m->nr_used * 2 < m->nr_slots)
		return true;
	bigger.slot = calloc(bigger.nr_slots, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	for (size_t i = 0; i < m->nr_slots; i++)
		if (m->slot[i].text)
			bigger.slot[addr_map_slot_of(&bigger, m->slot[i].addr)] =
				m->slot[i];
	free(m->slot);
	m->slot = bigger.slot;
	m->nr_slots = bigger.nr_slots;
	return true;
}

const char *memo_get(const struct memo *m, uint64_t addr)
{
	return m->nr_slots ? m->slot[addr_map_slot_of(m, addr)].text : NULL;
}

const char *memo_add(struct memo *m, uint64_t addr, char *text)
{
	struct memo_slot *slot;

	if (!text || !make_room(m)) {
		free(text);
		return NULL;
	}
	slot = &m->slot[addr_map_slot_of(m, addr)];
	if (!slot->text)
		m->nr_used++;
	free(slot->text);
	*slot = (struct memo_slot){ addr, text };
	return text;
}
