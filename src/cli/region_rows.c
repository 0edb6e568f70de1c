/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Declared regions as rows. The primary claim of a name is the row; the other
 * claims of the same kind and name stand beside it as further sources, with
 * their own number wherever it differs.
 */
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/range.h"
#include "cli/region_rows.h"

void layout_done(struct region_layout *l)
{
	for (size_t i = 0; i < l->rows.nr; i++) {
		free(l->rows.v[i].name);
		free(l->rows.v[i].sources);
	}
	vec_done(&l->rows);
	vec_done(&l->others);
	vec_done(&l->areas);
}

/* Does @claim say something else than @row, the row of its name? */
static bool disagrees(const struct layout_row *row, const struct vmatlas_claim *claim)
{
	return (!(claim->flags & VMATLAS_CLAIM_END_ONLY) &&
		claim->range.first != row->range.first) ||
	       (!(claim->flags & VMATLAS_CLAIM_START_ONLY) &&
		claim->range.last != row->range.last);
}

static int region_is_nested(const struct layout_row *row)
{
	return row->claim && (row->claim->flags & VMATLAS_CLAIM_NESTED) != 0;
}

/* By first address; of regions that start together, the outer one first. */
static int region_by_address(const void *a, const void *b)
{
	const struct layout_row *x = a, *y = b;

	if (x->range.first != y->range.first)
		return x->range.first < y->range.first ? -1 : 1;
	if (x->range.last != y->range.last)
		return x->range.last > y->range.last ? -1 : 1;
	return region_is_nested(x) - region_is_nested(y);
}

/* Bytes of recorded areas inside @row, each byte counted once, and how many areas. */
static void region_measure(const struct region_layout *l, struct layout_row *row)
{
	uint64_t used = 0, nr = 0, next = row->range.first;
	bool full = false;

	for (size_t i = 0; i < l->areas.nr; i++) {
		const struct vmatlas_range *a = &l->areas.v[i];

		if (a->first > row->range.last)
			break;
		if (!range_overlaps(*a, row->range))
			continue;
		nr++;
		if (full || a->last < next)
			continue;
		used += MIN(a->last, row->range.last) - MAX(a->first, next) + 1;
		full = a->last >= row->range.last;
		next = a->last + 1;
	}
	row->in_use = nr ? used : CELL_NONE;
	row->nr_areas = nr ? nr : CELL_NONE;
}

static void add_other(const struct cli *cli, struct str *s, const struct layout_row *row,
		      const struct vmatlas_claim *c)
{
	char text[TEXT_MAX];
	const char *part = c->flags & VMATLAS_CLAIM_START_ONLY ? "start" :
			   c->flags & VMATLAS_CLAIM_END_ONLY   ? "end" : "";

	str_addf(s, "\n");
	if (!disagrees(row, c))
		str_addf(s, "%s%s", part, *part ? ": " : "also: ");
	else if (!*part)
		str_addf(s, "but %s: ", text_range(&cli->out, c->range, text));
	else if (c->flags & VMATLAS_CLAIM_START_ONLY)
		str_addf(s, "but start %0*" PRIx64 ": ", cli->out.digits, c->range.first);
	else
		str_addf(s, "but end %s: ", text_end(cli->out.digits, c->range.last, text));
	escape_add(s, c->source, strlen(c->source));
}

static struct vmatlas_error *region_describe(const struct cli *cli,
					     const struct region_layout *l,
					     struct layout_row *row)
{
	const struct vmatlas_claim *claim = row->claim;
	_cleanup_(str_done) struct str name = { 0 }, sources = { 0 };

	str_addf(&name, "%*s", (int)MIN(row->depth, 4u) * 2, "");
	if (!claim) {
		str_addf(&name, "(gap)");
	} else {
		str_addf(&name, "%s", claim->name);
		escape_add(&sources, claim->source, strlen(claim->source));
	}
	for (size_t i = 0; claim && i < l->others.nr; i++) {
		const struct vmatlas_claim *o = l->others.v[i];

		if (o->kind == claim->kind && !strcmp(o->name, claim->name))
			add_other(cli, &sources, row, o);
	}
	row->name = str_take(&name);
	row->sources = str_take(&sources);
	return row->name && row->sources ? NULL : no_memory();
}

static struct vmatlas_error *region_collect(const struct cli *cli,
					    struct region_layout *l)
{
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_DECLARED) {
		if (c->flags & (VMATLAS_CLAIM_PRIMARY | VMATLAS_CLAIM_WINDOW)) {
			struct layout_row *row = vec_push(&l->rows);

			if (!row)
				return no_memory();
			row->claim = c;
			row->range = c->range;
			row->kind = c->kind;
			row->record = c->record;
			row->record_type = c->record_type;
		} else {
			const struct vmatlas_claim **other = vec_push(&l->others);

			if (!other)
				return no_memory();
			*other = c;
		}
	}
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
		struct vmatlas_range *area;

		if (c->kind == VMATLAS_KIND_MODULE)
			continue;	/* a second claim on areas that are there */
		area = vec_push(&l->areas);
		if (!area)
			return no_memory();
		*area = c->range;
	}
	return NULL;
}

/* Rows are sorted: whoever is around this one comes earlier and ends no sooner. */
static void find_depths(struct region_layout *l)
{
	for (size_t i = 0; i < l->rows.nr; i++) {
		struct layout_row *row = &l->rows.v[i];

		if (!region_is_nested(row))
			continue;
		for (size_t j = 0; j < i; j++)
			row->depth += range_holds(l->rows.v[j].range, row->range);
	}
}

static struct vmatlas_error *add_gaps(struct region_layout *l)
{
	size_t nr = l->rows.nr;
	uint64_t next = 0;

	for (size_t i = 0; i < nr; i++) {
		struct vmatlas_range r = l->rows.v[i].range;

		if (i && r.first > next) {
			struct layout_row *gap = vec_push(&l->rows);

			if (!gap)
				return no_memory();
			gap->range = (struct vmatlas_range){ next, r.first - 1 };
		}
		if (r.last == UINT64_MAX)
			break;
		next = MAX(next, r.last + 1);
	}
	return NULL;
}

static struct vmatlas_error *fill(const struct cli *cli, bool gaps,
				  struct region_layout *l)
{
	struct vmatlas_error *err = region_collect(cli, l);

	if (err || !l->rows.nr)
		return err;
	qsort(l->rows.v, l->rows.nr, sizeof(*l->rows.v), region_by_address);
	find_depths(l);
	if (gaps) {
		err = add_gaps(l);
		if (err)
			return err;
		qsort(l->rows.v, l->rows.nr, sizeof(*l->rows.v), region_by_address);
	}
	for (size_t i = 0; i < l->rows.nr; i++) {
		l->rows.v[i].size = vmatlas_range_size(&l->rows.v[i].range);
		region_measure(l, &l->rows.v[i]);
		err = region_describe(cli, l, &l->rows.v[i]);
		if (err)
			return err;
	}
	return NULL;
}

struct vmatlas_error *layout_read(const struct cli *cli, bool gaps,
				  struct region_layout *ret)
{
	struct region_layout l = { 0 };
	struct vmatlas_error *err = fill(cli, gaps, &l);

	if (err)
		layout_done(&l);
	else
		*ret = l;
	return err;
}
