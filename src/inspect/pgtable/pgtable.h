/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The judges of what the page tables map. One pass over the tables, one over the
 * recorded areas, side by side by address; each judge sees what concerns it and keeps
 * no more than it needs for its verdict.
 */
#ifndef INSPECT_PGTABLE_PGTABLE_H
#define INSPECT_PGTABLE_PGTABLE_H

#include "map/mapped_ranges.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "kernel/lookup.h"
#include "kernel/mm/memmap.h"

/* Findings of one code: the first few one by one, the others as a number. */
struct finding_limit {
	size_t nr;
	struct vmatlas_range rest;	/* from the first to the last that was not told */
	uint32_t severity;		/* of the worst of them */
};

/* An area while the runs in it go by. */
struct pgtable_area {
	const struct vmatlas_claim *claim;	/* NULL: between two */
	struct vmatlas_range must;	/* what the kernel has to have mapped; empty: nothing */
	struct vmatlas_range guard;	/* what must not be; empty: nothing */
	uint64_t mapped;		/* bytes of @must */
	uint64_t hole;			/* the first address of @must that is not */
	uint64_t unknown;		/* bytes of it whose tables could not be read */
	uint64_t guard_mapped;		/* bytes */
	struct vmatlas_range spare;	/* of vmalloc(): behind the pages that it counts */
	uint64_t spare_mapped;		/* bytes */
	struct vmatlas_range known;	/* all of it; empty: its record cannot be trusted */
	bool is_unread;			/* its array of pages is not in the dump */
	uint64_t nr_wrong;		/* pages mapped elsewhere than the record says, the first: */
	uint64_t wrong, said, found;
};

/* Physical memory as one run has it. */
struct pgtable_frames {
	struct vmatlas_range phys;
	uint64_t va;
	uint32_t attr;			/* of pt_attr, the memory type alone */
	const struct vmatlas_claim *owner;	/* NULL: none */
};

/* Two ioremap() areas, and what both of them map. */
struct double_ioremap_pair {
	const struct vmatlas_claim *a, *b;
	struct vmatlas_range phys;
};

struct pgtable_check {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	struct kernel *k;
	struct resolved switches[MAPPING_NR_NEEDS];	/* mapping_needs */
	uint64_t phys_mask;		/* bits of an entry's address that are one */
	bool areas_complete;

	/* the records: areas in front, without overlaps, and how far any of them reach */
	struct pgtable_area area;
	const struct vmatlas_claim *next_owner;
	struct vmatlas_range owned;	/* by all claims up to next_owner */
	uint64_t nr_overlapping;	/* areas that overlap others: not judged */
	struct vmatlas_range home;	/* the space of the last area that lay in one */

	/* unowned */
	struct vmatlas_range stray;	/* runs without an owner, gathered; empty: none */
	struct mapping stray_first;
	uint64_t stray_bytes, nr_stray;

	/* rights */
	bool wx_promised;		/* the kernel keeps W apart from X */
	const char *why_not_wx;		/* or why it does not */
	bool wx_seen;			/* anything at all that is both */
	bool modules_strict;		/* a module's text was seen that cannot be written */
	VEC(struct mapping) wx;		/* runs that can be both */

	struct wrong_page_state *pages;	/* of wrong_page.c */
	VEC(struct pgtable_frames) devices;	/* of device memory, and of what is not cached */
	bool devices_full, remaps_seen;
	VEC(struct double_ioremap_pair) pairs;	/* of one type */
	size_t nr_pairs;		/* with those that are not kept */

	/* RAM that is not cached, against the kernel's own mapping of it */
	const struct vmatlas_claim *alias_reported;
	size_t nr_aliases;		/* looked up */

	const struct vmatlas_claim *fixmap;	/* its region; NULL */
	VEC(struct mapping) fixed;	/* runs in the fixmap, or close to it, to be looked at */

	uint64_t nr_checked, nr_unknown; /* areas whose pages had to be mapped */
	struct finding_limit stale, unmapped, guard, wx_fold, types, ram, corrupt, wrong, aliases,
			counts, image, text_holes, user;

	/* the kernel image, as runs go by */
	struct vmatlas_range text;	/* what of it is to come; empty: nothing */
	uint64_t image_bytes, image_wrong;
	VEC(struct mapping) image_runs;	/* that lead elsewhere */
};

/* Report through @fold. */
VMATLAS_PRINTF(4, 5)
void pgtable_report(struct pgtable_check *c, struct finding_limit *fold, struct vmatlas_finding_desc report,
		const char *fmt, ...);
/* The rest of @fold, as one finding; @what: "areas with pages that are not mapped". */
void finding_limit_finish(struct pgtable_check *c, const struct finding_limit *fold, const char *code,
		     const char *what);

/* "page table  PTE at physical 0x..: 0x.." as evidence. */
void pgtable_evidence_entry(struct pgtable_check *c, uint64_t va, struct evidence *s);
/* "ioremap area ..., by LIST; record ..." */
void pgtable_evidence_area(struct pgtable_check *c, const struct vmatlas_claim *claim,
			   struct evidence *s);

static inline bool mapping_is_memory(const struct mapping *m)
{
	return m->state == MAPPING_LEAVES;
}

/* Is @addr in vmalloc or module space? */
bool pgtable_in_space(const struct pgtable_check *c, uint64_t addr);

/* @m cut to @range, which it overlaps. */
struct mapping pgtable_cut(const struct mapping *m, struct vmatlas_range range);

/* ---- unmapped.c: unmapped-area, guard-mapped ---- */

void unmapped_begin(struct pgtable_check *c);			/* c->area.claim is new */
void unmapped_run(struct pgtable_check *c, const struct mapping *piece);
void unmapped_end(struct pgtable_check *c);
void unmapped_finish(struct pgtable_check *c);

/* ---- stale.c: stale-pte ---- */

void stale_run(struct pgtable_check *c, const struct mapping *piece);
void stale_break(struct pgtable_check *c);		/* a record comes in between */
void stale_finish(struct pgtable_check *c);

/* ---- wx.c: wx-mapping ---- */

VMATLAS_CHECKED struct vmatlas_error *wx_begin(struct pgtable_check *c);
void wx_run(struct pgtable_check *c, const struct mapping *m);
void wx_finish(struct pgtable_check *c);

/* ---- image.c: wrong-page and page-table-corrupt, of the kernel's own mappings ---- */

void image_begin(struct pgtable_check *c);
void image_run(struct pgtable_check *c, const struct mapping *m);
void image_finish(struct pgtable_check *c);

/* ---- root.c: page-table-corrupt, of the root itself ---- */

VMATLAS_CHECKED struct vmatlas_error *root_check(struct pgtable_check *c);

/* ---- memtype.c: memtype-conflict, ram-ioremapped ---- */

void memtype_run(struct pgtable_check *c, const struct mapping *m,
		  const struct vmatlas_claim *owner);
void memtype_finish(struct pgtable_check *c);

/* The memory type alone, of enum pt_attr. */
#define MAP_TYPE (PT_DEVICE | PT_UNCACHED | PT_WC)

/* "mapping  ADDRESS, TYPE", its area and its entry, as evidence. */
void pgtable_evidence_side(struct pgtable_check *c, const struct pgtable_frames *f,
			   struct evidence *s);

/* ---- double_ioremap.c: double-ioremap ---- */

/* @a and @b overlap, and are of one type. */
void double_ioremap_add(struct pgtable_check *c, const struct pgtable_frames *a, const struct pgtable_frames *b);
void double_ioremap_finish(struct pgtable_check *c);

/* ---- linear_map_alias.c: memtype-conflict, of RAM ---- */

/* @m is RAM, and not cached. */
void linear_map_alias_run(struct pgtable_check *c, const struct mapping *m,
		 const struct vmatlas_claim *owner);
void linear_map_alias_finish(struct pgtable_check *c);

/* ---- fixmap.c: stale-pte, in the fixmap ---- */

void fixmap_begin(struct pgtable_check *c);
void fixmap_run(struct pgtable_check *c, const struct mapping *m);
VMATLAS_CHECKED struct vmatlas_error *fixmap_finish(struct pgtable_check *c);

/* ---- wrong_page.c: wrong-page ---- */

VMATLAS_CHECKED struct vmatlas_error *wrong_page_open(struct pgtable_check *c);
void wrong_page_close(struct pgtable_check *c);
void wrong_page_run(struct pgtable_check *c, const struct mapping *piece);
void wrong_page_end(struct pgtable_check *c);
void wrong_page_finish(struct pgtable_check *c);

#endif
