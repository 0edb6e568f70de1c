/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was asked of vmlinux: types, enumerators, bytes. With what was read of
 * the dump (mem/mem.h) it is all that the answers rest on; an extract is
 * made of both. Off unless kernel_opts.mem.record is set.
 */
#ifndef KERNEL_TYPE_LOG_H
#define KERNEL_TYPE_LOG_H

#include "kernel/kernel.h"

struct trace_piece {
	uint64_t addr;			/* link address */
	uint8_t *bytes;
	size_t len;
};

struct trace {
	VEC(struct image_need) types;	/* each once; strings are ours */
	VEC(struct trace_piece) pieces;
	bool failed;			/* out of memory on the way */
};

/* From now on everything is remembered in k->trace. */
VMATLAS_CHECKED struct vmatlas_error *trace_start(struct kernel *k);
void trace_free(struct trace *t);

/* image_read(), remembered if there is a trace. */
VMATLAS_CHECKED struct vmatlas_error *
trace_read(struct kernel *k, uint64_t addr, void *buf, size_t len);

#endif
