/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: address_markers of ptdump, the kernel's own list of its regions:
 * {start_address, name[, max_lines]} ended by {-1, NULL}. Patched at boot, so
 * read from memory. A marker tells a start; its name what starts there.
 */
#include <inttypes.h>
#include <string.h>

#include "kernel/surveyors.h"

enum { MARKERS, START, NAME, WHOLE };

#define UNIT "ptdump_walk_pgd_level|ptdump_walk_pgd_level_core|ptdump_walk_pgd|ptdump_check_wx|" \
	     "note_page"

static const struct vmatlas_need needs[] = {
	[MARKERS] = VMATLAS_WANT_SYMBOL("address_markers"),
	[START]	  = VMATLAS_WANT_MEMBER("addr_marker", "start_address", UNIT),
	[NAME]	  = VMATLAS_WANT_MEMBER("addr_marker", "name", UNIT),
	[WHOLE]	  = VMATLAS_WANT_MEMBER("addr_marker", "", UNIT),
};

/*
 * Texts of arch/{x86,arm}/mm/dump*.c, all versions. Markers that count another
 * quantity than the region of that name (arm64's "Fixmap start") are not here.
 */
static const struct {
	const char *text;
	uint32_t kind;
	const char *name;
	bool is_end;
} known[] = {
	{ "Low Kernel Mapping", VMATLAS_KIND_DIRECT_MAP, "direct map", false },
	{ "vmalloc() Area", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", false },
	{ "vmalloc() End", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", true },
	{ "Vmemmap", VMATLAS_KIND_VMEMMAP, "vmemmap", false },
	{ "LDT remap", VMATLAS_KIND_LDT, "LDT remap", false },
	{ "KASAN shadow", VMATLAS_KIND_KASAN, "KASAN shadow", false },
	{ "KASAN shadow end", VMATLAS_KIND_KASAN, "KASAN shadow", true },
	{ "CPU entry Area", VMATLAS_KIND_CPU_ENTRY, "cpu entry area", false },
	{ "ESPfix Area", VMATLAS_KIND_ESPFIX, "espfix", false },
	{ "High Kernel Mapping", VMATLAS_KIND_IMAGE, "kernel image", false },
	{ "Modules", VMATLAS_KIND_MODULE_SPACE, "modules", false },
	{ "End Modules", VMATLAS_KIND_MODULE_SPACE, "modules", true },
	{ "Fixmap Area", VMATLAS_KIND_FIXMAP, "fixmap", false },
	{ "EFI Runtime Services", VMATLAS_KIND_EFI, "EFI runtime", false },
	/* arm */
	{ "Kernel Mapping", VMATLAS_KIND_DIRECT_MAP, "lowmem", false },
	{ "FDT Area", VMATLAS_KIND_FDT, "FDT", false },
	{ "Vectors", VMATLAS_KIND_VECTORS, "vector", false },
};

static struct vmatlas_error *marker(struct survey *s, uint64_t at, uint64_t addr, const char *text)
{
	struct vmatlas_claim c = {
		.layer = VMATLAS_LAYER_DECLARED, .source = "address_markers", .record = at,
		.record_type = "addr_marker",
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].text, text))
			continue;
		c.kind = known[i].kind;
		c.name = known[i].name;
		c.flags = known[i].is_end ? VMATLAS_CLAIM_END_ONLY : VMATLAS_CLAIM_START_ONLY;
		if (known[i].is_end)
			addr--;
		c.range = (struct vmatlas_range){ addr, addr };
		return survey_claim(s, c);
	}
	return NULL;
}

static struct vmatlas_error *run(struct survey *s)
{
	const uint64_t stride = s->res[WHOLE].size;
	uint64_t at = s->res[MARKERS].addr;

	if (!survey_has(s, MARKERS) || !survey_has(s, START) || !survey_has(s, NAME) || !stride)
		return NULL;
	for (uint64_t n = s->res[MARKERS].size / stride; n-- > 0; at += stride) {
		_cleanup_(freep) char *text = NULL;
		struct vmatlas_error *err;
		uint64_t addr, name;

		err = kernel_read_ptr(s->k, at + s->res[START].offset, &addr);
		if (!err)
			err = kernel_read_ptr(s->k, at + s->res[NAME].offset, &name);
		/* 0: not filled in on this kernel ("LDT remap" with pti=off) */
		if (!err && (addr == s->k->va_mask || !name))
			return NULL;
		if (!err && addr)
			err = kernel_read_str(s->k, name, 64, &text);
		if (!err && addr)
			err = marker(s, at, addr, text);
		err = survey_absorb(s, err, "unreadable", "address_markers", at);
		if (err)
			return err;
	}
	return NULL;
}

const struct surveyor survey_markers = {
	.name = "markers",
	.what = VMATLAS_SURVEY_DECLARED,
	.needs = needs,
	.nr_needs = ARRAY_SIZE(needs),
	.run = run,
};
