/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: sums that the kernel keeps, against what they are sums of (mm/vmalloc.c, 4.9 to
 * 6.18). On the plugin contract but for the areas' states and whether all of them were read,
 * which claims do not say.
 *
 * vmap_lazy_nr is counted up before an area is on the list to be purged, and down after a
 * purge took it off: it may be larger than their sum, never smaller. nr_vmalloc_pages may
 * be off either way: counted up once all pages of an area are there, down after its record
 * is gone, and until 6.13 vfree() of a VM_MAP_PUT_PAGES area took off what nobody had added.
 */
#include <inttypes.h>

#include "kernel/vmalloc/vmap_area.h"
#include "map/vmatlas_internal.h"

#define VM_MAP_PUT_PAGES 0x0200	/* include/linux/vmalloc.h, since 5.10 */

enum { LAZY_NR, NR_PAGES };

static const struct vmatlas_lookup lookups[] = {
	[LAZY_NR] = VMATLAS_OPTIONAL_SYMBOL("vmap_lazy_nr"),
	[NR_PAGES] = VMATLAS_OPTIONAL_SYMBOL("nr_vmalloc_pages"),
};

struct sums {
	uint64_t lazy, pages;		/* in pages */
};

static struct sums add_up(const struct vmatlas *atlas)
{
	const struct kernel_records *b = atlas->records;
	struct sums s = { 0 };

	for (size_t i = 0; i < b->areas.nr; i++) {
		const struct area *a = &b->areas.v[i];

		if (a->state == AREA_UNPURGED)
			s.lazy += vmatlas_range_size(&a->claim.range) >> atlas->kernel->page_shift;
		else if (a->rec.vm_flags & VM_ALLOC && !(a->rec.vm_flags & VM_MAP_PUT_PAGES))
			s.pages += a->rec.nr_pages;
	}
	return s;
}

static void sums_report(struct vmatlas_plugin_ctx *ctx, enum vmatlas_severity severity,
			uint32_t lookup, uint64_t counted, const char *of, uint64_t sum)
{
	vmatlas_ctx_report(ctx, severity, "sum-mismatch", NULL, vmatlas_ctx_address(ctx, lookup),
			   "%s counts %" PRIu64 " pages, but %s have %" PRIu64,
			   lookups[lookup].name, counted, of, sum);
	vmatlas_ctx_evidence_value(ctx, "counter", VMATLAS_EVIDENCE_NUMBER, counted, 0,
				   "%s at %#" PRIx64 ": %" PRIu64, lookups[lookup].name,
				   vmatlas_ctx_address(ctx, lookup), counted);
	vmatlas_ctx_evidence_value(ctx, "sum", VMATLAS_EVIDENCE_NUMBER, sum, 0,
				   "%" PRIu64 " pages, of all records", sum);
	vmatlas_ctx_advise(ctx, severity > VMATLAS_SEVERITY_NOTE
			   ? "the counter or a record was overwritten: compare them"
			   : "a CPU may have been in the middle of it; else the counter or a "
			     "record was overwritten");
}

/* False: it is not there, or not in the dump. */
static bool read_counter(struct vmatlas_plugin_ctx *ctx, uint32_t lookup, uint64_t *ret)
{
	struct vmatlas_error *err;

	if (!vmatlas_ctx_has(ctx, lookup))
		return false;
	err = vmatlas_ctx_read_symbol(ctx, lookup, ret);
	if (err)
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_SKIPPED, lookups[lookup].name,
				     "because it could not be read (%s)", vmatlas_error_message(err));
	vmatlas_error_free(err);
	return !err;
}

static struct vmatlas_error *sums_inspect(struct vmatlas_plugin_ctx *ctx)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	uint64_t counted;
	struct sums s;

	if (!atlas->kernel || !atlas->records->areas_complete || vmatlas_info(atlas)->live)
		return NULL;	/* told by who could not read them */
	s = add_up(atlas);
	if (read_counter(ctx, LAZY_NR, &counted) && counted != s.lazy &&
	    (counted < s.lazy || !atlas->records->purge.running))
		sums_report(ctx, counted < s.lazy ? VMATLAS_SEVERITY_WARNING : VMATLAS_SEVERITY_NOTE,
			    LAZY_NR, counted, "areas that wait to be purged", s.lazy);
	if (read_counter(ctx, NR_PAGES, &counted) && counted != s.pages)
		sums_report(ctx, VMATLAS_SEVERITY_NOTE, NR_PAGES, counted, "vmalloc areas", s.pages);
	return NULL;
}

const struct vmatlas_plugin inspector_kernel_sums = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "sums",
	.summary = "sums that the kernel keeps, and what they are sums of",
	.lookups = lookups,
	.nr_lookups = ARRAY_SIZE(lookups),
	.inspect = sums_inspect,
};
