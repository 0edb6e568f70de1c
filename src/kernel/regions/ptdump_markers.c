/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: address_markers of ptdump, the kernel's own list of its regions:
 * {start_address, name[, max_lines]} ended by {-1, NULL}. Patched at boot, so
 * read from memory. A marker tells a start; its name what starts there.
 */
#include <inttypes.h>
#include <string.h>

#include "kernel/survey.h"

enum {
	MARKERS, START, NAME, WHOLE, OWN_START, OWN_NAME, OWN_WHOLE, INFO, INFO_MARKERS,
};

#define MAX_MARKERS 64			/* the longest list has two dozen */

#define UNIT "ptdump_walk_pgd_level|ptdump_walk_pgd_level_core|ptdump_walk_pgd|ptdump_check_wx|" \
	     "note_page"

/* Where there is only one of them, in mm/ptdump.c (since 5.6), the CPU's file has these. */
#define OWN_UNIT "ptdump_check_wx|note_page"

static const struct vmatlas_lookup needs[] = {
	[MARKERS] = VMATLAS_OPTIONAL_SYMBOL("address_markers"),
	[START]	  = VMATLAS_OPTIONAL_MEMBER("addr_marker", "start_address", UNIT),
	[NAME]	  = VMATLAS_OPTIONAL_MEMBER("addr_marker", "name", UNIT),
	[WHOLE]	  = VMATLAS_OPTIONAL_MEMBER("addr_marker", "", UNIT),
	[OWN_START] = VMATLAS_OPTIONAL_MEMBER("addr_marker", "start_address", OWN_UNIT),
	[OWN_NAME]  = VMATLAS_OPTIONAL_MEMBER("addr_marker", "name", OWN_UNIT),
	[OWN_WHOLE] = VMATLAS_OPTIONAL_MEMBER("addr_marker", "", OWN_UNIT),
	/* arm64, 4.11 and later (arch/arm64/mm/ptdump.c) */
	[INFO]	  = VMATLAS_OPTIONAL_SYMBOL("kernel_ptdump_info"),
	[INFO_MARKERS] = VMATLAS_OPTIONAL_MEMBER("ptdump_info", "markers", OWN_UNIT),
};

/*
 * Texts of arch/{x86,arm,arm64}/mm/{dump,ptdump}*.c and arch/riscv/mm/ptdump.c, all
 * versions. Left out are markers that count another quantity than the region of that
 * name: arm64's "Fixmap start" includes slots that are for boot only, since 6.4.
 */
static const struct known {
	const char *text;
	uint32_t kind;
	const char *name;
	bool is_end;
	bool fixmap_start;		/* only where arch->fixmap.ptdump_start */
} known[] = {
	{ "Low Kernel Mapping", VMATLAS_KIND_DIRECT_MAP, "direct map", false, false },
	{ "vmalloc() Area", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", false, false },
	{ "vmalloc() End", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", true, false },
	{ "Vmemmap", VMATLAS_KIND_VMEMMAP, "vmemmap", false, false },
	{ "LDT remap", VMATLAS_KIND_LDT, "LDT remap", false, false },
	{ "KASAN shadow", VMATLAS_KIND_KASAN, "KASAN shadow", false, false },
	{ "KASAN shadow end", VMATLAS_KIND_KASAN, "KASAN shadow", true, false },
	{ "CPU entry Area", VMATLAS_KIND_CPU_ENTRY, "cpu entry area", false, false },
	{ "ESPfix Area", VMATLAS_KIND_ESPFIX, "espfix", false, false },
	{ "High Kernel Mapping", VMATLAS_KIND_IMAGE, "kernel image", false, false },
	{ "Modules", VMATLAS_KIND_MODULE_SPACE, "modules", false, false },
	{ "End Modules", VMATLAS_KIND_MODULE_SPACE, "modules", true, false },
	{ "Fixmap Area", VMATLAS_KIND_FIXMAP, "fixmap", false, false },
	{ "EFI Runtime Services", VMATLAS_KIND_EFI, "EFI runtime", false, false },
	/* i386, beside some of the above */
	{ "Persistent kmap() Area", VMATLAS_KIND_PKMAP, "pkmap", false, false },
	{ "CPU entry area", VMATLAS_KIND_CPU_ENTRY, "cpu entry area", false, false },
	{ "Fixmap area", VMATLAS_KIND_FIXMAP, "fixmap", false, false },
	/* arm and i386 */
	{ "Kernel Mapping", VMATLAS_KIND_DIRECT_MAP, "lowmem", false, false },
	{ "FDT Area", VMATLAS_KIND_FDT, "FDT", false, false },
	{ "Vectors", VMATLAS_KIND_VECTORS, "vector", false, false },
	/* arm64 and riscv */
	{ "Linear Mapping start", VMATLAS_KIND_DIRECT_MAP, "direct map", false, false },
	{ "Linear Mapping end", VMATLAS_KIND_DIRECT_MAP, "direct map", true, false },
	{ "Linear mapping", VMATLAS_KIND_DIRECT_MAP, "direct map", false, false },
	{ "Kasan shadow start", VMATLAS_KIND_KASAN, "KASAN shadow", false, false },
	{ "Kasan shadow end", VMATLAS_KIND_KASAN, "KASAN shadow", true, false },
	{ "BPF start", VMATLAS_KIND_MODULE_WINDOW, "BPF", false, false },
	{ "BPF end", VMATLAS_KIND_MODULE_WINDOW, "BPF", true, false },
	{ "Modules start", VMATLAS_KIND_MODULE_SPACE, "modules", false, false },
	{ "Modules end", VMATLAS_KIND_MODULE_SPACE, "modules", true, false },
	{ "Modules/BPF mapping", VMATLAS_KIND_MODULE_SPACE, "modules", false, false },
	{ "vmalloc() area", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", false, false },
	{ "vmalloc() end", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", true, false },
	{ "Fixmap start", VMATLAS_KIND_FIXMAP, "fixmap", false, true },
	{ "Fixmap end", VMATLAS_KIND_FIXMAP, "fixmap", true, false },
	{ "PCI I/O start", VMATLAS_KIND_PCI_IO, "PCI I/O", false, false },
	{ "PCI I/O end", VMATLAS_KIND_PCI_IO, "PCI I/O", true, false },
	{ "vmemmap start", VMATLAS_KIND_VMEMMAP, "vmemmap", false, false },
	{ "vmemmap end", VMATLAS_KIND_VMEMMAP, "vmemmap", true, false },
	{ "Kernel mapping", VMATLAS_KIND_IMAGE, "kernel image", false, false },
};

static const struct known *find_known(const struct survey *s, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].text, text) &&
		    (!known[i].fixmap_start || s->k->arch->fixmap.ptdump_start))
			return &known[i];
	return NULL;
}

static struct vmatlas_error *marker(struct survey *s, uint64_t at, uint64_t addr, const char *text)
{
	const struct known *known_as = find_known(s, text);
	struct vmatlas_claim c = {
		.layer = VMATLAS_LAYER_DECLARED, .source = "address_markers", .record = at,
		.record_type = "addr_marker",
	};

	if (!known_as)
		return NULL;
	c.kind = known_as->kind;
	c.name = known_as->name;
	c.flags = known_as->is_end ? VMATLAS_CLAIM_END_ONLY : VMATLAS_CLAIM_START_ONLY;
	if (known_as->is_end)
		addr--;
	c.range = (struct vmatlas_range){ addr, addr };
	return survey_claim(s, c);
}

struct array {
	uint64_t at, nr, stride;
	uint64_t start, name;		/* offsets in a marker */
};

static bool find_type(const struct survey *s, struct array *ret)
{
	const unsigned int from = survey_has(s, START) ? START : OWN_START;
	const struct resolved *start = &s->res[from], *name = &s->res[from + NAME - START];

	*ret = (struct array){
		.stride = s->res[from + WHOLE - START].size, .start = start->offset,
		.name = name->offset,
	};
	return start->found && name->found && ret->stride;
}

/* The array itself, or, where its name was lost, what ptdump's own record points to. */
static struct vmatlas_error *find_array(const struct survey *s, struct array *ret)
{
	if (!find_type(s, ret))
		return NULL;
	if (survey_has(s, MARKERS)) {
		ret->at = s->res[MARKERS].addr;
		ret->nr = s->res[MARKERS].size / ret->stride;
		return NULL;
	}
	if (!survey_has(s, INFO) || !survey_has(s, INFO_MARKERS))
		return NULL;
	ret->nr = MAX_MARKERS;
	return kernel_read_ptr(s->k, s->res[INFO].addr + s->res[INFO_MARKERS].offset, &ret->at);
}

static struct vmatlas_error *markers_run(struct survey *s)
{
	struct array a;
	struct vmatlas_error *found = find_array(s, &a);

	if (found)
		return survey_report_fault(s, found, "unreadable", "address_markers", 0);
	for (uint64_t at = a.at; a.nr-- > 0; at += a.stride) {
		_cleanup_(freep) char *text = NULL;
		struct vmatlas_error *err;
		uint64_t addr, name;

		err = kernel_read_ptr(s->k, at + a.start, &addr);
		if (!err)
			err = kernel_read_ptr(s->k, at + a.name, &name);
		/* 0: not filled in on this kernel ("LDT remap" with pti=off) */
		if (!err && (addr == s->k->va_mask || !name))
			return NULL;
		if (!err && addr)
			err = kernel_read_str(s->k, name, 64, &text);
		if (!err && addr)
			err = marker(s, at, addr, text);
		err = survey_report_fault(s, err, "unreadable", "address_markers", at);
		if (err)
			return err;
	}
	return NULL;
}

const struct surveyor survey_markers = {
	.name = "markers",
	.what = VMATLAS_SURVEY_DECLARED,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = markers_run,
};
