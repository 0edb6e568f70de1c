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
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_DECLARED) {
		const struct vmatlas_claim **held;

		if (!(c->flags & (VMATLAS_CLAIM_PRIMARY | VMATLAS_CLAIM_WINDOW)) ||
		    !range_has(c->range, p->addr))
			continue;
		held = vec_push(&p->regions);
		if (!held)
			return no_memory();
		*held = c;
	}
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
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
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
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
	if (err || !vmatlas_info(cli->out.atlas))
		return err;
	addr_find_neighbours(cli, p);
	p->symbol = vmatlas_symbol_name(cli->out.atlas, addr);
	if (!strncmp(p->symbol, "0x", 2))
		p->symbol = NULL;
	for (size_t i = 0; !err && i < p->areas.nr; i++)
		if (p->areas.v[i]->area)
			err = vmatlas_area_owner(cli->out.atlas, p->areas.v[i], &p->owner);
	if (err)
		return err;
	p->walk.size = sizeof(p->walk);
	err = vmatlas_translate(cli->out.atlas, addr, &p->walk);
	if (!err)
		return NULL;
	p->walk_error = strdup(vmatlas_error_message(err));
	vmatlas_error_free(err);
	return p->walk_error ? NULL : no_memory();
}

/* ---- What is said of it ------------------------------------------------------ */

enum { LABEL = 9 };

static void addr_line(const struct render *r, const char *label, struct str *s)
{
	emit_field(r, 2, LABEL, label, str_text(s));
	str_done(s);
}

static void addr_describe(const struct render *r, const struct vmatlas_claim *c, struct str *s)
{
	char range[TEXT_MAX], size[TEXT_MAX];
	uint64_t bytes = vmatlas_range_size(&c->range);
	const char *what = c->area ? vmatlas_kind_name(c->kind) : c->name;

	str_addf(s, "%s  %s  %s", text_range(r, c->range, range), text_size(r, bytes, size), what);
}

static void claim_members(const struct render *r, const struct vmatlas_claim *c)
{
	const struct vmatlas_area *a = c->area;

	emit_range(r, c->range);
	emit_number(r, "size", vmatlas_range_size(&c->range));
	emit_text(r, "kind", vmatlas_kind_name(c->kind));
	emit_text(r, "name", c->name);
	emit_text(r, "source", c->source);
	emit_address(r, "record", a && a->vmap_area ? a->vmap_area : c->record);
	if (!a)
		return;
	emit_text(r, "caller", a->caller ? vmatlas_symbol_name(r->atlas, a->caller) : NULL);
	emit_address(r, "phys", a->phys);
}

static void area_line(const struct render *r, const char *label, const struct vmatlas_claim *c,
		      const char *distance)
{
	struct str s = { 0 };
	const struct vmatlas_area *a = c->area;
	uint64_t record = a && a->vmap_area ? a->vmap_area : c->record;

	addr_describe(r, c, &s);
	if (a && a->caller)
		str_addf(&s, "  %s", vmatlas_symbol_name(r->atlas, a->caller));
	else if (!a)
		str_addf(&s, "  %s", vmatlas_kind_name(c->kind));
	if (a && a->phys)
		str_addf(&s, "  phys 0x%" PRIx64, a->phys);
	if (record)
		str_addf(&s, "  record 0x%0*" PRIx64, r->digits, record);
	str_addf(&s, "%s", distance);
	addr_line(r, label, &s);
}

static void emit_neighbour(const struct render *r, const char *word,
			   const struct vmatlas_claim *c, uint64_t gap)
{
	char distance[64] = "  (touches)", size[TEXT_MAX];

	if (!c) {
		emit_null(r, word);
		return;
	}
	emit_object(r, word);
	claim_members(r, c);
	emit_number(r, "distance", gap);
	emit_close(r);
	if (gap)
		snprintf(distance, sizeof(distance), "  (%s away)", text_size(r, gap, size));
	area_line(r, word, c, distance);
}

static void emit_steps(const struct render *r, const struct vmatlas_translate *w, bool is_good)
{
	emit_list(r, "steps");
	for (uint32_t i = 0; i < MIN(w->nr_steps, (uint32_t)ARRAY_SIZE(w->step)); i++) {
		emit_object(r, NULL);
		emit_text(r, "level", w->step[i].level);
		emit_hex(r, "entry", w->step[i].entry);
		emit_hex(r, "at", w->step[i].entry_addr);
		emit_close(r);
		if (is_good)
			emit_fieldf(r, 2, LABEL, i ? "" : "walk",
				    "%-7s 0x%0*" PRIx64 " at phys 0x%" PRIx64,
				    w->step[i].level, r->digits, w->step[i].entry,
				    w->step[i].entry_addr);
	}
	emit_close(r);
}

static void physical_line(const struct render *r, const struct vmatlas_translate *w)
{
	struct str s = { 0 };
	char size[TEXT_MAX];

	if (w->mapped)
		str_addf(&s, "0x%" PRIx64 ", %s page%s%s", w->phys,
			 str_size((uint64_t)1 << (w->page_shift & 63), size),
			 w->attributes[0] ? ", " : "", w->attributes);
	else
		str_addf(&s, "not mapped%s%s", w->why[0] ? ": " : "", w->why);
	addr_line(r, "physical", &s);
}

static void emit_walk(const struct render *r, const struct addr_place *p)
{
	const struct vmatlas_translate *w = &p->walk;

	emit_object(r, "walk");
	emit_steps(r, w, !p->walk_error);
	emit_flag(r, "mapped", w->mapped);
	if (w->mapped)
		emit_hex(r, "phys", w->phys);
	else
		emit_null(r, "phys");
	emit_number(r, "page_size", w->mapped ? (uint64_t)1 << (w->page_shift & 63) : CELL_NONE);
	emit_text(r, "attributes", w->attributes);
	emit_text(r, "why", p->walk_error ? p->walk_error : w->why);
	emit_close(r);
	if (!vmatlas_info(r->atlas))
		return;
	if (p->walk_error)
		emit_field(r, 2, LABEL, "walk", p->walk_error);
	else
		physical_line(r, w);
}

static void emit_regions(const struct render *r, const struct addr_place *p)
{
	struct str s = { 0 };

	emit_list(r, "regions");
	for (size_t i = 0; i < p->regions.nr; i++) {
		emit_object(r, NULL);
		claim_members(r, p->regions.v[i]);
		emit_close(r);
		addr_describe(r, p->regions.v[i], &s);
		str_addf(&s, "  (%s)", p->regions.v[i]->source);
		addr_line(r, i ? "" : "region", &s);
	}
	if (!p->regions.nr)
		emit_field(r, 2, LABEL, "region", "none declared here");
	emit_close(r);
}

static void emit_areas(const struct render *r, const struct addr_place *p)
{
	char distance[64];

	emit_list(r, "areas");
	for (size_t i = 0; i < p->areas.nr; i++) {
		emit_object(r, NULL);
		claim_members(r, p->areas.v[i]);
		emit_close(r);
		snprintf(distance, sizeof(distance), "  offset 0x%" PRIx64,
			 p->addr - p->areas.v[i]->range.first);
		area_line(r, i ? "" : "area", p->areas.v[i], distance);
		if (p->owner && *p->owner && p->areas.v[i]->area)
			emit_field(r, 2, LABEL, "", p->owner);
	}
	if (!p->areas.nr && vmatlas_info(r->atlas))
		emit_field(r, 2, LABEL, "area", "none recorded here");
	emit_close(r);
}

static void emit_addr_place(const struct render *r, const struct addr_place *p)
{
	emit_hex(r, "address", p->addr);
	emit_line(r, "%0*" PRIx64, r->digits, p->addr);
	emit_regions(r, p);
	emit_areas(r, p);
	emit_neighbour(r, "before", p->before, p->gap_before);
	emit_neighbour(r, "after", p->after, p->gap_after);
	emit_walk(r, p);
	emit_text(r, "symbol", p->symbol);
	if (p->symbol)
		emit_field(r, 2, LABEL, "symbol", p->symbol);
	emit_text(r, "owner", p->owner);
}

/* ---- The command ------------------------------------------------------------ */

/* All of them first: an answer to half of the question is easily taken for all. */
static struct vmatlas_error *check_widths(const struct cli *cli)
{
	for (size_t i = 0; i < cli->operands.nr; i++) {
		uint64_t addr = 0;

		parse_address(cli->operands.v[i], &addr);
		if (!cli->physical && cli->out.digits < 16 && addr >> (4 * cli->out.digits))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"'%s' is no address of a %d-bit kernel",
				cli->operands.v[i], 4 * cli->out.digits);
	}
	return NULL;
}

static struct vmatlas_error *answer_physical(const struct cli *cli, uint64_t phys)
{
	struct vmatlas_error *err;

	emit_object(&cli->out, NULL);
	emit_hex(&cli->out, "physical", phys);
	err = physical_emit(cli, phys, true);
	emit_close(&cli->out);
	return err;
}

static struct vmatlas_error *answer_virtual(const struct cli *cli, uint64_t addr)
{
	struct vmatlas_error *err;
	struct addr_place place;

	err = addr_find_place(cli, addr, &place);
	if (!err) {
		emit_object(&cli->out, NULL);
		emit_addr_place(&cli->out, &place);
		if (place.walk.mapped)
			err = physical_emit(cli, place.walk.phys, false);
		emit_close(&cli->out);
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
	if (!err && cli->physical && !vmatlas_info(cli->out.atlas))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--physical needs a dump: a boot log has no page frames");
	if (!err)
		err = check_widths(cli);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	emit_list(&cli->out, "addresses");
	for (size_t i = 0; !err && i < cli->operands.nr; i++)
		err = addr_answer(cli, cli->operands.v[i]);
	if (err)
		return err;
	emit_close(&cli->out);
	emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}
