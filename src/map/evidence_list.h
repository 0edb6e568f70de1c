/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The evidence of a finding while it is gathered: one item per fact, each with a label, a
 * value of its type and the text that people read. Items are never parsed back: what a
 * name in the dump contains cannot look like another item.
 */
#ifndef MAP_EVIDENCE_LIST_H
#define MAP_EVIDENCE_LIST_H

#include <stdarg.h>
#include <stdbool.h>
#include <vmatlas.h>

#include "base/array.h"

struct evidence {
	VEC(struct vmatlas_evidence) v;
	bool failed;			/* out of memory: an item is missing */
};

void evidence_done(struct evidence *e);

/*
 * Add an item. @label lives as long as the atlas, or is a literal; "" continues the item
 * before. The text is what @fmt gives, and may be more than the value.
 */
VMATLAS_PRINTF(3, 4)
void evidence_text(struct evidence *e, const char *label, const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_number(struct evidence *e, const char *label, uint64_t value,
		     const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_size(struct evidence *e, const char *label, uint64_t bytes,
		   const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_addr(struct evidence *e, const char *label, uint64_t addr,
		   const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_phys(struct evidence *e, const char *label, uint64_t paddr,
		   const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_range(struct evidence *e, const char *label, struct vmatlas_range range,
		    const char *fmt, ...);
VMATLAS_PRINTF(4, 5)
void evidence_phys_range(struct evidence *e, const char *label, struct vmatlas_range range,
			 const char *fmt, ...);

/* Likewise, all but the text as @item has it. */
VMATLAS_PRINTF(3, 0)
void evidence_add(struct evidence *e, const struct vmatlas_evidence *item, const char *fmt,
		  va_list ap);

/* The two members of a struct vmatlas_finding_desc that hand @e over. */
#define EVIDENCE(e) .evidence = (e)->v.v, .nr_evidence = (e)->v.nr

#endif
