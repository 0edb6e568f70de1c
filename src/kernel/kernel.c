/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmlinux + memory + CPU joined into one kernel, readable by virtual address. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/identify/select_vmlinux.h"
#include "kernel/mm/memmap.h"
#include "kernel/identify/identify.h"
#include "kernel/kernel.h"
#include "kernel/printk/printk.h"
#include "kernel/pgtable/walk.h"
#include "kernel/symbols/module_symbols.h"
#include "kernel/mm/page_numa.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/mm/tasks.h"
#include "kernel/type_log.h"
#include "kernel/pgtable/translate.h"
#include "kernel/vmalloc/vmallocinfo.h"
#include "kernel/mm/vmstat.h"

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	translate_done(k);
	trace_free(k->trace);
	vmcoreinfo_free(k->vmcoreinfo);
	image_free(k->image);
	mem_free(k->mem);
	free(k->vmcoreinfo_from);
	free(k->vmcoreinfo_wrong);
	free(k->found);
	free(k->release_text);
	free(k->version_text);
	free(k->host_text);
	free(k->banner);
	free(k->proof);
	free(k->slide_from);
	free(k->phys_from);
	free(k);
}

static struct vmatlas_error *open_files(struct kernel *k, const struct kernel_opts *opts)
{
	_cleanup_(freep) const char **paths = calloc(opts->nr_parts + 1, sizeof(*paths));

	if (!paths)
		return error_no_memory();
	paths[0] = opts->core;
	for (size_t i = 0; i < opts->nr_parts; i++)
		paths[i + 1] = opts->parts[i];
	return mem_open_files(paths, opts->nr_parts + 1, &opts->mem, &k->mem);
}

static struct vmatlas_error *open_mem(struct kernel *k, const struct kernel_opts *opts)
{
	if (opts->host)
		return mem_open_host(opts->host, &k->mem);
	if (opts->live)
		return mem_open_live("/proc/kcore", &opts->mem, &k->mem);
	return open_files(k, opts);
}

/* Types of another build may still be right: whoever names a file must know. */
static struct vmatlas_error *kernel_open_image(struct kernel *k,
					       const struct kernel_opts *opts)
{
	struct vmatlas_error *err = opts->vmlinux ? NULL : find_vmlinux(k, opts);
	const struct image_info *info;

	if (!err)
		err = image_open_search(opts->vmlinux ?: k->found, &opts->search, &k->image);
	if (!err && opts->types)
		err = image_use_types(k->image, opts->types);
	if (err || !opts->types || !opts->mem.log)
		return err;
	info = image_info(k->image);
	if (*info->types_build_id && strcmp(info->types_build_id, info->build_id))
		opts->mem.log(opts->mem.log_arg, VMATLAS_LOG_WARNING,
			      "types are taken from a file with another build ID");
	return NULL;
}

/* Before anything else is missed: nothing helps a CPU that is not known. */
static struct vmatlas_error *check_machine(const char *path, uint16_t machine, const char *what)
{
	const char *name = arch_machine_name(machine);
	char number[32];

	if (!machine || arch_machine_supported(machine))
		return NULL;
	snprintf(number, sizeof(number), "ELF machine %u", machine);
	return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED, "%s is %s of %s; %s is not supported "
		"(%s are)", path ?: "this", what, name ?: number, name ?: "that CPU", arch_names);
}

static struct vmatlas_error *choose_arch(struct kernel *k)
{
	const struct image_info *info = image_info(k->image);
	const char *name = arch_machine_name(info->machine) ?: "another CPU";
	const uint16_t dumped = k->mem->info.machine;

	if (dumped && dumped != info->machine)
		return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
			"%s is for %s, the dump for %s: not the same kernel",
			info->path, name, arch_machine_name(dumped) ?: "another CPU");
	if (dumped && k->mem->info.big_endian != info->big_endian)
		return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
			"%s is %s-endian, the dump %s-endian: not the same kernel", info->path,
			info->big_endian ? "big" : "little",
			info->big_endian ? "little" : "big");
	k->arch = arch_find(info->machine, info->bits);
	if (!k->arch)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"%s: %s with %u bits is not supported (%s are)", info->path, name,
			info->bits, arch_names);
	k->ptr_size = info->bits / 8;
	k->va_mask = info->bits == 64 ? UINT64_MAX : UINT32_MAX;
	k->big_endian = info->big_endian;
	k->page_shift = k->arch->page_shift;
	return NULL;
}

/* What is looked up by others than surveyors. */
static const struct {
	const struct vmatlas_lookup *needs;
	const size_t *nr;
} lookups[] = {
	{ symname_needs, &nr_symname_needs },
	{ modsyms_needs, &nr_modsyms_needs },
	{ pagenodes_needs, &nr_pagenodes_needs },
	{ vmallocinfo_needs, &nr_vmallocinfo_needs },
	{ frames_needs, &nr_frames_needs },
	{ log_needs, &nr_log_needs },
	{ tasks_needs, &nr_tasks_needs },
	{ vmstat_needs, &nr_vmstat_needs },
	{ mapping_needs, &nr_mapping_needs },
};

/* Every name that anything will ask for, in one pass over the symbol table. */
static struct vmatlas_error *prefetch(struct kernel *k)
{
	const size_t max = nr_surveyors + ARRAY_SIZE(lookups) + 2;
	_cleanup_(freep) const struct vmatlas_lookup **sets = calloc(max, sizeof(*sets));
	_cleanup_(freep) size_t *nr = calloc(max, sizeof(*nr));
	size_t used = 0;

	if (!sets || !nr)
		return error_no_memory();
	sets[used] = identify_lookups(&nr[used]);
	used++;
	sets[used] = identify_lookups_of(k->arch, &nr[used]);
	used++;
	for (size_t i = 0; i < nr_surveyors; i++, used++) {
		sets[used] = surveyors[i]->lookups;
		nr[used] = surveyors[i]->nr_lookups;
	}
	for (size_t i = 0; i < ARRAY_SIZE(lookups); i++, used++) {
		sets[used] = lookups[i].needs;
		nr[used] = *lookups[i].nr;
	}
	return lookup_prefetch(k, sets, nr, used);
}

struct vmatlas_error *kernel_open(const struct kernel_opts *opts, struct kernel **ret)
{
	_cleanup_(kernel_freep) struct kernel *k = calloc(1, sizeof(*k));
	struct vmatlas_error *err = NULL;

	if (!k)
		return error_no_memory();
	k->host = opts->host;
	if (opts->vmlinux)
		err = check_machine(opts->vmlinux, image_machine(opts->vmlinux), "the vmlinux");
	if (!err)
		err = open_mem(k, opts);
	if (!err)
		err = check_machine(k->mem->info.path, k->mem->info.machine, "a dump");
	if (!err)
		err = kernel_open_image(k, opts);
	if (!err && opts->mem.record)
		err = trace_start(k);
	if (!err)
		err = choose_arch(k);
	if (!err)
		err = translate_init(k);
	if (!err)
		err = prefetch(k);
	if (!err)
		err = identify(k, opts);
	if (err && k->mem && k->mem->info.lacks)
		err = vmatlas_error_wrap(err, "%s", k->mem->info.lacks);
	if (err && k->mem && k->mem->info.truncated_at)
		err = vmatlas_error_wrap(err, "%s is truncated, %" PRIu64 " of %" PRIu64
			" bytes are there", k->mem->info.truncated_file ?: k->mem->info.path,
			k->mem->info.truncated_at, k->mem->info.expected_size);
	if (err)
		return err;
	*ret = take(k);
	return NULL;
}

/* ---- Reading ---- */

/* /proc/kcore reads by virtual address; an extract keeps memory by physical one. */
static struct vmatlas_error *read_virtual(struct kernel *k, uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err = mem_read(k->mem, MEM_VIRTUAL, addr, buf, len);
	uint64_t paddr;

	if (err || !k->mem->record || k->mem->record_paused || !k->format)
		return err;
	err = kernel_translate(k, addr, &paddr);
	return err ? err : mem_record_add(k->mem->record, paddr, buf, len);
}

/* A piece that lies in one page. */
static struct vmatlas_error *kernel_read_piece(struct kernel *k, uint64_t addr, void *buf,
					       size_t len)
{
	struct vmatlas_error *err;
	uint64_t paddr;

	if (k->mem->info.has_virtual)
		return read_virtual(k, addr, buf, len);
	err = kernel_translate(k, addr, &paddr);
	if (err)
		return err;
	err = mem_read(k->mem, MEM_PHYSICAL, paddr, buf, len);
	return vmatlas_error_wrap(err, "%#" PRIx64, addr);
}

struct vmatlas_error *kernel_read(struct kernel *k, uint64_t addr, void *buf, size_t len)
{
	const uint64_t page = 1ull << k->page_shift;
	uint8_t *to = buf;

	while (len) {
		const uint64_t at = kernel_address(k, addr);
		const size_t piece = MIN((uint64_t)len, page - (at & (page - 1)));
		struct vmatlas_error *err = kernel_read_piece(k, at, to, piece);

		if (err)
			return err;
		to += piece;
		addr += piece;
		len -= piece;
	}
	return NULL;
}

struct vmatlas_error *kernel_read_uint(struct kernel *k, uint64_t addr, size_t size,
				       uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t raw[8];

	if (size == 0 || size > sizeof(raw))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an integer of %zu bytes", size);
	err = kernel_read(k, addr, raw, size);
	if (err)
		return err;
	*ret = bytes_uint(raw, size, k->big_endian);
	return NULL;
}

struct vmatlas_error *kernel_read_ptr(struct kernel *k, uint64_t addr, uint64_t *ret)
{
	struct vmatlas_error *err = kernel_read_uint(k, addr, k->ptr_size, ret);

	if (!err)
		*ret = kernel_address(k, *ret);
	return err;
}

/*
 * What there is of a string in @len bytes that lie in one page, *ret_len bytes, and
 * whether that is all. What stands behind its end is somebody else's and none of an
 * extract's business; in an extract, or a page that is cut off, less may be there.
 */
static struct vmatlas_error *read_str_piece(struct kernel *k, uint64_t addr, char *buf,
					    size_t len, size_t *ret_len, bool *ret_ends)
{
	const bool paused = k->mem->record_paused;
	struct vmatlas_error *err;

	for (;; len /= 2) {
		k->mem->record_paused = true;
		err = kernel_read(k, addr, buf, len);
		k->mem->record_paused = paused;
		if (!error_is(err, VMATLAS_ERROR_FAULT) || len < 2)
			break;
		vmatlas_error_free(err);
	}
	*ret_len = err ? len : strnlen(buf, len);
	*ret_ends = *ret_len < len;
	if (!k->mem->record)
		return err;
	vmatlas_error_free(err);
	return kernel_read(k, addr, buf, MIN(*ret_len + 1, len));
}

struct vmatlas_error *kernel_read_str(struct kernel *k, uint64_t addr, size_t max, char **ret)
{
	_cleanup_(str_done) struct str text = { 0 };
	const uint64_t page = 1ull << k->page_shift;

	while (text.len < max) {
		const uint64_t in_page = page - (addr & (page - 1));
		struct vmatlas_error *err;
		char buf[256];
		const size_t want = MIN(max - text.len, sizeof(buf));
		size_t piece;
		bool ends;

		err = read_str_piece(k, addr, buf, MIN((uint64_t)want, in_page), &piece, &ends);
		if (err)
			return err;
		str_add(&text, buf, piece);
		if (ends)
			break;
		addr += piece;
	}
	*ret = str_take(&text);
	return *ret ? NULL : error_no_memory();
}

struct vmatlas_error *kernel_symbol(struct kernel *k, const char *name, uint64_t *ret)
{
	const struct vmatlas_lookup need = VMATLAS_REQUIRED_SYMBOL(name);
	struct vmatlas_error *err;
	struct resolved res;

	err = lookup_resolve(k, &need, 1, &res);
	if (err)
		return err;
	if (!res.found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no symbol %s", name);
	*ret = res.addr;
	return NULL;
}

uint32_t kernel_release(const char *text)
{
	unsigned int major, minor, patch = 0;

	if (!text || sscanf(text, "%3u.%3u.%3u", &major, &minor, &patch) < 2)
		return 0;
	return KERNEL_RELEASE(major, major == 2 ? patch : minor);
}

/*
 * On 64 bits: in the upper part that the page tables leave to the kernel. On 32 bits
 * kernel space begins at the lowest PAGE_OFFSET any split allows: modules and pkmap
 * lie just below it.
 */
bool kernel_is_pointer(const struct kernel *k, uint64_t addr)
{
	if (k->ptr_size == 8)
		return kernel_address(k, addr) >=
		       UINT64_MAX << (k->format ? k->format->kernel_bits : 63);
	return addr >= 0x3f000000 && addr <= UINT32_MAX;
}
