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
	first = vmatlas_claim_next(cli->atlas, VMATLAS_LAYER_DECLARED, NULL);
	return first && vmatlas_info(cli->atlas) && addr < first->range.first;
}

static void phys_line(const struct cli *cli, const char *label, struct str *s)
{
	print_field(cli, 2, LABEL, label, str_text(s));
	str_done(s);
}

/* ---- Text ------------------------------------------------------------------ */

/* The innermost last, as /proc/iomem has it. */
static void print_resources(const struct cli *cli, uint64_t phys, bool whole)
{
	const char *trouble = vmatlas_resource_error(cli->atlas);
	const struct vmatlas_resource *r = NULL;
	struct str s = { 0 };
	char size[TEXT_MAX];
	size_t nr = 0;

	while ((r = vmatlas_resource_next(cli->atlas, r)) != NULL) {
		if (!range_has(r->phys, phys))
			continue;
		str_addf(&s, "%*s%08" PRIx64 "-%08" PRIx64 "  %s  %s  record 0x%0*" PRIx64,
			 (int)MIN(r->depth, 8u) * 2, "", r->phys.first, r->phys.last,
			 text_size(cli, vmatlas_range_size(&r->phys), size), r->name,
			 cli->digits, r->record);
		phys_line(cli, nr++ ? "" : "resource", &s);
	}
	if (nr || (*trouble && !whole))
		return;
	str_addf(&s, "none%s%s", *trouble ? " that could be read: " : ": nothing claims it",
		 trouble);
	phys_line(cli, "resource", &s);
}

static void print_frame(const struct cli *cli, const struct vmatlas_phys_info *p, bool whole)
{
	struct str s = { 0 };

	if (!p->has_frame && !whole)
		return;
	if (!p->has_frame) {
		str_addf(&s, "not known: %s", p->why);
		phys_line(cli, "frame", &s);
		return;
	}
	str_addf(&s, "0x%" PRIx64 "  %s", p->frame, p->use);
	if (p->owner[0])
		str_addf(&s, " %s", p->owner);
	if (!strcmp(p->use, "free"))
		str_addf(&s, ", order %" PRIu32, p->order);
	if (p->head)
		str_addf(&s, " of 0x%0*" PRIx64, cli->digits, p->head);
	if (p->zone[0])
		str_addf(&s, "; zone %s", p->zone);
	if (p->has_node)
		str_addf(&s, "; node %" PRIu32, p->node);
	str_addf(&s, "; refcount %" PRId64 "; flags 0x%" PRIx64 "%s%s", p->refcount, p->flags,
		 p->flags_text[0] ? " " : "", p->flags_text);
	str_addf(&s, "; struct page 0x%0*" PRIx64, cli->digits, p->page);
	phys_line(cli, "frame", &s);
}

static void print_areas(const struct cli *cli, const struct vmatlas_phys_info *p)
{
	struct str s = { 0 };
	char range[TEXT_MAX];

	for (uint32_t i = 0; i < MIN(p->nr_areas, (uint32_t)ARRAY_SIZE(p->area)); i++) {
		const struct vmatlas_claim *c = p->area[i];

		str_addf(&s, "%s  %s", text_range(cli, c->range, range),
			 vmatlas_kind_name(c->kind));
		if (c->area && c->area->caller)
			str_addf(&s, "  %s",
				 vmatlas_symbol_name(cli->atlas, c->area->caller));
		str_addf(&s, "  at 0x%0*" PRIx64 "  record 0x%0*" PRIx64, cli->digits,
			 p->area_addr[i], cli->digits,
			 c->area && c->area->vmap_area ? c->area->vmap_area : c->record);
		phys_line(cli, i ? "" : "area", &s);
	}
	if (!p->nr_areas)
		print_field(cli, 2, LABEL, "area", "none maps it");
}

static void print_aliases(const struct cli *cli, const struct vmatlas_phys_info *p)
{
	struct str s = { 0 };

	if (p->has_alias) {
		str_addf(&s, "0x%0*" PRIx64 " in the direct map", cli->digits, p->alias);
		phys_line(cli, "alias", &s);
	} else {
		print_field(cli, 2, LABEL, "alias", "none in the direct map");
	}
	if (!p->has_image && !p->has_alias)
		return;
	str_addf(&s, "%s", vmatlas_symbol_name(cli->atlas, p->has_image ? p->image
								       : p->alias));
	if (strncmp(str_text(&s), "0x", 2) != 0)
		phys_line(cli, "symbol", &s);
	str_done(&s);
}

struct vmatlas_error *physical_print(const struct cli *cli, uint64_t phys, bool whole)
{
	struct vmatlas_phys_info p = { .size = sizeof(p) };
	struct vmatlas_error *err;

	err = vmatlas_phys_info(cli->atlas, phys, whole ? VMATLAS_PHYS_INFO_AREAS : 0, &p);
	if (err)
		return err;
	if (whole)
		printf("physical 0x%" PRIx64 "%s\n", phys, cli->physical ? ""
		       : " (taken as such: every region of the kernel lies above)");
	print_resources(cli, phys, whole);
	if (whole)
		print_areas(cli, &p);
	print_frame(cli, &p, whole);
	if (whole)
		print_aliases(cli, &p);
	return NULL;
}

/* ---- JSON ------------------------------------------------------------------ */

static json_t *json_resources(const struct cli *cli, uint64_t phys)
{
	const struct vmatlas_resource *r = NULL;
	json_t *list = json_array();

	while ((r = vmatlas_resource_next(cli->atlas, r)) != NULL) {
		json_t *o;

		if (!range_has(r->phys, phys))
			continue;
		o = json_object();
		json_object_set_new(o, "first", json_hex(r->phys.first));
		json_object_set_new(o, "last", json_hex(r->phys.last));
		json_object_set_new(o, "name", json_text(r->name));
		json_object_set_new(o, "record", json_address(r->record));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_frame(const struct vmatlas_phys_info *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "number", json_number(p->frame));
	json_object_set_new(o, "why", json_text(p->why));
	if (!p->has_frame)
		return o;
	json_object_set_new(o, "page", json_address(p->page));
	json_object_set_new(o, "use", json_text(p->use));
	json_object_set_new(o, "owner", json_text(p->owner));
	json_object_set_new(o, "head", json_address(p->head));
	json_object_set_new(o, "flags", json_hex(p->flags));
	json_object_set_new(o, "flag_names", json_text(p->flags_text));
	json_object_set_new(o, "refcount", json_integer(p->refcount));
	json_object_set_new(o, "mapcount", json_integer(p->mapcount));
	json_object_set_new(o, "zone", json_text(p->zone));
	json_object_set_new(o, "node", p->has_node ? json_integer(p->node) : json_null());
	return o;
}

static json_t *json_areas(const struct cli *cli, const struct vmatlas_phys_info *p)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < MIN(p->nr_areas, (uint32_t)ARRAY_SIZE(p->area)); i++) {
		const struct vmatlas_claim *c = p->area[i];
		json_t *o = json_object();

		json_set_range(o, c->range);
		json_object_set_new(o, "kind", json_text(vmatlas_kind_name(c->kind)));
		json_object_set_new(o, "caller", json_text(c->area && c->area->caller
			? vmatlas_symbol_name(cli->atlas, c->area->caller) : NULL));
		json_object_set_new(o, "at", json_hex(p->area_addr[i]));
		json_object_set_new(o, "record", json_address(c->area && c->area->vmap_area
			? c->area->vmap_area : c->record));
		json_array_append_new(list, o);
	}
	return list;
}

struct vmatlas_error *physical_json(const struct cli *cli, uint64_t phys, bool whole,
				    json_t *o)
{
	struct vmatlas_phys_info p = { .size = sizeof(p) };
	struct vmatlas_error *err;

	err = vmatlas_phys_info(cli->atlas, phys, whole ? VMATLAS_PHYS_INFO_AREAS : 0, &p);
	if (err)
		return err;
	json_object_set_new(o, "resources", json_resources(cli, phys));
	json_object_set_new(o, "frame", json_frame(&p));
	if (!whole)
		return NULL;
	json_object_set_new(o, "areas", json_areas(cli, &p));
	json_object_set_new(o, "alias", p.has_alias ? json_hex(p.alias) : json_null());
	json_object_set_new(o, "image", p.has_image ? json_hex(p.image) : json_null());
	return NULL;
}
