/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hash of 64-bit keys, each with a number: how many came before it. What is kept for a
 * key stands in an array of the user's, at that number; a set needs none.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Fibonacci hashing: the upper bits are the good ones. */
static inline uint64_t hash_u64(uint64_t key)
{
	return key * 0x9e3779b97f4a7c15;
}

struct hash_slot {
	uint64_t key;
	size_t number;			/* 1 and up; 0: free */
};

/* Open addressing, at most half full. All zeros is an empty one. */
struct hash {
	struct hash_slot *slot;
	size_t nr;			/* keys */
	unsigned int bits;		/* log2 of the slots */
};

static inline void hash_done(struct hash *h)
{
	free(h->slot);
	*h = (struct hash){ 0 };
}

/* Where @key is, or the free slot where it belongs. Not for an empty hash. */
static inline struct hash_slot *hash_slot_of(const struct hash *h, uint64_t key)
{
	const size_t mask = ((size_t)1 << h->bits) - 1;
	size_t at = (size_t)(hash_u64(key) >> (64 - h->bits));

	while (h->slot[at].number && h->slot[at].key != key)
		at = (at + 1) & mask;
	return &h->slot[at];
}

/* The number of @key; SIZE_MAX if it is not there. */
static inline size_t hash_find(const struct hash *h, uint64_t key)
{
	return h->bits ? hash_slot_of(h, key)->number - 1 : SIZE_MAX;
}

static inline bool hash_grow_(struct hash *h)
{
	struct hash larger = { .nr = h->nr, .bits = h->bits ? h->bits + 1 : 8 };

	larger.slot = calloc((size_t)1 << larger.bits, sizeof(*larger.slot));
	if (!larger.slot)
		return false;
	for (size_t i = 0; h->bits && i < (size_t)1 << h->bits; i++)
		if (h->slot[i].number)
			*hash_slot_of(&larger, h->slot[i].key) = h->slot[i];
	free(h->slot);
	*h = larger;
	return true;
}

/* *ret_new: it was not there, and has number h->nr - 1 now. False: no memory. */
static inline bool hash_add(struct hash *h, uint64_t key, bool *ret_new)
{
	struct hash_slot *slot;

	if ((!h->bits || h->nr >= (size_t)1 << (h->bits - 1)) && !hash_grow_(h))
		return false;
	slot = hash_slot_of(h, key);
	*ret_new = !slot->number;
	if (*ret_new)
		*slot = (struct hash_slot){ key, ++h->nr };
	return true;
}

#endif
