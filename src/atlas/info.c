/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct vmatlas_info: who this kernel is, in words. */
#include "atlas/atlas.h"

static const char *describe_cpu(struct vmatlas *atlas)
{
	_cleanup_(str_done) struct str text = { 0 };
	struct kernel *k = atlas->kernel;
	uint64_t addr;

	str_addf(&text, "%s, %s", k->arch->name, k->format->name);
	if (k->ptr_size == 4) {
		struct vmatlas_error *err = kernel_symbol(k, "pkmap_page_table", &addr);

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
		.host = k->host_text, .banner = k->banner, .cpu = describe_cpu(atlas),
		.core_path = m->path ? m->path : "", .core_format = m->format ? m->format : "",
		.vmlinux_path = image_info(k->image)->path,
		.build_id = image_info(k->image)->build_id,
		.types_from = image_info(k->image)->types_from,
		.vmlinux_from = k->found ? k->found_from : "",
		.vmcoreinfo_from = k->vmcoreinfo_from, .proof = k->proof,
		.kaslr_from = k->slide_from, .phys_from = k->phys_from,
		.kaslr_offset = k->slide, .phys_base = k->phys_base,
	};
	vmcoreinfo_number(k->vmcoreinfo, "CRASHTIME", &i->taken);
	if (!i->taken)
		i->taken = m->taken;
	return i->cpu ? NULL : error_no_memory();
}

const struct vmatlas_info *vmatlas_info(struct vmatlas *atlas)
{
	if (!atlas->kernel)
		return NULL;
	atlas->info.bytes_read = atlas->kernel->mem->info.bytes_read;
	atlas->info.nr_reads = atlas->kernel->mem->info.nr_reads;
	return &atlas->info;
}
