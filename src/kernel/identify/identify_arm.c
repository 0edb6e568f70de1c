/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM: no KASLR; PHYS_OFFSET is nowhere in VMCOREINFO. Where RAM begins
 * is tried first, then every 2 MiB (the image's alignment); the banner proves it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/identify/identify.h"

#define ALIGNMENT MIB(2)
#define SCTLR_TRE (1u << 28)	/* ARMv7-A ARM, B4.1.130 */

/* swapper_pg_dir lies less than 16 MiB above PAGE_OFFSET; absolute, so never slid. */
static struct vmatlas_error *arm_find_page_offset(struct kernel *k, uint64_t *ret_swapper,
						  uint64_t *ret)
{
	struct vmatlas_error *err = lookup_symbol(k, "swapper_pg_dir", ret_swapper);

	if (err)
		return vmatlas_error_wrap(err, "no page tables (a kernel without MMU?)");
	*ret = *ret_swapper & 0xff000000;
	return NULL;
}

/* PG_DIR_SIZE is 0x5000 with LPAE, 0x4000 without (arch/arm/kernel/head.S). */
static bool has_lpae(const struct kernel *k, uint64_t swapper)
{
	return (swapper & 0xffff) == 0x3000 ||
	       vmcoreinfo_text(k->vmcoreinfo, "CONFIG_ARM_LPAE");
}

/* The tables themselves prove it; what is said counts where they cannot be read. */
static struct vmatlas_error *arm_choose_levels(struct kernel *k, const struct kernel_signature *p,
					       uint64_t swapper, uint64_t delta)
{
	const bool said = has_lpae(k, swapper);
	enum signature_result tables = SIGNATURE_UNREADABLE;

	for (int i = 0; i < 2 && tables != SIGNATURE_EQUAL; i++) {
		struct vmatlas_error *err;

		k->format = said ^ (i == 1) ? &pt_arm_lpae : &pt_arm_short;
		err = signature_by_tables(k, p, delta, &tables);
		if (err)
			return err;
	}
	if (tables != SIGNATURE_EQUAL)
		k->format = said ? &pt_arm_lpae : &pt_arm_short;
	else if (said && k->format != &pt_arm_lpae &&
		 vmcoreinfo_text(k->vmcoreinfo, "CONFIG_ARM_LPAE"))
		return identify_note_is_wrong(k, "CONFIG_ARM_LPAE=y, yet the page tables have "
					      "%u levels", k->format->nr_levels);
	return NULL;
}

static struct vmatlas_error *candidates(struct kernel *k, const struct kernel_signature *p,
					uint64_t page_offset, uint64_t *ret)
{
	const struct mem_info *info = &k->mem->info;
	enum signature_result result;

	for (size_t i = 0; i < info->nr_segments; i++) {
		struct vmatlas_error *err;

		if (info->segments[i].paddr == UINT64_MAX)
			continue;
		*ret = info->segments[i].paddr - page_offset;
		err = signature_match(k, p, *ret, &result);
		if (err || result == SIGNATURE_EQUAL)
			return err;
	}
	return signature_search(k, p, ALIGNMENT, ret);
}

/*
 * One bit of SCTLR decides what the memory types in page tables mean. The kernel
 * keeps a copy (arch/arm/kernel/head-common.S); where it cannot be read, the
 * older meaning stands.
 */
static struct vmatlas_error *arm_choose_format(struct kernel *k, const struct kernel_signature *p,
					       uint64_t swapper, uint64_t delta)
{
	struct vmatlas_error *err = arm_choose_levels(k, p, swapper, delta);
	uint64_t addr = 0;
	uint8_t sctlr[4];

	if (err || k->format != &pt_arm_short)
		return err;
	err = lookup_symbol(k, "cr_alignment", &addr);
	if (!err)
		err = mem_read(k->mem, MEM_PHYSICAL, addr + delta, sctlr, sizeof(sctlr));
	if (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err && bytes_uint(sctlr, sizeof(sctlr), k->big_endian) & SCTLR_TRE)
		k->format = &pt_arm_short_remap;
	return err;
}

struct vmatlas_error *identify_arm(struct kernel *k, const struct kernel_opts *opts,
				   const struct kernel_signature *p)
{
	uint64_t swapper = 0, page_offset = 0, delta = 0;
	enum signature_result result = SIGNATURE_EQUAL;
	struct vmatlas_error *err;

	if (opts->kaslr_offset)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "--kaslr-offset: 32-bit ARM has no KASLR");
	err = arm_find_page_offset(k, &swapper, &page_offset);
	if (err)
		return err;
	if (opts->phys_offset) {
		err = identify_override("--phys-offset", opts->phys_offset, &delta);
		delta -= page_offset;
		if (!err)
			err = signature_match(k, p, delta, &result);
	} else {
		err = candidates(k, p, page_offset, &delta);
	}
	if (err)
		return err;
	k->phys_base = page_offset + delta;
	k->image_delta = delta;
	k->pgd_phys = swapper + delta;
	err = arm_choose_format(k, p, swapper, delta);
	if (err)
		return err;
	if (opts->phys_offset)
		err = identify_check_override(k, p, delta, result);
	if (err)
		return err;
	k->proof_strength = PROOF_FULL;	/* searched for: no note has a say */
	k->slide_from = strdup("none on this CPU");
	k->phys_from = strdup(opts->phys_offset ? "--phys-offset" : "found by its banner");
	if (!k->slide_from || !k->phys_from)
		return error_no_memory();
	if (result == SIGNATURE_EQUAL)
		return signature_describe(k, p, delta, "physical ", delta, &k->proof);
	k->proof = strdup("none: --phys-offset was believed");
	return k->proof ? NULL : error_no_memory();
}
