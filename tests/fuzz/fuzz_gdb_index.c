/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .gdb_index out of any bytes. */
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arange_want wants[] = { { .addr = 0 }, { .addr = 0x4000b0 },
				       { .addr = 0x401000 }, { .addr = UINT64_MAX } };
	uint8_t *copy = malloc(size ? size : 1);
	bool good = false;

	if (copy && size) {
		memcpy(copy, data, size);
		good = gdb_index_scan(&(struct bytes){ copy, size }, 4096, wants,
				      ARRAY_SIZE(wants));
	}
	free(copy);
	return good && size == SIZE_MAX;
}
