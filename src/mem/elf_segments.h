/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which segment of an ELF core holds an address. Pure. */
#ifndef MEM_ELF_SEGMENTS_H
#define MEM_ELF_SEGMENTS_H

#include "mem/mem.h"

struct segment_key {
	uint64_t first, last;
	uint64_t reach;			/* highest last so far: where overlaps end */
	uint32_t segment;
};

/* The segments that have an address of one space, sorted by it. */
struct segment_index {
	struct segment_key *keys;
	size_t nr;
};

VMATLAS_CHECKED struct vmatlas_error *
segment_index_init(struct segment_index *ix, const struct mem_segment *segments,
		   size_t nr, enum mem_space space);
void segment_index_done(struct segment_index *ix);

/*
 * The segment that holds @addr, and how far into it; of several, one that has
 * the byte in the file. NULL: none.
 */
const struct mem_segment *
segment_index_find(const struct segment_index *ix, const struct mem_segment *segments,
		   uint64_t addr, uint64_t *ret_skip);

#endif
