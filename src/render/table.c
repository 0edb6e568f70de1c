/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Column tables. A row is any struct; its columns say where in it the cells are. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "render/table.h"

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

static struct vmatlas_error *pick_columns(const struct render *r,
					  const struct column *columns,
					  const struct column *pick[static PICK_MAX],
					  size_t *nr)
{
	const char *list = r->columns;

	*nr = 0;
	if (!list || *list == '+')
		*nr = pick_shown(columns, render_is_for(r, FOR_PEOPLE) ? SHOWN_TEXT : SHOWN_JSON, pick);
	if (list)
		return pick_named(columns, list + (*list == '+'), pick, nr);
	return NULL;
}

struct vmatlas_error *columns_check(const struct render *r, const struct column *columns)
{
	const struct column *pick[PICK_MAX];
	size_t nr;
	struct vmatlas_error *err = pick_columns(r, columns, pick, &nr);

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

const char *cell_symbol(const struct render *r, uint64_t addr)
{
	return addr ? vmatlas_symbol_name(r->atlas, addr) : NULL;
}

static void table_add_number(struct str *s, const struct render *r, uint32_t type,
			     uint64_t value)
{
	char buf[TEXT_MAX];

	if (value == CELL_NONE)
		str_addf(s, "-");
	else if (type == CELL_SIZE)
		str_addf(s, "%s", text_size(r, value, buf));
	else
		str_addf(s, "%" PRIu64, value);
}

static void add_edge(struct str *s, const struct render *r, uint32_t type,
		     struct vmatlas_range range)
{
	char buf[TEXT_MAX];

	if (type == CELL_RANGE || range.first > range.last)
		str_addf(s, "%s", text_range(r, range, buf));
	else if (type == CELL_START)
		str_addf(s, "%0*" PRIx64, r->digits, range.first);
	else
		str_addf(s, "%s", text_end(r->digits, range.last, buf));
}

static void table_add_text(struct str *s, uint32_t type, const char *text)
{
	if (!text || !*text)
		str_addf(s, "-");
	else if (type == CELL_LINES)
		escape_add_but(s, text, strlen(text), "\n");
	else
		escape_add(s, text, strlen(text));
}

void cell_text(const struct render *r, const struct column *c, const void *row,
		      struct str *s)
{
	const void *at = (const char *)row + c->offset;

	switch (c->type) {
	case CELL_TEXT:
	case CELL_INDENTED:
	case CELL_LINES:
		table_add_text(s, c->type, *(const char *const *)at);
		break;
	case CELL_RANGE:
	case CELL_START:
	case CELL_END:
		add_edge(s, r, c->type, *(const struct vmatlas_range *)at);
		break;
	case CELL_ADDRESS:
		if (*(const uint64_t *)at)
			str_addf(s, "0x%0*" PRIx64, r->digits, *(const uint64_t *)at);
		else
			str_addf(s, "-");
		break;
	case CELL_SIZE:
	case CELL_NUMBER:
		table_add_number(s, r, c->type, *(const uint64_t *)at);
		break;
	case CELL_SYMBOL:
		table_add_text(s, c->type, cell_symbol(r, *(const uint64_t *)at));
		break;
	case CELL_KIND:
		table_add_text(s, c->type, vmatlas_kind_name(*(const uint32_t *)at));
		break;
	case CELL_FLAG:
		str_addf(s, "%s", *(const bool *)at ? "yes" : "-");
		break;
	}
}

/* ---- Tables -------------------------------------------------------------- */

void column_key(const struct column *c, char key[static 32])
{
	size_t len = 0;

	for (; c->name[len] && len < 31; len++)
		key[len] = key_char(c->name[len]);
	key[len] = '\0';
}

struct vmatlas_error *table_open(const struct render *r, uint32_t audience,
				 const struct column *columns, const char *title,
				 struct table **ret)
{
	struct vmatlas_error *err;
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return no_memory();
	t->r = r;
	t->is_heard = render_is_for(r, audience);
	err = pick_columns(r, columns, t->pick, &t->nr_picked);
	if (!err && t->is_heard && !r->to->table_begin(t, title))
		err = no_memory();
	if (err) {
		free(t);
		return err;
	}
	*ret = t;
	return NULL;
}

void table_row(struct table *t, const void *row)
{
	if (t->is_heard && !t->r->to->table_row(t, row))
		t->failed = true;
}

void table_section(struct table *t, const char *name)
{
	if (t->is_heard)
		t->r->to->table_section(t, name);
}

struct vmatlas_error *table_close(struct table *t)
{
	const bool failed = t->failed;

	if (t->is_heard)
		t->r->to->table_end(t);
	free(t);
	return failed ? no_memory() : NULL;
}
