/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inspector: does each vm_struct say the same as the vmap_area that points to it? */
#include <inttypes.h>

#include "atlas/words.h"

/* KASAN's tag-based modes keep a tag in the top byte of the pointer (arm64). */
static uint64_t untag(const struct vmatlas *atlas, uint64_t addr)
{
	if (atlas->kernel->ptr_size == 8 && addr >> 55 & 1)
		return addr | 0xff00000000000000;
	return addr;
}

static void say(struct vmatlas_job *job, const struct vmatlas_claim *c)
{
	struct vmatlas *atlas = vmatlas_job_atlas(job);
	const struct vmatlas_area *a = c->area;
	_cleanup_(str_done) struct str what = { 0 }, evidence = { 0 };

	words_area(atlas, c, &what);
	str_addf(&evidence, "vmap_area\t%s: %s, %s\n", words_record(atlas, a->vmap_area).s,
		 words_range(atlas, c->range).s, words_size(vmatlas_range_size(&c->range)).s);
	str_addf(&evidence, "vm_struct\t%s: addr %s, size %#" PRIx64 "\n",
		 words_record(atlas, a->vm_struct).s, words_addr(atlas, a->vm_addr).s, a->vm_size);
	vmatlas_job_report(job, &(struct vmatlas_report){
		.size = sizeof(struct vmatlas_report), .severity = VMATLAS_SEVERITY_ERROR,
		.code = "vm-struct-mismatch", .where = &c->range, .record = a->vm_struct,
		.evidence = str_text(&evidence),
		.advice = "compare both records in the dump: one of them was overwritten or "
			  "freed and used again",
	}, "%s: its vm_struct says %s + %#" PRIx64, str_text(&what),
		words_addr(atlas, a->vm_addr).s, a->vm_size);
}

static struct vmatlas_error *inspect(struct vmatlas_job *job)
{
	const struct vmatlas *atlas = vmatlas_job_atlas(job);

	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		/* one that could not be read was told */
		if (!c->area || !c->area->vm_struct || c->flags & VMATLAS_CLAIM_UNREAD)
			continue;
		if (untag(atlas, c->area->vm_addr) != c->range.first ||
		    c->area->vm_size != vmatlas_range_size(&c->range))
			say(job, c);
	}
	return NULL;
}

const struct vmatlas_plugin inspector_records = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "records",
	.summary = "vm_structs that contradict their vmap_area",
	.inspect = inspect,
};
