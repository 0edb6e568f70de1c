/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enumerators out of BTF, and which enums are signed. */
#include <string.h>

#include "debuginfo/btf/btf_member.h"

bool btf_enum_is_signed(const struct btf_blob *b, const struct btf_record *r)
{
	if (b->knows_signs || r->kind == BTF_KIND_ENUM64)
		return r->flag;
	/* Before pahole 1.24 only a negative enumerator tells. */
	for (uint32_t i = 0; i < r->vlen; i++)
		if (btf_u32(b, r->data + i * 8 + 4) >> 31)
			return true;
	return false;
}

static int64_t value_of(const struct btf_blob *b, const struct btf_record *e,
			const uint8_t *p)
{
	const uint32_t low = btf_u32(b, p + 4);

	if (e->kind == BTF_KIND_ENUM64)
		return (int64_t)((uint64_t)btf_u32(b, p + 8) << 32 | low);
	return btf_enum_is_signed(b, e) ? (int64_t)(int32_t)low : (int64_t)low;
}

/* How well a name fits: 2 the flavour, 1 the plain name. */
static int fits(const char *have, const char *name, size_t len, const char *function)
{
	if (strncmp(have, name, len))
		return 0;
	have += len;
	if (!*have)
		return 1;
	return !strncmp(have, "___", 3) && !strcmp(have + 3, function) ? 2 : 0;
}

struct vmatlas_error *btf_enumerator(struct btf_blob *b, const char *function,
				     const char *name, int64_t *ret)
{
	const size_t len = strlen(name);
	int best = 0;

	for (size_t i = 0; i < b->enums.nr && best < 2; i++) {
		struct btf_record e;

		if (!btf_record(b, b->enums.v[i], &e))
			return btf_damaged(b);
		const size_t each = e.kind == BTF_KIND_ENUM64 ? 12 : 8;

		for (uint32_t j = 0; j < e.vlen && best < 2; j++) {
			const uint8_t *p = e.data + j * each;
			const int fit = fits(btf_string(b, btf_u32(b, p)), name, len,
					     function);

			if (fit <= best)
				continue;
			best = fit;
			*ret = value_of(b, &e, p);
		}
	}
	if (best)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "no enumerator '%s' in the BTF of %s", name, b->path);
}
