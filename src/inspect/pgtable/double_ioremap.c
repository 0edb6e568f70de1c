/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registers that two ioremap() areas map, both in the same way: told as one note. */
#include <inttypes.h>
#include <string.h>

#include "inspect/pgtable/pgtable.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/mm/iomem.h"

#define TOLD 20				/* pairs that are listed */
#define MAX_PAIRS 256			/* and looked at */

/*
 * What ACPI maps (drivers/acpi/osl.c: acpi_os_map_iomem) are tables, and registers that
 * the firmware's code asks for: those that it shares with a driver by design, as HPET.
 */
static bool is_firmware(const struct pgtable_check *c, const struct vmatlas_claim *claim)
{
	const char *caller = "";

	if (claim->area->caller)
		caller = vmatlas_symbol_name(c->atlas, claim->area->caller);
	return !strncmp(caller, "acpi_", strlen("acpi_"));
}

/* Static mappings are the platform's, not ioremap()'s; without a record nobody is named. */
static bool is_remap(const struct vmatlas_claim *claim)
{
	return claim && claim->area && claim->kind == VMATLAS_KIND_IOREMAP;
}

/*
 * Cached is memory, not registers: tables of the firmware, memremap(). riscv's entries do
 * not say, without Svpbmt: there the place in physical memory tells.
 */
static bool is_cached(const struct pgtable_check *c, const struct pgtable_frames *f)
{
	return !f->attr && !c->k->arch->memtype_optional;
}

/*
 * Neighbours: the page where one ends and the other begins. Records have whole pages, and
 * devices need not end where pages do.
 */
static bool is_seam(const struct pgtable_check *c, const struct pgtable_frames *a,
		    const struct pgtable_frames *b)
{
	return a->phys.first < b->phys.first && a->phys.last < b->phys.last &&
	       a->phys.last - b->phys.first < 1ull << c->k->page_shift;
}

void double_ioremap_add(struct pgtable_check *c, const struct pgtable_frames *a, const struct pgtable_frames *b)
{
	const struct double_ioremap_pair *last = c->pairs.nr ? &c->pairs.v[c->pairs.nr - 1] : NULL;
	struct double_ioremap_pair *slot;

	if (is_cached(c, b) || !is_remap(a->owner) || !is_remap(b->owner) || a->owner == b->owner ||
	    is_seam(c, a, b) || (last && last->a == a->owner && last->b == b->owner) ||
	    is_firmware(c, a->owner) || is_firmware(c, b->owner))
		return;
	c->nr_pairs++;
	slot = c->nr_pairs <= MAX_PAIRS ? vec_push(&c->pairs) : NULL;
	if (slot)
		*slot = (struct double_ioremap_pair){ .a = a->owner, .b = b->owner, .phys = {
			b->phys.first, MIN(a->phys.last, b->phys.last) } };
}

/* ---- Two devices in one page ---- */

/* Does a resource begin or end within the page at @phys? Then it is not one device's. */
static bool is_divided(const struct resources *list, struct vmatlas_range page)
{
	for (size_t i = 0; i < list->v.nr; i++) {
		const struct vmatlas_range *r = &list->v.v[i].phys;

		if ((r->first > page.first && r->first <= page.last) ||
		    (r->last >= page.first && r->last < page.last))
			return true;
	}
	return false;
}

/*
 * A page is the least that can be mapped, and records have whole pages: two drivers that
 * share but one may each want its own part of it. Without resources, all of them may.
 */
static void drop_divided(struct pgtable_check *c, const struct resources *list, bool known)
{
	const uint64_t page = 1ull << c->k->page_shift;
	size_t kept = 0;

	for (size_t i = 0; i < c->pairs.nr; i++) {
		const struct double_ioremap_pair *pair = &c->pairs.v[i];

		if (vmatlas_range_size(&pair->phys) > page ||
		    (known && !is_divided(list, pair->phys)))
			c->pairs.v[kept++] = *pair;
	}
	c->nr_pairs -= c->pairs.nr - kept;
	c->pairs.nr = kept;
}

/* That they cannot be read is told where RAM is judged. */
static void ask_resources(struct pgtable_check *c)
{
	_cleanup_(resources_done) struct resources list = { 0 };
	struct vmatlas_error *err;
	uint64_t root;

	err = lookup_symbol(c->k, "iomem_resource", &root);
	if (!err)
		err = resources_read(c->k, root, RESOURCES_TOP, &list);
	drop_divided(c, &list, !err);
	vmatlas_error_free(err);
}

/* ---- The note ---- */

static void add_pair(struct pgtable_check *c, const struct double_ioremap_pair *pair,
		     struct evidence *s)
{
	_cleanup_(str_done) struct str a = { 0 }, b = { 0 };

	fmt_area(c->atlas, pair->a, &a);
	fmt_area(c->atlas, pair->b, &b);
	evidence_phys_range(s, "physical", pair->phys, "%#" PRIx64 "-%#" PRIx64,
			    pair->phys.first, pair->phys.last);
	evidence_range(s, "mapped by", pair->a->range, "%s", str_text(&a));
	evidence_range(s, "and by", pair->b->range, "%s", str_text(&b));
}

void double_ioremap_finish(struct pgtable_check *c)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	const struct double_ioremap_pair *first;

	if (c->pairs.nr)
		ask_resources(c);
	if (!c->pairs.nr)
		return;
	first = &c->pairs.v[0];
	for (size_t i = 0; i < MIN(c->pairs.nr, (size_t)TOLD); i++)
		add_pair(c, &c->pairs.v[i], &evidence);
	if (c->nr_pairs > TOLD)
		evidence_number(&evidence, "more", c->nr_pairs - TOLD, "%zu other pairs",
				c->nr_pairs - TOLD);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE,
		.code = "double-ioremap", .where = &first->b->range, .record = first->b->record,
		EVIDENCE(&evidence),
		.advice = "fine if two drivers are to share these registers; else one of them does "
			  "not know of the other",
	}, c->nr_pairs == 1 ?
		"%zu pair of ioremap areas maps the same registers, at physical %#" PRIx64 :
		"%zu pairs of ioremap areas map the same registers, the first at physical %#"
		PRIx64, c->nr_pairs, first->phys.first);
}
