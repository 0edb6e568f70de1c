/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The types at the top of one unit: where they stand and what they are called.
 * Pure; fuzzed. This is all of DWARF that we read ourselves: a unit holds some
 * 3,000 entries of which we want three, and libdw takes 300 us to step over them
 * where a loop that knows their sizes takes 30. What it does not understand, it
 * leaves to libdw.
 */
#include <dwarf.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/die_scan.h"

#define MAX_DEPTH 1024

/* ---- The unit's header ---- */

uint64_t dies_unit_size(const struct bytes *info, bool big_endian)
{
	uint64_t len, header = 4;

	if (info->len < 12)
		return 0;
	len = bytes_uint(info->p, 4, big_endian);
	if (len == 0xffffffff) {
		len = bytes_uint(info->p + 4, 8, big_endian);
		header = 12;
	}
	if (!len || len > info->len - header)
		return 0;
	return header + len;
}

bool die_read_header(struct die_reader *r, uint64_t *ret_abbrevs)
{
	const uint64_t size = dies_unit_size(&r->from->info, r->be);
	uint64_t version, type = DW_UT_compile;

	if (!size)
		return false;
	r->start = r->p = r->from->info.p;
	r->end = r->start + size;
	r->offset_size = bytes_uint(r->p, 4, r->be) == 0xffffffff ? 8 : 4;
	die_skip(r, r->offset_size == 8 ? 12 : 4);
	version = die_uint(r, 2);
	if (version == 5) {
		type = die_uint(r, 1);
		r->addr_size = (uint8_t)die_uint(r, 1);
		*ret_abbrevs = die_uint(r, r->offset_size);
	} else {
		*ret_abbrevs = die_uint(r, r->offset_size);
		r->addr_size = (uint8_t)die_uint(r, 1);
	}
	return !r->failed && version >= 3 && version <= 5 && r->addr_size <= 8 &&
	       (type == DW_UT_compile || type == DW_UT_partial);
}

/* ---- Entries ---- */

static const char *string_at(const struct bytes *b, uint64_t offset)
{
	/* The caller made sure that the last byte is 0. */
	return offset < b->len ? (const char *)b->p + offset : NULL;
}

static const char *indexed_string(struct die_reader *r, uint64_t index)
{
	const struct bytes *b = &r->from->str_offsets;
	const uint64_t base = r->str_offsets_base;

	if (!base || base > b->len || index >= (b->len - base) / r->offset_size)
		return NULL;
	return string_at(&r->from->str, bytes_uint(b->p + base + index * r->offset_size,
						   r->offset_size, r->be));
}

static const char *take_name(struct die_reader *r, struct die_spec s)
{
	const char *name;

	switch (s.form) {
	case DW_FORM_string:
		name = (const char *)r->p;
		die_skip_value(r, s);
		return r->failed ? NULL : name;
	case DW_FORM_strp:
		return string_at(&r->from->str, die_uint(r, r->offset_size));
	case DW_FORM_line_strp:
		return string_at(&r->from->line_str, die_uint(r, r->offset_size));
	case DW_FORM_strx:
		return indexed_string(r, die_uleb(r));
	case DW_FORM_strx1: case DW_FORM_strx2: case DW_FORM_strx3: case DW_FORM_strx4:
		return indexed_string(r, die_uint(r, (size_t)s.size));
	}
	r->failed = true;
	return NULL;
}

static uint64_t take_reference(struct die_reader *r, struct die_spec s)
{
	if (s.form == DW_FORM_ref_udata)
		return die_uleb(r);
	if (s.form == DW_FORM_ref1 || s.form == DW_FORM_ref2 || s.form == DW_FORM_ref4 ||
	    s.form == DW_FORM_ref8)
		return die_uint(r, (size_t)s.size);
	r->failed = true;
	return 0;
}

static bool die_is_type(uint16_t tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
	       tag == DW_TAG_typedef || tag == DW_TAG_enumeration_type;
}

/* Reads the attributes at @r; *ret_sibling is an offset, 0 for none. */
static void die_read_entry(struct die_reader *r, const struct die_abbrev *a,
			   struct die_entry *e, uint64_t *ret_sibling)
{
	e->is_declaration = a->is_declaration;
	*ret_sibling = 0;
	for (uint32_t i = 0; i < a->nr && !r->failed; i++) {
		const struct die_spec s = r->specs.v[a->first + i];

		if (s.attr == DW_AT_name && die_is_type(a->tag))
			e->name = take_name(r, s);
		else if (s.attr == DW_AT_sibling)
			*ret_sibling = take_reference(r, s);
		else if (s.attr == DW_AT_declaration && s.form == DW_FORM_flag)
			e->is_declaration = die_uint(r, 1);
		else if (s.attr == DW_AT_str_offsets_base &&
			 a->tag == DW_TAG_compile_unit)
			r->str_offsets_base = die_uint(r, r->offset_size);
		else
			die_skip_value(r, s);
	}
}

static enum dies_result die_add(struct die_list *list, const struct die_entry *e)
{
	struct die_entry *to = vec_push(&list->entries);

	if (!to)
		return DIES_NO_MEMORY;
	*to = *e;
	return DIES_OK;
}

/* Whether the children of the entry just read can be stepped over at once. */
static bool jump(struct die_reader *r, uint64_t sibling)
{
	const uint64_t size = (uint64_t)(r->end - r->start);

	if (sibling <= (uint64_t)(r->p - r->start) || sibling >= size)
		return false;
	r->p = r->start + sibling;
	return true;
}

static enum dies_result read_entries(struct die_reader *r, struct die_list *list)
{
	unsigned int depth = 0;
	uint64_t sibling;

	while (!r->failed && r->p < r->end) {
		struct die_entry e = { .offset = (uint64_t)(r->p - r->start) };
		const uint64_t code = die_uleb(r);

		if (!code && depth-- <= 1)
			return r->failed ? DIES_NOT_UNDERSTOOD : DIES_OK;
		if (!code)
			continue;
		if (code > r->abbrevs.nr)
			return DIES_NOT_UNDERSTOOD;
		const struct die_abbrev *a = &r->abbrevs.v[code - 1];
		const bool is_wanted = depth == 1 && die_is_type(a->tag);

		list->has_imports |= a->tag == DW_TAG_imported_unit;
		sibling = 0;
		if (a->size >= 0 && !is_wanted && !a->has_sibling && depth)
			die_skip(r, (uint64_t)a->size);
		else
			die_read_entry(r, a, &e, &sibling);
		e.tag = a->tag;
		if (is_wanted && die_add(list, &e) != DIES_OK)
			return DIES_NO_MEMORY;
		if (a->has_children && !(depth && sibling && jump(r, sibling)))
			depth++;
		if (depth > MAX_DEPTH)
			return DIES_NOT_UNDERSTOOD;
	}
	/* A unit may end without the last 0. */
	return r->failed ? DIES_NOT_UNDERSTOOD : DIES_OK;
}

static bool ends_with_nul(const struct bytes *b)
{
	return !b->len || !b->p[b->len - 1];
}

enum dies_result dies_scan(const struct die_source *from, struct die_list *ret)
{
	struct die_reader r = { .from = from, .be = from->big_endian };
	enum dies_result result = DIES_NOT_UNDERSTOOD;
	struct die_list list = { 0 };
	uint64_t abbrevs;

	if (ends_with_nul(&from->str) && ends_with_nul(&from->line_str) &&
	    die_read_header(&r, &abbrevs))
		result = die_abbrevs(&r, abbrevs);
	if (result == DIES_OK)
		result = read_entries(&r, &list);
	vec_done(&r.abbrevs);
	vec_done(&r.specs);
	list.has_foreign = r.has_foreign;
	if (result == DIES_OK)
		*ret = list;
	else
		die_list_done(&list);
	return result;
}

void die_list_done(struct die_list *list)
{
	vec_done(&list->entries);
}
