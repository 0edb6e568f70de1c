/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Page frames: where the struct page of a frame is, and what it says. All of
 * physical memory has one array of struct page, or looks as if it had: mem_map
 * (FLATMEM), or the vmemmap that every mem_section points into.
 */
#ifndef KERNEL_MM_MEMMAP_H
#define KERNEL_MM_MEMMAP_H

#include "kernel/lookup.h"
#include "kernel/kernel.h"

extern const struct vmatlas_lookup frames_needs[];
extern const size_t nr_frames_needs;

enum { FRAMES_NR_FLAGS = 32, FRAMES_NR_ZONES = 6, FRAMES_PAGE_MAX = 256 };

struct frames {
	struct kernel *k;
	struct resolved *res;		/* frames_needs, looked up */
	bool known;			/* else why[] says what is missing */
	char why[128];
	uint64_t base;			/* of the struct page that frame 0 would have */
	uint64_t page_size;		/* sizeof(struct page) */
	uint64_t first, nr;		/* frames of mem_map; nr 0: not bounded by it */
	uint64_t from;			/* "mem_map", "vmemmap": address it was read at */
	const char *source;
	/* Decoding; read when the first frame is. */
	bool decodes;
	int64_t flag[FRAMES_NR_FLAGS];	/* bit of each name; -1: there is none */
	int64_t zone[FRAMES_NR_ZONES];
	unsigned int node_shift, zone_shift, zone_width;
	int64_t table_type;		/* of page tables (PGTY_table, 6.12); -1: unknown */
	bool has_node;
};

/* Only errors of ours: what the kernel does not tell is in ->why. */
VMATLAS_CHECKED struct vmatlas_error *frames_open(struct kernel *k, struct frames **ret);
void frames_free(struct frames *f);
DEFINE_FREEP(frames, frames_free)

/* Where the struct page of frame @pfn is. */
uint64_t frames_page(const struct frames *f, uint64_t pfn);

enum frame_use {
	FRAME_OTHER,			/* used by the kernel, we cannot say for what */
	FRAME_FREE, FRAME_SLAB, FRAME_RESERVED, FRAME_ANON, FRAME_CACHE, FRAME_TAIL,
	FRAME_TABLE,			/* a page table */
};

struct frame {
	uint64_t pfn, page;		/* address of its struct page */
	uint64_t flags;
	int64_t refcount, mapcount;
	uint64_t head;			/* struct page of the compound's head; 0 none */
	uint32_t use;			/* enum frame_use */
	uint32_t order;			/* FREE in the buddy's lists: 2^order pages */
	bool has_node, has_zone;
	uint32_t node;
	const char *zone;		/* "Normal"; NULL unknown */
	char flags_text[256];		/* "uptodate|lru|active" */
	char owner[64];			/* of slabs: the cache; "" unknown */
};

/* FAULT if the dump does not hold its struct page. */
VMATLAS_CHECKED struct vmatlas_error *
frames_read(struct frames *f, uint64_t pfn, struct frame *ret);

/*
 * Does the struct page in @raw look like one that somebody allocated, and nothing more:
 * referenced, of no type, without flags? So do most; the others need frames_read().
 */
bool frames_is_plain(const struct frames *f, const uint8_t *raw);

const char *frame_use_name(uint32_t use);

/* ---- page_flags.c, for memmap.c ---- */

enum frames_need {
	MEM_MAP, MAX_MAPNR, MEM_SECTION, SECTION, SECTION_MAP, NODE_DATA, NODE_TABLE,
	PAGE, PAGE_FLAGS, PAGE_REFCOUNT, PAGE_COUNT, PAGE_MAPCOUNT, PAGE_TYPE, PAGE_HEAD,
	PAGE_HEAD_NEW, PAGE_PRIVATE, PAGE_MAPPING, PAGE_SLAB, SLAB_CACHE, CACHE_NAME,
	NR_FRAMES_NEEDS,
};

/* In mm/vmalloc.c; and where the flags and zones are used by name. */
#define FRAMES_NEAR	 "vfree|vunmap"
#define FRAMES_NEAR_USE	 "__free_pages|free_pages|__alloc_pages"

VMATLAS_CHECKED struct vmatlas_error *frames_learn(struct frames *f);
VMATLAS_CHECKED struct vmatlas_error *
frames_decode(struct frames *f, const uint8_t *page, struct frame *ret);

#endif
