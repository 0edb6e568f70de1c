/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which vmlinux, where none was named: what the dump says of its kernel. */
#ifndef KERNEL_IDENTIFY_SELECT_VMLINUX_H
#define KERNEL_IDENTIFY_SELECT_VMLINUX_H

#include "kernel/kernel.h"

/*
 * Sets k->found and k->found_from for k->mem. By VMCOREINFO or the dump's header; where
 * they do not tell, by what stands in memory. MISSING says what was looked for.
 */
VMATLAS_CHECKED struct vmatlas_error *
find_vmlinux(struct kernel *k, const struct kernel_opts *opts);

/* ---- scan_identity.c: names of kernels that memory holds; for select_vmlinux.c ---- */

struct memory_names {
	VEC(char *) banners;		/* "Linux version ...", as linux_banner is */
	VEC(char *) build_ids;		/* hex, of any ELF file that is in memory */
	struct vmcoreinfo *vmcoreinfo;	/* or NULL */
};

void memory_names_done(struct memory_names *n);

/* Goes through memory, but not through more than a few gigabytes. */
VMATLAS_CHECKED struct vmatlas_error *
memory_names_read(struct mem *mem, struct memory_names *ret);

#endif
