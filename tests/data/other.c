/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second file of a fake kernel, the first in the link: with link-time optimisation
 * the types that it uses are its own, and the other file refers to them.
 */
#define FAKE_KERNEL_H
#include "types.h"
#include "v6_12.h"
#include "x86_64_types.h"

__attribute__((used)) void other_file(struct vmap_area *va, struct vm_struct *vm,
				      struct vmap_node *vn, struct page *page,
				      enum fixed_addresses fixed, struct cpu_entry_area *area)
{
	(void)va, (void)vm, (void)vn, (void)page, (void)fixed, (void)area;
}
