/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's symbol table written anew, so that it packs well. */
#ifndef KERNEL_SYMBOLS_KALLSYMS_PACK_H
#define KERNEL_SYMBOLS_KALLSYMS_PACK_H

#include "base/strbuf.h"
#include "kernel/symbols/kallsyms.h"

#define KALLSYMS_PACKED_ALIGN 8		/* of the size of each table */

struct kallsyms_packed {
	struct str num_syms, names, markers, token_table, token_index;
	struct str values;		/* offsets or addresses, as they are stored */
	uint64_t values_addr;		/* where they stand, as the tables name it */
};

void kallsyms_packed_done(struct kallsyms_packed *p);

/*
 * Tables that answer as @ks does: each token stands for one letter, so that a
 * general packer finds what repeats. The values are copied as they are.
 */
VMATLAS_CHECKED struct vmatlas_error *
kallsyms_pack(struct kallsyms *ks, struct kallsyms_packed *ret);

#endif
