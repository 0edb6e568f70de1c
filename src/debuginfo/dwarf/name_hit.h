/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose name stands at a place of .debug_info? Names of members are found as often as
 * those of types, and declarations a thousand times as often as definitions: the bytes
 * before a name are the number of its entry's abbreviation, which tells them apart at a
 * fraction of what reading the unit costs.
 */
#ifndef DEBUGINFO_DWARF_NAME_HIT_H
#define DEBUGINFO_DWARF_NAME_HIT_H

#include "debuginfo/dwarf/die_scan.h"

struct name_abbrev {
	uint64_t code;
	int before;			/* bytes of an entry before its name; -1: they vary */
	unsigned int may_be;
};

struct name_hits {
	VEC(struct name_abbrev) abbrevs;	/* of @unit, that entries looked for may have */
	const uint8_t *unit;		/* NULL: none yet */
	bool is_understood;
};

enum { HIT_DEFINITION = 1, HIT_DECLARATION = 2 };

/*
 * What the name @at bytes from the start of the unit @from can be the name of, of entries
 * for which @is; enum values, or'ed. All, if that cannot be told.
 */
unsigned int name_hit(struct name_hits *h, const struct die_source *from, uint64_t at,
		      bool (*is)(int tag, enum vmatlas_type_kind kind), enum vmatlas_type_kind kind);

void name_hits_done(struct name_hits *h);

#endif
