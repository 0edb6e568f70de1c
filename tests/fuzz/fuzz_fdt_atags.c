/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device tree, or a list of ATAGs, of any bytes: the first chooses. */
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "kernel/ram/fdt_atags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vmatlas_error *parse(const uint8_t *data, size_t size, struct firmware *f)
{
	/* libfdt refuses what is not aligned to 8 bytes. */
	_cleanup_(freep) uint8_t *copy = malloc(size);

	if (!copy)
		return NULL;
	memcpy(copy, data + 1, size - 1);
	if (data[0] & 1)
		return firmware_parse_atags(copy, size - 1, data[0] & 2, f);
	if (size >= 9)
		firmware_fdt_size(copy);
	return firmware_parse_fdt(copy, size - 1, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firmware f = { 0 };

	if (!size)
		return 0;
	vmatlas_error_free(parse(data, size, &f));
	for (size_t i = 0; i < f.ranges.nr; i++)
		if (!range_valid(f.ranges.v[i].phys) ||
		    !memchr(f.ranges.v[i].name, '\0', sizeof(f.ranges.v[i].name)))
			abort();
	firmware_done(&f);
	return 0;
}
