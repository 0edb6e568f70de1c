/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dwarf.h>

#include "debuginfo/dwarf/name_hit.h"

void name_hits_done(struct name_hits *h)
{
	vec_done(&h->abbrevs);
	h->unit = NULL;
}

static int bytes_before_name(const struct die_reader *r, const struct die_abbrev *a)
{
	int bytes = 0;

	for (uint32_t i = 0; i < a->nr; i++) {
		const struct die_spec s = r->specs.v[a->first + i];

		if (s.attr == DW_AT_name)
			return bytes;
		if (s.size < 0)
			return -1;
		bytes += s.size;
	}
	return -1;
}

/* False: no memory. */
static bool take_abbrevs(struct name_hits *h, const struct die_reader *r,
			 bool (*is)(int tag, enum vmatlas_type_kind kind),
			 enum vmatlas_type_kind kind)
{
	h->abbrevs.nr = 0;
	for (size_t i = 0; i < r->abbrevs.nr; i++) {
		const struct die_abbrev *a = &r->abbrevs.v[i];
		struct name_abbrev *to;

		if (!a->has_name || !is(a->tag, kind))
			continue;
		to = vec_push(&h->abbrevs);
		if (!to)
			return false;
		/* a flag that is a byte of the entry may say either */
		*to = (struct name_abbrev){ i + 1, bytes_before_name(r, a), a->is_declaration ?
			HIT_DECLARATION : HIT_DEFINITION | HIT_DECLARATION };
	}
	return true;
}

static void name_hits_use(struct name_hits *h, const struct die_source *from,
			  bool (*is)(int tag, enum vmatlas_type_kind kind),
			  enum vmatlas_type_kind kind)
{
	struct die_reader r = { .from = from, .be = from->big_endian };
	uint64_t abbrevs;

	h->unit = from->info.p;
	h->is_understood = die_read_header(&r, &abbrevs) && die_abbrevs(&r, abbrevs) == DIES_OK &&
			   take_abbrevs(h, &r, is, kind);
	vec_done(&r.abbrevs);
	vec_done(&r.specs);
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
		name_hits_use(h, from, is, kind);
	if (!h->is_understood)
		return HIT_DEFINITION | HIT_DECLARATION;
	for (size_t i = 0; i < h->abbrevs.nr; i++) {
		const struct name_abbrev *a = &h->abbrevs.v[i];

		if (a->before < 0 || ((uint64_t)a->before <= at &&
				      ends_with_code(h, at - (uint64_t)a->before, a->code)))
			ret |= a->may_be;
	}
	return ret;
}
