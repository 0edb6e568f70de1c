/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct vmatlas_info: who this kernel is, in words. */
#include "map/vmatlas_internal.h"
#include "base/bytes.h"
#include "base/range.h"
#include "kernel/ram/ram_survey.h"

static const char *describe_cpu(struct vmatlas *atlas)
{
	_cleanup_(str_done) struct str text = { 0 };
	struct kernel *k = atlas->kernel;
	uint64_t addr;

	str_addf(&text, "%s, %s", k->arch->name, k->format->name);
	if (k->ptr_size == 4) {
		struct vmatlas_error *err = lookup_symbol(k, "pkmap_page_table", &addr);

		str_addf(&text, err ? ", no HIGHMEM" : ", HIGHMEM");
		vmatlas_error_free(err);
	}
	return strings_add(atlas->strings, str_text(&text));
}

struct vmatlas_error *atlas_fill_info(struct vmatlas *atlas)
{
	const struct kernel *k = atlas->kernel;
	const struct mem_info *m = &k->mem->info;
	struct vmatlas_info *i = &atlas->info;

	*i = (struct vmatlas_info){
		.size = sizeof(*i), .page_shift = k->page_shift, .pointer_size = k->ptr_size,
		.big_endian = k->big_endian, .live = m->live, .levels = k->format->nr_levels,
		.arch = k->arch->name, .release = k->release_text, .version = k->version_text,
		.nodename = k->host_text, .banner = k->banner, .cpu = describe_cpu(atlas),
		.core_path = m->path ? m->path : "", .core_format = m->format ? m->format : "",
		.vmlinux_path = image_info(k->image)->path,
		.build_id = image_info(k->image)->build_id,
		.types_from = image_info(k->image)->types_from,
		.vmlinux_from = k->found ? k->found_from : "",
		.vmcoreinfo_from = k->vmcoreinfo_from, .verified_by = k->proof,
		.kaslr_from = k->slide_from, .phys_from = k->phys_from,
		.kaslr_offset = k->slide, .phys_base = k->phys_base,
		.phys_base_name = k->arch->phys_base_name,
		.vmlinux_base = image_info(k->image)->first_load,
	};
	vmcoreinfo_number(k->vmcoreinfo, "CRASHTIME", &i->dump_time);
	if (!i->dump_time)
		i->dump_time = m->taken;
	return i->cpu ? NULL : error_no_memory();
}

static uint64_t bytes_within(const struct ram_facts *facts, struct vmatlas_range within)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < facts->facts.nr && range_valid(within); i++) {
		const struct ram_fact *f = &facts->facts.v[i];
		const struct vmatlas_range r = { MAX(f->phys.first, within.first),
						 MIN(f->phys.last, within.last) };

		if (f->role == RAM_SYSTEM && range_valid(r))
			sum += vmatlas_range_size(&r);
	}
	return sum;
}

/* Where System RAM ends, in whole pages. */
static uint64_t end_of_ram(const struct ram_facts *facts, uint64_t page)
{
	uint64_t end = 0;

	for (size_t i = 0; i < facts->facts.nr; i++)
		if (facts->facts.v[i].role == RAM_SYSTEM)
			end = MAX(end, facts->facts.v[i].phys.last + 1);
	return align_down(end, page);
}

static void fill_ram(struct vmatlas *atlas)
{
	const struct ram_facts *facts = atlas->records->ram;
	const struct kernel *k = atlas->kernel;
	uint64_t used_end, low_end;

	if (!facts || !facts->system_known)
		return;
	atlas->info.ram = bytes_within(facts, (struct vmatlas_range){ 0, UINT64_MAX });
	used_end = facts->max_pfn << k->page_shift;
	low_end = facts->max_low_pfn << k->page_shift;
	/* ARM up to 3.12 counts both from where its RAM begins (arch/arm/mm/init.c) */
	if (k->ptr_size == 4 && k->phys_base &&
	    used_end + k->phys_base == end_of_ram(facts, 1ull << k->page_shift)) {
		used_end += k->phys_base;
		low_end += k->phys_base;
	}
	if (!used_end)
		return;
	atlas->info.ram_unused = bytes_within(facts, (struct vmatlas_range){ used_end,
									     UINT64_MAX });
	if (k->ptr_size == 4 && low_end)
		atlas->info.ram_high = bytes_within(facts, (struct vmatlas_range){ low_end,
										   used_end - 1 });
}

const struct vmatlas_info *vmatlas_info(struct vmatlas *atlas)
{
	if (!atlas->kernel)
		return NULL;
	fill_ram(atlas);
	atlas->info.bytes_read = atlas->kernel->mem->info.bytes_read;
	atlas->info.nr_reads = atlas->kernel->mem->info.nr_reads;
	return &atlas->info;
}
