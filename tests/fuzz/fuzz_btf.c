/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as BTF, asked for members and enumerators. */
#include "debuginfo/btf/btf_member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct btf_blob *b)
{
	static const struct {
		const char *tag, *path;
	} needs[] = {
		{ "thing", "" }, { "thing", "pairs[].b" }, { "thing", "inner" },
		{ "thing", "arrays[][]" }, { "thing_t", "next" }, { "thing", "nothing" },
		{ "nothing", "" },
	};
	struct image_member m;
	int64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		vmatlas_error_free(btf_member(b, "anchor", needs[i].tag,
					      needs[i].path, &m));
	vmatlas_error_free(btf_enumerator(b, "anchor", "THING_LAST", &v));
	vmatlas_error_free(btf_enumerator(b, "anchor", "THING_NONE", &v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes raw = { data, size };
	struct btf_blob *b = NULL;

	vmatlas_error_free(btf_open(&raw, "fuzzed", 8, &b));
	if (b)
		ask(b);
	btf_free(b);
	return 0;
}
