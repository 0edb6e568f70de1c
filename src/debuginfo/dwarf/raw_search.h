/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding bytes in .debug_info: an address or the offset of a name stands there as it
 * is, so 170 MB are searched for it in 15 ms, where reading every entry takes seconds.
 * What is found is only a place to look at.
 */
#ifndef DEBUGINFO_DWARF_RAW_SEARCH_H
#define DEBUGINFO_DWARF_RAW_SEARCH_H

#include "debuginfo/debuginfo_internal.h"

enum { NEEDLE_MAX = 256 };

struct raw_needle {
	uint8_t bytes[NEEDLE_MAX];
	size_t len;			/* 3 and more; of many needles, 4 */
};

/* Sections as DWARF means them, unpacked. */
struct raw_sections {
	struct bytes info, abbrev, str, line_str, str_offsets;
	bool is_file;			/* .info is mapped from the file, from here on: */
	uint64_t file_offset;
};

VMATLAS_CHECKED struct vmatlas_error *
raw_sections(struct image *image, struct raw_sections *ret);

/* @offset of .debug_info; not 0: enough. */
typedef int raw_hit_fn(void *arg, uint64_t offset);

/* Call @fn with each place where one of @needles is, ascending. */
VMATLAS_CHECKED struct vmatlas_error *
raw_search(struct image *image, const struct raw_sections *in, const struct raw_needle *needles,
	   size_t nr, raw_hit_fn *fn, void *arg);

/* Where @needle is in @len bytes at @p, after @from; SIZE_MAX: nowhere. Pure. */
size_t raw_find(const uint8_t *p, size_t len, size_t from, const struct raw_needle *needle);

#endif
