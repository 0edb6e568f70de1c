/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the entries of a unit are stored: shared by die_scan.c and abbrev.c. */
#ifndef DEBUGINFO_DWARF_DIE_SCAN_H
#define DEBUGINFO_DWARF_DIE_SCAN_H

#include "debuginfo/debuginfo_internal.h"

struct die_spec {
	uint16_t attr, form;
	int16_t size;			/* of a value; -1: it says so itself */
};

struct die_abbrev {
	uint16_t tag;
	bool has_children;
	bool has_name;
	bool has_sibling;
	bool is_declaration;
	uint32_t first, nr;		/* of its specs */
	int32_t size;			/* of an entry; -1: varies */
};

struct die_reader {
	const uint8_t *start, *p, *end;
	bool be, failed;
	bool has_foreign;		/* some entry refers to another unit */
	uint8_t addr_size, offset_size;
	const struct die_source *from;
	uint64_t str_offsets_base;
	VEC(struct die_abbrev) abbrevs;
	VEC(struct die_spec) specs;
};

/* All of these set @r->failed where the bytes end too early. */
uint64_t die_uint(struct die_reader *r, size_t size);
uint64_t die_uleb(struct die_reader *r);
void die_skip(struct die_reader *r, uint64_t n);
void die_skip_value(struct die_reader *r, struct die_spec s);

/* Reads the header of r->from's unit and leaves @r at its first entry. */
bool die_read_header(struct die_reader *r, uint64_t *ret_abbrevs);

/* Bytes of a value of @form; -1: it says so itself; -2: not understood. */
int die_form_size(const struct die_reader *r, uint16_t form);

/* Read the table of abbreviations at @offset of .debug_abbrev. */
enum dies_result die_abbrevs(struct die_reader *r, uint64_t offset);

#endif
