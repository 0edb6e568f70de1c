/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Per-CPU memory: each CPU's offset must be what setup_per_cpu_areas() made of the first
 * chunk (mm/percpu.c: delta + pcpu_unit_offsets[cpu], where delta takes __per_cpu_start to
 * pcpu_base_addr), and each chunk that came later must lie in an area of the per-CPU
 * allocator and not hold more free bytes than it has.
 */
#include <inttypes.h>
#include <vmatlas-plugin.h>

#define NEAR "__alloc_percpu|pcpu_alloc_noprof|free_percpu"
#define CHUNK(m) VMATLAS_OPTIONAL_MEMBER("pcpu_chunk", m, NEAR)

enum { START, BASE, UNITS, UNIT_SIZE, NR_UNITS, SLOTS, NR_SLOTS, FIRST, LINK, ADDRESS, FREE };

static const struct vmatlas_lookup lookups[] = {
	[START] = VMATLAS_REQUIRED_SYMBOL("__per_cpu_start"),
	[BASE] = VMATLAS_REQUIRED_SYMBOL("pcpu_base_addr"),
	[UNITS] = VMATLAS_REQUIRED_SYMBOL("pcpu_unit_offsets"),
	[UNIT_SIZE] = VMATLAS_OPTIONAL_SYMBOL("pcpu_unit_size"),
	[NR_UNITS] = VMATLAS_OPTIONAL_SYMBOL("pcpu_nr_units"),
	[SLOTS] = VMATLAS_OPTIONAL_SYMBOL("pcpu_chunk_lists"),
	[NR_SLOTS] = VMATLAS_OPTIONAL_SYMBOL("pcpu_nr_slots"),
	[FIRST] = VMATLAS_OPTIONAL_SYMBOL("pcpu_first_chunk"),
	[LINK] = CHUNK("list"), [ADDRESS] = CHUNK("base_addr"), [FREE] = CHUNK("free_bytes"),
};

enum { SLOTS_MAX = 256, CHUNKS_MAX = 1 << 20 };

/* ---- Offsets ---- */

static struct vmatlas_error *check_cpu(struct vmatlas_plugin_ctx *ctx, uint32_t cpu, uint64_t base,
				       uint64_t units)
{
	const uint32_t ptr = vmatlas_info(vmatlas_ctx_atlas(ctx))->pointer_size;
	const uint64_t mask = ptr == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t unit = 0, at = 0;
	struct vmatlas_error *err = vmatlas_read_uint(vmatlas_ctx_atlas(ctx),
						      units + (uint64_t)cpu * ptr, ptr, &unit);

	if (!err)
		err = vmatlas_ctx_per_cpu(ctx, START, cpu, &at);
	if (err || at == ((base + unit) & mask))
		return err;
	vmatlas_ctx_report(ctx, VMATLAS_SEVERITY_ERROR, "percpu-offset", NULL, at,
			   "per-CPU memory of CPU %" PRIu32 " is at %#" PRIx64 " by its offset, but "
			   "its unit is at %#" PRIx64, cpu, at, (base + unit) & mask);
	vmatlas_ctx_advise(ctx, "compare __per_cpu_offset[%" PRIu32 "] with pcpu_unit_offsets[%"
			   PRIu32 "]: one of them was overwritten", cpu, cpu);
	return NULL;
}

static struct vmatlas_error *check_offsets(struct vmatlas_plugin_ctx *ctx)
{
	const uint32_t *cpus;
	uint32_t nr = 0;
	uint64_t base = 0, units = 0;
	struct vmatlas_error *err = vmatlas_cpus(vmatlas_ctx_atlas(ctx), &cpus, &nr);

	if (!err)
		err = vmatlas_ctx_read_symbol(ctx, BASE, &base);
	if (!err)
		err = vmatlas_ctx_read_symbol(ctx, UNITS, &units);
	for (uint32_t i = 0; i < nr && !err; i++)
		err = check_cpu(ctx, cpus[i], base, units);
	if (!err)
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_FULL, "per-CPU offsets",
				     "%" PRIu32 " CPUs", nr);
	return err;
}

/* ---- Chunks ---- */

static struct vmatlas_error *check_chunk(struct vmatlas_plugin_ctx *ctx, uint64_t chunk, uint64_t base,
					 uint64_t size)
{
	const struct vmatlas_claim *area;
	uint64_t addr = 0, left = 0;
	struct vmatlas_error *err = vmatlas_ctx_read(ctx, ADDRESS, chunk, &addr);

	if (!err)
		err = vmatlas_ctx_read(ctx, FREE, chunk, &left);
	if (err)
		return err;
	area = vmatlas_claim_at(vmatlas_ctx_atlas(ctx), VMATLAS_LAYER_RECORDED, addr);
	if (left > size)
		vmatlas_ctx_report(ctx, VMATLAS_SEVERITY_ERROR, "percpu-chunk", NULL, chunk,
				   "per-CPU chunk with %" PRIu64 " bytes free of %" PRIu64, left, size);
	/* the first chunks are no areas where they were embedded in the direct map */
	if (addr - base < size || !area || area->kind == VMATLAS_KIND_PERCPU)
		return NULL;
	vmatlas_ctx_report(ctx, VMATLAS_SEVERITY_ERROR, "percpu-chunk", &area->range, chunk,
			   "per-CPU chunk lies in a %s area", area->name);
	return NULL;
}

static struct vmatlas_error *check_chunks(struct vmatlas_plugin_ctx *ctx)
{
	const uint64_t each = 2 * vmatlas_info(vmatlas_ctx_atlas(ctx))->pointer_size;
	uint64_t slots = 0, nr = 0, base = 0, size = 0, chunk, total = 0;
	struct vmatlas_walk walk;
	struct vmatlas_error *err = vmatlas_ctx_read_symbol(ctx, SLOTS, &slots), *end;

	if (!err)
		err = vmatlas_ctx_read_symbol(ctx, NR_SLOTS, &nr);
	if (!err)
		err = vmatlas_ctx_read_symbol(ctx, BASE, &base);
	if (!err)
		err = vmatlas_ctx_read_symbol(ctx, UNIT_SIZE, &size);
	for (uint64_t i = 0; !err && i < nr && i < SLOTS_MAX; i++) {
		vmatlas_walk_start(&walk, ctx, VMATLAS_WALK_LIST, slots + i * each, LINK, CHUNKS_MAX);
		while (!err && vmatlas_walk_next(&walk, &chunk))
			err = check_chunk(ctx, chunk, base, size);
		total += walk.nr;
		end = vmatlas_walk_end(&walk);
		if (!err)
			err = end;
		else
			vmatlas_error_free(end);
	}
	if (!err)
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_FULL, "per-CPU chunks",
				     "%" PRIu64 " chunks", total);
	return err;
}

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *ctx)
{
	const struct vmatlas_info *info = vmatlas_info(vmatlas_ctx_atlas(ctx));
	struct vmatlas_error *err;

	if (!info)
		return NULL;
	err = vmatlas_ctx_report_fault(ctx, check_offsets(ctx), NULL);
	for (uint32_t i = UNIT_SIZE; i <= FREE && !err; i++)
		if (i != FIRST && !vmatlas_ctx_has(ctx, i)) {
			vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_SKIPPED, "per-CPU chunks",
					     "because their lists are not known");
			return NULL;
		}
	if (err || info->live)		/* the lists move */
		return err;
	return vmatlas_ctx_report_fault(ctx, check_chunks(ctx), NULL);
}

VMATLAS_PLUGIN(
	.name = "percpu",
	.summary = "per-CPU offsets and chunks that do not fit together",
	.lookups = lookups,
	.nr_lookups = sizeof(lookups) / sizeof(lookups[0]),
	.inspect = inspect,
);
