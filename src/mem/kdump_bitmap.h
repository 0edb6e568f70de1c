/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which pages a kdump describes, which it holds, and where their data lies. */
#ifndef MEM_KDUMP_BITMAP_H
#define MEM_KDUMP_BITMAP_H

#include "mem/mem_internal.h"
#include "mem/kdump_header.h"

enum page_state {
	PAGE_BEYOND,			/* behind the last page described */
	PAGE_ELSEWHERE,			/* in another file of a split dump */
	PAGE_HOLE,			/* no RAM */
	PAGE_FILTERED,			/* RAM, and makedumpfile left it out */
	PAGE_LOST,			/* its data is behind the end of the file */
	PAGE_UNWRITTEN,			/* makedumpfile ran out of space before it */
	PAGE_PRESENT,
};

enum { PAGEMAP_CHUNK = 4096 };		/* bytes of bitmap read and counted as one */

struct bitmap {
	uint64_t offset;		/* in the file */
	uint64_t chunk;			/* the one in @bytes; UINT64_MAX: none */
	uint8_t bytes[PAGEMAP_CHUNK];
};

struct pagemap {
	struct mem *mem;
	int fd;
	const struct diskdump_head *head;
	struct bitmap ram, dumped;
	uint64_t bytes;			/* of one bitmap */
	uint64_t descs;			/* file offset of the descriptors */
	uint64_t *before;		/* pages dumped before each chunk */
	uint64_t nr_dumped;
};

/* FORMAT if the bitmaps are not all in the file. @mem, @head must outlive @map. */
VMATLAS_CHECKED struct vmatlas_error *
pagemap_init(struct pagemap *map, struct mem *mem, int fd,
	     const struct diskdump_head *head);
void pagemap_done(struct pagemap *map);

/* Cheap: by the bitmaps alone, PAGE_PRESENT if the page should be there. */
VMATLAS_CHECKED struct vmatlas_error *
pagemap_state(struct pagemap *map, uint64_t pfn, enum page_state *ret);

/* Of a page that should be there: is its data? */
VMATLAS_CHECKED struct vmatlas_error *
pagemap_data_state(struct pagemap *map, uint64_t pfn, enum page_state *ret);

/*
 * Bytes that a complete file has, as far as its last descriptors tell; not
 * *ret_sure if they tell too little.
 */
VMATLAS_CHECKED struct vmatlas_error *
pagemap_expected(struct pagemap *map, uint64_t *ret, bool *ret_sure);

/* Runs of RAM, malloc'ed; all in one where there are unreasonably many. */
VMATLAS_CHECKED struct vmatlas_error *
pagemap_segments(struct pagemap *map, struct mem_segment **ret, size_t *ret_nr);

#endif
