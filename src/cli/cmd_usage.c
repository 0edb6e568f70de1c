/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas usage: the ledger of the spaces that vmalloc hands out from. Their sums, what
 * is busy in them, and with --full the sizes of their holes.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"

struct usage_row {
	struct vmatlas_usage pub;
	char name[64], used[16], frag[16];
	const char *name_text, *used_text, *frag_text;
	uint64_t size, largest, largest_purged;
	bool nested;
};

#define ROW(m) offsetof(struct usage_row, m)
#define SUM(m) offsetof(struct usage_row, pub.m)

static const struct column usage_columns_[] = {
	{ "RANGE", CELL_RANGE, SHOWN_JSON, SUM(range), "START-END, the end exclusive" },
	{ "SPACE", CELL_TEXT, SHOWN, ROW(name_text), "what it is called; a window is indented" },
	{ "SIZE", CELL_SIZE, SHOWN, ROW(size), "all of it, the sum of those up to FREE" },
	{ "BUSY", CELL_SIZE, SHOWN, SUM(busy), "areas in use, guard pages apart" },
	{ "GUARD", CELL_SIZE, SHOWN, SUM(guard), "their guard pages" },
	{ "IMAGE", CELL_SIZE, SHOWN, SUM(image), "areas that the kernel image lies in" },
	{ "UNPURGED", CELL_SIZE, SHOWN, SUM(unpurged), "freed, not yet given back" },
	{ "POOLED", CELL_SIZE, SHOWN, SUM(pooled), "kept for the next area of their size" },
	{ "LOST", CELL_SIZE, SHOWN_JSON, SUM(lost), "neither in an area nor free" },
	{ "FREE", CELL_SIZE, SHOWN, SUM(free), "what may still be handed out" },
	{ "USED", CELL_TEXT, SHOWN_TEXT, ROW(used_text), "what is not free, in percent" },
	{ "HOLES", CELL_NUMBER, SHOWN, SUM(nr_holes), "pieces of what is free" },
	{ "LARGEST", CELL_SIZE, SHOWN, ROW(largest), "the largest of them" },
	{ "FRAG", CELL_TEXT, SHOWN_TEXT, ROW(frag_text),
	  "free space outside the largest hole, in percent" },
	{ "PURGED", CELL_SIZE, SHOWN_JSON, ROW(largest_purged),
	  "largest hole once unpurged and pooled are given back" },
	{ "AREAS", CELL_NUMBER, SHOWN_JSON, SUM(nr_areas), "areas in use" },
	{ "NESTED", CELL_FLAG, SHOWN_JSON, ROW(nested), "a window in the others" },
	{ 0 },
};

const struct column *usage_columns(const struct cli *cli)
{
	(void)cli;
	return usage_columns_;
}

static uint64_t usage_bytes_of(const struct vmatlas_range *r)
{
	return r->first <= r->last ? vmatlas_range_size(r) : 0;
}

static const char *percent(double part, double whole, char buf[static 16])
{
	snprintf(buf, 16, "%.1f%%", whole > 0 ? 100 * part / whole : 0.0);
	return buf;
}

static void usage_print_row(const struct cli *cli, struct table *t,
			    const struct vmatlas_usage *u)
{
	const bool nested = u->flags & VMATLAS_USAGE_NESTED;
	struct usage_row row = {
		.pub = *u,
		.size = usage_bytes_of(&u->range),
		.largest = usage_bytes_of(&u->largest),
		.largest_purged = usage_bytes_of(&u->largest_purged),
	};

	row.nested = nested;
	snprintf(row.name, sizeof(row.name), "%s%s", nested && !cli->json ? "  " : "",
		 u->region->name);
	row.name_text = row.name;
	row.used_text = percent((double)(row.size - u->free), (double)row.size, row.used);
	row.frag_text = percent((double)(u->free - row.largest), (double)u->free, row.frag);
	table_row(t, &row);
}

static struct vmatlas_error *print_spaces(const struct cli *cli)
{
	const struct vmatlas_usage *u = NULL;
	struct vmatlas_error *err;
	struct table *t;

	err = table_open(cli, usage_columns_, "spaces", &t);
	while (!err && (u = vmatlas_usage_next(cli->atlas, u)) != NULL)
		usage_print_row(cli, t, u);
	return err ? err : table_close(t);
}

/* ---- What is busy ---- */

static void print_shares(const struct cli *cli, const struct vmatlas_usage *u, const char *label)
{
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s:", u->region->name);
	for (uint64_t i = 0; i < u->nr_kinds; i++)
		str_addf(&s, "%s %s %s in %" PRIu64, i ? "," : "",
			 vmatlas_kind_name(u->by_kind[i].kind),
			 text_size(cli, u->by_kind[i].bytes, size), u->by_kind[i].nr_areas);
	if (!u->nr_kinds)
		str_addf(&s, " nothing");
	print_field(cli, 0, 8, label, str_text(&s));
}

static void print_lost(const struct cli *cli, const struct vmatlas_usage *u)
{
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s: %s are neither in an area nor free", u->region->name,
		 text_size(cli, u->lost, size));
	if (u->lost)
		print_field(cli, 0, 8, "LOST", str_text(&s));
}

static void print_details(const struct cli *cli)
{
	const struct vmatlas_usage *u = NULL;
	const char *label = "BUSY";

	while ((u = vmatlas_usage_next(cli->atlas, u)) != NULL) {
		if (u->flags & VMATLAS_USAGE_NESTED)
			continue;
		print_shares(cli, u, label);
		print_lost(cli, u);
		label = "";
	}
}

static void json_shares(const struct cli *cli)
{
	const struct vmatlas_usage *u = NULL;

	json_list("busy");
	while ((u = vmatlas_usage_next(cli->atlas, u)) != NULL) {
		for (uint64_t i = 0; i < u->nr_kinds; i++) {
			json_t *o = json_object();

			json_object_set_new(o, "space", json_text(u->region->name));
			json_object_set_new(o, "type",
					    json_text(vmatlas_kind_name(u->by_kind[i].kind)));
			json_object_set_new(o, "areas", json_number(u->by_kind[i].nr_areas));
			json_object_set_new(o, "size", json_number(u->by_kind[i].bytes));
			json_element(o);
		}
	}
	json_list_end();
}

/* ---- Holes by size ---- */

struct class_row {
	const char *space;
	uint64_t from, holes, bytes;
};

#define CLASS(m) offsetof(struct class_row, m)

static const struct column class_columns[] = {
	{ "SPACE", CELL_TEXT, SHOWN, CLASS(space), "where they are" },
	{ "FROM", CELL_SIZE, SHOWN, CLASS(from), "holes of that size, up to twice that" },
	{ "HOLES", CELL_NUMBER, SHOWN, CLASS(holes), "how many" },
	{ "FREE", CELL_SIZE, SHOWN, CLASS(bytes), "their bytes" },
	{ 0 },
};

static struct vmatlas_error *print_holes(const struct cli *cli)
{
	struct cli plain = *cli;
	const struct vmatlas_usage *u = NULL;
	struct vmatlas_error *err;
	struct table *t;

	plain.columns = NULL;
	err = table_open(&plain, class_columns, "holes", &t);
	while (!err && (u = vmatlas_usage_next(cli->atlas, u)) != NULL) {
		for (int i = 0; i < 64; i++) {
			const struct class_row row = {
				.space = u->region->name, .from = (uint64_t)1 << i,
				.holes = u->holes_by_order[i], .bytes = u->bytes_by_order[i],
			};

			if (row.holes)
				table_row(t, &row);
		}
	}
	return err ? err : table_close(t);
}

static struct vmatlas_error *usage_print_json(const struct cli *cli)
{
	struct vmatlas_error *err;

	json_begin(cli);
	err = print_spaces(cli);
	if (!err) {
		json_shares(cli);
		err = print_holes(cli);
	}
	if (err)
		return err;
	json_coverage(cli);
	return json_end();
}

struct vmatlas_error *cmd_usage(struct cli *cli)
{
	struct vmatlas_error *err = cli->simulate ? check_simulate(cli) : NULL;

	if (!err)
		err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED |
					VMATLAS_SURVEY_FREE);
	if (err)
		return err;
	if (cli->simulate)
		return print_simulate(cli);
	if (cli->json)
		return usage_print_json(cli);
	print_target(cli);
	err = print_spaces(cli);
	if (!err && !cli->no_headings) {
		putchar('\n');
		print_details(cli);
	}
	if (!err && cli->full) {
		putchar('\n');
		err = print_holes(cli);
	}
	if (!err)
		print_shortfall(cli);
	return err;
}
