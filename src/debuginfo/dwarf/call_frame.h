/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Call frame information (DWARF 5, section 6.4) out of .debug_frame. Pure. */
#ifndef DEBUGINFO_DWARF_CALL_FRAME_H
#define DEBUGINFO_DWARF_CALL_FRAME_H

#include "debuginfo/debuginfo_internal.h"

enum cfi_how { CFI_SAME, CFI_UNDEFINED, CFI_AT_OFFSET, CFI_IS_OFFSET, CFI_REGISTER, CFI_NOT_KNOWN };

struct cfi_rule {
	uint8_t how;			/* enum cfi_how */
	int64_t value;			/* an offset from the CFA, or a register */
};

struct cfi_row {
	uint64_t cfa_register;		/* UINT64_MAX: an expression, which is not evaluated */
	int64_t cfa_offset;
	struct cfi_rule rule[IMAGE_REGISTERS_MAX];
};

struct call_frame {
	uint64_t start, end;		/* the function, or a part of it */
	uint64_t return_register;
	struct cfi_row row;
};

/* The row of @pc. False if no entry covers it, or the one that does makes no sense. */
bool call_frame_find(const struct bytes *section, unsigned int address_size, bool big_endian,
		     uint64_t pc, struct call_frame *ret);

#endif
