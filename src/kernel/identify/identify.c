/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kernel is this: find it, prove it, name it. See identify.h. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/lookup.h"
#include "kernel/identify/identify.h"
#include "kernel/identify/scan_identity.h"
#include "kernel/type_log.h"

enum {
	BANNER, UTS_NS, VMCOREINFO_DATA, VMCOREINFO_SIZE, TEXT, END, SWAPPER, INIT_TOP_PGT,
	INIT_LEVEL4_PGT, L5_ENABLED, PHYS_BASE, CR_ALIGNMENT,
};


static const struct vmatlas_lookup needs[] = {
	[BANNER]	  = VMATLAS_OPTIONAL_SYMBOL("linux_banner"),
	[UTS_NS]	  = VMATLAS_OPTIONAL_SYMBOL("init_uts_ns"),
	[VMCOREINFO_DATA] = VMATLAS_OPTIONAL_SYMBOL("vmcoreinfo_data"),
	[VMCOREINFO_SIZE] = VMATLAS_OPTIONAL_SYMBOL("vmcoreinfo_size"),
	[TEXT]		  = VMATLAS_OPTIONAL_SYMBOL("_text"),
	[END]		  = VMATLAS_OPTIONAL_SYMBOL("_end"),
	[SWAPPER]	  = VMATLAS_OPTIONAL_SYMBOL("swapper_pg_dir"),
	[INIT_TOP_PGT]	  = VMATLAS_OPTIONAL_SYMBOL("init_top_pgt"),
	[INIT_LEVEL4_PGT] = VMATLAS_OPTIONAL_SYMBOL("init_level4_pgt"),
	[L5_ENABLED]	  = VMATLAS_OPTIONAL_SYMBOL("__pgtable_l5_enabled"),
	[PHYS_BASE]	  = VMATLAS_OPTIONAL_SYMBOL("phys_base"),
	[CR_ALIGNMENT]	  = VMATLAS_OPTIONAL_SYMBOL("cr_alignment"),
};

static const struct vmatlas_lookup i386_needs[] = {
	VMATLAS_OPTIONAL_SYMBOL("_stext"),
	VMATLAS_OPTIONAL_SYMBOL("initial_pg_pmd"),
	VMATLAS_OPTIONAL_SYMBOL("swapper_pg_pmd"),
};

static const struct vmatlas_lookup arm64_needs[] = {
	VMATLAS_OPTIONAL_SYMBOL("kimage_voffset"),
	VMATLAS_OPTIONAL_SYMBOL("memstart_addr"),
	VMATLAS_OPTIONAL_SYMBOL("kasan_init_tags"),
	VMATLAS_OPTIONAL_SYMBOL("kasan_init_sw_tags"),
	VMATLAS_OPTIONAL_SYMBOL("kasan_init_hw_tags"),
};

static const struct vmatlas_lookup riscv64_needs[] = {
	VMATLAS_OPTIONAL_SYMBOL("_stext"),
	VMATLAS_OPTIONAL_SYMBOL("kernel_map"),
	VMATLAS_OPTIONAL_SYMBOL("setup_vm"),
	VMATLAS_OPTIONAL_SYMBOL("pgtable_l4_enabled"),
	VMATLAS_OPTIONAL_SYMBOL("pgtable_l5_enabled"),
	VMATLAS_OPTIONAL_SYMBOL("va_pa_offset"),
	VMATLAS_OPTIONAL_SYMBOL("va_kernel_pa_offset"),
};

/* The way of each CPU, by ELF machine, and what else it asks for. */
static const struct identify_ops {
	uint16_t machine;
	identify_fn *find;
	const struct vmatlas_lookup *needs;
	size_t nr_lookups;
} ways[] = {
	{ EM_X86_64, identify_x86_64, NULL, 0 },
	{ EM_386, identify_i386, i386_needs, ARRAY_SIZE(i386_needs) },
	{ EM_ARM, identify_arm, NULL, 0 },
	{ EM_AARCH64, identify_arm64, arm64_needs, ARRAY_SIZE(arm64_needs) },
	{ EM_RISCV, identify_riscv64, riscv64_needs, ARRAY_SIZE(riscv64_needs) },
};

static const struct identify_ops *way_of(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (ways[i].machine == arch->machine)
			return &ways[i];
	return NULL;
}

struct lookup_set identify_lookups(void)
{
	static const size_t nr = ARRAY_SIZE(needs);

	return (struct lookup_set){ needs, &nr };
}

struct lookup_set identify_lookups_of(const struct arch *arch)
{
	static const size_t none;
	const struct identify_ops *way = way_of(arch);

	return (struct lookup_set){ way ? way->needs : NULL, way ? &way->nr_lookups : &none };
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
 * (kernel/crash_core.c); tells even where the dump was made without it. NULL: unreadable.
 */
static struct vmatlas_error *vmcoreinfo_from_memory(struct kernel *k, char **ret,
						    uint64_t *ret_at)
{
	struct resolved res[ARRAY_SIZE(needs)];
	struct vmatlas_error *err = lookup_resolve(k, needs, ARRAY_SIZE(needs), res);
	_cleanup_(freep) char *text = NULL;
	uint64_t at;

	*ret = NULL;
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
	*ret = take(text);
	*ret_at = at;
	return NULL;
}

/* Memory's copy wins over a note: it is of this boot. */
static struct vmatlas_error *use_own_vmcoreinfo(struct kernel *k)
{
	_cleanup_(vmcoreinfo_freep) struct vmcoreinfo *own = NULL;
	_cleanup_(freep) char *text = NULL;
	const bool was_wrong = k->vmcoreinfo_wrong != NULL;
	struct vmatlas_error *err;
	char from[64];
	uint64_t at = 0;

	err = vmcoreinfo_from_memory(k, &text, &at);
	if (!err && text)
		err = vmcoreinfo_parse(text, strlen(text), &own);
	if (err || !own)
		return err;
	if (vmcoreinfo_nr(k->vmcoreinfo)) {
		err = identify_compare_vmcoreinfo(k, own);
		if (err || (!k->vmcoreinfo_wrong && !was_wrong))
			return err;
	}
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

static bool names_us(const struct kernel *k, const struct vmcoreinfo *info)
{
	const char *theirs = info ? vmcoreinfo_text(info, "BUILD-ID") : NULL;

	return theirs && !strcmp(theirs, image_info(k->image)->build_id);
}

bool identify_named_by_vmcoreinfo(const struct kernel *k)
{
	return names_us(k, k->vmcoreinfo);
}

/*
 * A note of another build: of this kernel nevertheless, if this kernel is where the note
 * says. Not searched for: after kexec the kernel before may still lie in memory, whole.
 */
static struct vmatlas_error *check_build_id(struct kernel *k)
{
	const char *theirs = vmcoreinfo_text(k->vmcoreinfo, "BUILD-ID");
	const char *ours = image_info(k->image)->build_id;

	if (theirs && *ours && strcmp(theirs, ours))
		return mismatch(k, theirs, vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE"));
	return NULL;
}

/* Does memory hold the banner of any kernel? An extract holds it only in pieces. */
static bool has_banner(struct kernel *k)
{
	struct memory_names names = { 0 };
	bool ret;

	if (!k->mem->info.has_physical || k->mem->info.is_extract)
		return true;
	vmatlas_error_free(memory_names_read(k->mem, &names));
	ret = names.banners.nr != 0;
	memory_names_done(&names);
	return ret;
}

/* Nothing fits: look for what the dump says it is, so that the message names both. */
static struct vmatlas_error *explain_mismatch(struct kernel *k, struct vmatlas_error *err)
{
	_cleanup_(vmcoreinfo_freep) struct vmcoreinfo *found = NULL;
	struct vmatlas_error *also;
	uint64_t paddr;

	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND) || identify_named_by_vmcoreinfo(k))
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
	if (k->mem->info.is_raw && names_us(k, found)) {
		vmatlas_error_free(err);
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"this kernel's VMCOREINFO is at physical %#" PRIx64 ", but its image is at "
			"no address where it could lie; is the address after @ right?", paddr);
	}
	if (!found && !has_banner(k))
		return vmatlas_error_wrap(err, "no kernel in this dump: it holds neither "
					  "VMCOREINFO nor \"Linux version\"");
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
static struct vmatlas_error *names_from_banner(struct kernel *k, const struct kernel_signature *p)
{
	static const char start[] = "Linux version ";
	const char *release, *version;
	struct vmatlas_error *err;

	err = dup_or_empty(&k->banner, p->banner, strcspn(p->banner, "\n"));
	if (err)
		return err;
	release = strncmp(k->banner, start, strlen(start)) ? "" : k->banner + strlen(start);
	if (!*release && vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE"))
		release = vmcoreinfo_text(k->vmcoreinfo, "OSRELEASE");
	err = dup_or_empty(&k->release_text, release, strcspn(release, " "));
	if (err)
		return err;
	k->release = kernel_release(k->release_text);
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

	err = lookup_symbol(k, "init_uts_ns", &at);
	if (!err)
		err = kernel_read(k, at, raw, sizeof(raw));
	if (err && (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND))) {
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

	err = lookup_symbol(k, "_text", &text);
	if (!err)
		err = lookup_symbol(k, "_end", &end);
	if (err)
		return err;
	if (end <= text)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "_end is not above _text");
	k->image_range = (struct vmatlas_range){ text, end - 1 };
	return NULL;
}

static struct vmatlas_error *identify_place(struct kernel *k,
					    const struct kernel_opts *opts,
					    const struct kernel_signature *p)
{
	const struct identify_ops *way = way_of(k->arch);

	if (way)
		return way->find(k, opts, p);
	return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
				 "kernels for %s are not supported yet", k->arch->name);
}

/* Is what the note says proved? Otherwise whatever is found without its places is. */
static struct vmatlas_error *identify_anywhere(struct kernel *k, const struct kernel_opts *opts,
					       const struct kernel_signature *p)
{
	struct vmatlas_error *err = identify_place(k, opts, p), *other;
	const uint8_t strength = err ? PROOF_NONE : k->proof_strength;
	const uint64_t slide = k->slide, phys = k->phys_base;
	const uint64_t place = slide + k->image_delta;

	if (strength == PROOF_FULL || !vmcoreinfo_nr(k->vmcoreinfo) || opts->kaslr_offset ||
	    opts->phys_offset || (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND)))
		return err;
	k->vmcoreinfo_doubted = true;
	other = identify_place(k, opts, p);
	if (!other && (k->proof_strength == PROOF_FULL ||
		       (strength && k->proof_strength > strength))) {
		vmatlas_error_free(err);
		if (k->slide == slide && k->slide + k->image_delta == place)
			return NULL;
		return identify_note_is_wrong(k, "the kernel is at offset %#" PRIx64
			", physical base %#" PRIx64 ", and not at %#" PRIx64 ", %#" PRIx64,
			k->slide, k->phys_base, slide, phys);
	}
	k->vmcoreinfo_doubted = false;
	vmatlas_error_free(other);
	return err ? err : identify_place(k, opts, p);
}

/* The note names another build; it may be all that is wrong with it. */
static struct vmatlas_error *identify_other_build(struct kernel *k,
						  const struct kernel_opts *opts,
						  const struct kernel_signature *p,
						  struct vmatlas_error *mismatched)
{
	struct vmatlas_error *err = identify_place(k, opts, p);

	if (!err && k->proof_strength == PROOF_FULL && p->id_addr &&
	    strstr(k->proof, "build ID")) {
		err = identify_note_is_wrong(k, "BUILD-ID=%.40s is not that of the kernel in "
			"memory", vmcoreinfo_text(k->vmcoreinfo, "BUILD-ID"));
		vmatlas_error_free(mismatched);
		return err;
	}
	vmatlas_error_free(err);
	return mismatched;
}

struct vmatlas_error *identify(struct kernel *k, const struct kernel_opts *opts)
{
	const struct mem_info *info = &k->mem->info;
	struct vmatlas_error *err, *mismatched = NULL;
	struct kernel_signature p;

	err = set_vmcoreinfo(k, info->vmcoreinfo, info->vmcoreinfo ? info->vmcoreinfo_size : 0,
			     info->vmcoreinfo ? "note" : "");
	if (!err)
		err = signature_load(k, &p);
	if (!err)
		err = identify_check_pagesize(k);
	if (err)
		return err;
	mismatched = check_build_id(k);
	err = mismatched ? identify_other_build(k, opts, &p, mismatched)
			 : identify_anywhere(k, opts, &p);
	if (err)
		return explain_mismatch(k, err);
	if (info->is_raw)
		err = signature_of_raw(k, &p);
	if (!err)
		err = set_image_range(k);
	if (!err)
		err = use_own_vmcoreinfo(k);
	if (!err)
		err = names_from_banner(k, &p);
	if (!err)
		err = host_from_memory(k);
	return err;
}
