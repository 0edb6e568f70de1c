/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the ways of the CPUs share: reading before tables are known, and the verdict. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/identify/identify.h"

struct vmatlas_error *identify_slide_by_symbol(struct kernel *k, uint64_t *ret, bool *ret_known)
{
	struct image_symbol sym;
	struct vmatlas_error *err;
	uint64_t now;

	*ret = 0;
	*ret_known = false;
	if (k->vmcoreinfo_doubted || !vmcoreinfo_symbol(k->vmcoreinfo, "_stext", &now))
		return NULL;
	err = image_symbol(k->image, "_stext", 0, &sym);
	if (!err) {
		*ret = (now - sym.addr) & k->va_mask;
		*ret_known = true;
	}
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	return err;
}

struct vmatlas_error *identify_variable(struct kernel *k, const char *name, uint64_t delta,
					size_t size, uint64_t *ret)
{
	struct image_symbol sym;
	struct vmatlas_error *err;
	uint8_t raw[8];

	err = image_symbol(k->image, name, 0, &sym);
	if (err)
		return err;
	if (k->mem->info.has_physical)
		err = mem_read(k->mem, MEM_PHYSICAL, sym.addr + delta, raw, size);
	else
		err = mem_read(k->mem, MEM_VIRTUAL, (sym.addr + k->slide) & k->va_mask, raw,
			       size);
	if (!err)
		*ret = bytes_uint(raw, size, k->big_endian);
	return vmatlas_error_wrap(err, "%s", name);
}

struct vmatlas_error *identify_variable_if_there(struct kernel *k, const char *name,
						 uint64_t delta, size_t size, uint64_t *ret,
						 bool *ret_known)
{
	struct vmatlas_error *err = identify_variable(k, name, delta, size, ret);

	*ret_known = !err;
	if (!error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

struct vmatlas_error *identify_root(struct kernel *k, const char *symbol, uint64_t delta)
{
	struct image_symbol sym;
	struct vmatlas_error *err = image_symbol(k->image, symbol, 0, &sym);

	if (!err)
		k->pgd_phys = sym.addr + delta;
	return vmatlas_error_wrap(err, "no page tables (a kernel without MMU?)");
}

static struct vmatlas_error *set_texts(struct kernel *k, const struct kernel_opts *opts,
				       const struct kernel_signature *p, uint64_t delta, const char *from,
				       enum signature_result result)
{
	free(k->slide_from);
	free(k->phys_from);
	free(k->proof);
	k->proof = NULL;
	k->slide_from = strdup(opts->kaslr_offset ? "--kaslr-offset" : from);
	k->phys_from = strdup(opts->phys_offset ? "--phys-offset" : from);
	if (!k->slide_from || !k->phys_from)
		return error_no_memory();
	if (result == SIGNATURE_EQUAL)
		return signature_describe(k, p, delta, "", k->slide, &k->proof);
	k->proof = strdup(opts->kaslr_offset || opts->phys_offset ? "page tables" :
			  result == SIGNATURE_UNREADABLE ? "page tables" :
			  "VMCOREINFO BUILD-ID and page tables; in memory it is overwritten");
	return k->proof ? NULL : error_no_memory();
}

static struct vmatlas_error *not_proved(const struct kernel *k, const struct kernel_signature *p,
					uint64_t delta, enum signature_result result)
{
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
		"%s at the place VMCOREINFO names (physical %#" PRIx64 ") %s; "
		"--kaslr-offset and --phys-offset say where it is",
		k->mem->info.has_physical ? "memory" : "virtual memory",
		(p->banner_addr ? p->banner_addr : p->id_addr) + delta,
		result == SIGNATURE_DIFFERENT ? "does not hold this kernel" :
		"could not be read, and no page tables prove that this kernel is there");
}

/*
 * Where memory differs, the kernel's read-only data may have been overwritten: if
 * VMCOREINFO names this kernel, its page tables tell whether the place is right.
 * Bytes that cannot be read prove nothing, and neither does a build ID in a note.
 */
static struct vmatlas_error *identify_check(struct kernel *k,
					    const struct kernel_signature *p,
					    uint64_t delta, enum signature_result result)
{
	enum signature_result tables;
	struct vmatlas_error *err = signature_by_tables(k, p, delta, &tables);

	if (err)
		return err;
	k->proof_strength = PROOF_NONE;
	if (result == SIGNATURE_EQUAL)
		k->proof_strength = tables == SIGNATURE_EQUAL || !k->mem->info.has_physical
					    ? PROOF_FULL : PROOF_BYTES_ONLY;
	else if (tables == SIGNATURE_EQUAL && result == SIGNATURE_UNREADABLE)
		k->proof_strength = PROOF_FULL;
	else if (tables == SIGNATURE_EQUAL && identify_named_by_vmcoreinfo(k))
		k->proof_strength = PROOF_TABLES_ONLY;
	return k->proof_strength ? NULL : not_proved(k, p, delta, result);
}

struct vmatlas_error *identify_finish(struct kernel *k, const struct kernel_opts *opts,
				      const struct kernel_signature *p, uint64_t delta, const char *from)
{
	enum signature_result result;
	struct vmatlas_error *err = signature_match(k, p, delta, &result);

	if (!err && (opts->kaslr_offset || opts->phys_offset))
		err = identify_check_override(k, p, delta, result);
	else if (!err)
		err = identify_check(k, p, delta, result);
	return err ? err : set_texts(k, opts, p, delta, from, result);
}
