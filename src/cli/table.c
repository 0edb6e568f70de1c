/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Column tables to text, through row_layout.c, and to JSON, through json.c. A
 * row is any struct; its columns say where in it the cells are.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "cli/row_layout.h"
#include "cli/table.h"

/* Text is laid out in pieces of so many rows: memory stays bounded. */
enum { PIECE = 4096, PICK_MAX = 32 };

struct table {
	const struct cli *cli;
	const struct column *pick[PICK_MAX];
	size_t nr_picked;
	struct row_layout *text;	/* NULL: JSON */
	size_t nr_rows;			/* of the piece at hand */
	bool headings;			/* not printed yet */
	bool failed;
};

/* ---- Columns ------------------------------------------------------------- */

/* -o takes names in either case; IN-USE is in_use in JSON, and both are taken. */
static char key_char(char c)
{
	return c == '-' ? '_' : tolower((unsigned char)c);
}

static bool name_is(const char *name, const char *word, size_t len)
{
	size_t i = 0;

	while (i < len && name[i] && key_char(name[i]) == key_char(word[i]))
		i++;
	return i == len && !name[i];
}

static const struct column *column_find(const struct column *columns, const char *word,
					size_t len)
{
	for (; columns->name; columns++)
		if (name_is(columns->name, word, len))
			return columns;
	return NULL;
}

static size_t pick_shown(const struct column *columns, uint32_t where,
			 const struct column *pick[static PICK_MAX])
{
	size_t nr = 0;

	for (; columns->name && nr < PICK_MAX; columns++)
		if (columns->shown & where)
			pick[nr++] = columns;
	return nr;
}

static struct vmatlas_error *pick_named(const struct column *columns, const char *list,
					const struct column *pick[static PICK_MAX],
					size_t *nr)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		const struct column *c = column_find(columns, list, len);

		if (!c)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"no column '%.*s'; '-o help' lists them", (int)len, list);
		if (*nr == PICK_MAX)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
						 "more than %d columns", PICK_MAX);
		pick[(*nr)++] = c;
		list += len + (list[len] == ',');
	}
	return NULL;
}

static struct vmatlas_error *pick_columns(const struct cli *cli,
					  const struct column *columns,
					  const struct column *pick[static PICK_MAX],
					  size_t *nr)
{
	const char *list = cli->columns;

	*nr = 0;
	if (!list || *list == '+')
		*nr = pick_shown(columns, cli->json ? SHOWN_JSON : SHOWN_TEXT, pick);
	if (list)
		return pick_named(columns, list + (*list == '+'), pick, nr);
	return NULL;
}

struct vmatlas_error *columns_check(const struct cli *cli, const struct column *columns)
{
	const struct column *pick[PICK_MAX];
	size_t nr;
	struct vmatlas_error *err = pick_columns(cli, columns, pick, &nr);

	if (!err && !nr)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					"-o names no column; '-o help' lists them");
	return err;
}

void columns_help(const struct column *columns)
{
	bool hidden = false;

	for (; columns->name; columns++) {
		bool shown = columns->shown & SHOWN_TEXT;

		printf("  %-11s %s%s\n", columns->name, columns->help, shown ? "" : " *");
		hidden |= !shown;
	}
	if (hidden)
		printf("  * in text with -o only\n");
}

/* ---- Cells --------------------------------------------------------------- */

static const char *table_symbol(const struct cli *cli, uint64_t addr)
{
	return addr ? vmatlas_symbol_name(cli->atlas, addr) : NULL;
}

static void table_add_number(struct str *s, const struct cli *cli, uint32_t type,
			     uint64_t value)
{
	char buf[TEXT_MAX];

	if (value == CELL_NONE)
		str_addf(s, "-");
	else if (type == CELL_SIZE)
		str_addf(s, "%s", text_size(cli, value, buf));
	else
		str_addf(s, "%" PRIu64, value);
}

static void add_edge(struct str *s, const struct cli *cli, uint32_t type,
		     struct vmatlas_range range)
{
	char buf[TEXT_MAX];

	if (type == CELL_RANGE || range.first > range.last)
		str_addf(s, "%s", text_range(cli, range, buf));
	else if (type == CELL_START)
		str_addf(s, "%0*" PRIx64, cli->digits, range.first);
	else
		str_addf(s, "%s", text_end(cli->digits, range.last, buf));
}

static void table_add_text(struct str *s, uint32_t type, const char *text)
{
	if (!text || !*text)
		str_addf(s, "-");
	else if (type == CELL_LINES)
		str_addf(s, "%s", text);	/* escaped by who put newlines in */
	else
		text_add_safe(s, text, strlen(text));
}

static void cell_text(const struct cli *cli, const struct column *c, const void *row,
		      struct str *s)
{
	const void *at = (const char *)row + c->offset;

	switch (c->type) {
	case CELL_TEXT:
	case CELL_LINES:
		table_add_text(s, c->type, *(const char *const *)at);
		break;
	case CELL_RANGE:
	case CELL_START:
	case CELL_END:
		add_edge(s, cli, c->type, *(const struct vmatlas_range *)at);
		break;
	case CELL_ADDRESS:
		if (*(const uint64_t *)at)
			str_addf(s, "0x%0*" PRIx64, cli->digits, *(const uint64_t *)at);
		else
			str_addf(s, "-");
		break;
	case CELL_SIZE:
	case CELL_NUMBER:
		table_add_number(s, cli, c->type, *(const uint64_t *)at);
		break;
	case CELL_SYMBOL:
		table_add_text(s, c->type, table_symbol(cli, *(const uint64_t *)at));
		break;
	case CELL_KIND:
		table_add_text(s, c->type, vmatlas_kind_name(*(const uint32_t *)at));
		break;
	case CELL_FLAG:
		str_addf(s, "%s", *(const bool *)at ? "yes" : "-");
		break;
	}
}

static json_t *cell_json(const struct cli *cli, const struct column *c, const void *at)
{
	switch (c->type) {
	case CELL_TEXT:
	case CELL_LINES:
		return json_text(*(const char *const *)at);
	case CELL_ADDRESS:
		return json_address(*(const uint64_t *)at);
	case CELL_SYMBOL:
		return json_text(table_symbol(cli, *(const uint64_t *)at));
	case CELL_KIND:
		return json_text(vmatlas_kind_name(*(const uint32_t *)at));
	case CELL_FLAG:
		return json_boolean(*(const bool *)at);
	default:
		return json_number(*(const uint64_t *)at);
	}
}

static void row_json(struct table *t, const void *row)
{
	json_t *o = json_object();

	for (size_t i = 0; i < t->nr_picked; i++) {
		const struct column *c = t->pick[i];
		const void *at = (const char *)row + c->offset;
		char key[32];
		size_t len = 0;

		if (c->type == CELL_RANGE || c->type == CELL_START)
			json_set_start(o, *(const struct vmatlas_range *)at);
		if (c->type == CELL_RANGE || c->type == CELL_END)
			json_set_end(o, *(const struct vmatlas_range *)at);
		if (c->type == CELL_RANGE || c->type == CELL_START || c->type == CELL_END)
			continue;
		for (; c->name[len] && len < sizeof(key) - 1; len++)
			key[len] = key_char(c->name[len]);
		key[len] = '\0';
		json_object_set_new(o, key, cell_json(t->cli, c, at));
	}
	json_element(o);
}

/* ---- Tables -------------------------------------------------------------- */

static bool text_open(struct table *t)
{
	t->text = row_layout_new(t->nr_picked);
	t->headings = !t->cli->no_headings;
	for (size_t i = 0; t->text && i < t->nr_picked; i++) {
		uint32_t type = t->pick[i]->type;

		row_layout_column(t->text, i, t->pick[i]->name,
				  type == CELL_SIZE || type == CELL_NUMBER);
	}
	return t->text != NULL;
}

static void table_free(struct table *t)
{
	row_layout_free(t->text);
	free(t);
}

struct vmatlas_error *table_open(const struct cli *cli, const struct column *columns,
				 const char *title, struct table **ret)
{
	struct vmatlas_error *err;
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return no_memory();
	t->cli = cli;
	err = pick_columns(cli, columns, t->pick, &t->nr_picked);
	if (!err && !cli->json && !text_open(t))
		err = no_memory();
	if (err) {
		table_free(t);
		return err;
	}
	if (cli->json)
		json_list(title);
	*ret = t;
	return NULL;
}

static void print_piece(struct table *t)
{
	row_layout_print(t->text, t->headings);
	t->headings = false;
	t->nr_rows = 0;
}

static void row_text(struct table *t, const void *row)
{
	for (size_t i = 0; i < t->nr_picked; i++) {
		_cleanup_(str_done) struct str s = { 0 };

		cell_text(t->cli, t->pick[i], row, &s);
		if (s.failed || !row_layout_add(t->text, str_text(&s)))
			t->failed = true;
	}
	if (++t->nr_rows == PIECE)
		print_piece(t);
}

void table_row(struct table *t, const void *row)
{
	if (t->text)
		row_text(t, row);
	else
		row_json(t, row);
}

void table_section(struct table *t, const char *name)
{
	if (!t->text || t->cli->no_headings)
		return;
	if (t->nr_rows)
		print_piece(t);
	printf("---[ ");
	print_safe(name, strlen(name));
	printf(" ]---\n");
}

struct vmatlas_error *table_close(struct table *t)
{
	bool failed;

	if (!t->text)
		json_list_end();
	else if (t->nr_rows)
		print_piece(t);
	failed = t->failed;
	table_free(t);
	return failed ? no_memory() : NULL;
}
