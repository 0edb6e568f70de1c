/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef KERNEL_PGTABLE_TRANSLATE_H
#define KERNEL_PGTABLE_TRANSLATE_H

#include "kernel/kernel.h"

VMATLAS_CHECKED struct vmatlas_error *translate_init(struct kernel *k);
void translate_done(struct kernel *k);

struct walk_step {
	const char *level;
	uint64_t entry_addr, entry;
};

struct walk {
	unsigned int nr_steps;
	struct walk_step step[6];
	bool mapped;
	struct pt_entry leaf;		/* phys is of the leaf's first byte */
	uint64_t phys;			/* of the address asked for */
	const char *why;		/* not mapped: "not present", "bad entry" */
};

/* Walk init_mm's tables. FAULT if a table itself cannot be read. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_walk(struct kernel *k, uint64_t addr, struct walk *ret);

#endif
