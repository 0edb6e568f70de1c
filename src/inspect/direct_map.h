/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The judge of the direct map, at work. */
#ifndef INSPECT_DIRECT_MAP_H
#define INSPECT_DIRECT_MAP_H

#include "kernel/lookup.h"
#include "kernel/pgtable/walk.h"
#include "map/evidence_list.h"
#include "map/format.h"

#define DIRECT_MAP_TOLD 8		/* findings of a kind */
#define MAX_DISTANCES 64		/* a few are wrong, or the map is not understood */

struct distance { uint64_t delta, bytes, last; };

struct direct_map {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	struct kernel *k;
	uint64_t mask;			/* bits of an entry's address that are one (TDX) */
	struct distance distances[MAX_DISTANCES];
	size_t nr;
	uint64_t bytes, wx_bytes;
	bool user_seen;
	bool wx;			/* none may be writable and executable */
	bool look;			/* second pass: @usual is known */
	uint64_t usual, usual_last;
	VEC(struct mapping) odd;
	uint64_t nr_odd;
	uint64_t next;			/* the first address that no run had yet */
	VEC(struct vmatlas_range) holes;	/* between runs */
	uint64_t nr_holes;		/* with those that are not kept */
};

/* ---- direct_map_holes.c: RAM that is not mapped ---- */

/* Between @m and the run before it, if anything. */
void direct_map_hole(struct direct_map *d, const struct mapping *m);

/* The map ends with @last. */
VMATLAS_CHECKED struct vmatlas_error *direct_map_judge_holes(struct direct_map *d, uint64_t last);

#endif
