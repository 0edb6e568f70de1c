/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of modules, and the symbols of each, by any types. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/symbols/modules.h"
#include "kernel/symbols/symbolize.h"

static void ask(struct kernel *k, uint64_t addr)
{
	struct str name = { 0 };

	modules_at(k, addr);
	vmatlas_error_free(kernel_symbol_name(k, addr, &name));
	str_done(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	fuzz_kernel_survey(&f, &survey_modules);
	for (size_t i = 0; i < f.k->records.modules.nr && i < 8; i++) {
		const struct module *m = &f.k->records.modules.v[i];

		if (m->nr_mem > ARRAY_SIZE(m->mem) || m->nr_core > m->nr_mem ||
		    strnlen(m->name, sizeof(m->name)) == sizeof(m->name))
			abort();
		for (size_t j = 0; j < m->nr_mem; j++)
			ask(f.k, m->mem[j].base + m->mem[j].size / 2);
	}
	fuzz_kernel_free(&f);
	return 0;
}
