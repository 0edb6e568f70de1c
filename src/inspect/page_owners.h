/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The judge of who owns the pages of areas, at work. */
#ifndef INSPECT_PAGE_OWNERS_H
#define INSPECT_PAGE_OWNERS_H

#include "kernel/mm/memmap.h"
#include "map/evidence_list.h"
#include "map/format.h"

#define MAX_SUSPECTS 64			/* pages whose owners are looked for */
#define MAX_TOLD 8			/* and told one by one */
#define MAX_SLOW 4096			/* struct pages that are decoded whole */

enum page_fault {
	PAGE_TWO_AREAS, PAGE_NO_FRAME, PAGE_TEXT, PAGE_FREE, PAGE_SLAB_OBJECTS, PAGE_TABLE,
	PAGE_ANON, PAGE_CACHE,
	PAGE_UNREFERENCED,		/* nobody holds it: given back, and on no list yet */
};

struct page_suspect {
	uint64_t page, pfn;
	enum page_fault why;
	struct { const struct vmatlas_claim *claim; uint64_t index; } owner[2];
	size_t nr_owners;
};

struct page_owners {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	struct kernel *k;
	struct frames *frames;
	VEC(uint64_t *) leaves;		/* bitmaps of frames; NULL: none of them */
	uint64_t text_from, text_to;	/* frames of the kernel's text */
	struct page_suspect suspects[MAX_SUSPECTS];
	size_t nr_suspects;
	uint64_t nr_all;		/* with those that are not kept */
	uint64_t nr_unreferenced;	/* of nr_all: PAGE_UNREFERENCED */
	uint64_t nr_pages, nr_judged, nr_slow, nr_left_out;
	uint64_t nr_unread, nr_structs_unread;
	bool was_paused;		/* record_paused, outside */
};

typedef struct vmatlas_error *page_owner_fn(struct page_owners *o,
					    const struct vmatlas_claim *claim, uint64_t index,
					    uint64_t page);

#endif
