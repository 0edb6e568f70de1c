/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit's ranges out of any bytes: the first four say how to cut the rest. */
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes tight(const uint8_t **from, size_t *left, size_t len)
{
	const size_t n = MIN(len, *left);
	uint8_t *p = malloc(n ? n : 1);

	if (p && n)
		memcpy(p, *from, n);
	*from += n;
	*left -= n;
	return (struct bytes){ p, p ? n : 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arange_want wants[] = { { .addr = 0 }, { .addr = 0x1000 },
				       { .addr = 0xffffffff81000040 }, { .addr = UINT64_MAX } };
	struct ranges_source s = { 0 };
	struct bytes unit;
	struct bytes *const parts[] = { &s.abbrev, &s.addr, &s.rnglists, &unit };
	const uint8_t *p = data + 4;
	size_t left, found;

	if (size < 4)
		return 0;
	left = size - 4;
	s.big_endian = data[0] & 1;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		*parts[i] = tight(&p, &left, i < 3 ? (size_t)data[1 + i] * 8 : left);
	s.ranges = s.rnglists;
	found = ranges_scan(&s, &unit, 0, wants, ARRAY_SIZE(wants));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		free((void *)(uintptr_t)parts[i]->p);
	return found > ARRAY_SIZE(wants);
}
