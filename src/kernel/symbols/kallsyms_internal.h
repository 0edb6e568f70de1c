/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kallsyms.c and kallsyms_pack.c share: opened tables. */
#ifndef KERNEL_SYMBOLS_KALLSYMS_INTERNAL_H
#define KERNEL_SYMBOLS_KALLSYMS_INTERNAL_H

#include "kernel/symbols/kallsyms.h"

#define PER_MARKER 256			/* names from one marker to the next */

enum values {
	VALUES_ADDRESSES,		/* addresses[], up to 6.10 */
	VALUES_FROM_BASE,		/* base + unsigned offset */
	VALUES_PERCPU,			/* KALLSYMS_ABSOLUTE_PERCPU, 4.6 to 6.14 */
	VALUES_FROM_SELF,		/* relative to the offset's own place, 7.x */
	VALUES_ABSOLUTE,		/* 7.x, 32-bit and not relocatable */
};

struct kallsyms {
	struct kallsyms_tables t;
	enum values values;
	uint32_t nr;
	uint64_t values_addr, names_size, va_mask;
	size_t value_size, marker_size;
	struct kallsyms_tokens tokens;
	uint8_t **block;		/* of values, read on demand */
};

#endif
