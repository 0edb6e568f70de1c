/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kernel is this: find it, prove it, name it. See identify.h. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/identify.h"
#include "kernel/trace.h"

enum {
	BANNER, UTS_NS, VMCOREINFO_DATA, VMCOREINFO_SIZE, TEXT, END, SWAPPER, INIT_TOP_PGT,
	INIT_LEVEL4_PGT, L5_ENABLED, PHYS_BASE, CR_ALIGNMENT,
};

static const struct vmatlas_need needs[] = {
	[BANNER]	  = VMATLAS_WANT_SYMBOL("linux_banner"),
	[UTS_NS]	  = VMATLAS_WANT_SYMBOL("init_uts_ns"),
	[VMCOREINFO_DATA] = VMATLAS_WANT_SYMBOL("vmcoreinfo_data"),
	[VMCOREINFO_SIZE] = VMATLAS_WANT_SYMBOL("vmcoreinfo_size"),
	[TEXT]		  = VMATLAS_WANT_SYMBOL("_text"),
	[END]		  = VMATLAS_WANT_SYMBOL("_end"),
	[SWAPPER]	  = VMATLAS_WANT_SYMBOL("swapper_pg_dir"),
	[INIT_TOP_PGT]	  = VMATLAS_WANT_SYMBOL("init_top_pgt"),
	[INIT_LEVEL4_PGT] = VMATLAS_WANT_SYMBOL("init_level4_pgt"),
	[L5_ENABLED]	  = VMATLAS_WANT_SYMBOL("__pgtable_l5_enabled"),
	[PHYS_BASE]	  = VMATLAS_WANT_SYMBOL("phys_base"),
	[CR_ALIGNMENT]	  = VMATLAS_WANT_SYMBOL("cr_alignment"),
};

const struct vmatlas_need *identify_needs(size_t *ret_nr)
{
	*ret_nr = ARRAY_SIZE(needs);
	return needs;
}

/* ---- Proof ---- */

static void id_bytes(const char *hex, uint8_t id[static 20])
{
	for (size_t i = 0; i < 20; i++)
		sscanf(hex + 2 * i, "%2hhx", &id[i]);
}

/* What vmlinux says about itself; a debug-only file may hold neither. */
static struct vmatlas_error *load_proof(struct kernel *k, struct proof *ret)
{
	const struct image_info *info = image_info(k->image);
	struct vmatlas_error *err;
	struct image_symbol sym;

	*ret = (struct proof){ 0 };
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

static struct vmatlas_error *compare(struct kernel *k, uint64_t addr, uint64_t delta,
				     const void *bytes, size_t len, enum proof_result *ret)
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
		*ret = PROOF_UNREADABLE;
		return NULL;
	}
	if (!err)
		*ret = memcmp(seen, bytes, len) ? PROOF_DIFFERENT : PROOF_EQUAL;
	if (!err && *ret == PROOF_EQUAL && k->mem->record && k->mem->info.has_physical)
		err = mem_record_add(k->mem->record, addr + delta, seen, len);
	return err;
}

struct vmatlas_error *proof_compare(struct kernel *k, const struct proof *p, uint64_t delta,
				    enum proof_result *ret)
{
	struct vmatlas_error *err = NULL;

	*ret = PROOF_EQUAL;
	if (p->banner_addr)
		err = compare(k, p->banner_addr, delta, p->banner, p->banner_size, ret);
	if (!err && *ret == PROOF_EQUAL && p->id_addr)
		err = compare(k, p->id_addr, delta, p->id, sizeof(p->id), ret);
	return err;
}

static struct vmatlas_error *search_segment(struct kernel *k, const struct proof *p,
					    const struct mem_segment *seg, uint64_t stride,
					    uint64_t *ret, bool *ret_found)
{
	enum proof_result result;
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	const uint64_t phase = link & (stride - 1);
	uint64_t at = align_down(seg->paddr, stride) + phase;

	if (at < seg->paddr)
		at += stride;
	for (; at - seg->paddr < seg->held; at += stride) {
		struct vmatlas_error *err = proof_compare(k, p, at - link, &result);

		if (err)
			return err;
		if (result == PROOF_EQUAL) {
			*ret = at - link;
			*ret_found = true;
			return NULL;
		}
	}
	return NULL;
}

struct vmatlas_error *proof_search(struct kernel *k, const struct proof *p, uint64_t stride,
				   uint64_t *ret)
{
	const struct mem_info *info = &k->mem->info;
	bool found = false;

	for (size_t i = 0; i < info->nr_segments; i++) {
		const struct mem_segment *seg = &info->segments[i];
		struct vmatlas_error *err;

		if (seg->paddr == UINT64_MAX)
			continue;
		err = search_segment(k, p, seg, stride, ret, &found);
		if (err || found)
			return err;
	}
	return vmatlas_error_new(VMATLAS_ERROR_MISSING,
				 "the kernel of this vmlinux is nowhere in the dump");
}

/* ---- VMCOREINFO ---- */

static struct vmatlas_error *set_vmcoreinfo(struct kernel *k, const char *text, size_t len,
					    const char *from)
{
	struct vmcoreinfo *parsed;
	struct vmatlas_error *err = vmcoreinfo_parse(text, len, &parsed);

	if (err)
		return err;
	vmcoreinfo_free(k->vmcoreinfo);
	k->vmcoreinfo = parsed;
	free(k->vmcoreinfo_from);
	k->vmcoreinfo_from = strdup(from);
	return k->vmcoreinfo_from ? NULL : error_no_memory();
}

/*
 * The kernel's own copy: a pointer since 4.13, an array before
 * (kernel/crash_core.c); tells even where the dump was made without it.
 */
static struct vmatlas_error *vmcoreinfo_from_memory(struct kernel *k)
{
	struct resolved res[ARRAY_SIZE(needs)];
	struct vmatlas_error *err = needs_resolve(k, needs, ARRAY_SIZE(needs), res);
	_cleanup_(freep) char *text = NULL;
	char from[64];
	uint64_t at;

	if (err || !res[VMCOREINFO_DATA].found)
		return err;
	at = res[VMCOREINFO_DATA].addr;
	if (res[VMCOREINFO_DATA].size <= k->ptr_size)
		err = kernel_read_ptr(k, at, &at);
	if (!err && at)
		err = kernel_read_str(k, at, 4096, &text);
	if (err && error_is_kernel_trouble(err)) {
		vmatlas_error_free(err);	/* a courtesy: go on without */
		return NULL;
	}
	if (err || !text || strncmp(text, "OSRELEASE=", 10))
		return err;
	snprintf(from, sizeof(from), "memory, vmcoreinfo_data at %#" PRIx64, at);
	return set_vmcoreinfo(k, text, strlen(text), from);
}

/* ---- Mismatch ---- */

static struct vmatlas_error *mismatch(struct kernel *k, const char *dump_id,
				      const char *dump_release)
{
	const struct image_info *info = image_info(k->image);

	return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
		"%s (build ID %s) is not the kernel of this dump (build ID %s%s%s)",
		info->path, *info->build_id ? info->build_id : "none",
		dump_id ? dump_id : "unknown", dump_release ? ", release " : "",
		dump_release ? dump_release : "");
}

static struct vmatlas_error *check_build_id(struct kernel *k)
{
	const char *theirs = vmcoreinfo_text(k->vmcoreinfo, "BUILD-ID");
	const char *ours = image_info(k->image)->build_id;

	if (theirs && *ours && strcmp(theirs, ours))
		return mismatch(k, theirs, vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE"));
	return NULL;
}

/* Nothing fits: look for what the dump says it is, so that the message names both. */
static struct vmatlas_error *explain_mismatch(struct kernel *k, struct vmatlas_error *err)
{
	_cleanup_(vmcoreinfo_freep) struct vmcoreinfo *found = NULL;
	struct vmatlas_error *also;
	uint64_t paddr;

	if (!error_is(err, VMATLAS_ERROR_MISSING))
		return err;
	if (vmcoreinfo_nr(k->vmcoreinfo)) {
		vmatlas_error_free(err);
		return mismatch(k, vmcoreinfo_text(k->vmcoreinfo, "BUILD-ID"),
				vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE"));
	}
	also = identify_search_vmcoreinfo(k, &found, &paddr);
	if (also) {
		vmatlas_error_free(also);
		return err;
	}
	vmatlas_error_free(err);
	return mismatch(k, found ? vmcoreinfo_text(found, "BUILD-ID") : NULL,
			found ? vmcoreinfo_text(found, "OSRELEASE") : NULL);
}

/* ---- Names ---- */

static struct vmatlas_error *dup_or_empty(char **to, const char *from, size_t max)
{
	free(*to);
	*to = from ? strndup(from, max) : strdup("");
	return *to ? NULL : error_no_memory();
}

/* "Linux version RELEASE (...) ... #1 SMP ..." */
static struct vmatlas_error *names_from_banner(struct kernel *k, const struct proof *p)
{
	static const char start[] = "Linux version ";
	const char *release, *version;
	struct vmatlas_error *err;
	unsigned int major = 0, minor = 0;

	err = dup_or_empty(&k->banner, p->banner, strcspn(p->banner, "\n"));
	if (err)
		return err;
	release = strncmp(k->banner, start, strlen(start)) ? "" : k->banner + strlen(start);
	if (!*release && vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE"))
		release = vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE");
	err = dup_or_empty(&k->release_text, release, strcspn(release, " "));
	if (err)
		return err;
	if (sscanf(k->release_text, "%u.%u", &major, &minor) == 2)
		k->release = KERNEL_RELEASE(major & 0xffff, minor & 0xffff);
	version = strstr(k->banner, " #");
	return dup_or_empty(&k->version_text, version ? version + 1 : NULL, 256);
}

/*
 * struct new_utsname is frozen (include/uapi/linux/utsname.h): six char[65],
 * the first "Linux", the second the host. Where it lies in its namespace is not.
 */
static struct vmatlas_error *host_from_memory(struct kernel *k)
{
	struct vmatlas_error *err;
	uint64_t at;
	char raw[512];

	err = kernel_symbol(k, "init_uts_ns", &at);
	if (!err)
		err = kernel_read(k, at, raw, sizeof(raw));
	if (err && (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_MISSING))) {
		vmatlas_error_free(err);
		return dup_or_empty(&k->host_text, k->mem->info.uts_node, 64);
	}
	if (err)
		return err;
	for (size_t i = 0; i + 130 < sizeof(raw); i++)
		if (!memcmp(raw + i, "Linux", 6))
			return dup_or_empty(&k->host_text, raw + i + 65, 64);
	return dup_or_empty(&k->host_text, k->mem->info.uts_node, 64);
}

/* ---- All together ---- */

static struct vmatlas_error *set_image_range(struct kernel *k)
{
	struct vmatlas_error *err;
	uint64_t text, end;

	err = kernel_symbol(k, "_text", &text);
	if (!err)
		err = kernel_symbol(k, "_end", &end);
	if (err)
		return err;
	if (end <= text)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "_end is not above _text");
	k->image_range = (struct vmatlas_range){ text, end - 1 };
	return NULL;
}

static struct vmatlas_error *place(struct kernel *k, const struct kernel_opts *opts,
				   const struct proof *p)
{
	if (k->arch->machine == EM_X86_64)
		return identify_x86_64(k, opts, p);
	return identify_arm(k, opts, p);
}

struct vmatlas_error *identify(struct kernel *k, const struct kernel_opts *opts)
{
	const struct mem_info *info = &k->mem->info;
	struct vmatlas_error *err;
	struct proof p;

	err = set_vmcoreinfo(k, info->vmcoreinfo, info->vmcoreinfo ? info->vmcoreinfo_size : 0,
			     info->vmcoreinfo ? "note" : "");
	if (!err)
		err = check_build_id(k);
	if (!err)
		err = load_proof(k, &p);
	if (err)
		return err;
	err = place(k, opts, &p);
	if (err)
		return explain_mismatch(k, err);
	err = set_image_range(k);
	if (!err && !vmcoreinfo_nr(k->vmcoreinfo))
		err = vmcoreinfo_from_memory(k);
	if (!err)
		err = names_from_banner(k, &p);
	if (!err)
		err = host_from_memory(k);
	return err;
}
