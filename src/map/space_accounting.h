/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ledger: every byte of the spaces that vmalloc's allocator hands out from is busy,
 * guard page, kernel image, unpurged, pooled, free, or nobody's (lost). Drawn when the
 * map is sealed, if free space was surveyed (VMATLAS_SURVEY_FREE).
 */
#ifndef MAP_SPACE_ACCOUNTING_H
#define MAP_SPACE_ACCOUNTING_H

#include "map/evidence_list.h"
#include "map/vmatlas_internal.h"
#include "kernel/vmalloc/free_area_tree.h"

enum va_use {
	VA_BUSY, VA_GUARD, VA_IMAGE, VA_UNPURGED, VA_POOLED, VA_FREE,
	VA_LOST,
	NR_VA_USES,
};

/* A run of one space's bytes, or of those that two records claim (twice). */
struct va_extent {
	enum va_use what;
	bool twice;			/* already counted as what .other is */
	struct vmatlas_range range;
	const struct vmatlas_claim *area;	/* busy, guard, image, unpurged; else NULL */
	uint64_t record;		/* struct vmap_area; 0 for what is lost, or a gap */
	enum va_use other;		/* twice: who had it first */
	uint64_t other_record;
};

/* One space: the public sums, and the holes in order of address. */
struct space_usage {
	struct vmatlas_usage pub;
	VEC(struct vmatlas_range) holes;
	VEC(struct vmatlas_usage_by_kind) shares;
	uint64_t holes_by_order[64], bytes_by_order[64];
	uint64_t twice;			/* bytes that two records have */
};

struct space_accounts {
	VEC(struct space_usage *) spaces;	/* by address, then those that lie in them */
	VEC(struct pooled) pooled;		/* by address */
	VEC(struct vmatlas_range) offers;	/* of pools, to the last question */
};

/* Fill atlas->ledger from the sealed map. */
VMATLAS_CHECKED struct vmatlas_error *space_account(struct vmatlas *atlas);
void space_accounts_free(struct space_accounts *l);
DEFINE_FREEP(space_accounts, space_accounts_free)

/* The space of this kind (VMATLAS_KIND_VMALLOC_SPACE, _MODULE_SPACE); NULL: none. */
const struct space_usage *space_usage(const struct vmatlas *atlas, uint32_t kind);

/* All that is known of @range, piece by piece; every byte once, but for pieces .twice. */
void va_extent_walk(const struct vmatlas *atlas, struct vmatlas_range range,
		 void (*fn)(void *arg, const struct va_extent *piece), void *arg);

/* Could nothing be overlooked: were all lists, the free tree and the pools read? */
bool space_accounts_whole(const struct vmatlas *atlas);

/* ---- space_users.c: who fills a range ---- */

struct space_user {
	const char *caller;		/* as %pS has it, or the kind of area */
	uint64_t nr_areas, bytes;	/* guard pages included */
};

/* The @max largest by bytes; *ret_nr of them. */
VMATLAS_CHECKED struct vmatlas_error *
space_users(struct vmatlas *atlas, struct vmatlas_range range, struct space_user *ret,
	       size_t max, size_t *ret_nr);

/*
 * The evidence of exhaustion: the range, its largest hole as it is
 * and with unpurged areas given back, and the @max largest fillers.
 */
VMATLAS_CHECKED struct vmatlas_error *
space_evidence(struct vmatlas *atlas, const struct space_usage *s, size_t max,
	       struct evidence *out);

/* ---- inspect/low_space.c: is there room? ---- */

enum space_room {
	SPACE_ROOMY,
	SPACE_TIGHT,			/* nothing of a MiB fits, even after a purge */
	SPACE_FULL,			/* nothing of a few pages does */
};

enum space_room space_room(const struct vmatlas *atlas, const struct space_usage *s);

#endif
