/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .gnu_debuglink out of any bytes. */
#include <string.h>

#include "debuginfo/find/search_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	const char *name = "";
	uint32_t crc = 0;

	if (copy && size) {
		memcpy(copy, data, size);
		debuglink_parse(&(struct bytes){ copy, size }, size & 1, &name, &crc);
	}
	crc += (uint32_t)strlen(name);
	free(copy);
	return crc == 1 && size == SIZE_MAX;
}
