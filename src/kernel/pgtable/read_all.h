/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every page table of the kernel, read once: for extracts. */
#ifndef KERNEL_PGTABLE_READ_ALL_H
#define KERNEL_PGTABLE_READ_ALL_H

#include "kernel/kernel.h"

struct tables_seen {
	size_t nr;			/* tables read */
	size_t nr_unread;		/* not in the dump, or beyond the limit */
};

/*
 * Read all tables that init_mm's root leads to, shared ones once, at most @max.
 * Of 64-bit CPUs the kernel half. What cannot be read is counted.
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_read_tables(struct kernel *k, size_t max, struct tables_seen *ret);

#endif
