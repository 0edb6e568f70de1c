/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that lives as long as the atlas; equal texts are kept once. */
#include <string.h>

#include "map/vmatlas_internal.h"

struct text {
	struct text *next;
	uint64_t hash;
	char s[];
};

#define BUCKETS 256	/* names and sources are few; areas share theirs */

struct strings {
	struct text *bucket[BUCKETS];
};

struct strings *strings_new(void)
{
	return calloc(1, sizeof(struct strings));
}

void strings_free(struct strings *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (s->bucket[i]) {
			struct text *next = s->bucket[i]->next;

			free(s->bucket[i]);
			s->bucket[i] = next;
		}
	free(s);
}

static uint64_t fnv(const char *text)
{
	uint64_t h = 14695981039346656037ull;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211ull;
	return h;
}

const char *strings_add(struct strings *s, const char *text)
{
	const uint64_t h = fnv(text ? text : "");
	struct text **bucket = &s->bucket[h % BUCKETS];
	struct text *t;
	size_t len;

	if (!text)
		text = "";
	for (t = *bucket; t; t = t->next)
		if (t->hash == h && !strcmp(t->s, text))
			return t->s;
	len = strlen(text);
	t = malloc(sizeof(*t) + len + 1);
	if (!t)
		return NULL;
	t->hash = h;
	memcpy(t->s, text, len + 1);
	t->next = *bucket;
	*bucket = t;
	return t->s;
}
