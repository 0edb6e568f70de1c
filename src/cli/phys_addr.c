/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What owns a physical address: resources, the page frame, the areas that map it. */
#include <inttypes.h>
#include <string.h>

#include "base/range.h"
#include "cli/phys_addr.h"

enum { LABEL = 9 };

bool physical_is_meant(const struct cli *cli, uint64_t addr)
{
	const struct vmatlas_claim *first;

	if (cli->physical)
		return true;
	first = vmatlas_claim_next(cli->out.atlas, VMATLAS_LAYER_DECLARED, NULL);
	return first && vmatlas_info(cli->out.atlas) && addr < first->range.first;
}

static void phys_line(const struct render *r, const char *label, struct str *s)
{
	emit_field(r, 2, LABEL, label, str_text(s));
	str_done(s);
}

/* The innermost last, as /proc/iomem has it. */
static void emit_resources(const struct render *r, uint64_t phys, bool whole)
{
	const char *trouble = vmatlas_resource_error(r->atlas);
	const struct vmatlas_resource *res = NULL;
	char size[TEXT_MAX];
	size_t nr = 0;

	emit_list(r, "resources");
	while ((res = vmatlas_resource_next(r->atlas, res)) != NULL) {
		if (!range_has(res->phys, phys))
			continue;
		emit_object(r, NULL);
		emit_hex(r, "first", res->phys.first);
		emit_hex(r, "last", res->phys.last);
		emit_text(r, "name", res->name);
		emit_address(r, "record", res->record);
		emit_close(r);
		emit_fieldf(r, 2, LABEL, nr++ ? "" : "resource",
			    "%*s%08" PRIx64 "-%08" PRIx64 "  %s  %s  record 0x%0*" PRIx64,
			    (int)MIN(res->depth, 8u) * 2, "", res->phys.first, res->phys.last,
			    text_size(r, vmatlas_range_size(&res->phys), size), res->name,
			    r->digits, res->record);
	}
	emit_close(r);
	if (!nr && (!*trouble || whole))
		emit_fieldf(r, 2, LABEL, "resource", "none%s%s",
			    *trouble ? " that could be read: " : ": nothing claims it",
			    trouble);
}

static void frame_members(const struct render *r, const struct vmatlas_phys_info *p)
{
	emit_object(r, "frame");
	emit_number(r, "number", p->frame);
	emit_text(r, "why", p->why);
	if (p->has_frame) {
		emit_address(r, "page", p->page);
		emit_text(r, "use", p->use);
		emit_text(r, "owner", p->owner);
		emit_address(r, "head", p->head);
		emit_hex(r, "flags", p->flags);
		emit_text(r, "flag_names", p->flags_text);
		emit_integer(r, "refcount", p->refcount);
		emit_integer(r, "mapcount", p->mapcount);
		emit_text(r, "zone", p->zone);
		emit_number(r, "node", p->has_node ? p->node : CELL_NONE);
	}
	emit_close(r);
}

static void frame_line(const struct render *r, const struct vmatlas_phys_info *p, bool whole)
{
	struct str s = { 0 };

	if (!p->has_frame && !whole)
		return;
	if (!p->has_frame) {
		emit_fieldf(r, 2, LABEL, "frame", "not known: %s", p->why);
		return;
	}
	str_addf(&s, "0x%" PRIx64 "  %s", p->frame, p->use);
	if (p->owner[0])
		str_addf(&s, " %s", p->owner);
	if (!strcmp(p->use, "free"))
		str_addf(&s, ", order %" PRIu32, p->order);
	if (p->head)
		str_addf(&s, " of 0x%0*" PRIx64, r->digits, p->head);
	if (p->zone[0])
		str_addf(&s, "; zone %s", p->zone);
	if (p->has_node)
		str_addf(&s, "; node %" PRIu32, p->node);
	str_addf(&s, "; refcount %" PRId64 "; flags 0x%" PRIx64 "%s%s", p->refcount, p->flags,
		 p->flags_text[0] ? " " : "", p->flags_text);
	str_addf(&s, "; struct page 0x%0*" PRIx64, r->digits, p->page);
	phys_line(r, "frame", &s);
}

static void emit_area(const struct render *r, const char *label, const struct vmatlas_claim *c,
		      uint64_t at)
{
	const uint64_t record = c->area && c->area->vmap_area ? c->area->vmap_area : c->record;
	const char *caller = c->area && c->area->caller
				     ? vmatlas_symbol_name(r->atlas, c->area->caller) : NULL;
	struct str s = { 0 };
	char range[TEXT_MAX];

	emit_object(r, NULL);
	emit_range(r, c->range);
	emit_text(r, "kind", vmatlas_kind_name(c->kind));
	emit_text(r, "caller", caller);
	emit_hex(r, "at", at);
	emit_address(r, "record", record);
	emit_close(r);
	str_addf(&s, "%s  %s", text_range(r, c->range, range), vmatlas_kind_name(c->kind));
	if (caller)
		str_addf(&s, "  %s", caller);
	str_addf(&s, "  at 0x%0*" PRIx64 "  record 0x%0*" PRIx64, r->digits, at, r->digits,
		 record);
	phys_line(r, label, &s);
}

static void emit_areas_of(const struct render *r, const struct vmatlas_phys_info *p)
{
	emit_list(r, "areas");
	for (uint32_t i = 0; i < MIN(p->nr_areas, (uint32_t)ARRAY_SIZE(p->area)); i++)
		emit_area(r, i ? "" : "area", p->area[i], p->area_addr[i]);
	if (!p->nr_areas)
		emit_field(r, 2, LABEL, "area", "none maps it");
	emit_close(r);
}

static void emit_aliases(const struct render *r, const struct vmatlas_phys_info *p)
{
	const char *symbol;

	if (p->has_alias) {
		emit_hex(r, "alias", p->alias);
		emit_fieldf(r, 2, LABEL, "alias", "0x%0*" PRIx64 " in the direct map", r->digits,
			    p->alias);
	} else {
		emit_null(r, "alias");
		emit_field(r, 2, LABEL, "alias", "none in the direct map");
	}
	if (p->has_image)
		emit_hex(r, "image", p->image);
	else
		emit_null(r, "image");
	if (!p->has_image && !p->has_alias)
		return;
	symbol = vmatlas_symbol_name(r->atlas, p->has_image ? p->image : p->alias);
	if (strncmp(symbol, "0x", 2) != 0)
		emit_field(r, 2, LABEL, "symbol", symbol);
}

struct vmatlas_error *physical_emit(const struct cli *cli, uint64_t phys, bool whole)
{
	struct vmatlas_phys_info p = { .size = sizeof(p) };
	const struct render *r = &cli->out;
	struct vmatlas_error *err;

	err = vmatlas_phys_info(r->atlas, phys, whole ? VMATLAS_PHYS_INFO_AREAS : 0, &p);
	if (err)
		return err;
	if (whole)
		emit_line(r, "physical 0x%" PRIx64 "%s", phys, cli->physical ? ""
			  : " (assumed: every region of the kernel lies above)");
	emit_resources(r, phys, whole);
	frame_members(r, &p);
	if (whole)
		emit_areas_of(r, &p);
	frame_line(r, &p, whole);
	if (whole)
		emit_aliases(r, &p);
	return NULL;
}
