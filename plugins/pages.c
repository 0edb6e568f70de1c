/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * More pages than room: vm_struct.nr_pages counts the pages behind an area, and
 * an area cannot hold more of them than its addresses have room for.
 */
#include <inttypes.h>
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_info *info = vmatlas_info(atlas);

	if (!info)
		return NULL;	/* a boot log alone records no areas */
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		const uint64_t last = c->range.last - c->range.first;

		if (!c->area || !c->area->nr_pages)
			continue;
		/* both numbers one less than meant: the whole address space has a size */
		if (c->area->nr_pages - 1 <= last >> info->page_shift)
			continue;
		vmatlas_ctx_report(job, VMATLAS_SEVERITY_ERROR, "too-many-pages", &c->range,
				   c->area->vm_struct,
				   "%s area of %s: %" PRIu64 " pages in room for %" PRIu64,
				   c->name, vmatlas_symbol_name(atlas, c->area->caller),
				   c->area->nr_pages, (last >> info->page_shift) + 1);
		vmatlas_ctx_advise(job, "compare vm_struct.nr_pages with .size and with its "
				   "page array: one of them was overwritten");
	}
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "pages",
	.summary = "areas with more pages than their range holds",
	.inspect = inspect,
);
