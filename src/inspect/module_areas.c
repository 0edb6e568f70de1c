/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: memory of a module lies in one recorded area, and no other module has it. Since
 * 6.13 several modules may have their text in one large area (execmem's ROX cache), so an
 * area may be larger. Not said: areas without a module, for module_alloc() comes before
 * the module is on the list, and its init memory is freed after it left the record
 * (kernel/module/main.c, do_free_init()). Not on the plugin contract: it knows no modules.
 */
#include <inttypes.h>

#include "base/compare.h"
#include "base/range.h"
#include "base/range_overlap.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "map/vmatlas_internal.h"

struct piece {
	struct vmatlas_range range;	/* first: pieces are sorted by it */
	const struct module *module;
};

struct pieces {
	VEC(struct piece) v;
};

static bool module_piece(const struct module *m, size_t i, struct vmatlas_range *ret)
{
	if (!m->mem[i].base || !m->mem[i].size)
		return false;
	if (!range_from_size(m->mem[i].base, m->mem[i].size, ret))
		*ret = (struct vmatlas_range){ m->mem[i].base, UINT64_MAX };	/* no area has it */
	return true;
}

static void report_piece(struct vmatlas_plugin_ctx *ctx, const struct module *m,
			 struct vmatlas_range piece, const struct vmatlas_claim *area)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_addr(&evidence, "module", m->record, "struct module %s",
		      fmt_record(atlas, m->record).s);
	if (area)
		evidence_range(&evidence, "area", area->range, "%s %s", area->name,
			       fmt_range(atlas, area->range).s);
	ctx_report(ctx, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "module-area", .where = &piece,
		.record = m->record, EVIDENCE(&evidence),
		.advice = "the module's record or the area was overwritten: print both",
	}, "module %s says that %s is its memory, which %s", m->name,
		fmt_range(atlas, piece).s, area ? "leaves the area it begins in" : "is in no area");
}

static void report_shared(struct vmatlas_plugin_ctx *ctx, const struct module *a,
			  const struct module *b, struct vmatlas_range piece)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_addr(&evidence, "module", a->record, "%s: struct module %s", a->name,
		      fmt_record(atlas, a->record).s);
	evidence_addr(&evidence, "module", b->record, "%s: struct module %s", b->name,
		      fmt_record(atlas, b->record).s);
	ctx_report(ctx, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "module-area", .where = &piece,
		.record = b->record, EVIDENCE(&evidence),
		.advice = "one of the two records was overwritten: print both",
	}, "modules %s and %s both say that %s is their memory", a->name, b->name,
		fmt_range(atlas, piece).s);
}

static void check_area(struct vmatlas_plugin_ctx *ctx, const struct piece *p)
{
	const struct vmatlas_claim *area = vmatlas_claim_at(vmatlas_ctx_atlas(ctx),
							    VMATLAS_LAYER_RECORDED, p->range.first);

	if (!area || p->range.last > area->range.last)
		report_piece(ctx, p->module, p->range, area);
}

static struct vmatlas_error *collect_pieces(const struct kernel_records *b, struct pieces *ret)
{
	struct vmatlas_range range;
	struct piece *slot;

	for (size_t i = 0; i < b->modules.nr; i++) {
		const struct module *m = &b->modules.v[i];

		for (size_t j = 0; !m->unformed && j < m->nr_core; j++) {
			if (!module_piece(m, j, &range))
				continue;
			slot = vec_push(&ret->v);
			if (!slot)
				return error_no_memory();
			*slot = (struct piece){ range, m };
		}
	}
	if (ret->v.nr)
		qsort(ret->v.v, ret->v.nr, sizeof(*ret->v.v), compare_first_u64);
	return NULL;
}

static struct vmatlas_error *module_areas_inspect(struct vmatlas_plugin_ctx *ctx)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	const struct kernel_records *b = atlas->records;
	struct pieces all = { 0 };
	struct vmatlas_error *err;

	if (!atlas->kernel || !b->modules_read || !b->areas_complete || vmatlas_info(atlas)->live)
		return NULL;	/* told by who could not read them */
	err = collect_pieces(b, &all);
	for (size_t i = 0; i < all.v.nr && !err; i++) {
		check_area(ctx, &all.v.v[i]);
		if (i && range_overlaps(all.v.v[i - 1].range, all.v.v[i].range))
			report_shared(ctx, all.v.v[i - 1].module, all.v.v[i].module,
				      all.v.v[i].range);
	}
	vec_done(&all.v);
	return err;
}

const struct vmatlas_plugin inspector_module_areas = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "module-areas",
	.summary = "memory of modules that is in no area, or two modules'",
	.inspect = module_areas_inspect,
};
