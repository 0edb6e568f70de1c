/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The address area of .gdb_index (GDB manual, "Index Section Format", versions 7 to 9):
 * what gdb-add-index and lld --gdb-index leave for whoever comes without .debug_aranges.
 * Pure; fuzzed. .debug_names is not read: it knows names, which statics share, and no
 * addresses, and cu_ranges.c is fast enough without.
 */
#include "base/bytes.h"
#include "debuginfo/debuginfo_internal.h"

enum { UNIT_SIZE = 16, ADDRESS_SIZE = 20 };

/* Little-endian on every machine. */
static uint64_t gdb_index_at(const struct bytes *index, uint64_t offset, size_t size)
{
	return bytes_uint(index->p + offset, size, false);
}

bool gdb_index_scan(const struct bytes *index, uint64_t info_size, struct arange_want *wants,
		    size_t nr)
{
	uint64_t version, units, types, addresses, symbols;

	if (index->len < 24)
		return false;
	version = gdb_index_at(index, 0, 4);
	units = gdb_index_at(index, 4, 4);
	types = gdb_index_at(index, 8, 4);
	addresses = gdb_index_at(index, 12, 4);
	symbols = gdb_index_at(index, 16, 4);
	if (version < 7 || version > 9 || units > types || types > addresses ||
	    addresses > symbols || symbols > index->len)
		return false;
	for (; symbols - addresses >= ADDRESS_SIZE; addresses += ADDRESS_SIZE) {
		const uint64_t first = gdb_index_at(index, addresses, 8);
		const uint64_t end = gdb_index_at(index, addresses + 8, 8);
		const uint64_t i = gdb_index_at(index, addresses + 16, 4);
		uint64_t unit;

		if (first >= end || i >= (types - units) / UNIT_SIZE)
			continue;
		unit = gdb_index_at(index, units + i * UNIT_SIZE, 8);
		if (unit < info_size)
			aranges_mark(wants, nr, first, end - first, unit);
	}
	return true;
}
