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
	{ "SPACE", CELL_INDENTED, SHOWN, ROW(name_text), "what it is called; a window is indented" },
	{ "SIZE", CELL_SIZE, SHOWN, ROW(size), "total of BUSY to FREE" },
	{ "BUSY", CELL_SIZE, SHOWN, SUM(busy), "areas in use, excluding guard pages" },
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

static void usage_print_row(struct table *t, const struct vmatlas_usage *u)
{
	const bool nested = u->flags & VMATLAS_USAGE_NESTED;
	struct usage_row row = {
		.pub = *u,
		.size = usage_bytes_of(&u->range),
		.largest = usage_bytes_of(&u->largest),
		.largest_purged = usage_bytes_of(&u->largest_purged),
	};

	row.nested = nested;
	snprintf(row.name, sizeof(row.name), "%s%s", nested ? "  " : "",
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

	err = table_open(&cli->out, FOR_ALL, usage_columns_, "spaces", &t);
	while (!err && (u = vmatlas_usage_next(cli->out.atlas, u)) != NULL)
		usage_print_row(t, u);
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
			 text_size(&cli->out, u->by_kind[i].bytes, size), u->by_kind[i].nr_areas);
	if (!u->nr_kinds)
		str_addf(&s, " nothing");
	emit_field(&cli->out, 0, 8, label, str_text(&s));
}

static void print_lost(const struct cli *cli, const struct vmatlas_usage *u)
{
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s: %s are neither in an area nor free", u->region->name,
		 text_size(&cli->out, u->lost, size));
	if (u->lost)
		emit_field(&cli->out, 0, 8, "LOST", str_text(&s));
}

static void print_details(const struct cli *cli)
{
	const struct vmatlas_usage *u = NULL;
	const char *label = "BUSY";

	while ((u = vmatlas_usage_next(cli->out.atlas, u)) != NULL) {
		if (u->flags & VMATLAS_USAGE_NESTED)
			continue;
		print_shares(cli, u, label);
		print_lost(cli, u);
		label = "";
	}
}

static void shares_members(const struct render *r)
{
	const struct vmatlas_usage *u = NULL;

	emit_list(r, "busy");
	while ((u = vmatlas_usage_next(r->atlas, u)) != NULL) {
		for (uint64_t i = 0; i < u->nr_kinds; i++) {
			emit_object(r, NULL);
			emit_text(r, "space", u->region->name);
			emit_text(r, "type", vmatlas_kind_name(u->by_kind[i].kind));
			emit_number(r, "areas", u->by_kind[i].nr_areas);
			emit_number(r, "size", u->by_kind[i].bytes);
			emit_close(r);
		}
	}
	emit_close(r);
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
	struct render plain = cli->out;
	const struct vmatlas_usage *u = NULL;
	struct vmatlas_error *err;
	struct table *t;

	plain.columns = NULL;
	err = table_open(&plain, cli->out.full ? FOR_ALL : FOR_PROGRAMS, class_columns, "holes", &t);
	while (!err && (u = vmatlas_usage_next(cli->out.atlas, u)) != NULL) {
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

struct vmatlas_error *cmd_usage(struct cli *cli)
{
	struct vmatlas_error *err = cli->simulate ? check_simulate(cli) : NULL;
	const struct render *r = &cli->out;

	if (!err)
		err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED |
					VMATLAS_SURVEY_FREE);
	if (err)
		return err;
	if (cli->simulate)
		return print_simulate(cli);
	emit_begin(r, true);
	err = print_spaces(cli);
	if (err)
		return err;
	if (!r->no_headings) {
		emit_line(r, "%s", "");
		print_details(cli);
	}
	shares_members(r);
	if (cli->out.full)
		emit_line(r, "%s", "");
	err = print_holes(cli);
	if (err)
		return err;
	emit_shortfall(r);
	return emit_end(r);
}
