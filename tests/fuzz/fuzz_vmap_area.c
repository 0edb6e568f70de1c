/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmap_areas and vm_structs: lists, trees and vmap_nodes of any bytes, by any types. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/vmalloc/vmallocinfo.h"

static int forget(void *arg, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	fuzz_kernel_survey(&f, &survey_vmalloc);
	for (size_t i = 0; i < f.k->records.areas.nr; i++)
		if (f.k->records.areas.v[i].claim.range.first >
		    f.k->records.areas.v[i].claim.range.last)
			abort();
	if (f.option & 1)
		vmatlas_error_free(kernel_vmallocinfo(f.k, forget, NULL));
	fuzz_kernel_free(&f);
	return 0;
}
