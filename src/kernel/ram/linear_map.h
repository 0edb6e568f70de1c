/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What arm64 and riscv say of RAM in the table of their boot. */
#ifndef KERNEL_RAM_LINEAR_MAP_H
#define KERNEL_RAM_LINEAR_MAP_H

#include "kernel/kernel.h"

struct boot_facts {
	bool has_memory, has_vmemmap;
	uint64_t memory, high_memory;	/* RAM in the linear map, end exclusive */
	uint64_t vmemmap, vmemmap_end;	/* its struct pages */
};

/*
 * Given where the linear map and vmemmap begin. What cannot be read is left out.
 */
VMATLAS_CHECKED struct vmatlas_error *
boot_facts_read(struct kernel *k, uint64_t linear, uint64_t vmemmap,
		 struct boot_facts *ret);

#endif
