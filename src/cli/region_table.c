/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Declared regions as a table. People get one row a region with all its sources;
 * programs every claim as an object of its own, since none is merged into another.
 */
#include "cli/region_rows.h"

struct map_row {
	struct layout_row region;
	struct vmatlas_range start, end;	/* empty where the claim is silent */
	const char *name, *source;
	bool primary, nested, window, start_only, end_only, from_log;
};

#define MAP(m) offsetof(struct map_row, m)

const struct column layout_columns[] = {
	{ "RANGE", CELL_RANGE, SHOWN_TEXT, MAP(region.range),
	  "START-END, the end exclusive" },
	{ "START", CELL_START, SHOWN_JSON, MAP(start), "first address" },
	{ "END", CELL_END, SHOWN_JSON, MAP(end), "address after the last" },
	{ "SIZE", CELL_SIZE, SHOWN, MAP(region.size), "bytes covered" },
	{ "NAME", CELL_TEXT, SHOWN, MAP(name),
	  "what it is called; indented inside another" },
	{ "KIND", CELL_KIND, SHOWN_JSON, MAP(region.kind), "what it is" },
	{ "IN-USE", CELL_SIZE, SHOWN, MAP(region.in_use),
	  "bytes of recorded areas in it" },
	{ "AREAS", CELL_NUMBER, SHOWN, MAP(region.nr_areas), "how many areas that is" },
	{ "PRIMARY", CELL_FLAG, SHOWN_JSON, MAP(primary), "the claim that is the row" },
	{ "START-ONLY", CELL_FLAG, SHOWN_JSON, MAP(start_only),
	  "speaks of the start alone" },
	{ "END-ONLY", CELL_FLAG, SHOWN_JSON, MAP(end_only), "speaks of the end alone" },
	{ "NESTED", CELL_FLAG, SHOWN_JSON, MAP(nested), "may lie inside another region" },
	{ "WINDOW", CELL_FLAG, SHOWN_JSON, MAP(window), "a window, not a bound" },
	{ "FROM-LOG", CELL_FLAG, SHOWN_JSON, MAP(from_log), "read from a boot log" },
	{ "RECORD", CELL_ADDRESS, SHOWN_JSON, MAP(region.record),
	  "kernel address it was read at" },
	{ "RECORD-TYPE", CELL_TEXT, SHOWN_JSON, MAP(region.record_type),
	  "what lies there" },
	{ "SOURCE", CELL_LINES, SHOWN, MAP(source),
	  "where it was read; text: one line each" },
	{ 0 },
};

static struct map_row text_row(const struct layout_row *region)
{
	uint32_t flags = region->claim ? region->claim->flags : 0;

	return (struct map_row){
		.region = *region,
		.start = region->range,
		.end = region->range,
		.name = region->name,
		.source = region->sources,
		.primary = flags & VMATLAS_CLAIM_PRIMARY,
		.nested = flags & VMATLAS_CLAIM_NESTED,
		.window = flags & VMATLAS_CLAIM_WINDOW,
		.start_only = flags & VMATLAS_CLAIM_START_ONLY,
		.end_only = flags & VMATLAS_CLAIM_END_ONLY,
		.from_log = flags & VMATLAS_CLAIM_FROM_LOG,
	};
}

static struct map_row claim_row(const struct region_layout *l,
				const struct vmatlas_claim *c)
{
	struct layout_row plain = {
		.claim = c, .range = c->range, .kind = c->kind,
		.size = vmatlas_range_size(&c->range),
		.in_use = CELL_NONE, .nr_areas = CELL_NONE,
		.record = c->record, .record_type = c->record_type,
	};
	struct map_row row;

	for (size_t i = 0; i < l->rows.nr; i++)
		if (l->rows.v[i].claim == c)
			plain = l->rows.v[i];
	row = text_row(&plain);
	if (row.start_only || row.end_only) {
		struct vmatlas_range *silent = row.start_only ? &row.end : &row.start;

		*silent = (struct vmatlas_range){ 1, 0 };
		row.region.size = CELL_NONE;
	}
	row.name = c->name;
	row.source = c->source;
	return row;
}

struct vmatlas_error *layout_print(const struct cli *cli, const struct region_layout *l)
{
	struct table *table;
	struct vmatlas_error *err;

	err = table_open(&cli->out, FOR_PEOPLE, layout_columns, "regions", &table);
	if (err)
		return err;
	for (size_t i = 0; i < l->rows.nr; i++) {
		struct map_row row = text_row(&l->rows.v[i]);

		table_row(table, &row);
	}
	err = table_close(table);
	if (!err)
		err = table_open(&cli->out, FOR_PROGRAMS, layout_columns, "regions", &table);
	if (err)
		return err;
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_DECLARED) {
		struct map_row row = claim_row(l, c);

		table_row(table, &row);
	}
	return table_close(table);
}
