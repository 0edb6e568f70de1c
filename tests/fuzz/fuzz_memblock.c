/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM by the kernel's own records: memblock, CMA, resources, boot loader and log. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/ram/ram_survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	const struct ram_facts *ram;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	fuzz_kernel_survey(&f, &survey_ram);
	ram = f.k->records.ram;
	for (size_t i = 0; ram && i < ram->facts.nr; i++)
		if (ram->facts.v[i].phys.first > ram->facts.v[i].phys.last)
			abort();
	fuzz_kernel_free(&f);
	return 0;
}
