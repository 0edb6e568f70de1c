/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where arm64 kernels of each era have things: the formulas of asm/memory.h. */
#ifndef ARCH_ARM64_H
#define ARCH_ARM64_H

#include "arch/arch.h"

/* In the order of time; named after what sets them apart. */
enum arm64_era {
	IMAGE_IN_LINEAR_MAP,		/* up to 4.5 */
	LINEAR_MAP_ABOVE,		/* 4.6 to 5.3 */
	LINEAR_MAP_BELOW,		/* 5.4 to 5.10 */
	VMEMMAP_ALIGNED,		/* 5.11 to 6.8 */
	VMEMMAP_AT_TOP,			/* since 6.9 */
};

struct arm64_places {
	/* What is known. */
	enum arm64_era era;
	uint32_t release;
	unsigned int page_shift;
	unsigned int va_bits;		/* as configured: VA_BITS */
	unsigned int va_bits_min;	/* of these, what every CPU offers: VA_BITS_MIN */
	unsigned int va_bits_actual;	/* what this one does: vabits_actual */
	uint64_t text;			/* link address of _text */
	uint64_t sizeof_page;		/* struct page */
	unsigned int kasan_scale;	/* KASAN_SHADOW_SCALE_SHIFT; 0: no shadow */

	/* What follows from it; ends are exclusive, 0 the top. */
	uint64_t linear, linear_end, shadow, shadow_end, bpf, modules, modules_end;
	uint64_t vmalloc, vmalloc_end, vmemmap, vmemmap_end, pci_io, pci_io_end, fixaddr_top;
};

/* false if what is known cannot be true. */
bool arm64_place(struct arm64_places *p);

#endif
