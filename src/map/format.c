/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "map/format.h"

static int fmt_digits(const struct vmatlas *atlas, uint64_t highest)
{
	return (atlas->kernel && atlas->kernel->ptr_size == 8) || highest > UINT32_MAX ? 16 : 8;
}

struct fmt_buf fmt_range(const struct vmatlas *atlas, struct vmatlas_range r)
{
	const int n = fmt_digits(atlas, r.last);
	struct fmt_buf w;

	snprintf(w.s, sizeof(w.s), "%0*" PRIx64 "-%0*" PRIx64, n, r.first, n,
		 n == 8 ? (r.last + 1) & 0x1ffffffff : r.last + 1);
	return w;
}

struct fmt_buf fmt_addr(const struct vmatlas *atlas, uint64_t addr)
{
	struct fmt_buf w;

	snprintf(w.s, sizeof(w.s), "%0*" PRIx64, fmt_digits(atlas, addr), addr);
	return w;
}

struct fmt_buf fmt_record(const struct vmatlas *atlas, uint64_t addr)
{
	struct fmt_buf w;

	snprintf(w.s, sizeof(w.s), "0x%0*" PRIx64, fmt_digits(atlas, addr), addr);
	return w;
}

struct fmt_buf fmt_size(uint64_t bytes)
{
	char size[24];
	struct fmt_buf w;

	snprintf(w.s, sizeof(w.s), "%s", str_size(bytes, size));
	return w;
}

void fmt_area(struct vmatlas *atlas, const struct vmatlas_claim *c, struct str *out)
{
	str_addf(out, "%s%s %s", c->name, c->kind == VMATLAS_KIND_AREA ? "" : " area",
		 fmt_range(atlas, c->range).s);
	if (c->area && c->area->caller)
		str_addf(out, " (%s)", vmatlas_symbol_name(atlas, c->area->caller));
}
