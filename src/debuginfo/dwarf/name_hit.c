/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dwarf.h>

#include "debuginfo/dwarf/name_hit.h"

void name_hits_done(struct name_hits *h)
{
	vec_done(&h->r.abbrevs);
	vec_done(&h->r.specs);
	h->unit = NULL;
}

static void name_hits_use(struct name_hits *h, const struct die_source *from)
{
	uint64_t abbrevs;

	name_hits_done(h);
	h->from = *from;
	h->r = (struct die_reader){ .from = &h->from, .be = from->big_endian };
	h->unit = from->info.p;
	h->is_understood = die_read_header(&h->r, &abbrevs) &&
			   die_abbrevs(&h->r, abbrevs) == DIES_OK;
}

/* Bytes of an entry before its name; -1: they vary. */
static int bytes_before_name(const struct name_hits *h, const struct die_abbrev *a)
{
	int bytes = 0;

	for (uint32_t i = 0; i < a->nr; i++) {
		const struct die_spec s = h->r.specs.v[a->first + i];

		if (s.attr == DW_AT_name)
			return bytes;
		if (s.size < 0)
			return -1;
		bytes += s.size;
	}
	return -1;
}

/* Do the bytes that end at @at say @code? */
static bool ends_with_code(const struct name_hits *h, uint64_t at, uint64_t code)
{
	uint8_t bytes[10];
	uint64_t nr = 0;

	do {
		bytes[nr++] = (uint8_t)((code & 0x7f) | (code > 0x7f ? 0x80 : 0));
		code >>= 7;
	} while (code);
	if (at < nr)
		return false;
	for (uint64_t i = 0; i < nr; i++)
		if (h->unit[at - nr + i] != bytes[i])
			return false;
	return true;
}

unsigned int name_hit(struct name_hits *h, const struct die_source *from, uint64_t at,
		      bool (*is)(int tag, enum vmatlas_type_kind kind), enum vmatlas_type_kind kind)
{
	unsigned int ret = 0;

	if (h->unit != from->info.p)
		name_hits_use(h, from);
	if (!h->is_understood)
		return HIT_DEFINITION | HIT_DECLARATION;
	for (size_t i = 0; i < h->r.abbrevs.nr; i++) {
		const struct die_abbrev *a = &h->r.abbrevs.v[i];
		int before;

		if (!a->has_name || !is(a->tag, kind))
			continue;
		before = bytes_before_name(h, a);
		if (before >= 0 && ((uint64_t)before > at ||
				    !ends_with_code(h, at - (uint64_t)before, i + 1)))
			continue;
		/* a flag that is a byte of the entry may say either */
		ret |= a->is_declaration ? HIT_DECLARATION : HIT_DEFINITION | HIT_DECLARATION;
	}
	return ret;
}
