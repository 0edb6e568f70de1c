/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the RAM judge, and nobody else. */
#ifndef ARCH_ARM_LOWMEM_INTERNAL_H
#define ARCH_ARM_LOWMEM_INTERNAL_H

#include "arch/arch.h"
#include "arch/arm_lowmem.h"

#define RAM_GAP_SIZE	  MIB(8)		/* VMALLOC_OFFSET */
#define RAM_PMD_SIZE	  MIB(2)
#define RAM_LEAST_RESERVE MIB(16)
#define RAM_MOST	  TIB(1)		/* LPAE's 40 bits */

enum ram_gap ram_gap_rule(const struct arm_lowmem_input *q);
/* The largest vmalloc= that the kernel accepts. */
uint64_t ram_most_reserve(const struct arm_lowmem_input *q, uint64_t gap);

void ram_check_limit(const struct arm_lowmem_input *q, struct arm_lowmem_result *a);
/* Adds what of @r the firmware does not keep for itself. */
void ram_lost_add_unreserved(const struct arm_lowmem_input *q, struct arm_lowmem_result *a,
			     struct vmatlas_range r);

/* arm_lowmem_reason.c: why, where it is not the vmalloc reservation */
bool ram_imply_layout(const struct arm_lowmem_input *q, struct arm_lowmem_input *ret,
		      struct arm_lowmem_result *a);
bool ram_is_rounded(const struct arm_lowmem_input *q, const struct arm_lowmem_result *a);
bool ram_is_misaligned(const struct arm_lowmem_input *q, struct arm_lowmem_result *a);

/* arm_lowmem_options.c: what would help, with a layout and without one */
void ram_choose(const struct arm_lowmem_input *q, struct arm_lowmem_result *a);
void ram_choose_without_layout(const struct arm_lowmem_input *q, struct arm_lowmem_result *a);

#endif
