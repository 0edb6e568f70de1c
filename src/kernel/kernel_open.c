/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmlinux and dump become one kernel. Looks up into identify/ and into pgtable/: where the
 * kernel lies is found here alone, as the last step of opening it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/identify/identify.h"
#include "kernel/identify/select_vmlinux.h"
#include "kernel/kernel.h"
#include "kernel/pgtable/translate.h"
#include "kernel/survey.h"
#include "kernel/type_log.h"

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	if (k->records_free)
		k->records_free(&k->records);
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

/* Every name that anything will ask for, in one pass over the symbol table. */
static struct vmatlas_error *prefetch(struct kernel *k, const struct kernel_opts *opts)
{
	const struct kernel_readers *by = opts->readers;
	const size_t max = by->nr_surveyors + by->nr_lookups + opts->nr_lookups + 2;
	_cleanup_(freep) struct lookup_set *sets = calloc(max, sizeof(*sets));
	size_t nr = 0;

	if (!sets)
		return error_no_memory();
	sets[nr++] = identify_lookups();
	sets[nr++] = identify_lookups_of(k->arch);
	for (size_t i = 0; i < by->nr_surveyors; i++)
		sets[nr++] = (struct lookup_set){ by->surveyors[i]->lookups,
						  &by->surveyors[i]->nr_lookups };
	for (size_t i = 0; i < by->nr_lookups; i++)
		sets[nr++] = by->lookups[i];
	for (size_t i = 0; i < opts->nr_lookups; i++)
		sets[nr++] = opts->lookups[i];
	return lookup_prefetch(k, sets, nr);
}

struct vmatlas_error *kernel_open(const struct kernel_opts *opts, struct kernel **ret)
{
	_cleanup_(kernel_freep) struct kernel *k = calloc(1, sizeof(*k));
	struct vmatlas_error *err = NULL;

	if (!k)
		return error_no_memory();
	k->host = opts->host;
	k->records_free = opts->readers->records_free;
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
		err = prefetch(k, opts);
	if (!err)
		err = identify(k, opts);
	if (err && k->mem && k->mem->info.lacks)
		err = vmatlas_error_wrap(err, "%s", k->mem->info.lacks);
	if (err && k->mem && k->mem->info.truncated_at)
		err = vmatlas_error_wrap(err, "%s is truncated, %" PRIu64 " of %s%" PRIu64
			" bytes are there", k->mem->info.truncated_file ?: k->mem->info.path,
			k->mem->info.truncated_at,
			k->mem->info.expected_is_least ? "at least " : "",
			k->mem->info.expected_size);
	if (err)
		return err;
	*ret = take(k);
	return NULL;
}
