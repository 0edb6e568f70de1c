/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The listener for programs: one JSON document on stdout, written member by member and
 * element by element: a million areas never stand in memory as a tree. Each element has
 * its own line.
 */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/escape.h"
#include "render/table.h"

enum { SCHEMA = 1, DEPTH_MAX = 8 };

/*
 * The process writes one document; there is no second to keep apart. Objects are built
 * up to the one that stands in the document itself, or in a list of it.
 */
static struct json_doc {
	bool failed, first, in_list;
	size_t depth;
	struct { json_t *value; char key[32]; } open[DEPTH_MAX];
} doc;

static json_t *json_text(const char *text)
{
	_cleanup_(str_done) struct str s = { 0 };
	json_t *value;

	if (!*text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;
	escape_add(&s, text, strlen(text));
	return json_string(str_text(&s));
}

static json_t *json_value(const struct render_member *m)
{
	switch (m->type) {
	case MEMBER_TEXT:
		return json_text(m->text);
	case MEMBER_NUMBER:
		return m->number <= INT64_MAX ? json_integer((json_int_t)m->number)
					      : json_real((double)m->number);
	case MEMBER_INTEGER:
		return json_integer(m->integer);
	case MEMBER_FLAG:
		return json_boolean(m->flag);
	default:
		return json_null();
	}
}

static void dump(json_t *value)
{
	if (!value || json_dumpf(value, stdout, JSON_ENSURE_ASCII | JSON_ENCODE_ANY))
		doc.failed = true;
	json_decref(value);
}

/* Keys are ours, never a dump's: nothing in them needs escaping. */
static void key_begin(const char *key)
{
	printf(",\n\"%s\": ", key);
}

/* Where it belongs: in the object or list at hand, in the document's list, or there. */
static void json_put(const char *key, json_t *value)
{
	json_t *in = doc.depth ? doc.open[doc.depth - 1].value : NULL;

	if (in && json_is_array(in)) {
		doc.failed |= json_array_append_new(in, value) != 0;
	} else if (in) {
		doc.failed |= json_object_set_new_nocheck(in, key, value) != 0;
	} else if (doc.in_list) {
		fputs(doc.first ? "\n  " : ",\n  ", stdout);
		doc.first = false;
		dump(value);
	} else {
		key_begin(key);
		dump(value);
	}
}

static void json_doc_member(const struct render *r, const char *key,
			    const struct render_member *m)
{
	(void)r;
	json_put(key, json_value(m));
}

static void json_doc_open(const struct render *r, const char *key, bool is_list)
{
	(void)r;
	if (is_list && !doc.depth && !doc.in_list) {
		key_begin(key);
		putchar('[');
		doc.first = doc.in_list = true;
		return;
	}
	if (doc.depth == DEPTH_MAX) {
		doc.failed = true;
		return;
	}
	doc.open[doc.depth].value = is_list ? json_array() : json_object();
	snprintf(doc.open[doc.depth].key, sizeof(doc.open[0].key), "%s", key ?: "");
	doc.failed |= !doc.open[doc.depth].value;
	doc.depth++;
}

static void json_doc_close(const struct render *r)
{
	(void)r;
	if (!doc.depth) {
		putchar(']');
		doc.in_list = false;
		return;
	}
	doc.depth--;
	json_put(doc.open[doc.depth].key, doc.open[doc.depth].value);
}

static void json_head(const struct render *r)
{
	const struct vmatlas_info *info = r->atlas ? vmatlas_info(r->atlas) : NULL;
	char when[TEXT_MAX];

	emit_number(r, "schema", SCHEMA);
	emit_text(r, "version", vmatlas_version());
	emit_text(r, "command", r->command);
	if (info) {
		emit_text(r, "core", info->core_path);
		emit_text(r, "vmlinux", info->vmlinux_path);
		emit_text(r, "host", info->nodename);
		emit_text(r, "release", info->release);
		emit_text(r, "arch", info->arch);
		emit_text(r, "cpu", info->cpu);
		emit_number(r, "page_size", (uint64_t)1 << (info->page_shift & 31));
		emit_text(r, "taken", text_time(info->dump_time, "%Y-%m-%dT%H:%M:%SZ", when));
	}
	if (r->boot_log)
		emit_text(r, "declared", r->boot_log);
	if (r->platform_file)
		emit_text(r, "platform", r->platform_file);
}

static void json_doc_begin(const struct render *r, bool target)
{
	(void)target;
	doc.open[0].value = json_object();
	doc.depth = 1;
	json_head(r);
	doc.depth = 0;
	fputs("{\"vmatlas\": ", stdout);
	dump(doc.open[0].value);
}

static struct vmatlas_error *json_doc_end(const struct render *r)
{
	(void)r;
	fputs("}\n", stdout);
	return doc.failed ? no_memory() : NULL;
}

/* ---- Tables: a list of objects ---- */

static bool json_table_begin(struct table *t, const char *title)
{
	emit_list(t->r, title);
	return true;
}

static void cell_emit(const struct render *r, const struct column *c, const char *key,
		      const void *at)
{
	const char *text;

	switch (c->type) {
	case CELL_INDENTED:
		text = *(const char *const *)at;
		emit_text(r, key, text + strspn(text, " "));
		break;
	case CELL_TEXT:
	case CELL_LINES:
		emit_text(r, key, *(const char *const *)at);
		break;
	case CELL_RANGE:
		emit_range(r, *(const struct vmatlas_range *)at);
		break;
	case CELL_START:
		emit_start(r, *(const struct vmatlas_range *)at);
		break;
	case CELL_END:
		emit_range_end(r, *(const struct vmatlas_range *)at);
		break;
	case CELL_ADDRESS:
		emit_address(r, key, *(const uint64_t *)at);
		break;
	case CELL_SYMBOL:
		emit_text(r, key, cell_symbol(r, *(const uint64_t *)at));
		break;
	case CELL_KIND:
		emit_text(r, key, vmatlas_kind_name(*(const uint32_t *)at));
		break;
	case CELL_FLAG:
		emit_flag(r, key, *(const bool *)at);
		break;
	default:
		emit_number(r, key, *(const uint64_t *)at);
	}
}

static bool json_table_row(struct table *t, const void *row)
{
	emit_object(t->r, NULL);
	for (size_t i = 0; i < t->nr_picked; i++) {
		const struct column *c = t->pick[i];
		char key[32];

		column_key(c, key);
		cell_emit(t->r, c, key, (const char *)row + c->offset);
	}
	emit_close(t->r);
	return true;
}

static void json_table_section(struct table *t, const char *name)
{
	(void)t;
	(void)name;
}

static void json_table_end(struct table *t)
{
	emit_close(t->r);
}

const struct render_listener render_json = {
	.audience = FOR_PROGRAMS,
	.begin = json_doc_begin,
	.end = json_doc_end,
	.open = json_doc_open,
	.close = json_doc_close,
	.member = json_doc_member,
	.table_begin = json_table_begin,
	.table_row = json_table_row,
	.table_section = json_table_section,
	.table_end = json_table_end,
};
