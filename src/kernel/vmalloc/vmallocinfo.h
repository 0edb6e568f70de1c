/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/vmallocinfo, as this kernel would print it with kptr_restrict=1 for root. */
#ifndef KERNEL_VMALLOC_VMALLOCINFO_H
#define KERNEL_VMALLOC_VMALLOCINFO_H

#include "kernel/lookup.h"
#include "kernel/kernel.h"

/* For lookup_prefetch(), with symname_needs. */
extern const struct vmatlas_lookup vmallocinfo_needs[];
extern const size_t nr_vmallocinfo_needs;

/*
 * Write the text of k->records.areas, in their order. A @fn that returns other than
 * 0 ends it, which is no error. Where the dump lacks something, all the rest is
 * written first, then FAULT comes back and says what is missing from the text.
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_vmallocinfo(struct kernel *k, vmatlas_write_fn *fn, void *arg);

#endif
