/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of the boot table: which rows, in which order, in which words. */
#ifndef MAP_BOOT_LAYOUT_H
#define MAP_BOOT_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

enum boot_unit {
	BOOT_K, BOOT_M, BOOT_G,		/* cut off: MLK, MLM, MLG */
	BOOT_K_UP,			/* MLK_ROUNDUP */
	BOOT_ML,			/* the largest of which there are ten: riscv's print_ml() */
};

/* What a row tells of, where that is not a region by its name. */
enum boot_what {
	BOOT_REGION,
	BOOT_FROM_ETEXT,		/* i386: all behind the text is data */
	BOOT_VMEMMAP,			/* a region that only some configurations have */
	BOOT_VMEMMAP_USED,		/* struct pages of the RAM there is; arm64 */
	BOOT_MEMORY,			/* the linear map of the RAM there is */
	BOOT_TO_TOP,			/* up to the last byte, and that is the end it prints */
};

struct boot_row {
	const char *label;		/* all that comes before the first address */
	const char *name;		/* of the region */
	uint32_t kind;
	enum boot_unit unit;
	enum boot_what what;
	const char *more;		/* behind the unit; NULL nothing */
	uint32_t since, before;		/* KERNEL_RELEASE(); 0 no bound */
};

struct boot_form {
	const char *title;
	int digits, width;		/* of addresses and of sizes */
	const char *units[4];
	const struct boot_row *rows;
	size_t nr_rows;
};

/* As kernels of that release (0 unknown) printed it; NULL: the CPU never had any. */
const struct boot_form *boot_form_find(enum arch_boot_layout layout, uint32_t release);

#endif
