/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of kernels that memory holds. */
#ifndef KERNEL_IDENTIFY_SCAN_IDENTITY_H
#define KERNEL_IDENTIFY_SCAN_IDENTITY_H

#include "base/array.h"
#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

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
