/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "Virtual kernel memory layout" that kernels once printed at boot, in their own
 * form; x86-64, which never had one, gets every region in the style of arm64's.
 */
#include <inttypes.h>
#include <string.h>

#include "map/vmatlas_internal.h"
#include "map/boot_layout.h"
#include "kernel/ram/linear_map.h"

struct boot_table {
	const struct vmatlas *atlas;
	const struct boot_form *form;
	uint32_t release;
	struct boot_facts facts;
	struct str out;
};

static const struct vmatlas_claim *boot_layout_find(const struct vmatlas *atlas,
						    uint32_t kind, const char *name)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == kind && c->flags & VMATLAS_CLAIM_PRIMARY && !strcmp(c->name, name))
			return c;
	return NULL;
}

/* ---- Rows ---- */

static bool of_this_release(const struct boot_table *t, const struct boot_row *row)
{
	return !t->release || ((!row->since || t->release >= row->since) &&
			       (!row->before || t->release < row->before));
}

static bool by_region(const struct boot_table *t, const struct boot_row *row,
		      uint64_t *start, uint64_t *end)
{
	const struct vmatlas_claim *c = boot_layout_find(t->atlas, row->kind, row->name),
				   *text;

	if (!c || (row->what == BOOT_VMEMMAP && t->atlas->kernel && !t->facts.has_vmemmap))
		return false;
	*start = c->range.first;
	*end = c->range.last + 1;
	if (row->what == BOOT_TO_TOP)
		*end = UINT64_MAX;
	text = row->what == BOOT_FROM_ETEXT
		       ? boot_layout_find(t->atlas, VMATLAS_KIND_SECTION, ".text")
		       : NULL;
	if (text && text->range.last < *start)
		*start = text->range.last + 1;
	return true;
}

static bool by_facts(const struct boot_table *t, const struct boot_row *row,
		     uint64_t *start, uint64_t *end)
{
	const struct boot_facts *f = &t->facts;
	const bool pages = row->what == BOOT_VMEMMAP_USED;

	/* of a log alone: as it said */
	if (!t->atlas->kernel)
		return by_region(t, row, start, end);
	*start = pages ? f->vmemmap : f->memory;
	*end = pages ? f->vmemmap_end : f->high_memory;
	return pages ? f->has_vmemmap : f->has_memory;
}

static uint64_t in_units(enum boot_unit unit, uint64_t size, unsigned int *ret_unit)
{
	*ret_unit = unit == BOOT_K_UP ? BOOT_K : unit;
	if (unit == BOOT_K_UP)
		size += 1023;
	if (unit == BOOT_ML)
		*ret_unit = size >> 40 >= 10 ? 3 : size >> 30 >= 10 ? 2 : size >> 20 >= 10;
	return size >> (10 * (*ret_unit + 1));
}

static void boot_layout_print_row(struct boot_table *t, const struct boot_row *row)
{
	uint64_t start, end, size;
	unsigned int unit;

	if (!of_this_release(t, row))
		return;
	if (!(row->what == BOOT_VMEMMAP_USED || row->what == BOOT_MEMORY
	      ? by_facts(t, row, &start, &end) : by_region(t, row, &start, &end)))
		return;
	size = in_units(row->unit, end - start, &unit);
	str_addf(&t->out, "%s0x%0*" PRIx64 " - 0x%0*" PRIx64 "   (%*" PRIu64 " %s%s)\n",
		 row->label, t->form->digits, start, t->form->digits, end, t->form->width, size,
		 t->form->units[unit], row->more ? row->more : "");
}

/* ---- Which form ---- */

static void print_all(struct boot_table *t)
{
	for (size_t i = t->atlas->layers[VMATLAS_LAYER_DECLARED - 1].nr; i-- > 0;) {
		const struct vmatlas_claim *c =
			&t->atlas->layers[VMATLAS_LAYER_DECLARED - 1].v[i].pub;
		const uint64_t size = vmatlas_range_size(&c->range);
		const bool gb = size >= GIB(100), mb = size >= MIB(10);

		if (!(c->flags & VMATLAS_CLAIM_PRIMARY) || c->flags & VMATLAS_CLAIM_WINDOW)
			continue;
		str_addf(&t->out,
			 "    %14s : 0x%016" PRIx64 " - 0x%016" PRIx64 "   (%6" PRIu64 " %s)\n",
			 c->name, c->range.first, c->range.last + 1,
			 gb ? size >> 30 : mb ? size >> 20 : size >> 10,
			 gb ? "GB" : mb ? "MB" : "kB");
	}
}

/* A table alone, read from a log: whose it is shows in its style. */
static enum arch_boot_layout layout_of(const struct vmatlas *atlas)
{
	static const enum arch_boot_layout by_style[] = {
		[BOOTLOG_STYLE_UNKNOWN] = BOOT_LAYOUT_ARM, [BOOTLOG_STYLE_ARM] = BOOT_LAYOUT_ARM,
		[BOOTLOG_STYLE_I386] = BOOT_LAYOUT_I386, [BOOTLOG_STYLE_64BIT] = BOOT_LAYOUT_ARM64,
		[BOOTLOG_STYLE_RISCV] = BOOT_LAYOUT_RISCV,
	};

	if (atlas->kernel)
		return atlas->kernel->arch->boot_layout;
	return by_style[atlas->boot_log ? atlas->boot_log->style : BOOTLOG_STYLE_UNKNOWN];
}

static struct vmatlas_error *boot_layout_learn(struct boot_table *t,
					       struct vmatlas *atlas)
{
	const struct vmatlas_claim *linear = atlas_region(atlas, VMATLAS_KIND_DIRECT_MAP);
	const struct vmatlas_claim *pages = atlas_region(atlas, VMATLAS_KIND_VMEMMAP);

	t->atlas = atlas;
	t->release = atlas->kernel ? atlas->kernel->release
		   : atlas->boot_log ? kernel_release(atlas->boot_log->release) : 0;
	/* a log that does not say its release: .bss came with the newer form of ARM */
	if (!t->release && !atlas->kernel &&
	    boot_layout_find(atlas, VMATLAS_KIND_SECTION, ".bss"))
		t->release = KERNEL_RELEASE(5, 0);
	t->form = boot_form_find(layout_of(atlas), t->release);
	if (!t->form || !atlas->kernel || atlas->kernel->ptr_size != 8 || !linear)
		return NULL;
	return boot_facts_read(atlas->kernel, linear->range.first,
			       pages ? pages->range.first : 0, &t->facts);
}

struct vmatlas_error *vmatlas_boot_layout(struct vmatlas *atlas, vmatlas_write_fn *text, void *arg)
{
	struct vmatlas_error *err;
	struct boot_table t = { 0 };

	if (!atlas->sealed)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "survey first, then print");
	err = boot_layout_learn(&t, atlas);
	if (err)
		return err;
	str_addf(&t.out, "%s kernel memory layout:\n", t.form ? t.form->title : "Virtual");
	for (size_t i = 0; t.form && i < t.form->nr_rows; i++)
		boot_layout_print_row(&t, &t.form->rows[i]);
	if (!t.form)
		print_all(&t);
	if (t.out.failed)
		err = error_no_memory();
	else if (text(arg, str_text(&t.out), t.out.len))
		err = vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "the table could not be written");
	str_done(&t.out);
	return err;
}
