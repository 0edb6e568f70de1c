/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .debug_aranges of any bytes: the first says in which byte order. */
#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arange_want wants[] = {
		{ .addr = 0 }, { .addr = 0x1000 }, { .addr = 0xc0008000 },
		{ .addr = 0xffffffff81000000 }, { .addr = UINT64_MAX },
	};

	if (size)
		aranges_scan(&(struct bytes){ data + 1, size - 1 }, data[0] & 1, wants,
			     ARRAY_SIZE(wants));
	return 0;
}
