/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Call frames: from the registers of a CPU or a task back to where its stack began. */
#ifndef KERNEL_UNWIND_UNWIND_H
#define KERNEL_UNWIND_UNWIND_H

#include "base/strbuf.h"
#include "kernel/symbols/symbolize.h"

/* A stack that goes round in circles ends here. */
enum { UNWIND_FRAMES_MAX = 512 };

struct unwound_frame {
	uint64_t pc;
	uint64_t lookup;		/* the address to look its line up by: pc, or in the call */
	uint64_t sp;			/* 0: not known */
	bool interrupted;		/* its registers are those that an exception saved */
	const struct symbol_at *symbol;	/* of .lookup; good during the call */
};

typedef struct vmatlas_error *unwind_fn(void *arg, const struct unwound_frame *frame);

/*
 * Hand out each frame, innermost first. A frame is handed out if what leads to it is proved:
 * by call frame information, saved registers or a frame pointer; @why says why there are no
 * more. Errors are ours, or @fn's.
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_unwind(struct kernel *k, const struct vmatlas_registers *from, unwind_fn *fn, void *arg,
	      struct str *why);

#endif
