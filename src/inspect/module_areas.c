/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: memory of a module lies in one recorded area, and no other module has it. Since
 * 6.13 several modules may have their text in one large area (execmem's ROX cache), so an
 * area may be larger. An area of load_module() that no module has is a note at most: a module
 * may be leaving (kernel/module/main.c, free_module()). Nothing is said while one is being
 * loaded, whose area comes before its record, or while init parts wait to be freed
 * (init_free_list). Not on the plugin contract: it knows no modules.
 */
#include <inttypes.h>
#include <string.h>

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

/* ---- Areas without a module ---- */

#define MAX_ORPHANS 8			/* told one by one */

enum { INIT_FREE_LIST };

static const struct vmatlas_lookup lookups[] = {
	[INIT_FREE_LIST] = VMATLAS_OPTIONAL_SYMBOL("init_free_list"),
};

/* Any piece of any module, its init part included. */
static bool has_module(const struct kernel_records *b, struct vmatlas_range area)
{
	struct vmatlas_range range;

	for (size_t i = 0; i < b->modules.nr; i++)
		for (size_t j = 0; j < b->modules.v[i].nr_mem; j++)
			if (module_piece(&b->modules.v[i], j, &range) && range_overlaps(range, area))
				return true;
	return false;
}

/* Does the kernel itself allocate and free modules' memory at this moment, or not say? */
static struct vmatlas_error *is_in_motion(struct vmatlas_plugin_ctx *ctx, bool *ret)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	const struct kernel_records *b = atlas->records;
	struct vmatlas_error *err;
	uint64_t first = 0;

	*ret = true;
	for (size_t i = 0; i < b->modules.nr; i++)
		if (b->modules.v[i].unformed)
			return NULL;
	if (!vmatlas_ctx_has(ctx, INIT_FREE_LIST))
		return NULL;
	err = kernel_read_ptr(atlas->kernel, vmatlas_ctx_address(ctx, INIT_FREE_LIST), &first);
	*ret = err || first;
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

/*
 * By its caller and its place, which has to be module space alone: load_module() asks vmalloc()
 * for memory of other kinds, too (riscv's table of relocations, 6.7 and later).
 */
static bool is_of_load_module(struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	const struct vmatlas_claim *modules = atlas_region(atlas, VMATLAS_KIND_MODULE_SPACE);
	const struct vmatlas_claim *vmalloc = atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE);

	if (!modules || !vmalloc || !range_has(modules->range, c->range.first) ||
	    range_has(vmalloc->range, c->range.first))
		return false;
	return c->area && c->area->caller && c->kind != VMATLAS_KIND_MODULE &&
	       !strncmp(vmatlas_symbol_name(atlas, c->area->caller), "load_module+",
			strlen("load_module+"));
}

static void report_orphans(struct vmatlas_plugin_ctx *ctx, const struct vmatlas_claim *first,
			   size_t nr, const struct evidence *evidence)
{
	ctx_report(ctx, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE, .code = "module-area", .where = &first->range,
		.record = first->record, EVIDENCE(evidence),
		.advice = "a module may just be leaving; else one was taken off the list of modules, "
			  "or its record overwritten: look for struct module in these areas",
	}, nr == 1 ? "%zu area of load_module() has no module" :
		"%zu areas of load_module() have no module", nr);
}

static struct vmatlas_error *check_orphans(struct vmatlas_plugin_ctx *ctx)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(ctx);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	const struct vmatlas_claim *first = NULL;
	struct vmatlas_error *err;
	bool in_motion;
	size_t nr = 0;

	err = is_in_motion(ctx, &in_motion);
	if (err || in_motion || !atlas->records->modules_complete)
		return err;
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		if (!is_of_load_module(atlas, c) || has_module(atlas->records, c->range))
			continue;
		first = first ? first : c;
		if (nr++ < MAX_ORPHANS)
			evidence_range(&evidence, "area", c->range, "%s %s, record %s", c->name,
				       fmt_range(atlas, c->range).s, fmt_record(atlas, c->record).s);
	}
	if (first)
		report_orphans(ctx, first, nr, &evidence);
	return NULL;
}

/* ---- Modules and their areas ---- */

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
	if (!err)
		err = check_orphans(ctx);
	return err;
}

const struct vmatlas_plugin inspector_module_areas = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "module-areas",
	.summary = "memory of modules that is in no area, or two modules'",
	.lookups = lookups,
	.nr_lookups = ARRAY_SIZE(lookups),
	.inspect = module_areas_inspect,
};
