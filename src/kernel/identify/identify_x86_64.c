/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * x86-64: KASLR moves the image virtually (slide) and physically (phys_base).
 * Sources, in order: the options, VMCOREINFO, the page tables that a QEMU
 * note's CR3 points to, the banner searched every 2 MiB.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/pgtable/translate.h"
#include "kernel/lookup.h"
#include "kernel/identify/identify.h"

#define START_KERNEL_MAP 0xffffffff80000000ull
#define IMAGE_ALIGN MIB(2)	/* CONFIG_PHYSICAL_ALIGN is a multiple */
#define CR4_LA57 (1u << 12)

struct x86_64_found {
	bool known;
	uint64_t slide, phys_base;
	const char *from;
};

static uint64_t x86_64_delta_of(const struct x86_64_found *f)
{
	return f->slide + f->phys_base - START_KERNEL_MAP;
}

static struct x86_64_found x86_64_from_vmcoreinfo(struct kernel *k)
{
	struct x86_64_found f = { .from = "VMCOREINFO" };

	if (k->vmcoreinfo_doubted)
		return f;
	/* KERNELOFFSET is missing where the kernel has no KASLR */
	vmcoreinfo_hex(k->vmcoreinfo, "KERNELOFFSET", &f.slide);
	f.known = vmcoreinfo_number(k->vmcoreinfo, "phys_base", &f.phys_base);
	return f;
}

/* First mapped 2 MiB in the gigabyte where the image may lie: that is _text's. */
static bool first_mapped(struct kernel *k, uint64_t *ret_vaddr, uint64_t *ret_paddr)
{
	for (uint64_t at = START_KERNEL_MAP; at < START_KERNEL_MAP + GIB(1); at += IMAGE_ALIGN) {
		struct vmatlas_error *err;
		struct walk w;

		err = kernel_walk(k, at, &w);
		if (err) {
			vmatlas_error_free(err);	/* not this root, then */
			return false;
		}
		if (w.mapped) {
			*ret_vaddr = at;
			*ret_paddr = w.phys;
			return true;
		}
	}
	return false;
}

static struct vmatlas_error *find_root(struct kernel *k);

/*
 * An extract need not hold the bytes that prove it: init's own tables, at the place found,
 * lead to the same place.
 */
static struct vmatlas_error *x86_64_by_init_tables(struct kernel *k,
						   const struct kernel_signature *p,
						   const struct x86_64_found *f,
						   enum signature_result *ret)
{
	struct vmatlas_error *err;

	k->slide = f->slide;
	k->image_delta = f->phys_base - START_KERNEL_MAP;
	err = find_root(k);
	return err ? err : signature_by_tables(k, p, x86_64_delta_of(f), ret);
}

static struct vmatlas_error *x86_64_from_root(struct kernel *k,
					      const struct kernel_signature *p,
					      uint64_t root, struct x86_64_found *ret)
{
	enum signature_result result;
	uint64_t text, vaddr, paddr;
	struct vmatlas_error *err;
	struct image_symbol sym;

	err = image_symbol(k->image, "_text", 0, &sym);
	if (err)
		return err;
	text = align_down(sym.addr, IMAGE_ALIGN);
	k->pgd_phys = root;
	if (!first_mapped(k, &vaddr, &paddr))
		return NULL;
	ret->slide = vaddr - text;
	ret->phys_base = paddr - (vaddr - START_KERNEL_MAP);
	ret->from = "page tables at the note's CR3";
	err = signature_match(k, p, x86_64_delta_of(ret), &result);
	if (!err && result == SIGNATURE_UNREADABLE)
		err = x86_64_by_init_tables(k, p, ret, &result);
	ret->known = !err && result == SIGNATURE_EQUAL;
	return err;
}

/* With PTI a CPU in user mode has the user half of the pair of roots in CR3. */
static struct vmatlas_error *from_cr3(struct kernel *k, const struct kernel_signature *p,
				      struct x86_64_found *ret)
{
	const struct mem_info *info = &k->mem->info;

	for (size_t i = 0; i < info->nr_cpus; i++) {
		const uint64_t cr3 = info->cpus[i].cr[3] & 0x000ffffffffff000;
		const uint64_t roots[] = { cr3, cr3 & ~0x1000ull };

		k->format = info->cpus[i].cr[4] & CR4_LA57 ? &pt_x86_64_5level
							   : &pt_x86_64_4level;
		for (size_t r = 0; r < ARRAY_SIZE(roots) && cr3; r++) {
			struct vmatlas_error *err = x86_64_from_root(k, p, roots[r], ret);

			if (err || ret->known)
				return err;
		}
	}
	return NULL;
}

/* Physical place from the banner; the variable phys_base then tells the slide. */
static struct vmatlas_error *x86_64_from_search(struct kernel *k,
						const struct kernel_signature *p,
						struct x86_64_found *ret)
{
	struct vmatlas_error *err;
	struct image_symbol sym;
	uint8_t raw[8];
	uint64_t delta;

	err = signature_search(k, p, IMAGE_ALIGN, &delta);
	if (!err)
		err = image_symbol(k->image, "phys_base", 0, &sym);
	if (!err)
		err = mem_read(k->mem, MEM_PHYSICAL, sym.addr + delta, raw, sizeof(raw));
	if (err)
		return err;
	ret->phys_base = bytes_uint(raw, sizeof(raw), false);
	ret->slide = delta + START_KERNEL_MAP - ret->phys_base;
	ret->from = "banner found in memory, with phys_base";
	ret->known = true;
	return NULL;
}

static struct vmatlas_error *
x86_64_find(struct kernel *k, const struct kernel_signature *p, struct x86_64_found *ret)
{
	struct vmatlas_error *err = NULL;

	*ret = x86_64_from_vmcoreinfo(k);
	if (!ret->known)
		err = from_cr3(k, p, ret);
	if (!err && !ret->known && k->mem->info.has_physical)
		err = x86_64_from_search(k, p, ret);
	if (!err && !ret->known)
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"neither VMCOREINFO nor memory shows where the kernel is");
	return err;
}

static struct vmatlas_error *x86_64_override(const struct kernel_opts *opts,
					     struct x86_64_found *f)
{
	struct vmatlas_error *err = NULL;

	if (opts->kaslr_offset)
		err = identify_override("--kaslr-offset", opts->kaslr_offset, &f->slide);
	if (!err && opts->phys_offset)
		err = identify_override("--phys-offset", opts->phys_offset, &f->phys_base);
	return err;
}

/*
 * The variable first: it is what the kernel itself goes by. By physical address, if there
 * are such: what was read so is what an extract keeps.
 */
static struct vmatlas_error *x86_64_read_l5(struct kernel *k, bool *ret, bool *ret_known)
{
	uint8_t raw[4] = { 0 };
	struct vmatlas_error *err;
	uint64_t addr;

	err = lookup_symbol(k, "__pgtable_l5_enabled", &addr);
	if (!err)
		err = k->mem->info.has_physical
			    ? mem_read(k->mem, MEM_PHYSICAL, addr + k->image_delta, raw, 4)
			    : mem_read(k->mem, MEM_VIRTUAL, addr, raw, 4);
	*ret_known = !err;
	*ret = bytes_uint(raw, sizeof(raw), false) != 0;
	if (!err || (!error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND)))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

/* What the note says of levels is tried, and the other number where memory refutes it. */
static struct vmatlas_error *x86_64_choose_format(struct kernel *k,
						  const struct kernel_signature *p,
						  uint64_t delta)
{
	enum signature_result tables = SIGNATURE_UNREADABLE;
	uint64_t said = 0;
	bool l5, known;
	struct vmatlas_error *err = x86_64_read_l5(k, &l5, &known);

	if (err)
		return err;
	vmcoreinfo_number(k->vmcoreinfo, "pgtable_l5_enabled", &said);
	if (!known)
		l5 = said != 0;
	for (int i = 0; i < 2 && tables != SIGNATURE_EQUAL; i++) {
		k->format = l5 ^ (i == 1) ? &pt_x86_64_5level : &pt_x86_64_4level;
		err = signature_by_tables(k, p, delta, &tables);
		if (err)
			return err;
	}
	if (tables != SIGNATURE_EQUAL)
		k->format = l5 ? &pt_x86_64_5level : &pt_x86_64_4level;
	else if (vmcoreinfo_text(k->vmcoreinfo, "NUMBER(pgtable_l5_enabled)") &&
		 (said != 0) != (k->format == &pt_x86_64_5level))
		return identify_note_is_wrong(k, "NUMBER(pgtable_l5_enabled)=%" PRIu64
			", yet the page tables have %u levels", said, k->format->nr_levels);
	return NULL;
}

/*
 * AMD memory encryption marks entries with one bit of the address (5.2 and later), and
 * all that lead to the kernel's own image bear it (arch/x86/mm/mem_encrypt_identity.c).
 */
static struct vmatlas_error *check_sme_mask(struct kernel *k, const struct kernel_signature *p)
{
	const uint64_t mask = k->entry_clear;
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	struct vmatlas_error *err;
	struct walk w;
	bool marked;

	if (!mask)
		return NULL;
	k->entry_clear = 0;
	if (mask & (mask - 1) || mask < 1ull << 32 || mask >= 1ull << 52)
		return identify_note_is_wrong(k, "NUMBER(sme_mask)=%" PRIu64
			" is not one bit of a physical address above the first 32", mask);
	if (!k->mem->info.has_physical) {
		k->entry_clear = mask;
		return NULL;
	}
	err = kernel_walk(k, link + k->slide, &w);
	marked = w.nr_steps && w.step[0].entry & mask;
	if (err && error_is_kernel_trouble(err)) {
		vmatlas_error_free(err);
		err = NULL;
	}
	if (marked)
		k->entry_clear = mask;
	if (err || marked || !w.nr_steps || !(w.step[0].entry & 1))
		return err;
	return identify_note_is_wrong(k, "NUMBER(sme_mask)=%" PRIu64
		", a bit that the kernel's page tables do not have", mask);
}

static struct vmatlas_error *find_root(struct kernel *k)
{
	uint64_t root;
	struct vmatlas_error *err = lookup_symbol(k, "init_top_pgt", &root);

	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {	/* up to 4.12 */
		vmatlas_error_free(err);
		err = lookup_symbol(k, "init_level4_pgt", &root);
	}
	if (!err)
		k->pgd_phys = root + k->image_delta;
	return err;
}

struct vmatlas_error *identify_x86_64(struct kernel *k, const struct kernel_opts *opts,
				      const struct kernel_signature *p)
{
	struct vmatlas_error *err;
	struct x86_64_found f = { 0 };

	err = opts->kaslr_offset && opts->phys_offset ? NULL : x86_64_find(k, p, &f);
	if (!err)
		err = x86_64_override(opts, &f);
	if (err)
		return err;
	k->slide = f.slide;
	k->phys_base = f.phys_base;
	k->image_delta = f.phys_base - START_KERNEL_MAP;
	k->entry_clear = 0;
	vmcoreinfo_number(k->vmcoreinfo, "sme_mask", &k->entry_clear);
	k->format = &pt_x86_64_4level;	/* the first entry tells of either's marks */
	err = find_root(k);
	if (!err)
		err = check_sme_mask(k, p);
	if (!err)
		err = x86_64_choose_format(k, p, x86_64_delta_of(&f));
	return err ? err : identify_finish(k, opts, p, x86_64_delta_of(&f), f.from);
}
