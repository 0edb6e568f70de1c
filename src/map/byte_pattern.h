/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pattern of bytes, some of which may be anything, found in a buffer. Pure. */
#ifndef MAP_BYTE_PATTERN_H
#define MAP_BYTE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#define BYTE_PATTERN_MAX 4096

struct byte_pattern {
	const uint8_t *bytes, *mask;	/* bits clear in the mask are anything; NULL: none is */
	size_t len, align;		/* align: a power of two */
	size_t anchor, anchor_len;	/* the longest part without a free bit; see _prepare() */
};

/* Choose what is searched for; .bytes, .mask, .len and .align are set, and bytes & ~mask is 0. */
void byte_pattern_prepare(struct byte_pattern *p);

/*
 * Offset of the first match at @from or after it, whole within @len bytes and aligned where
 * buf[0] has the address @base; SIZE_MAX if there is none.
 */
size_t byte_pattern_find(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t from,
			 uint64_t base);

#endif
