/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which unit covers an address, where there are no .debug_aranges (clang writes none):
 * the first entry of every unit says which ranges it has (DWARF 5, 2.17). Pure; fuzzed.
 * libdw would keep all it reads of some thousand units; we keep nothing.
 */
#include <dwarf.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/die_scan.h"

/* Of one unit; more is damage. */
#define MAX_RANGES 65536
#define MAX_ABBREVS 4096

/* What the first entry says, as it stands there: bases may come last. */
struct facts {
	uint16_t low_form, high_form, ranges_form;	/* 0: it has none */
	uint64_t low, high, ranges, addr_base, rnglists_base;
	unsigned int version;
};

struct ranges_walk {
	const struct ranges_source *from;
	struct die_reader r;
	struct facts f;
	uint64_t unit;
	struct arange_want *wants;
	size_t nr_wants, nr_found;
};

static void cu_ranges_cover(struct ranges_walk *w, uint64_t first, uint64_t end)
{
	if (first < end)
		w->nr_found += aranges_mark(w->wants, w->nr_wants, first, end - first, w->unit);
}

/* ---- The first entry ---- */

static bool cu_ranges_read_header(struct ranges_walk *w, uint64_t *ret_abbrevs)
{
	struct die_reader *r = &w->r;
	uint64_t type = DW_UT_compile;

	r->offset_size = die_uint(r, 4) == 0xffffffff ? 8 : 4;
	if (r->offset_size == 8)
		die_skip(r, 8);
	w->f.version = (unsigned int)die_uint(r, 2);
	if (w->f.version >= 5) {
		type = die_uint(r, 1);
		r->addr_size = (uint8_t)die_uint(r, 1);
	}
	*ret_abbrevs = die_uint(r, r->offset_size);
	if (w->f.version < 5)
		r->addr_size = (uint8_t)die_uint(r, 1);
	return !r->failed && w->f.version >= 2 && w->f.version <= 5 &&
	       type == DW_UT_compile && (r->addr_size == 4 || r->addr_size == 8);
}

/* An index or an offset, an address or a size: all of them are numbers. */
static uint64_t take_number(struct die_reader *r, struct die_spec s)
{
	switch (s.form) {
	case DW_FORM_udata: case DW_FORM_addrx: case DW_FORM_rnglistx:
		return die_uleb(r);
	}
	if (s.size > 0 && s.size <= 8)
		return die_uint(r, (size_t)s.size);
	r->failed = true;
	return 0;
}

/* False: nobody knows where the next one stands. */
static bool take_attribute(struct ranges_walk *w, struct die_spec s)
{
	struct facts *f = &w->f;
	const int size = die_form_size(&w->r, s.form);

	if (size == -2)
		return false;
	s.size = (int16_t)size;
	switch (s.attr) {
	case DW_AT_low_pc:
		f->low_form = s.form;
		f->low = take_number(&w->r, s);
		break;
	case DW_AT_high_pc:
		f->high_form = s.form;
		f->high = take_number(&w->r, s);
		break;
	case DW_AT_ranges:
		f->ranges_form = s.form;
		f->ranges = take_number(&w->r, s);
		break;
	case DW_AT_addr_base:
		f->addr_base = take_number(&w->r, s);
		break;
	case DW_AT_rnglists_base:
		f->rnglists_base = take_number(&w->r, s);
		break;
	default:
		die_skip_value(&w->r, s);
	}
	return true;
}

/* Goes through the abbreviation and the entry side by side. */
static bool cu_ranges_read_entry(struct ranges_walk *w, uint64_t abbrevs)
{
	const struct bytes *b = &w->from->abbrev;
	const uint64_t want = die_uleb(&w->r);
	struct die_reader at = { .be = w->r.be };

	if (!want || abbrevs >= b->len)
		return false;
	at.p = b->p + abbrevs;
	at.end = b->p + b->len;
	for (unsigned int i = 0; i < MAX_ABBREVS && !at.failed; i++) {
		const uint64_t code = die_uleb(&at), tag = die_uleb(&at);

		die_skip(&at, 1);
		if (!code || (code == want && tag != DW_TAG_compile_unit))
			return false;
		while (!at.failed && !w->r.failed) {
			struct die_spec s = { .attr = (uint16_t)die_uleb(&at),
					      .form = (uint16_t)die_uleb(&at) };

			if (!s.attr && !s.form)
				break;
			if (s.form == DW_FORM_implicit_const)
				die_uleb(&at);
			if (code == want && !take_attribute(w, s))
				return false;
		}
		if (code == want)
			return !at.failed && !w->r.failed;
	}
	return false;
}

/* ---- Addresses ---- */

static uint64_t indexed(struct ranges_walk *w, uint64_t index)
{
	const struct bytes *b = &w->from->addr;
	const uint64_t base = w->f.addr_base, size = w->r.addr_size;

	if (base > b->len || index >= (b->len - base) / size) {
		w->r.failed = true;
		return 0;
	}
	return bytes_uint(b->p + base + index * size, size, w->r.be);
}

static bool is_index(uint16_t form)
{
	return form == DW_FORM_addrx || (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

/* ---- Lists of ranges ---- */

/* .debug_ranges: pairs that count from a base; (0, 0) ends them. */
static void list_of_4(struct ranges_walk *w, struct die_reader *at, uint64_t base)
{
	const size_t size = w->r.addr_size;
	const uint64_t top = size == 8 ? UINT64_MAX : UINT32_MAX;

	for (unsigned int i = 0; i < MAX_RANGES && !at->failed; i++) {
		const uint64_t first = die_uint(at, size), end = die_uint(at, size);

		if (at->failed || (!first && !end))
			return;
		if (first == top)
			base = end;
		else
			cu_ranges_cover(w, base + first, base + end);
	}
}

/* One entry of .debug_rnglists (DWARF 5, 7.25); false at the end. */
static bool entry_of_5(struct ranges_walk *w, struct die_reader *at, uint64_t *base)
{
	const size_t size = w->r.addr_size;
	uint64_t first, end;

	switch (die_uint(at, 1)) {
	case DW_RLE_base_addressx:
		*base = indexed(w, die_uleb(at));
		return true;
	case DW_RLE_base_address:
		*base = die_uint(at, size);
		return true;
	case DW_RLE_startx_endx:
		first = indexed(w, die_uleb(at));
		end = indexed(w, die_uleb(at));
		break;
	case DW_RLE_startx_length:
		first = indexed(w, die_uleb(at));
		end = first + die_uleb(at);
		break;
	case DW_RLE_offset_pair:
		first = *base + die_uleb(at);
		end = *base + die_uleb(at);
		break;
	case DW_RLE_start_end:
		first = die_uint(at, size);
		end = die_uint(at, size);
		break;
	case DW_RLE_start_length:
		first = die_uint(at, size);
		end = first + die_uleb(at);
		break;
	default:
		return false;
	}
	if (!at->failed && !w->r.failed)
		cu_ranges_cover(w, first, end);
	return true;
}

/* Where list @index begins: offsets stand at the base and count from it. */
static uint64_t list_offset(struct ranges_walk *w)
{
	const struct bytes *b = &w->from->rnglists;
	const uint64_t base = w->f.rnglists_base, size = w->r.offset_size;

	if (w->f.ranges_form != DW_FORM_rnglistx)
		return w->f.ranges;
	if (base > b->len || w->f.ranges >= (b->len - base) / size)
		return UINT64_MAX;
	return base + bytes_uint(b->p + base + w->f.ranges * size, size, w->r.be);
}

static void lists(struct ranges_walk *w, uint64_t base)
{
	const struct bytes *b = w->f.version < 5 ? &w->from->ranges : &w->from->rnglists;
	const uint64_t offset = list_offset(w);
	struct die_reader at = { .be = w->r.be };

	if (offset >= b->len)
		return;
	at.p = b->p + offset;
	at.end = b->p + b->len;
	if (w->f.version < 5)
		list_of_4(w, &at, base);
	else
		for (unsigned int i = 0; i < MAX_RANGES && !at.failed && !w->r.failed; i++)
			if (!entry_of_5(w, &at, &base))
				break;
}

size_t ranges_scan(const struct ranges_source *from, const struct bytes *unit,
		   uint64_t offset, struct arange_want *wants, size_t nr)
{
	struct ranges_walk w = { .from = from, .unit = offset, .wants = wants, .nr_wants = nr };
	uint64_t abbrevs, low = 0, high;

	w.r.be = from->big_endian;
	w.r.start = w.r.p = unit->p;
	w.r.end = unit->p + unit->len;
	if (!cu_ranges_read_header(&w, &abbrevs) || !cu_ranges_read_entry(&w, abbrevs))
		return 0;
	if (w.f.low_form)
		low = is_index(w.f.low_form) ? indexed(&w, w.f.low) : w.f.low;
	if (w.f.ranges_form) {
		lists(&w, low);
	} else if (w.f.low_form && w.f.high_form) {
		high = is_index(w.f.high_form) ? indexed(&w, w.f.high) : w.f.high;
		if (w.f.high_form != DW_FORM_addr && !is_index(w.f.high_form))
			high += low;
		if (!w.r.failed)
			cu_ranges_cover(&w, low, high);
	}
	return w.nr_found;
}
