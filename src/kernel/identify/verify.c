/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does memory hold the kernel that vmlinux describes, and where? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/pgtable/translate.h"
#include "kernel/identify/identify.h"
#include "kernel/type_log.h"

static void id_bytes(const char *hex, uint8_t id[static 20])
{
	for (size_t i = 0; i < 20; i++)
		sscanf(hex + 2 * i, "%2hhx", &id[i]);
}

/* What vmlinux says about itself; a debug-only file may hold neither. */
struct vmatlas_error *signature_load(struct kernel *k, struct kernel_signature *ret)
{
	const struct image_info *info = image_info(k->image);
	struct vmatlas_error *err;
	struct image_symbol sym;

	*ret = (struct kernel_signature){ 0 };
	if (info->build_id_addr && strlen(info->build_id) == 40) {
		ret->id_addr = info->build_id_addr;
		id_bytes(info->build_id, ret->id);
	}
	err = image_symbol(k->image, "linux_banner", 0, &sym);
	if (!err) {
		const size_t len = sym.size && sym.size < sizeof(ret->banner) ? sym.size : 128;

		err = trace_read(k, sym.addr, ret->banner, len);
		ret->banner_size = strnlen(ret->banner, len);
		if (!err && ret->banner_size >= 16) {
			ret->banner_addr = sym.addr;
			/* the NUL too: copies in log text end with a newline */
			ret->banner_size += ret->banner_size < len;
		}
	}
	if (err && vmatlas_error_code(err) == VMATLAS_ERROR_SYSTEM)
		return err;
	vmatlas_error_free(err);
	if (!ret->banner_addr && !ret->id_addr)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s holds neither linux_banner nor a build ID: nothing to tell by "
			"which kernel it is", info->path);
	return NULL;
}

static struct vmatlas_error *signature_compare(struct kernel *k, uint64_t addr,
					       uint64_t delta, const void *bytes,
					       size_t len, enum signature_result *ret)
{
	struct vmatlas_error *err;
	uint8_t seen[512];

	/* what a search passes by does not belong into an extract */
	k->mem->record_paused = true;
	if (k->mem->info.has_physical)
		err = mem_read(k->mem, MEM_PHYSICAL, addr + delta, seen, len);
	else
		err = mem_read(k->mem, MEM_VIRTUAL, (addr + k->slide) & k->va_mask, seen, len);
	k->mem->record_paused = false;
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);
		*ret = SIGNATURE_UNREADABLE;
		return NULL;
	}
	if (!err)
		*ret = memcmp(seen, bytes, len) ? SIGNATURE_DIFFERENT : SIGNATURE_EQUAL;
	if (!err && *ret == SIGNATURE_EQUAL && k->mem->record && k->mem->info.has_physical)
		err = mem_record_add(k->mem->record, addr + delta, seen, len);
	return err;
}

/*
 * Twenty bytes of build ID decide; the banner, which a rebuild may share, and which
 * may have been overwritten, does where they cannot.
 */
struct vmatlas_error *signature_match(struct kernel *k, const struct kernel_signature *p, uint64_t delta,
				    enum signature_result *ret)
{
	struct vmatlas_error *err = NULL;

	*ret = SIGNATURE_UNREADABLE;
	if (p->id_addr)
		err = signature_compare(k, p->id_addr, delta, p->id, sizeof(p->id), ret);
	if (!err && *ret == SIGNATURE_UNREADABLE && p->banner_addr)
		err = signature_compare(k, p->banner_addr, delta, p->banner,
					p->banner_size, ret);
	return err;
}

struct vmatlas_error *signature_by_tables(struct kernel *k, const struct kernel_signature *p, uint64_t delta,
				      enum signature_result *ret)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	struct vmatlas_error *err;
	struct walk w;

	*ret = SIGNATURE_UNREADABLE;
	if (!k->mem->info.has_physical)
		return NULL;
	err = kernel_walk(k, (link + k->slide) & k->va_mask, &w);
	if (err && error_is_kernel_trouble(err)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err)
		*ret = w.mapped && w.phys == link + delta ? SIGNATURE_EQUAL : SIGNATURE_DIFFERENT;
	return err;
}

struct vmatlas_error *signature_of_raw(struct kernel *k, const struct kernel_signature *p)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	const uint64_t virt = (link + k->slide) & k->va_mask, phys = virt + k->image_delta;
	struct vmatlas_error *err;
	struct walk w;

	err = kernel_walk(k, virt, &w);
	if (err && !error_is_kernel_trouble(err))
		return err;
	if (!err && w.mapped && w.phys == phys)
		return NULL;
	if (!err && w.mapped)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"the kernel's page tables put it at physical %#" PRIx64 ", but the raw "
			"images have it at %#" PRIx64 "; is the address after @ right?", w.phys,
			phys);
	vmatlas_error_free(err);
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"the page tables of the kernel at physical %#" PRIx64 " lead nowhere in the raw "
		"images; is the address after @ right, and is all of RAM given?", phys);
}

static const char *proof_words(enum signature_result id, enum signature_result banner)
{
	if (id != SIGNATURE_EQUAL)
		return "linux_banner";
	if (banner == SIGNATURE_EQUAL)
		return "linux_banner and build ID";
	return banner == SIGNATURE_DIFFERENT ? "overwritten linux_banner, but build ID" : "build ID";
}

struct vmatlas_error *signature_describe(struct kernel *k, const struct kernel_signature *p, uint64_t delta,
				     const char *space, uint64_t base, char **ret)
{
	enum signature_result id = SIGNATURE_UNREADABLE, banner = SIGNATURE_UNREADABLE;
	struct vmatlas_error *err = NULL;

	if (p->id_addr)
		err = signature_compare(k, p->id_addr, delta, p->id, sizeof(p->id), &id);
	if (!err && p->banner_addr)
		err = signature_compare(k, p->banner_addr, delta, p->banner,
					p->banner_size, &banner);
	if (err)
		return err;
	if (asprintf(ret, "%s at %s%#" PRIx64, proof_words(id, banner), space,
		     (banner == SIGNATURE_EQUAL ? p->banner_addr : p->id_addr) + base) >= 0)
		return NULL;
	*ret = NULL;
	return error_no_memory();
}

static struct vmatlas_error *signature_search_segment(struct kernel *k,
						      const struct kernel_signature *p,
						      const struct mem_segment *seg,
						      uint64_t stride, uint64_t *ret,
						      bool *ret_found)
{
	enum signature_result result;
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	const uint64_t phase = link & (stride - 1);
	uint64_t at = align_down(seg->paddr, stride) + phase;

	if (at < seg->paddr)
		at += stride;
	for (; at - seg->paddr < seg->held; at += stride) {
		struct vmatlas_error *err = signature_match(k, p, at - link, &result);

		if (err)
			return err;
		if (result == SIGNATURE_EQUAL) {
			*ret = at - link;
			*ret_found = true;
			return NULL;
		}
	}
	return NULL;
}

struct vmatlas_error *signature_search(struct kernel *k, const struct kernel_signature *p, uint64_t stride,
				   uint64_t *ret)
{
	const struct mem_info *info = &k->mem->info;
	bool found = false;

	for (size_t i = 0; i < info->nr_segments; i++) {
		const struct mem_segment *seg = &info->segments[i];
		struct vmatlas_error *err;

		if (seg->paddr == UINT64_MAX)
			continue;
		err = signature_search_segment(k, p, seg, stride, ret, &found);
		if (err || found)
			return err;
	}
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "the kernel of this vmlinux is nowhere in the dump");
}
