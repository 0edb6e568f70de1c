/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_HOST_MEMORY_H
#define CLI_HOST_MEMORY_H

#include <stdbool.h>
#include <vmatlas.h>

#include "rsp/rsp.h"

/* struct host_memory - the line to the debugger that has the memory */
struct host_memory {
	int fd;
	bool lost;			/* no answer came: it is not asked again */
	struct rsp_reader reader;
	struct str out, vmcoreinfo;
	char in[1 << 16];
	size_t got, used;		/* of .in */
};

/* With a vmlinux symbols come from it: it tells statics of one name apart, and knows sizes. */
void host_memory_begin(struct host_memory *h, int fd, bool has_vmlinux,
		       struct vmatlas_memory_ops *ret);
void host_memory_done(struct host_memory *h);

#endif
