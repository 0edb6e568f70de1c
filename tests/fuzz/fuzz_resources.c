/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iomem_resource: a tree of any bytes, by any types. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/mm/iomem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct resources list = { 0 };

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	vmatlas_error_free(resources_read(f.k, f.base,
					  f.option & 1 ? RESOURCES_ALL : RESOURCES_TOP, &list));
	if (list.v.nr > RESOURCES_MAX)
		abort();
	for (size_t i = 0; i < list.v.nr; i++)
		if (list.v.v[i].phys.first > list.v.v[i].phys.last ||
		    list.v.v[i].depth > RESOURCES_MAX_DEPTH)
			abort();
	resources_done(&list);
	fuzz_kernel_free(&f);
	return 0;
}
