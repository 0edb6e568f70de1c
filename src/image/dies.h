/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the entries of a unit are stored: shared by dies.c and abbrevs.c. */
#ifndef IMAGE_DIES_H
#define IMAGE_DIES_H

#include "image/private.h"

struct spec {
	uint16_t attr, form;
};

struct abbrev {
	uint16_t tag;
	bool has_children;
	bool has_name;
	bool has_sibling;
	bool is_declaration;
	uint32_t first, nr;		/* of its specs */
	int32_t size;			/* of an entry; -1: varies */
};

struct reader {
	const uint8_t *start, *p, *end;
	bool be, failed;
	uint8_t addr_size, offset_size;
	const struct die_source *from;
	uint64_t str_offsets_base;
	VEC(struct abbrev) abbrevs;
	VEC(struct spec) specs;
};

/* All of these set @r->failed where the bytes end too early. */
uint64_t take_uint(struct reader *r, size_t size);
uint64_t take_uleb(struct reader *r);
void skip(struct reader *r, uint64_t n);
void skip_value(struct reader *r, uint16_t form);

/* Bytes of a value of @form; -1: it says so itself; -2: not understood. */
int form_size(const struct reader *r, uint16_t form);

/* Read the table of abbreviations at @offset of .debug_abbrev. */
enum dies_result read_abbrevs(struct reader *r, uint64_t offset);

#endif
