/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel keeps about how it maps. */
#include "kernel/pgtable/walk.h"

const struct vmatlas_lookup mapping_needs[] = {
	/* init/main.c, since 4.11 */
	[MAPPING_RODATA_ENABLED] = VMATLAS_OPTIONAL_SYMBOL("rodata_enabled"),
	[MAPPING_MARK_RODATA]	 = VMATLAS_OPTIONAL_SYMBOL("mark_rodata_ro"),
	/* arch/x86: bits not in it are never set; "nopat"; without TDX's shared bit */
	[MAPPING_SUPPORTED_MASK] = VMATLAS_OPTIONAL_SYMBOL("__supported_pte_mask"),
	[MAPPING_PAT_DISABLED]	 = VMATLAS_OPTIONAL_SYMBOL("pat_disabled"),
	[MAPPING_PHYSICAL_MASK]	 = VMATLAS_OPTIONAL_SYMBOL("physical_mask"),
	/* in mm/vmalloc.c, which asks for both */
	[MAPPING_INIT_MM]	 = VMATLAS_OPTIONAL_SYMBOL("init_mm"),
	[MAPPING_MM_PGD]	 = VMATLAS_OPTIONAL_MEMBER("mm_struct", "pgd", "vfree|vunmap"),
	[MAPPING_STEXT]		 = VMATLAS_OPTIONAL_SYMBOL("_stext"),
	[MAPPING_ETEXT]		 = VMATLAS_OPTIONAL_SYMBOL("_etext"),
};
const size_t nr_mapping_needs = ARRAY_SIZE(mapping_needs);
