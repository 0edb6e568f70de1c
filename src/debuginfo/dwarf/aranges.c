/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * .debug_aranges in one scan for all wanted addresses: which unit covers them.
 * Pure; fuzzed. libdw's own reader visits the header of every unit in
 * .debug_info, thousands of pages that we never need.
 */
#include "base/bytes.h"
#include "debuginfo/debuginfo_internal.h"

/* The tuples of one unit (DWARF 5, 6.1.2 "Lookup by Address"). */
struct aranges_set {
	const uint8_t *p, *end;
	uint64_t unit;
	uint8_t addr_size;
	bool is_usable;
};

/* Reads the header at @p; NULL if it makes no sense. */
static const uint8_t *aranges_set_read(const uint8_t *p, const uint8_t *end, bool be,
				       struct aranges_set *ret)
{
	const uint8_t *start = p;
	uint64_t len, offset_size = 4, header;

	if (end - p < 4)
		return NULL;
	len = bytes_uint(p, 4, be);
	p += 4;
	if (len == 0xffffffff) {
		if (end - p < 8)
			return NULL;
		len = bytes_uint(p, 8, be);
		p += 8;
		offset_size = 8;
	}
	if (len > (uint64_t)(end - p))
		return NULL;
	end = p + len;
	if (len < 2 + offset_size + 2)
		return NULL;
	ret->is_usable = bytes_uint(p, 2, be) == 2 && !p[2 + offset_size + 1] &&
			 (p[2 + offset_size] == 4 || p[2 + offset_size] == 8);
	ret->unit = bytes_uint(p + 2, offset_size, be);
	ret->addr_size = p[2 + offset_size];
	ret->end = end;
	if (!ret->is_usable)
		return end;

	/* The first tuple is aligned to its own size, from the set's start. */
	header = align_up((uint64_t)(p - start) + 2 + offset_size + 2,
			  2 * ret->addr_size);
	ret->is_usable = header <= (uint64_t)(end - start);
	ret->p = start + MIN(header, (uint64_t)(end - start));
	return end;
}

/* The first of @wants at or above @addr. */
static size_t lower_bound(const struct arange_want *wants, size_t nr, uint64_t addr)
{
	size_t first = 0;

	while (nr) {
		const size_t half = nr / 2;

		if (wants[first + half].addr < addr) {
			first += half + 1;
			nr -= half + 1;
		} else {
			nr = half;
		}
	}
	return first;
}

size_t aranges_mark(struct arange_want *wants, size_t nr, uint64_t addr, uint64_t len,
		    uint64_t unit)
{
	size_t found = 0;

	for (size_t i = lower_bound(wants, nr, addr); i < nr && wants[i].addr - addr < len;
	     i++) {
		if (wants[i].found)
			continue;
		wants[i].found = true;
		wants[i].unit = unit;
		found++;
	}
	return found;
}

/* How many of @wants were found in this set. */
static size_t set_scan(const struct aranges_set *s, bool be, struct arange_want *wants,
		       size_t nr)
{
	const size_t size = s->addr_size;
	size_t found = 0;

	for (const uint8_t *p = s->p; (size_t)(s->end - p) >= 2 * size; p += 2 * size) {
		const uint64_t addr = bytes_uint(p, size, be);
		const uint64_t len = bytes_uint(p + size, size, be);

		if (!addr && !len)
			break;
		found += aranges_mark(wants, nr, addr, len, s->unit);
	}
	return found;
}

bool aranges_scan(const struct bytes *aranges, bool big_endian,
		  struct arange_want *wants, size_t nr)
{
	const uint8_t *p = aranges->p, *end = p + aranges->len;
	size_t open = 0;

	for (size_t i = 0; i < nr; i++)
		open += !wants[i].found;
	while (open && p < end) {
		struct aranges_set s = { 0 };

		p = aranges_set_read(p, end, big_endian, &s);
		if (!p)
			return false;
		if (s.is_usable)
			open -= set_scan(&s, big_endian, wants, nr);
	}
	return true;
}
