/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: what the architecture set aside. Fetches the facts that the CPU's
 * formulas want and passes their claims on.
 */
#include <inttypes.h>

#include "kernel/pgtable/translate.h"
#include "kernel/survey.h"

struct bridge {
	struct arch_sink sink;
	struct survey *s;
	struct vmatlas_error *err;	/* sticky */
};

static void bridge_claim(struct arch_sink *sink, uint32_t kind, const char *name,
			 uint64_t start, uint64_t end, uint32_t flags, const char *source)
{
	struct bridge *b = container_of(sink, struct bridge, sink);
	const uint64_t mask = b->s->k->va_mask;
	struct vmatlas_claim c = {
		.layer = VMATLAS_LAYER_DECLARED, .kind = kind, .flags = flags,
		.name = name, .source = source,
		.range = { start & mask, (end - 1) & mask },
	};

	if (b->err)
		return;
	/* a formula over garbage can give anything: say what it gave, place nothing */
	if (c.range.first > c.range.last)
		b->err = survey_coverage(b->s, VMATLAS_COVERAGE_PARTIAL, name,
					 "%s gives the impossible range %#" PRIx64 "-%#" PRIx64,
					 source, start, end);
	else
		b->err = survey_claim(b->s, c);
}

static void bridge_wrong(struct arch_sink *sink, const char *name, uint64_t value,
			 const char *region, uint64_t instead)
{
	struct bridge *b = container_of(sink, struct bridge, sink);
	uint64_t record = 0;

	if (!b->err)
		b->err = lookup_symbol(b->s->k, name, &record);
	if (!b->err)
		b->err = survey_finding(b->s, (struct vmatlas_finding_desc){
				.severity = VMATLAS_SEVERITY_WARNING, .code = "bounds-disagree",
				.record = record,
				.advice = "find out what overwrote the variable" },
			"%s is %#" PRIx64 ", which cannot be the end of %s: the page tables map "
			"it up to %0*" PRIx64, name, value, region, (int)b->s->k->ptr_size * 2,
			instead);
}

static enum arch_mapped arch_regions_mapped(void *arg, uint64_t addr, uint64_t *ret_last)
{
	struct kernel *k = arg;
	struct vmatlas_error *err;
	struct walk w;

	err = kernel_walk(k, addr, &w);
	if (err) {
		vmatlas_error_free(err);
		return UNKNOWN;
	}
	if (!w.mapped)
		return UNMAPPED;
	*ret_last = addr | ((1ull << w.leaf.shift) - 1);
	return MAPPED;
}

static enum arch_mapped arch_regions_linear(void *arg, uint64_t addr, uint64_t base,
					    uint64_t *ret_last)
{
	struct kernel *k = arg;
	struct vmatlas_error *err;
	struct walk w, at_base;

	err = kernel_walk(k, base, &at_base);
	if (!err)
		err = kernel_walk(k, addr, &w);
	if (err || !at_base.mapped) {
		vmatlas_error_free(err);
		return UNKNOWN;
	}
	if (!w.mapped || w.phys - at_base.phys != addr - base)
		return UNMAPPED;
	*ret_last = addr | ((1ull << w.leaf.shift) - 1);
	return MAPPED;
}

/* By physical address: a table may be known at several virtual ones. */
static bool is_table(void *arg, uint64_t addr, uint64_t table)
{
	struct kernel *k = arg;
	struct vmatlas_error *err;
	uint64_t phys = 0;
	struct walk w;

	err = kernel_walk(k, addr, &w);
	if (!err)
		err = kernel_translate(k, table & k->va_mask, &phys);
	vmatlas_error_free(err);
	return !err && w.nr_steps == k->format->nr_levels &&
	       w.step[w.nr_steps - 1].entry_addr == phys;
}

static struct vmatlas_error *fetch_symbol(struct kernel *k, const struct arch_want *w,
					  uint64_t *ret)
{
	const struct vmatlas_lookup need = VMATLAS_REQUIRED_SYMBOL(w->name);
	const size_t size = w->kind == WANT_BYTE ? 1 : w->kind == WANT_INT ? 4 : k->ptr_size;
	struct vmatlas_error *err;
	struct resolved res;

	err = lookup_resolve(k, &need, 1, &res);
	if (!err && !res.found)
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s", w->name);
	if (err)
		return err;
	switch (w->kind) {
	case WANT_ADDRESS:
		*ret = res.addr;
		return NULL;
	case WANT_LENGTH:
		*ret = res.size / k->ptr_size;
		return NULL;
	default:
		return kernel_read_uint(k, res.addr, size, ret);
	}
}

static struct vmatlas_error *arch_regions_fetch(struct kernel *k,
						const struct arch_want *w, bool *found,
						uint64_t *ret)
{
	struct vmatlas_error *err = NULL;
	struct image_member m;

	*found = true;
	switch (w->kind) {
	case WANT_NUMBER:
		*found = vmcoreinfo_number(k->vmcoreinfo, w->name, ret);
		return NULL;
	case WANT_ENUM:
		err = image_enumerator(k->image, w->near, w->name, (int64_t *)ret);
		break;
	case WANT_SIZEOF:
		err = image_member(k->image, w->near, w->name, "", &m);
		*ret = err ? 0 : m.size;
		break;
	default:
		err = fetch_symbol(k, w, ret);
	}
	*found = !err;
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	return vmatlas_error_wrap(err, "%s", w->name);
}

/* Thumb-2 shows in the symbol table: functions' addresses had bit 0 set. */
static bool is_thumb(struct kernel *k)
{
	struct image_symbol sym;
	struct vmatlas_error *err = image_symbol(k->image, "vfree", 0, &sym);

	vmatlas_error_free(err);
	return !err && sym.is_thumb;
}

static struct vmatlas_error *arch_regions_run(struct survey *s)
{
	struct kernel *k = s->k;
	const struct arch *arch = k->arch;
	_cleanup_(freep) bool *found = calloc(arch->nr_wants, sizeof(*found));
	_cleanup_(freep) bool *lost = calloc(arch->nr_wants, sizeof(*lost));
	_cleanup_(freep) uint64_t *value = calloc(arch->nr_wants, sizeof(*value));
	struct bridge bridge = { .sink = { bridge_claim, bridge_wrong },
				 .s = s };
	const struct arch_facts facts = {
		.found = found,
		.value = value,
		.lost = lost,
		.release = k->release,
		.page_shift = k->page_shift,
		.format = k->format,
		.slide = k->slide,
		.page_offset = k->page_offset,
		.is_thumb = is_thumb(k),
		.mapped = k->mem->info.has_physical ? arch_regions_mapped : NULL,
		.linear = k->mem->info.has_physical ? arch_regions_linear : NULL,
		.is_table = k->mem->info.has_physical ? is_table : NULL,
		.arg = k,
	};

	if (!found || !lost || !value)
		return error_no_memory();
	for (size_t i = 0; i < arch->nr_wants; i++) {
		struct vmatlas_error *err =
			arch_regions_fetch(k, &arch->wants[i], &found[i], &value[i]);

		lost[i] = error_is_kernel_trouble(err);
		err = survey_report_fault(s, err, "unreadable", "declared regions", 0);
		if (err)
			return err;
	}
	arch->layout(&facts, &bridge.sink);
	return bridge.err;
}

const struct surveyor survey_layout = {
	.name = "layout",
	.what = VMATLAS_SURVEY_DECLARED,
	.run = arch_regions_run,
};
