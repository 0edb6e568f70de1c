/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * riscv64: kernel_map holds it all, since 5.14: where the image is mapped, how far
 * from there its memory lies, where the linear map begins. The banner leads to it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/pgtable/translate.h"
#include "kernel/identify/identify.h"

#define ALIGNMENT MIB(2)	/* PMD_SIZE: setup_vm() refuses other places */
#define NEAR "setup_vm|paging_init|misc_mem_init"
#define THEAD_PMA (7ull << 60)	/* arch/riscv/include/asm/pgtable-64.h, _PAGE_PMA_THEAD */

struct riscv64_found {
	uint64_t delta;			/* physical minus link address */
	uint64_t slide;
	bool known;
	const char *from;
};

/* Member of kernel_map, or a variable of its own as before 5.14. */
static struct vmatlas_error *map_value(struct kernel *k, const char *member, uint64_t delta,
				       uint64_t *ret, bool *ret_known)
{
	struct image_symbol sym;
	struct image_member m;
	struct vmatlas_error *err;
	uint8_t raw[8];

	*ret_known = false;
	err = image_symbol(k->image, "kernel_map", 0, &sym);
	if (!err)
		err = image_member(k->image, NEAR, "kernel_mapping", member, &m);
	if (!err && m.size == sizeof(raw))
		err = mem_read(k->mem, MEM_PHYSICAL, sym.addr + m.offset + delta, raw,
			       sizeof(raw));
	if (!err && m.size == sizeof(raw)) {
		*ret = bytes_uint(raw, sizeof(raw), k->big_endian);
		*ret_known = true;
		return NULL;
	}
	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND) && !error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	return identify_variable_if_there(k, member, delta, 8, ret, ret_known);
}

/* Since 6.8 VMCOREINFO says how far; any SYMBOL() of it how far KASLR went (6.6). */
static struct vmatlas_error *riscv64_from_vmcoreinfo(struct kernel *k,
						     struct riscv64_found *ret)
{
	struct vmatlas_error *err;
	uint64_t offset;
	bool known;

	if (k->vmcoreinfo_doubted)
		return NULL;
	err = identify_slide_by_symbol(k, &ret->slide, &known);
	if (err || !known || !vmcoreinfo_number(k->vmcoreinfo, "va_kernel_pa_offset", &offset))
		return err;
	ret->delta = ret->slide - offset;
	ret->known = true;
	ret->from = "VMCOREINFO";
	return NULL;
}

static struct vmatlas_error *riscv64_from_search(struct kernel *k,
						 const struct kernel_signature *p,
						 struct riscv64_found *ret)
{
	struct vmatlas_error *err;
	uint64_t offset = 0;
	bool known = false;

	err = signature_search(k, p, ALIGNMENT, &ret->delta);
	if (!err)
		err = map_value(k, "va_kernel_pa_offset", ret->delta, &offset, &known);
	if (!err && !known)	/* up to 5.12 the image lay in the linear map */
		err = map_value(k, "va_pa_offset", ret->delta, &offset, &known);
	if (err)
		return err;
	if (!known)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"the banner is in memory, but kernel_map is not");
	ret->slide = ret->delta + offset;
	ret->known = true;
	ret->from = "banner found in memory, with kernel_map";
	return NULL;
}

static struct vmatlas_error *riscv64_find(struct kernel *k,
					  const struct kernel_signature *p,
					  struct riscv64_found *ret)
{
	struct vmatlas_error *err;

	*ret = (struct riscv64_found){ 0 };
	if (!k->mem->info.has_physical)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"riscv64 kernels are read by physical address only, yet");
	err = riscv64_from_vmcoreinfo(k, ret);
	return err || ret->known ? err : riscv64_from_search(k, p, ret);
}

/* Once, at boot, the kernel asks the CPU for as many levels as it has. */
static struct vmatlas_error *levels_by_variable(struct kernel *k, uint64_t delta)
{
	struct vmatlas_error *err;
	uint64_t l4 = 0, l5 = 0, bits;
	bool known4, known5;

	err = identify_variable_if_there(k, "pgtable_l4_enabled", delta, 1, &l4, &known4);
	if (!err)
		err = identify_variable_if_there(k, "pgtable_l5_enabled", delta, 1, &l5,
						 &known5);
	if (err)
		return err;
	if (!known4 && vmcoreinfo_number(k->vmcoreinfo, "VA_BITS", &bits)) {
		l4 = bits >= 48;
		l5 = bits >= 57;
	}
	k->format = l5 ? &pt_riscv_sv57 : l4 ? &pt_riscv_sv48 : &pt_riscv_sv39;
	return NULL;
}

/* What is said of levels is tried first, the others where memory refutes it. */
static struct vmatlas_error *choose_levels(struct kernel *k, const struct kernel_signature *p,
					   uint64_t delta)
{
	static const struct pt_format *const all[] = { &pt_riscv_sv39, &pt_riscv_sv48,
						       &pt_riscv_sv57 };
	enum signature_result tables = SIGNATURE_UNREADABLE;
	struct vmatlas_error *err = levels_by_variable(k, delta);
	const struct pt_format *said = k->format;

	if (!err)
		err = signature_by_tables(k, p, delta, &tables);
	for (size_t i = 0; !err && tables != SIGNATURE_EQUAL && i < ARRAY_SIZE(all); i++) {
		k->format = all[i];
		err = signature_by_tables(k, p, delta, &tables);
	}
	if (tables != SIGNATURE_EQUAL)
		k->format = said;
	return err;
}

/* T-Head's bits for ordinary memory are in every entry there, and reserved elsewhere. */
static struct vmatlas_error *riscv64_choose_types(struct kernel *k,
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
	if (err || !w.nr_steps || (w.step[w.nr_steps - 1].entry & THEAD_PMA) != THEAD_PMA)
		return err;
	k->format = k->format == &pt_riscv_sv57 ? &pt_thead_sv57 :
		    k->format == &pt_riscv_sv48 ? &pt_thead_sv48 : &pt_thead_sv39;
	return NULL;
}

/*
 * Where the linear map begins, and what it maps there: PHYS_OFFSET, the start of RAM.
 * A constant of the configuration before 5.17, like the image's place up to 5.12.
 */
static struct vmatlas_error *find_linear_map(struct kernel *k, const struct kernel_opts *opts,
					     uint64_t delta)
{
	struct vmatlas_error *err;
	uint64_t offset = 0;
	bool known = false;

	err = map_value(k, "page_offset", delta, &k->page_offset, &known);
	if (!err && !known && !vmcoreinfo_number(k->vmcoreinfo, "PAGE_OFFSET", &k->page_offset))
		k->page_offset = 0xffffffe000000000;
	if (!err)
		err = map_value(k, "va_pa_offset", delta, &offset, &known);
	if (!err && known)
		k->phys_base = k->page_offset - offset;
	else if (!err)
		known = vmcoreinfo_number(k->vmcoreinfo, "phys_ram_base", &k->phys_base);
	return err ? err : identify_given_phys(k, opts, known, "kernel_map");
}

struct vmatlas_error *identify_riscv64(struct kernel *k, const struct kernel_opts *opts,
				       const struct kernel_signature *p)
{
	struct vmatlas_error *err;
	struct riscv64_found f;

	err = riscv64_find(k, p, &f);
	if (!err && opts->kaslr_offset)
		err = identify_override("--kaslr-offset", opts->kaslr_offset, &f.slide);
	if (err)
		return err;
	k->slide = f.slide;
	k->image_delta = f.delta - f.slide;
	err = identify_root(k, "swapper_pg_dir", f.delta);
	if (!err)
		err = choose_levels(k, p, f.delta);
	if (!err)
		err = riscv64_choose_types(k, p);
	if (!err)
		err = find_linear_map(k, opts, f.delta);
	return err ? err : identify_finish(k, opts, p, f.delta, f.from);
}
