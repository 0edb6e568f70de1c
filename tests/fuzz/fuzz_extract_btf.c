/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An extract's types: BTF that is made of any answers, even of members that lie outside
 * their parents, can be read. Each of the input's last bytes asks for one of the paths below.
 */
#include "debuginfo/btf/btf_member.h"
#include "fuzz/fuzz_kernel.h"

static const char *const tags[] = { "outer", "inner", "other" };
static const char *const paths[] = {
	"", "a", "b", "c.d", "c.e", "c", "list[]", "list[].x", "list[].y", "list", "f[][]", "f[]",
	"f", "g", "h", NULL,
};

enum { NEEDS = 24 };

static void read_back(struct image *image, const struct bytes *raw, const struct image_need *need)
{
	struct btf_blob *b = NULL;
	struct image_member m;
	struct vmatlas_error *err = btf_open(raw, "fuzz", image->info.bits / 8, &b);

	if (err)
		abort();
	for (size_t i = 0; i < NEEDS && need[i].name; i++) {
		if (!need[i].member)
			continue;
		err = btf_member(b, need[i].near, need[i].name, need[i].member, &m);
		vmatlas_error_free(err);
	}
	btf_free(b);
}

/* The only one, or it would be looked for in .symtab. */
static void add_function(struct image *image)
{
	struct near *n = vec_push(&image->nears);

	if (!n)
		abort();
	*n = (struct near){ strdup("vfree"), strdup("vfree") };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct image_need needs[NEEDS + 1] = { { 0 } };
	struct bytes raw = { 0 };
	struct vmatlas_error *err;
	void *made = NULL;
	size_t nr;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	nr = MIN((size_t)f.option % NEEDS, size - FUZZ_HEAD);
	for (size_t i = 0; i < nr; i++) {
		const uint8_t byte = data[size - 1 - i];

		needs[i] = (struct image_need){ "vfree", tags[(byte >> 4) % 3], paths[byte & 15] };
	}
	add_function(f.image);
	err = image_make_btf(f.image, needs, nr, &made, &raw.len);
	if (!err) {
		raw.p = made;
		read_back(f.image, &raw, needs);
	}
	vmatlas_error_free(err);
	free(made);
	fuzz_kernel_free(&f);
	return 0;
}
