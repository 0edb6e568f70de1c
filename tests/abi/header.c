/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public header alone, with its macros at work: compiled as C and C++, never run. */
#include <vmatlas-plugin.h>

#include <inttypes.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	uint64_t bytes = 0;

	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED)
		if (VMATLAS_HAS(c, area) && c->area)
			bytes += vmatlas_range_size(&c->range);
	vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_FULL, "areas", "%" PRIu64 " bytes", bytes);
	return vmatlas_error_wrap(NULL, "nothing %s", "wrong");
}

static const struct vmatlas_lookup needs[] = {
	VMATLAS_REQUIRED_SYMBOL("vmap_area_list"),
	VMATLAS_REQUIRED_MEMBER("vm_struct", "nr_pages", "vfree"),
	VMATLAS_OPTIONAL_SYMBOL("vmap_nodes"),
	VMATLAS_OPTIONAL_MEMBER("vmap_area", "flags", "vfree"),
};

#ifdef __cplusplus
/* C++ before 20 has no designated initialisers: a plugin in C++ fills it in order. */
extern "C" VMATLAS_API const struct vmatlas_plugin vmatlas_plugin;
extern "C" const struct vmatlas_plugin vmatlas_plugin = {
	VMATLAS_PLUGIN_ABI, sizeof(struct vmatlas_plugin), "header", "compiles", needs,
	sizeof(needs) / sizeof(needs[0]), inspect, NULL, 0, NULL, NULL, NULL,
};
#else
VMATLAS_PLUGIN(
	.name = "header",
	.summary = "compiles",
	.lookups = needs,
	.nr_lookups = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);

struct vmatlas_error *open_it(struct vmatlas **ret);
struct vmatlas_error *open_it(struct vmatlas **ret)
{
	VMATLAS_OPTS(vmatlas_open_opts, opts, .vmlinux = "vmlinux", .core = "vmcore");

	return vmatlas_open(&opts, ret);
}
#endif
