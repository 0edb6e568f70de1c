/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas addr: everything about an address. What cannot be found out about one
 * is said in its place and does not keep the others from being answered.
 */
#include <inttypes.h>
#include <string.h>

#include "base/range.h"
#include "cli/cmd.h"
#include "cli/phys_addr.h"

/* Neighbours are those of the area that holds the address, else of the address. */
struct addr_place {
	uint64_t addr;
	VEC(const struct vmatlas_claim *) regions, areas;
	const struct vmatlas_claim *before, *after;
	uint64_t gap_before, gap_after;
	struct vmatlas_translate walk;
	char *walk_error;		/* owned; NULL: the walk is good */
	const char *symbol;		/* NULL: none */
	const char *owner;		/* of the area; "" unknown, NULL no area */
};

static void place_done(struct addr_place *p)
{
	vec_done(&p->regions);
	vec_done(&p->areas);
	free(p->walk_error);
}

static struct vmatlas_error *find_holders(const struct cli *cli, struct addr_place *p)
{
	vmatlas_for_each_claim(c, cli->atlas, VMATLAS_LAYER_DECLARED) {
		const struct vmatlas_claim **held;

		if (!(c->flags & (VMATLAS_CLAIM_PRIMARY | VMATLAS_CLAIM_WINDOW)) ||
		    !range_has(c->range, p->addr))
			continue;
		held = vec_push(&p->regions);
		if (!held)
			return no_memory();
		*held = c;
	}
	vmatlas_for_each_claim(c, cli->atlas, VMATLAS_LAYER_RECORDED) {
		const struct vmatlas_claim **held;

		if (!range_has(c->range, p->addr))
			continue;
		held = vec_push(&p->areas);
		if (!held)
			return no_memory();
		*held = c;
	}
	return NULL;
}

static void addr_find_neighbours(const struct cli *cli, struct addr_place *p)
{
	struct vmatlas_range here = { p->addr, p->addr };

	for (size_t i = 0; i < p->areas.nr; i++) {
		here.first = MIN(here.first, p->areas.v[i]->range.first);
		here.last = MAX(here.last, p->areas.v[i]->range.last);
	}
	vmatlas_for_each_claim(c, cli->atlas, VMATLAS_LAYER_RECORDED) {
		if (c->range.last < here.first &&
		    (!p->before || c->range.last > p->before->range.last))
			p->before = c;
		if (c->range.first > here.last && !p->after)
			p->after = c;
	}
	if (p->before)
		p->gap_before = here.first - p->before->range.last - 1;
	if (p->after)
		p->gap_after = p->after->range.first - here.last - (p->areas.nr ? 1 : 0);
}

static struct vmatlas_error *addr_find_place(const struct cli *cli, uint64_t addr,
					     struct addr_place *p)
{
	struct vmatlas_error *err;

	*p = (struct addr_place){ .addr = addr };
	err = find_holders(cli, p);
	if (err || !vmatlas_info(cli->atlas))
		return err;
	addr_find_neighbours(cli, p);
	p->symbol = vmatlas_symbol_name(cli->atlas, addr);
	if (!strncmp(p->symbol, "0x", 2))
		p->symbol = NULL;
	for (size_t i = 0; !err && i < p->areas.nr; i++)
		if (p->areas.v[i]->area)
			err = vmatlas_area_owner(cli->atlas, p->areas.v[i], &p->owner);
	if (err)
		return err;
	p->walk.size = sizeof(p->walk);
	err = vmatlas_translate(cli->atlas, addr, &p->walk);
	if (!err)
		return NULL;
	p->walk_error = strdup(vmatlas_error_message(err));
	vmatlas_error_free(err);
	return p->walk_error ? NULL : no_memory();
}

/* ---- Text ------------------------------------------------------------------ */

static void addr_line(const struct cli *cli, const char *label, struct str *s)
{
	print_field(cli, 2, 9, label, str_text(s));
	str_done(s);
}

static void addr_describe(const struct cli *cli, const struct vmatlas_claim *c,
			  struct str *s)
{
	char range[TEXT_MAX], size[TEXT_MAX];
	uint64_t bytes = vmatlas_range_size(&c->range);
	const char *what = c->area ? vmatlas_kind_name(c->kind) : c->name;

	str_addf(s, "%s  %s  %s", text_range(cli, c->range, range),
		 text_size(cli, bytes, size), what);
}

static void print_area(const struct cli *cli, const char *label,
		       const struct vmatlas_claim *c, const char *distance)
{
	struct str s = { 0 };
	const struct vmatlas_area *a = c->area;
	uint64_t record = a && a->vmap_area ? a->vmap_area : c->record;

	addr_describe(cli, c, &s);
	if (a && a->caller)
		str_addf(&s, "  %s", vmatlas_symbol_name(cli->atlas, a->caller));
	else if (!a)
		str_addf(&s, "  %s", vmatlas_kind_name(c->kind));
	if (a && a->phys)
		str_addf(&s, "  phys 0x%" PRIx64, a->phys);
	if (record)
		str_addf(&s, "  record 0x%0*" PRIx64, cli->digits, record);
	str_addf(&s, "%s", distance);
	addr_line(cli, label, &s);
}

static void print_neighbour(const struct cli *cli, const char *label,
			    const struct vmatlas_claim *c, uint64_t gap)
{
	char distance[64] = "  (touches)", size[TEXT_MAX];

	if (!c)
		return;
	if (gap)
		snprintf(distance, sizeof(distance), "  (%s away)",
			 text_size(cli, gap, size));
	print_area(cli, label, c, distance);
}

static void print_walk(const struct cli *cli, const struct addr_place *p)
{
	const struct vmatlas_translate *w = &p->walk;
	struct str s = { 0 };
	char size[TEXT_MAX];

	if (p->walk_error) {
		str_addf(&s, "%s", p->walk_error);
		addr_line(cli, "walk", &s);
		return;
	}
	for (uint32_t i = 0; i < MIN(w->nr_steps, (uint32_t)ARRAY_SIZE(w->step)); i++) {
		str_addf(&s, "%-7s 0x%0*" PRIx64 " at phys 0x%" PRIx64, w->step[i].level,
			 cli->digits, w->step[i].entry, w->step[i].entry_addr);
		addr_line(cli, i ? "" : "walk", &s);
	}
	if (w->mapped)
		str_addf(&s, "0x%" PRIx64 ", %s page%s%s", w->phys,
			 str_size((uint64_t)1 << (w->page_shift & 63), size),
			 w->attributes[0] ? ", " : "", w->attributes);
	else
		str_addf(&s, "not mapped%s%s", w->why[0] ? ": " : "", w->why);
	addr_line(cli, "physical", &s);
}

static void addr_print_place(const struct cli *cli, const struct addr_place *p)
{
	struct str s = { 0 };
	char distance[64];

	printf("%0*" PRIx64 "\n", cli->digits, p->addr);
	for (size_t i = 0; i < p->regions.nr; i++) {
		addr_describe(cli, p->regions.v[i], &s);
		str_addf(&s, "  (%s)", p->regions.v[i]->source);
		addr_line(cli, i ? "" : "region", &s);
	}
	if (!p->regions.nr)
		print_field(cli, 2, 9, "region", "none declared here");
	for (size_t i = 0; i < p->areas.nr; i++) {
		snprintf(distance, sizeof(distance), "  offset 0x%" PRIx64,
			 p->addr - p->areas.v[i]->range.first);
		print_area(cli, i ? "" : "area", p->areas.v[i], distance);
		if (p->owner && *p->owner && p->areas.v[i]->area)
			print_field(cli, 2, 9, "", p->owner);
	}
	if (!vmatlas_info(cli->atlas))
		return;
	if (!p->areas.nr)
		print_field(cli, 2, 9, "area", "none recorded here");
	print_neighbour(cli, "before", p->before, p->gap_before);
	print_neighbour(cli, "after", p->after, p->gap_after);
	print_walk(cli, p);
	if (p->symbol)
		print_field(cli, 2, 9, "symbol", p->symbol);
}

/* ---- JSON ------------------------------------------------------------------ */

static json_t *json_claim(const struct cli *cli, const struct vmatlas_claim *c)
{
	json_t *o = json_object();
	const struct vmatlas_area *a = c->area;

	json_set_range(o, c->range);
	json_object_set_new(o, "size", json_number(vmatlas_range_size(&c->range)));
	json_object_set_new(o, "kind", json_text(vmatlas_kind_name(c->kind)));
	json_object_set_new(o, "name", json_text(c->name));
	json_object_set_new(o, "source", json_text(c->source));
	json_object_set_new(o, "record", json_address(a && a->vmap_area ? a->vmap_area :
							c->record));
	if (a) {
		const char *caller = NULL;

		if (a->caller)
			caller = vmatlas_symbol_name(cli->atlas, a->caller);
		json_object_set_new(o, "caller", json_text(caller));
		json_object_set_new(o, "phys", json_address(a->phys));
	}
	return o;
}

static json_t *json_neighbour(const struct cli *cli, const struct vmatlas_claim *c,
			      uint64_t gap)
{
	json_t *o;

	if (!c)
		return json_null();
	o = json_claim(cli, c);
	json_object_set_new(o, "distance", json_number(gap));
	return o;
}

static json_t *json_walk(const struct addr_place *p)
{
	const struct vmatlas_translate *w = &p->walk;
	json_t *o = json_object(), *steps = json_array();

	for (uint32_t i = 0; i < MIN(w->nr_steps, (uint32_t)ARRAY_SIZE(w->step)); i++) {
		json_t *step = json_object();

		json_object_set_new(step, "level", json_text(w->step[i].level));
		json_object_set_new(step, "entry", json_hex(w->step[i].entry));
		json_object_set_new(step, "at", json_hex(w->step[i].entry_addr));
		json_array_append_new(steps, step);
	}
	json_object_set_new(o, "steps", steps);
	json_object_set_new(o, "mapped", json_boolean(w->mapped));
	json_object_set_new(o, "phys", w->mapped ? json_hex(w->phys) : json_null());
	json_object_set_new(o, "page_size", w->mapped ?
		json_number((uint64_t)1 << (w->page_shift & 63)) : json_null());
	json_object_set_new(o, "attributes", json_text(w->attributes));
	json_object_set_new(o, "why", json_text(p->walk_error ? p->walk_error : w->why));
	return o;
}

static json_t *json_place(const struct cli *cli, const struct addr_place *p)
{
	json_t *o = json_object(), *regions = json_array(), *areas = json_array();

	json_object_set_new(o, "address", json_hex(p->addr));
	for (size_t i = 0; i < p->regions.nr; i++)
		json_array_append_new(regions, json_claim(cli, p->regions.v[i]));
	json_object_set_new(o, "regions", regions);
	for (size_t i = 0; i < p->areas.nr; i++)
		json_array_append_new(areas, json_claim(cli, p->areas.v[i]));
	json_object_set_new(o, "areas", areas);
	json_object_set_new(o, "before", json_neighbour(cli, p->before, p->gap_before));
	json_object_set_new(o, "after", json_neighbour(cli, p->after, p->gap_after));
	json_object_set_new(o, "walk", json_walk(p));
	json_object_set_new(o, "symbol", json_text(p->symbol));
	json_object_set_new(o, "owner", json_text(p->owner));
	return o;
}

/* ---- The command ------------------------------------------------------------ */

/* All of them first: an answer to half of the question is easily taken for all. */
static struct vmatlas_error *check_widths(const struct cli *cli)
{
	for (size_t i = 0; i < cli->operands.nr; i++) {
		uint64_t addr = 0;

		parse_address(cli->operands.v[i], &addr);
		if (!cli->physical && cli->digits < 16 && addr >> (4 * cli->digits))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"'%s' is no address of a %d-bit kernel",
				cli->operands.v[i], 4 * cli->digits);
	}
	return NULL;
}

static struct vmatlas_error *answer_physical(const struct cli *cli, uint64_t phys)
{
	struct vmatlas_error *err;
	json_t *o;

	if (!cli->json)
		return physical_print(cli, phys, true);
	o = json_object();
	json_object_set_new(o, "physical", json_hex(phys));
	err = physical_json(cli, phys, true, o);
	json_element(o);
	return err;
}

static struct vmatlas_error *answer_virtual(const struct cli *cli, uint64_t addr)
{
	struct vmatlas_error *err;
	struct addr_place place;
	json_t *o;

	err = addr_find_place(cli, addr, &place);
	if (!err && cli->json) {
		o = json_place(cli, &place);
		if (place.walk.mapped)
			err = physical_json(cli, place.walk.phys, false, o);
		json_element(o);
	} else if (!err) {
		addr_print_place(cli, &place);
		if (place.walk.mapped)
			err = physical_print(cli, place.walk.phys, false);
	}
	place_done(&place);
	return err;
}

static struct vmatlas_error *addr_answer(const struct cli *cli, const char *operand)
{
	uint64_t addr = 0;

	parse_address(operand, &addr);
	return physical_is_meant(cli, addr) ? answer_physical(cli, addr)
					    : answer_virtual(cli, addr);
}

struct vmatlas_error *cmd_addr(struct cli *cli)
{
	struct vmatlas_error *err;

	err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED);
	if (!err && cli->physical && !vmatlas_info(cli->atlas))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--physical wants a dump: a boot log alone does not tell");
	if (!err)
		err = check_widths(cli);
	if (err)
		return err;
	if (cli->json) {
		json_begin(cli);
		json_list("addresses");
	} else {
		print_target(cli);
	}
	for (size_t i = 0; !err && i < cli->operands.nr; i++)
		err = addr_answer(cli, cli->operands.v[i]);
	if (err)
		return err;
	if (!cli->json) {
		print_shortfall(cli);
		return NULL;
	}
	json_list_end();
	json_coverage(cli);
	return json_end();
}
