/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's page tables map, in order of address: each table is read once
 * and whole, and what lies in a row comes as one run. Nothing is kept: whoever asks
 * takes each run as it comes.
 */
#ifndef KERNEL_PGTABLE_WALK_H
#define KERNEL_PGTABLE_WALK_H

#include "kernel/kernel.h"

enum mapping_state {
	MAPPING_LEAVES,			/* memory: neighbours here and in physical memory */
	MAPPING_SHARED,			/* a table that was met before, at @first_seen */
	MAPPING_UNREAD,			/* a table that the dump does not hold */
	MAPPING_BAD,			/* an entry that no kernel makes; see @why */
};

/* A run: every leaf in it is of the same size and allows the same. */
struct mapping {
	struct vmatlas_range range;
	enum mapping_state state;
	uint64_t phys;			/* LEAVES: of the first byte; else of the table */
	uint32_t attr;			/* LEAVES: enum pt_attr; SHARED: of its first leaf */
	uint8_t shift;			/* LEAVES: one maps 1 << shift bytes */
	uint8_t level;			/* of the table where its entries stand, from the root */
	bool uniform;			/* SHARED: all of it is mapped, and with @attr */
	uint64_t first_seen;		/* SHARED: the address it maps elsewhere */
	uint64_t entry_addr;		/* physical; of the run's first entry */
	uint64_t entry;
	const char *why;		/* BAD, UNREAD */
};

struct mapping_stats {
	uint64_t nr_tables;		/* read */
	uint64_t nr_unread;		/* not in the dump */
	uint64_t nr_shared;		/* met again */
	uint64_t nr_bad;		/* entries that no kernel makes */
	bool is_cut_short;		/* more tables than any machine has */
};

typedef struct vmatlas_error *mapping_fn(void *arg, const struct mapping *m);

struct mapping_walk;

/* FAULT if there are no page tables to walk, and why. */
VMATLAS_CHECKED struct vmatlas_error *
mapping_walk_new(struct kernel *k, mapping_fn *fn, void *arg, struct mapping_walk **ret);
void mapping_walk_free(struct mapping_walk *w);
DEFINE_FREEP(mapping_walk, mapping_walk_free)

/*
 * Hand all runs of @range to fn, cut at its ends. Ranges are walked from low to high,
 * and none twice; a table that appears in two of them is SHARED in the second.
 */
VMATLAS_CHECKED struct vmatlas_error *
mapping_walk_range(struct mapping_walk *w, struct vmatlas_range range);

/*
 * Read every table that init_mm's root leads to, shared ones once, at most @max: for
 * extracts. Without page tables to walk nothing is read.
 */
VMATLAS_CHECKED struct vmatlas_error *
mapping_read_tables(struct kernel *k, uint64_t max, struct mapping_stats *ret);

const struct mapping_stats *mapping_walk_stats(const struct mapping_walk *w);

/* All addresses that init_mm's tables can map: kernel space, of 32 bits all. */
struct vmatlas_range mapping_space(const struct kernel *k);

/* What the kernel keeps about how it maps; all optional. */
enum mapping_need {
	MAPPING_RODATA_ENABLED, MAPPING_MARK_RODATA, MAPPING_SUPPORTED_MASK,
	MAPPING_PAT_DISABLED, MAPPING_PHYSICAL_MASK, MAPPING_INIT_MM, MAPPING_MM_PGD,
	MAPPING_STEXT, MAPPING_ETEXT, MAPPING_NR_NEEDS,
};

extern const struct vmatlas_lookup mapping_needs[];
extern const size_t nr_mapping_needs;

/* Memory types, as a person calls them: "cached", "device". */
const char *mapping_type_name(uint32_t attr);

#endif
