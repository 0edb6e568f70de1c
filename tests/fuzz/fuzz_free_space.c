/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vmalloc may still hand out: the tree of free areas, pools and purge lists. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/vmalloc/free_area_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	const struct free_records *r;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	if (f.option & 1)
		fuzz_kernel_survey(&f, &survey_vmalloc);
	fuzz_kernel_survey(&f, &survey_free);
	fuzz_kernel_survey(&f, &survey_pools);
	r = f.k->records.free;
	for (size_t i = 0; r && i < r->tree.v.nr; i++)
		if (r->tree.v.v[i].left > r->tree.v.nr || r->tree.v.v[i].right > r->tree.v.nr ||
		    r->tree.v.v[i].parent > r->tree.v.nr)
			abort();
	fuzz_kernel_free(&f);
	return 0;
}
