/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a bit-field is: pure. */
#ifndef DEBUGINFO_BIT_FIELD_H
#define DEBUGINFO_BIT_FIELD_H

#include "debuginfo/debuginfo.h"

/*
 * Turn @m, at .offset of whose bytes nothing else is added, to the @size bits that begin
 * @bit bits above it. False if no 8 bytes hold them.
 */
static inline bool bit_field_place(struct image_member *m, uint64_t bit, uint64_t size)
{
	const uint64_t shift = bit % 8;

	if (!size || size > 64 || shift + size > 64)
		return false;
	m->offset += bit / 8;
	m->size = (shift + size + 7) / 8;
	m->bit_shift = (uint8_t)shift;
	m->bit_size = (uint8_t)size;
	return true;
}

#endif
