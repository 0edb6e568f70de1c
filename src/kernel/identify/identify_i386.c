/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * i386: the image lies in the linear map, so KASLR moves it by the same distance
 * virtually and physically. Nothing of VMCOREINFO tells how far but its symbols.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/identify/identify.h"

/* CONFIG_PHYSICAL_ALIGN: 2 MiB with KASLR as Kconfig has it, 8 KiB at least. */
static const uint64_t alignments[] = { MIB(2), KIB(64), KIB(8) };

struct i386_found {
	uint64_t slide, phys_base;	/* the latter is 0 on every real machine */
	const char *from;
};

/*
 * The image is linked less than 128 MiB above PAGE_OFFSET (CONFIG_PHYSICAL_START),
 * and every VMSPLIT is a multiple of that (arch/x86/Kconfig: PAGE_OFFSET).
 */
static struct vmatlas_error *i386_find_page_offset(struct kernel *k)
{
	struct image_symbol text;
	struct vmatlas_error *err = image_symbol(k->image, "_text", 0, &text);

	if (!err)
		k->page_offset = text.addr & 0xf8000000;
	return err;
}

static uint64_t i386_delta_of(const struct kernel *k, const struct i386_found *f)
{
	return f->slide + f->phys_base - k->page_offset;
}

static struct vmatlas_error *i386_from_search(struct kernel *k,
					      const struct kernel_signature *p,
					      struct i386_found *ret)
{
	struct vmatlas_error *err;
	enum signature_result result;
	uint64_t delta = 0;

	err = signature_match(k, p, i386_delta_of(k, ret), &result);
	if (err || result == SIGNATURE_EQUAL)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(alignments); i++) {
		vmatlas_error_free(err);
		err = signature_search(k, p, alignments[i], &delta);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			break;
	}
	if (!err)
		ret->slide = delta + k->page_offset;
	return err;
}

static struct vmatlas_error *i386_find(struct kernel *k, const struct kernel_signature *p,
				       struct i386_found *ret)
{
	struct vmatlas_error *err;
	bool known;

	*ret = (struct i386_found){ .from = "symbols in VMCOREINFO" };
	err = identify_slide_by_symbol(k, &ret->slide, &known);
	if (err || known)
		return err;
	if (!k->mem->info.has_physical)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"neither VMCOREINFO nor memory shows where the kernel is");
	ret->from = "banner found in memory";
	return i386_from_search(k, p, ret);
}

static struct vmatlas_error *i386_override(const struct kernel_opts *opts,
					   struct i386_found *f)
{
	struct vmatlas_error *err = NULL;

	if (opts->kaslr_offset)
		err = identify_override("--kaslr-offset", opts->kaslr_offset, &f->slide);
	if (!err && opts->phys_offset)
		err = identify_override("--phys-offset", opts->phys_offset, &f->phys_base);
	return err;
}

/*
 * With PAE the tables that the boot code builds have a level more, under a name of its
 * own (arch/x86/kernel/head_32.S; up to 2.6.37 swapper_pg_pmd).
 */
static struct vmatlas_error *i386_format_by_symbol(struct kernel *k)
{
	static const char *const names[] = { "initial_pg_pmd", "swapper_pg_pmd" };

	k->format = &pt_i386;
	if (vmcoreinfo_text(k->vmcoreinfo, "CONFIG_X86_PAE"))
		k->format = &pt_i386_pae;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct image_symbol sym;
		struct vmatlas_error *err = image_symbol(k->image, names[i], 0, &sym);

		if (!err)
			k->format = &pt_i386_pae;
		else if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
	}
	return NULL;
}

/* The tables themselves prove it; what is said counts where they cannot be read. */
static struct vmatlas_error *i386_choose_format(struct kernel *k, const struct kernel_signature *p,
						uint64_t delta)
{
	enum signature_result tables = SIGNATURE_UNREADABLE;
	struct vmatlas_error *err = i386_format_by_symbol(k);
	const struct pt_format *said = k->format;

	if (!err)
		err = signature_by_tables(k, p, delta, &tables);
	if (err || tables == SIGNATURE_EQUAL)
		return err;
	k->format = said == &pt_i386 ? &pt_i386_pae : &pt_i386;
	err = signature_by_tables(k, p, delta, &tables);
	if (err || tables != SIGNATURE_EQUAL) {
		k->format = said;
		return err;
	}
	if (said != &pt_i386_pae || !vmcoreinfo_text(k->vmcoreinfo, "CONFIG_X86_PAE"))
		return NULL;
	return identify_note_is_wrong(k, "CONFIG_X86_PAE=y, yet the page tables have %u levels",
				      k->format->nr_levels);
}

struct vmatlas_error *identify_i386(struct kernel *k, const struct kernel_opts *opts,
				    const struct kernel_signature *p)
{
	struct vmatlas_error *err;
	struct i386_found f = { 0 };

	err = i386_find_page_offset(k);
	if (!err)
		err = i386_find(k, p, &f);
	if (!err)
		err = i386_override(opts, &f);
	if (err)
		return err;
	k->slide = f.slide;
	k->phys_base = f.phys_base;
	k->image_delta = f.phys_base - k->page_offset;
	err = identify_root(k, "swapper_pg_dir", i386_delta_of(k, &f));
	if (!err)
		err = i386_choose_format(k, p, i386_delta_of(k, &f));
	return err ? err : identify_finish(k, opts, p, i386_delta_of(k, &f), f.from);
}
