/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A platform's own numbers, as its headers or its manual have them, in a text file:
 *
 *	# mach-s5pv210
 *	DMA	0xfde00000-0xffe00000	arch/arm/mach-s5pv210/include/mach/memory.h
 *	vmalloc	0xd8800000-0xe0000000
 *	vmalloc_min=0xd8000000
 *
 * Each range is a claim like any other source's. Pure, any bytes are accepted.
 */
#ifndef BOOTLOG_PLATFORM_FILE_H
#define BOOTLOG_PLATFORM_FILE_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"

struct platform {
	VEC(struct vmatlas_claim) claims;	/* DECLARED; name and source are ours */
	uint64_t vmalloc_min;			/* where lowmem must end; 0 not said */
	uint32_t vmalloc_min_at;		/* its line */
	char *name;				/* of the file */
};

/* FORMAT with file and line of the first line that makes no sense. */
VMATLAS_CHECKED struct vmatlas_error *
platform_parse(const char *text, size_t len, const char *name, struct platform **ret);
VMATLAS_CHECKED struct vmatlas_error *
platform_read_file(const char *path, struct platform **ret);
void platform_free(struct platform *p);
DEFINE_FREEP(platform, platform_free)

#endif
