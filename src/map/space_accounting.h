/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ledger: every byte of the spaces that vmalloc's allocator hands out from is busy,
 * guard page, kernel image, unpurged, pooled, free, or nobody's (lost). Drawn when the
 * map is sealed, if free space was surveyed (VMATLAS_SURVEY_FREE).
 */
#ifndef MAP_SPACE_ACCOUNTING_H
#define MAP_SPACE_ACCOUNTING_H

#include "map/vmatlas_internal.h"
#include "kernel/vmalloc/free_area_tree.h"

enum ledger_what {
	LEDGER_BUSY, LEDGER_GUARD, LEDGER_IMAGE, LEDGER_UNPURGED, LEDGER_POOLED, LEDGER_FREE,
	LEDGER_LOST,
	NR_LEDGER,
};

/* A run of one space's bytes, or of those that two records claim (twice). */
struct ledger_piece {
	enum ledger_what what;
	bool twice;			/* already counted as what .other is */
	struct vmatlas_range range;
	const struct vmatlas_claim *area;	/* busy, guard, image, unpurged; else NULL */
	uint64_t record;		/* struct vmap_area; 0 for what is lost, or a gap */
	enum ledger_what other;		/* twice: who had it first */
	uint64_t other_record;
};

/* One space: the public sums, and the holes in order of address. */
struct ledger_space {
	struct vmatlas_usage pub;
	VEC(struct vmatlas_range) holes;
	VEC(struct vmatlas_share) shares;
	uint64_t holes_by_order[64], bytes_by_order[64];
	uint64_t twice;			/* bytes that two records have */
};

struct ledger {
	VEC(struct ledger_space *) spaces;	/* by address, then those that lie in them */
	VEC(struct pooled) pooled;		/* by address */
	VEC(struct vmatlas_range) offers;	/* of pools, to the last question */
};

/* Fill atlas->ledger from the sealed map. */
VMATLAS_CHECKED struct vmatlas_error *ledger_draw(struct vmatlas *atlas);
void ledger_free(struct ledger *l);
DEFINE_FREEP(ledger, ledger_free)

/* The space of this kind (VMATLAS_KIND_VMALLOC_SPACE, _MODULE_SPACE); NULL: none. */
const struct ledger_space *ledger_space(const struct vmatlas *atlas, uint32_t kind);

/* All that is known of @range, piece by piece; every byte once, but for pieces .twice. */
void ledger_walk(const struct vmatlas *atlas, struct vmatlas_range range,
		 void (*fn)(void *arg, const struct ledger_piece *piece), void *arg);

/* Could nothing be overlooked: were all lists, the free tree and the pools read? */
bool ledger_is_whole(const struct vmatlas *atlas);

/* ---- space_users.c: who fills a range ---- */

struct ledger_filler {
	const char *caller;		/* as %pS has it, or the kind of area */
	uint64_t nr_areas, bytes;	/* guard pages included */
};

/* The @max largest by bytes; *ret_nr of them. */
VMATLAS_CHECKED struct vmatlas_error *
ledger_fillers(struct vmatlas *atlas, struct vmatlas_range range, struct ledger_filler *ret,
	       size_t max, size_t *ret_nr);

/*
 * The evidence of exhaustion, "label\ttext\n" lines: the range, its largest hole as it is
 * and with unpurged areas given back, and the @max largest fillers.
 */
VMATLAS_CHECKED struct vmatlas_error *
ledger_evidence(struct vmatlas *atlas, const struct ledger_space *s, size_t max, struct str *out);

/* ---- inspect/low_space.c: is there room? ---- */

enum ledger_room {
	LEDGER_ROOMY,
	LEDGER_TIGHT,			/* nothing of a MiB fits, even after a purge */
	LEDGER_FULL,			/* nothing of a few pages does */
};

enum ledger_room ledger_room(const struct vmatlas *atlas, const struct ledger_space *s);

#endif
