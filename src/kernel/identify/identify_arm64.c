/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arm64: the image lies anywhere, physically (kimage_voffset) and, under KASLR,
 * virtually (slide); the linear map's place is a third thing (memstart_addr). VMCOREINFO
 * names all of them; else the banner is searched, and the variables lie beside it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/pgtable/translate.h"
#include "kernel/lookup.h"
#include "kernel/identify/identify.h"
#include "kernel/type_log.h"

/*
 * Without KASLR 2 MiB; EFI moves it by less (EFI_KIMG_ALIGN, the image's segments'
 * alignment, drivers/firmware/efi/libstub/arm64-stub.c, 6.1).
 */
static const uint64_t alignments[] = { MIB(2), KIB(64) };

struct arm64_found {
	uint64_t delta;			/* physical minus link address */
	uint64_t slide;
	const char *from;
};

/* ---- The image ---- */

static bool arm64_from_vmcoreinfo(struct kernel *k, struct arm64_found *ret)
{
	uint64_t voffset;

	if (k->vmcoreinfo_doubted ||
	    !vmcoreinfo_number(k->vmcoreinfo, "kimage_voffset", &voffset))
		return false;
	/* since 4.17; before, KASLR was told by no line at all */
	vmcoreinfo_hex(k->vmcoreinfo, "KERNELOFFSET", &ret->slide);
	ret->delta = ret->slide - voffset;
	ret->from = "VMCOREINFO";
	return true;
}

/* ---- Page size and tables ---- */

/*
 * The image begins with a header that boot loaders read (Documentation/arch/arm64/
 * booting.rst): "ARM\x64" at 56, and at 24 flags whose bits 2:1 are the page size.
 */
static struct vmatlas_error *page_size_from_header(struct kernel *k, bool *ret_known)
{
	static const uint8_t shift[] = { 0, 12, 14, 16 };
	struct image_symbol text;
	struct vmatlas_error *err;
	uint8_t header[64];
	unsigned int size;

	*ret_known = false;
	err = image_symbol(k->image, "_text", 0, &text);
	if (!err)
		err = trace_read(k, text.addr, header, sizeof(header));
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);	/* a debug-only vmlinux: the default stands */
		return NULL;
	}
	if (err)
		return err;
	size = bytes_uint(header + 24, 8, false) >> 1 & 3;
	*ret_known = !memcmp(header + 56, "ARM\x64", 4) && shift[size];
	if (!*ret_known)
		return NULL;
	if (vmcoreinfo_text(k->vmcoreinfo, "PAGESIZE") && k->page_shift != shift[size] &&
	    !k->vmcoreinfo_wrong)
		err = identify_note_is_wrong(k, "PAGESIZE=%u, yet this kernel was built for "
			"pages of %u bytes", 1u << k->page_shift, 1u << shift[size]);
	k->page_shift = shift[size];
	return err;
}

/* What VMCOREINFO says of VA_BITS and of the CPU; 0: nothing that makes sense. */
static uint64_t bits_by_number(const struct kernel *k)
{
	uint64_t bits = 0, t1sz;

	if (!vmcoreinfo_number(k->vmcoreinfo, "VA_BITS", &bits))
		bits = 0;
	if (k->page_shift != 16 && vmcoreinfo_number(k->vmcoreinfo, "TCR_EL1_T1SZ", &t1sz) &&
	    t1sz < 64)
		bits = 64 - t1sz;
	return bits <= 52 && pt_arm64_find(k->page_shift, bits, false) ? bits : 0;
}

/*
 * How many bits of address the root takes: as configured, or fewer where the CPU has
 * no 52. Not asked of symbols that come and go: the right one leads to the banner. Where
 * a table on that way is not in the dump, nothing is proved, and the note is believed.
 */
static struct vmatlas_error *choose_bits(struct kernel *k, const struct kernel_signature *p,
					 uint64_t delta, bool *ret_proved)
{
	static const uint8_t bits[] = { 48, 52, 47, 39, 42, 36 };
	const uint64_t said = bits_by_number(k);

	k->format = NULL;
	*ret_proved = false;
	for (size_t i = 0; i < ARRAY_SIZE(bits) && k->mem->info.has_physical; i++) {
		const struct pt_format *f = pt_arm64_find(k->page_shift, bits[i], false);
		enum signature_result result;
		struct vmatlas_error *err;

		if (!f)
			continue;
		k->format = f;
		err = signature_by_tables(k, p, delta, &result);
		*ret_proved = result == SIGNATURE_EQUAL;
		if (err || *ret_proved)
			return err;
	}
	k->format = said ? pt_arm64_find(k->page_shift, said, false) : NULL;
	return NULL;
}

/* MT_NORMAL was 4 up to 5.9 and is 0 since: the banner's own page tells. */
static struct vmatlas_error *arm64_choose_types(struct kernel *k,
						const struct kernel_signature *p)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	struct vmatlas_error *err;
	struct walk w;

	err = kernel_walk(k, link + k->slide, &w);
	if (error_is_kernel_trouble(err)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err && w.mapped && (w.step[w.nr_steps - 1].entry >> 2 & 7) == 4)
		k->format = pt_arm64_find(k->page_shift, k->format->kernel_bits, true);
	return err;
}

/* A kernel configured for 52 bits makes do with 48 (47 of 16K pages), no other with less. */
static struct vmatlas_error *check_va_bits(struct kernel *k)
{
	const uint64_t bits = k->format->kernel_bits;
	uint64_t said;

	if (!vmcoreinfo_number(k->vmcoreinfo, "VA_BITS", &said) || said == bits ||
	    (said == 52 && (bits == 48 || bits == 47)))
		return NULL;
	vmcoreinfo_forget(k->vmcoreinfo, "NUMBER(VA_BITS)");
	return identify_note_is_wrong(k, "NUMBER(VA_BITS)=%" PRIu64 ", yet the page tables "
				      "translate %" PRIu64 " bits", said, bits);
}

static struct vmatlas_error *
arm64_choose_format(struct kernel *k, const struct kernel_signature *p, uint64_t delta)
{
	static const uint8_t shifts[] = { 12, 16, 14 };
	bool known, proved = false;
	struct vmatlas_error *err = page_size_from_header(k, &known);
	const uint32_t said = k->page_shift;

	if (!err)
		err = choose_bits(k, p, delta, &proved);
	for (size_t i = 0; !err && !known && !proved && i < ARRAY_SIZE(shifts); i++) {
		k->page_shift = shifts[i];
		err = choose_bits(k, p, delta, &proved);
	}
	if (!err && !proved && !known) {
		k->page_shift = said;
		err = choose_bits(k, p, delta, &proved);
	}
	if (!err && proved)
		err = check_va_bits(k);
	if (err || (k->format && !k->mem->info.has_physical))
		return err;
	if (!k->format)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"the dump does not hold the kernel's page tables, and nothing else says "
			"how many bits an address has");
	return arm64_choose_types(k, p);
}

/* ---- Where nothing is said ---- */

/*
 * Where the variable is not in the dump, what the note says of the slide is tried: page
 * tables prove it. Without a note, there was no KASLR.
 */
static struct vmatlas_error *arm64_slide_by_note(struct kernel *k,
						 const struct kernel_signature *p,
						 struct arm64_found *ret)
{
	uint64_t slides[3] = { 0 }, text;
	struct image_symbol sym;
	struct vmatlas_error *err;
	bool known, proved = false;

	if (!vmcoreinfo_nr(k->vmcoreinfo))
		return NULL;
	vmcoreinfo_hex(k->vmcoreinfo, "KERNELOFFSET", &slides[0]);
	err = image_symbol(k->image, "_stext", 0, &sym);
	if (!err && vmcoreinfo_symbol(k->vmcoreinfo, "_stext", &text))
		slides[1] = text - sym.addr;
	vmatlas_error_free(err);
	err = identify_root(k, "swapper_pg_dir", ret->delta);
	if (!err)
		err = page_size_from_header(k, &known);
	for (size_t i = 0; !err && !proved && i < ARRAY_SIZE(slides); i++) {
		k->slide = slides[i];
		err = choose_bits(k, p, ret->delta, &proved);
		if (proved)
			ret->slide = slides[i];
	}
	return err;
}

/* Up to 4.5 the image was part of the linear map, and there was no KASLR. */
static struct vmatlas_error *arm64_from_search(struct kernel *k,
					       const struct kernel_signature *p,
					       struct arm64_found *ret)
{
	struct vmatlas_error *err = NULL;
	uint64_t voffset = 0;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(alignments); i++) {
		vmatlas_error_free(err);
		err = signature_search(k, p, alignments[i], &ret->delta);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			break;
	}
	if (!err)
		err = identify_variable_if_there(k, "kimage_voffset", ret->delta, 8, &voffset,
						 &known);
	if (err)
		return err;
	ret->slide = known ? ret->delta + voffset : 0;
	ret->from = known ? "banner found in memory, with kimage_voffset"
			  : "banner found in memory";
	return known ? NULL : arm64_slide_by_note(k, p, ret);
}

static struct vmatlas_error *identify_arm64_find(struct kernel *k,
						 const struct kernel_signature *p,
						 struct arm64_found *ret)
{
	*ret = (struct arm64_found){ 0 };
	if (arm64_from_vmcoreinfo(k, ret))
		return NULL;
	if (k->mem->info.has_physical)
		return arm64_from_search(k, p, ret);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "neither VMCOREINFO nor memory shows where the kernel is");
}

/* ---- The rest ---- */

static struct vmatlas_error *arm64_has_symbol(struct kernel *k, const char *name,
					      bool *ret)
{
	struct vmatlas_error *err;
	uint64_t addr;

	err = lookup_symbol(k, name, &addr);
	*ret |= !err;
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	return err;
}

/* mm/kasan/{tags,sw_tags,hw_tags}.c; KASAN without tags leaves pointers alone. */
static struct vmatlas_error *find_tags(struct kernel *k)
{
	struct vmatlas_error *err =
		arm64_has_symbol(k, "kasan_init_sw_tags", &k->has_tags);

	if (!err)
		err = arm64_has_symbol(k, "kasan_init_hw_tags", &k->has_tags);
	if (!err)
		err = arm64_has_symbol(k, "kasan_init_tags", &k->has_tags);
	return err;
}

/*
 * PHYS_OFFSET: the linear map only. Randomised since 4.6, it may be no address of RAM
 * at all. One that a person gives must be what the kernel itself says, if it does.
 */
static struct vmatlas_error *find_memstart(struct kernel *k, const struct kernel_opts *opts,
					   uint64_t delta)
{
	struct vmatlas_error *err;
	bool known = false;

	err = identify_variable_if_there(k, "memstart_addr", delta, 8, &k->phys_base, &known);
	if (!err && !known)
		known = vmcoreinfo_number(k->vmcoreinfo, "PHYS_OFFSET", &k->phys_base);
	return err ? err : identify_given_phys(k, opts, known, "memstart_addr");
}

struct vmatlas_error *identify_arm64(struct kernel *k, const struct kernel_opts *opts,
				     const struct kernel_signature *p)
{
	struct vmatlas_error *err;
	struct arm64_found f;

	err = identify_arm64_find(k, p, &f);
	if (!err && opts->kaslr_offset)
		err = identify_override("--kaslr-offset", opts->kaslr_offset, &f.slide);
	if (err)
		return err;
	k->slide = f.slide;
	k->image_delta = f.delta - f.slide;
	err = find_tags(k);
	if (!err)
		err = identify_root(k, "swapper_pg_dir", f.delta);
	if (!err)
		err = arm64_choose_format(k, p, f.delta);
	if (!err)
		err = find_memstart(k, opts, f.delta);
	return err ? err : identify_finish(k, opts, p, f.delta, f.from);
}
