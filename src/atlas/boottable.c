/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "Virtual kernel memory layout" that kernels once printed at boot, in
 * their own format: arch/arm/mm/init.c mem_init(), 2.6.34 to 5.0; arch/x86/mm/init_32.c
 * mem_init(), up to 5.7. Kernels that print none any more get the newest form; CPUs that
 * never did, one in its style.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "atlas/atlas.h"

struct row {
	const char *name;
	uint32_t kind;
	enum { KB, MB, KB_UP } unit;	/* MLK, MLM, MLK_ROUNDUP */
};

static const struct row arm_regions[] = {
	{ "vector", VMATLAS_KIND_VECTORS, KB },
	{ "DTCM", VMATLAS_KIND_TCM, KB },
	{ "ITCM", VMATLAS_KIND_TCM, KB },
	{ "fixmap", VMATLAS_KIND_FIXMAP, KB },
	{ "DMA", VMATLAS_KIND_DMA, MB },
	{ "vmalloc", VMATLAS_KIND_VMALLOC_SPACE, MB },
	{ "lowmem", VMATLAS_KIND_DIRECT_MAP, MB },
	{ "pkmap", VMATLAS_KIND_PKMAP, MB },
	{ "modules", VMATLAS_KIND_MODULE_SPACE, MB },
};

/* Up to 3.2 .init came first and .bss was not told. */
static const struct row arm_sections_old[] = {
	{ ".init", VMATLAS_KIND_SECTION, KB_UP },
	{ ".text", VMATLAS_KIND_SECTION, KB_UP },
	{ ".data", VMATLAS_KIND_SECTION, KB_UP },
};

static const struct row arm_sections[] = {
	{ ".text", VMATLAS_KIND_SECTION, KB_UP },
	{ ".init", VMATLAS_KIND_SECTION, KB_UP },
	{ ".data", VMATLAS_KIND_SECTION, KB_UP },
	{ ".bss", VMATLAS_KIND_SECTION, KB_UP },
};

static const struct {
	const char *label;
	struct row row;
} i386_rows[] = {
	{ "    fixmap  ", { "fixmap", VMATLAS_KIND_FIXMAP, KB } },
	{ "  cpu_entry ", { "cpu entry area", VMATLAS_KIND_CPU_ENTRY, KB } },
	{ "    pkmap   ", { "pkmap", VMATLAS_KIND_PKMAP, KB } },
	{ "    vmalloc ", { "vmalloc", VMATLAS_KIND_VMALLOC_SPACE, MB } },
	{ "    lowmem  ", { "lowmem", VMATLAS_KIND_DIRECT_MAP, MB } },
	{ "      .init ", { ".init", VMATLAS_KIND_SECTION, KB } },
	{ "      .data ", { ".data", VMATLAS_KIND_SECTION, KB } },
	{ "      .text ", { ".text", VMATLAS_KIND_SECTION, KB } },
};

static const struct vmatlas_claim *find(const struct vmatlas *atlas, const struct row *row)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == row->kind && c->flags & VMATLAS_CLAIM_PRIMARY &&
		    !strcmp(c->name, row->name))
			return c;
	return NULL;
}

static void print_rows(const struct vmatlas *atlas, const struct row *rows, size_t nr,
		       struct str *out)
{
	for (size_t i = 0; i < nr; i++) {
		const struct vmatlas_claim *c = find(atlas, &rows[i]);
		uint64_t size;

		if (!c)
			continue;
		size = vmatlas_range_size(&c->range);
		size = rows[i].unit == MB ? size >> 20
		     : rows[i].unit == KB ? size >> 10 : (size + 1023) >> 10;
		/* sections are set two columns in, right-aligned with the others */
		str_addf(out, rows[i].unit == KB_UP ? "    %7s : " : "    %-8s: ", rows[i].name);
		str_addf(out, "0x%08" PRIx64 " - 0x%08" PRIx64 "   (%4" PRIu64 " %s)\n",
			 c->range.first, c->range.last + 1, size, rows[i].unit == MB ? "MB" : "kB");
	}
}

static uint32_t release_of(const struct vmatlas *atlas)
{
	if (atlas->kernel)
		return atlas->kernel->release;
	return atlas->declared ? kernel_release(atlas->declared->release) : 0;
}

static void print_arm(const struct vmatlas *atlas, struct str *out)
{
	print_rows(atlas, arm_regions, ARRAY_SIZE(arm_regions), out);
	if (release_of(atlas) && release_of(atlas) >= KERNEL_RELEASE(3, 3))
		print_rows(atlas, arm_sections, ARRAY_SIZE(arm_sections), out);
	else
		print_rows(atlas, arm_sections_old, ARRAY_SIZE(arm_sections_old), out);
}

static bool is_i386(const struct vmatlas *atlas)
{
	return atlas->kernel && atlas->kernel->arch == &arch_i386;
}

/* Its .data is all from the end of .text on; its sizes are never rounded up. */
static void print_i386(const struct vmatlas *atlas, struct str *out)
{
	static const struct row text = { ".text", VMATLAS_KIND_SECTION, KB };
	const struct vmatlas_claim *before = find(atlas, &text);

	for (size_t i = 0; i < ARRAY_SIZE(i386_rows); i++) {
		const struct row *row = &i386_rows[i].row;
		const struct vmatlas_claim *c = find(atlas, row);
		uint64_t start, end;

		if (!c)
			continue;
		start = c->range.first;
		end = c->range.last + 1;
		if (before && !strcmp(c->name, ".data") && before->range.last < start)
			start = before->range.last + 1;
		str_addf(out, "%s: 0x%08" PRIx64 " - 0x%08" PRIx64 "   (%4" PRIu64 " %s)\n",
			 i386_rows[i].label, start, end, (end - start) >> (row->unit == MB ? 20 : 10),
			 row->unit == MB ? "MB" : "kB");
	}
}

/* x86-64 never had a table: every region from the top down, in arm64's columns. */
static void print_64bit(const struct vmatlas *atlas, struct str *out)
{
	for (size_t i = atlas->layers[VMATLAS_LAYER_DECLARED - 1].nr; i-- > 0;) {
		const struct vmatlas_claim *c = &atlas->layers[VMATLAS_LAYER_DECLARED - 1].v[i].pub;
		const uint64_t size = vmatlas_range_size(&c->range);
		const bool gb = size >= GIB(100), mb = size >= MIB(10);

		if (!(c->flags & VMATLAS_CLAIM_PRIMARY) || c->flags & VMATLAS_CLAIM_WINDOW)
			continue;
		str_addf(out, "    %14s : 0x%016" PRIx64 " - 0x%016" PRIx64 "   (%6" PRIu64 " %s)\n",
			 c->name, c->range.first, c->range.last + 1,
			 gb ? size >> 30 : mb ? size >> 20 : size >> 10,
			 gb ? "GB" : mb ? "MB" : "kB");
	}
}

struct vmatlas_error *vmatlas_boot_table(struct vmatlas *atlas, vmatlas_text_fn *text, void *arg)
{
	_cleanup_(str_done) struct str out = { 0 };

	if (!atlas->sealed)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "survey first, then print");
	str_addf(&out, "%s kernel memory layout:\n", is_i386(atlas) ? "virtual" : "Virtual");
	if (is_i386(atlas))
		print_i386(atlas, &out);
	else if (atlas->kernel && atlas->kernel->ptr_size == 8)
		print_64bit(atlas, &out);
	else
		print_arm(atlas, &out);
	if (out.failed)
		return error_no_memory();
	if (text(arg, str_text(&out), out.len))
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "the table could not be written");
	return NULL;
}
