/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that fetch the kernel's log, and nobody else. */
#ifndef KERNEL_PRINTK_PRINTK_INTERNAL_H
#define KERNEL_PRINTK_PRINTK_INTERNAL_H

#include "kernel/lookup.h"
#include "kernel/kernel.h"
#include "kernel/printk/printk.h"

/* Functions of kernel/printk/printk.c, whose unit defines the types. */
#define LOG_NEAR_PRINTK "vprintk_emit|vprintk|printk"

/* Resolve all but number @optional, or a MISSING error that names the first. */
VMATLAS_CHECKED struct vmatlas_error *
log_resolve(struct kernel *k, const struct vmatlas_lookup *needs, size_t nr,
	    size_t optional, struct resolved *res);

/* Does @m lie in its record, and is it of that size? */
bool log_member_fits(const struct resolved *whole, const struct resolved *m,
		     uint64_t at_least);

void log_read_pages(struct kernel *k, uint64_t addr, uint8_t *buf, uint64_t len,
		    struct printk_log *log);

VMATLAS_CHECKED struct vmatlas_error *
log_read_ring(struct kernel *k, uint64_t prb, struct printk_log *log);

#endif
