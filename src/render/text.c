/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The listener for people: fields wrapped to the page, lines, tables, on stdout. Nothing
 * reaches the terminal but through escape_add().
 */
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "render/row_layout.h"
#include "render/table.h"

/* Tables are laid out in pieces of so many rows: memory stays bounded. */
enum { PIECE = 4096 };

static void text_print(const char *text, size_t len)
{
	_cleanup_(str_done) struct str s = { 0 };

	escape_add(&s, text, len);
	fputs(str_text(&s), stdout);
}

/* How much of @text goes on a line of @room columns: up to a blank, if there is one. */
static size_t line_length(const char *text, size_t room)
{
	size_t len = strlen(text), cut;

	if (len <= room)
		return len;
	for (cut = room; cut > 0 && text[cut] != ' '; cut--)
		;
	while (cut > 0 && text[cut - 1] == ' ')
		cut--;
	if (cut > 0)
		return cut;
	cut = strspn(text, " ");
	return cut + strcspn(text + cut, " ");
}

static void text_field(const struct render *r, int margin, int width, const char *label,
		       const char *text)
{
	int indent = margin + width + 1;
	size_t room = r->width > indent + 20 ? r->width - indent : 20;

	printf("%*s", margin, "");
	text_print(label, strlen(label));
	if ((int)strlen(label) < width)
		printf("%*s", width - (int)strlen(label), "");
	for (bool first = true; first || *text; first = false) {
		size_t len = line_length(text, room);

		printf("%*s", first ? 1 : indent, "");
		text_print(text, len);
		putchar('\n');
		text += len;
		text += strspn(text, " ");
	}
}

/* Tabs stand in some messages of a kernel; nothing else that is not printable does. */
static void text_line(const struct render *r, const char *text, size_t len)
{
	_cleanup_(str_done) struct str s = { 0 };

	(void)r;
	escape_add_but(&s, text, len, "\t");
	str_add(&s, "\n", 1);
	fputs(str_text(&s), stdout);
}

/* ---- Who it is about ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void text_begin(const struct render *r, bool target)
{
	const struct vmatlas_info *info = r->atlas ? vmatlas_info(r->atlas) : NULL;
	const char *declared = r->boot_log ? r->boot_log : r->platform_file;
	_cleanup_(str_done) struct str s = { 0 };
	char when[TEXT_MAX];

	if (!target || r->no_headings || (!info && !declared))
		return;
	if (!info) {
		str_addf(&s, "no dump; what %s declares", declared);
	} else {
		str_addf(&s, "%s", info->live ? "the running kernel" :
			 base_name(info->core_path));
		if (info->nodename[0])
			str_addf(&s, ", host %s", info->nodename);
		str_addf(&s, ", %s", info->release[0] ? info->release : "no release");
		str_addf(&s, ", %s", info->cpu[0] ? info->cpu : info->arch);
		if (text_time(info->dump_time, "%Y-%m-%d %H:%M UTC", when)[0])
			str_addf(&s, "; dumped %s", when);
	}
	text_field(r, 0, 8, "TARGET", str_text(&s));
}

/* ---- Tables ---- */

static bool text_table_begin(struct table *t, const char *title)
{
	(void)title;
	t->layout = row_layout_new(t->nr_picked);
	t->headings = !t->r->no_headings;
	for (size_t i = 0; t->layout && i < t->nr_picked; i++) {
		uint32_t type = t->pick[i]->type;

		row_layout_column(t->layout, t->pick[i]->name,
				  type == CELL_SIZE || type == CELL_NUMBER);
	}
	return t->layout != NULL;
}

static void print_piece(struct table *t)
{
	row_layout_print(t->layout, t->headings);
	t->headings = false;
	t->nr_rows = 0;
}

static bool text_table_row(struct table *t, const void *row)
{
	bool good = true;

	for (size_t i = 0; i < t->nr_picked; i++) {
		_cleanup_(str_done) struct str s = { 0 };

		cell_text(t->r, t->pick[i], row, &s);
		if (s.failed || !row_layout_add(t->layout, str_text(&s)))
			good = false;
	}
	if (++t->nr_rows == PIECE)
		print_piece(t);
	return good;
}

static void text_table_section(struct table *t, const char *name)
{
	if (t->r->no_headings)
		return;
	if (t->nr_rows)
		print_piece(t);
	printf("---[ ");
	text_print(name, strlen(name));
	printf(" ]---\n");
}

static void text_table_end(struct table *t)
{
	if (t->nr_rows)
		print_piece(t);
	row_layout_free(t->layout);
}

static struct vmatlas_error *text_finish(const struct render *r)
{
	(void)r;
	return NULL;
}

const struct render_listener render_text = {
	.audience = FOR_PEOPLE,
	.begin = text_begin,
	.end = text_finish,
	.field = text_field,
	.line = text_line,
	.table_begin = text_table_begin,
	.table_row = text_table_row,
	.table_section = text_table_section,
	.table_end = text_table_end,
};
