/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * makedumpfile's flattened form (-F, and QEMU's kdump files before 8.2): a dump
 * as a stream for a pipe, each block with a header that says where it belongs.
 * Always big endian. Layout: makedumpfile 1.7.2 makedumpfile.h.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "mem/flattened.h"

enum { FLAT_TYPE = 1, FLAT_VERSION = 1 };

/* No dump is that large; a file with a hole that large helps nobody. */
static const uint64_t offset_max = TIB(256);

bool flat_probe(const uint8_t *p, size_t len)
{
	return len >= 16 && !memcmp(p, "makedumpfile\0\0\0\0", 16);
}

struct vmatlas_error *flat_head_check(const uint8_t *p, size_t len)
{
	if (len < 32)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated in its flattened header; copy the dump again");
	if (bytes_uint(p + 16, 8, true) != FLAT_TYPE ||
	    bytes_uint(p + 24, 8, true) != FLAT_VERSION)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"flattened dump of unknown type %" PRIu64 ", version %" PRIu64,
			bytes_uint(p + 16, 8, true), bytes_uint(p + 24, 8, true));
	return NULL;
}

struct vmatlas_error *flat_block_parse(const uint8_t *p, uint64_t at,
				       struct flat_block *ret)
{
	const int64_t offset = bytes_uint(p, 8, true), size = bytes_uint(p + 8, 8, true);

	*ret = (struct flat_block){ .is_end = offset == -1 };
	if (ret->is_end)
		return NULL;
	if (offset < 0 || size <= 0 || (uint64_t)size > offset_max ||
	    (uint64_t)offset > offset_max - size)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged flattened dump: the block at %#" PRIx64 " claims %" PRId64
			" bytes for offset %" PRId64, at, size, offset);
	ret->offset = offset;
	ret->size = size;
	return NULL;
}
