/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of every form, and the tables that say which entry holds which. Pure. */
#include <dwarf.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/die_scan.h"

/* Units of the largest kernels have about 300 abbreviations. */
#define MAX_ABBREVS 65536

uint64_t die_uint(struct die_reader *r, size_t size)
{
	uint64_t v;

	if ((size_t)(r->end - r->p) < size) {
		r->failed = true;
		r->p = r->end;
		return 0;
	}
	v = bytes_uint(r->p, size, r->be);
	r->p += size;
	return v;
}

uint64_t die_uleb(struct die_reader *r)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; r->p < r->end && shift < 64; shift += 7) {
		const uint8_t b = *r->p++;

		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	r->failed = true;
	return 0;
}

void die_skip(struct die_reader *r, uint64_t n)
{
	if (n > (uint64_t)(r->end - r->p)) {
		r->failed = true;
		r->p = r->end;
		return;
	}
	r->p += n;
}

int die_form_size(const struct die_reader *r, uint16_t form)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1: case DW_FORM_ref1: case DW_FORM_flag:
	case DW_FORM_strx1: case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2: case DW_FORM_ref2: case DW_FORM_strx2: case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3: case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4: case DW_FORM_ref4: case DW_FORM_strx4: case DW_FORM_addrx4:
		return 4;
	case DW_FORM_data8: case DW_FORM_ref8: case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return r->addr_size;
	case DW_FORM_strp: case DW_FORM_line_strp: case DW_FORM_sec_offset:
	case DW_FORM_ref_addr:
		return r->offset_size;
	case DW_FORM_block: case DW_FORM_exprloc: case DW_FORM_block1:
	case DW_FORM_block2: case DW_FORM_block4: case DW_FORM_string:
	case DW_FORM_udata: case DW_FORM_sdata: case DW_FORM_ref_udata:
	case DW_FORM_strx: case DW_FORM_addrx: case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		return -1;
	}
	return -2;
}

static void skip_varying(struct die_reader *r, uint16_t form)
{
	const uint8_t *nul;

	switch (form) {
	case DW_FORM_block1:
		die_skip(r, die_uint(r, 1));
		break;
	case DW_FORM_block2:
		die_skip(r, die_uint(r, 2));
		break;
	case DW_FORM_block4:
		die_skip(r, die_uint(r, 4));
		break;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		die_skip(r, die_uleb(r));
		break;
	case DW_FORM_string:
		nul = memchr(r->p, 0, (size_t)(r->end - r->p));
		die_skip(r, nul ? (uint64_t)(nul - r->p) + 1 : UINT64_MAX);
		break;
	default:
		die_uleb(r);
	}
}

void die_skip_value(struct die_reader *r, struct die_spec s)
{
	if (s.size >= 0)
		die_skip(r, (uint64_t)s.size);
	else
		skip_varying(r, s.form);
}

/* ---- Abbreviations ---- */

static void note_spec(struct die_abbrev *a, struct die_spec s)
{
	a->size = a->size < 0 || s.size < 0 ? -1 : a->size + s.size;
	a->has_name |= s.attr == DW_AT_name;
	a->has_sibling |= s.attr == DW_AT_sibling;
	a->is_declaration |=
		s.attr == DW_AT_declaration && s.form == DW_FORM_flag_present;
	a->nr++;
}

static enum dies_result read_specs(struct die_reader *r, struct die_reader *at,
				   struct die_abbrev *a)
{
	while (!at->failed) {
		const uint64_t attr = die_uleb(at), form = die_uleb(at);
		struct die_spec *s;
		int size;

		if (!attr && !form)
			return at->failed ? DIES_NOT_UNDERSTOOD : DIES_OK;
		if (attr > UINT16_MAX || form > UINT16_MAX || a->nr > UINT16_MAX)
			return DIES_NOT_UNDERSTOOD;
		size = die_form_size(r, (uint16_t)form);
		if (size == -2)
			return DIES_NOT_UNDERSTOOD;
		if (form == DW_FORM_implicit_const)
			die_uleb(at);
		s = vec_push(&r->specs);
		if (!s)
			return DIES_NO_MEMORY;
		*s = (struct die_spec){ (uint16_t)attr, (uint16_t)form, (int16_t)size };
		r->has_foreign |= form == DW_FORM_ref_sig8 || form == DW_FORM_ref_addr;
		note_spec(a, *s);
	}
	return DIES_NOT_UNDERSTOOD;
}

/* All that know to write DWARF number abbreviations 1, 2, 3 in order. */
enum dies_result die_abbrevs(struct die_reader *r, uint64_t offset)
{
	const struct bytes *b = &r->from->abbrev;
	struct die_reader at = { .be = r->be };
	enum dies_result result;

	if (offset >= b->len)
		return DIES_NOT_UNDERSTOOD;
	at.p = b->p + offset;
	at.end = b->p + b->len;
	for (uint64_t code = 1; code < MAX_ABBREVS; code++) {
		const uint64_t got = die_uleb(&at);
		struct die_abbrev *a;

		if (!got && !at.failed)
			return DIES_OK;
		if (got != code)
			return DIES_NOT_UNDERSTOOD;
		a = vec_push(&r->abbrevs);
		if (!a)
			return DIES_NO_MEMORY;
		a->tag = (uint16_t)die_uleb(&at);
		a->has_children = die_uint(&at, 1);
		a->first = (uint32_t)r->specs.nr;
		result = read_specs(r, &at, a);
		if (result != DIES_OK)
			return result;
	}
	return DIES_NOT_UNDERSTOOD;
}
