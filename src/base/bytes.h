/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Integers of any size and byte order out of raw bytes. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* @size is 1 to 8. */
static inline uint64_t bytes_uint(const void *from, size_t size, bool big_endian)
{
	const uint8_t *p = from;
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		v = v << 8 | p[big_endian ? i : size - 1 - i];
	return v;
}

#endif
