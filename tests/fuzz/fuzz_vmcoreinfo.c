/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMCOREINFO of any bytes, and the questions that are asked of it. */
#include <string.h>

#include "kernel/vmcoreinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"phys_base", "KERNEL_IMAGE_SIZE", "VMALLOC_START", "swapper_pg_dir", "",
	};
	struct vmcoreinfo *v = NULL;
	const char *text;
	uint64_t value;
	size_t seen = 0;

	vmatlas_error_free(vmcoreinfo_parse((const char *)data, size, &v));
	if (!v)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		seen += vmcoreinfo_number(v, names[i], &value);
		seen += vmcoreinfo_symbol(v, names[i], &value);
	}
	seen += vmcoreinfo_hex(v, "KERNELOFFSET", &value);
	text = vmcoreinfo_text(v, "OSRELEASE");
	seen += text ? strlen(text) : 0;
	vmcoreinfo_free(v);
	return seen > SIZE_MAX / 2;
}
