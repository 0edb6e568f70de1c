/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbol tables out of any bytes: two of them say how to cut the rest. */
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes tight(const uint8_t *from, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	if (p && len)
		memcpy(p, from, len);
	return (struct bytes){ p, p ? len : 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "vmap_area_list", "_text", "ab.c" };
	struct wanted w[ARRAY_SIZE(names)];
	struct symtab t = { 0 };
	size_t cut;

	if (size < 2)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		w[i] = (struct wanted){ .name = (char *)(uintptr_t)names[i],
					.len = strlen(names[i]),
					.key = symtab_key(names[i], strlen(names[i])) };
	t.is_64 = data[0] & 1;
	t.big_endian = data[0] & 2;
	t.has_thumb = data[0] & 4;
	cut = MIN((size_t)data[1] * 16, size - 2);
	t.entries = tight(data + 2, cut);
	t.strings = tight(data + 2 + cut, size - 2 - cut);
	vmatlas_error_free(symtab_scan(&t, w, ARRAY_SIZE(w)));
	for (size_t i = 0; i < ARRAY_SIZE(w); i++)
		vec_done(&w[i].found);
	free((void *)(uintptr_t)t.entries.p);
	free((void *)(uintptr_t)t.strings.p);
	return 0;
}
