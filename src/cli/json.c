/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One JSON document on stdout, written member by member and element by element:
 * a million areas never stand in memory as a tree. Each element has its own line.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/table.h"

enum { SCHEMA = 1 };

/* The process writes one document; there is no second to keep apart. */
static struct { bool failed, first; } doc;

json_t *json_text(const char *text)
{
	_cleanup_(str_done) struct str s = { 0 };
	json_t *value;

	if (!text || !*text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;
	text_add_safe(&s, text, strlen(text));
	return json_string(str_text(&s));
}

json_t *json_hex(uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, value);
	return json_string(buf);
}

json_t *json_address(uint64_t addr)
{
	return addr ? json_hex(addr) : json_null();
}

json_t *json_number(uint64_t value)
{
	if (value == CELL_NONE)
		return json_null();
	return value <= INT64_MAX ? json_integer(value) : json_real((double)value);
}

static json_t *unless_empty(struct vmatlas_range range, const char *text)
{
	return range.first <= range.last ? json_string(text) : json_null();
}

void json_set_start(json_t *object, struct vmatlas_range range)
{
	char start[TEXT_MAX];

	snprintf(start, sizeof(start), "0x%" PRIx64, range.first);
	json_object_set_new(object, "start", unless_empty(range, start));
}

void json_set_end(json_t *object, struct vmatlas_range range)
{
	char end[TEXT_MAX + 2] = "0x";

	text_end(1, range.last, end + 2);
	json_object_set_new(object, "end", unless_empty(range, end));
}

void json_set_range(json_t *object, struct vmatlas_range range)
{
	json_set_start(object, range);
	json_set_end(object, range);
}

static void dump(json_t *value)
{
	if (!value || json_dumpf(value, stdout, JSON_ENSURE_ASCII | JSON_ENCODE_ANY))
		doc.failed = true;
	json_decref(value);
}

void json_begin(const struct cli *cli)
{
	const struct vmatlas_info *info = cli->atlas ? vmatlas_info(cli->atlas) : NULL;
	json_t *head = json_object();
	char when[TEXT_MAX];

	json_object_set_new(head, "schema", json_integer(SCHEMA));
	json_object_set_new(head, "version", json_text(vmatlas_version()));
	json_object_set_new(head, "command", json_text(cli->command->name));
	if (info) {
		json_object_set_new(head, "core", json_text(info->core_path));
		json_object_set_new(head, "vmlinux", json_text(info->vmlinux_path));
		json_object_set_new(head, "host", json_text(info->nodename));
		json_object_set_new(head, "release", json_text(info->release));
		json_object_set_new(head, "arch", json_text(info->arch));
		json_object_set_new(head, "cpu", json_text(info->cpu));
		json_object_set_new(head, "page_size",
				    json_integer((int64_t)1 << (info->page_shift & 31)));
		json_object_set_new(head, "taken",
			json_text(text_time(info->dump_time, "%Y-%m-%dT%H:%M:%SZ", when)));
	}
	if (cli->open.boot_log)
		json_object_set_new(head, "declared", json_text(cli->open.boot_log));
	if (cli->open.platform_file)
		json_object_set_new(head, "platform", json_text(cli->open.platform_file));
	fputs("{\"vmatlas\": ", stdout);
	dump(head);
}

/* Keys are ours, never a dump's: nothing in them needs escaping. */
static void key_begin(const char *key)
{
	printf(",\n\"%s\": ", key);
}

void json_member(const char *key, json_t *value)
{
	key_begin(key);
	dump(value);
}

void json_list(const char *key)
{
	key_begin(key);
	putchar('[');
	doc.first = true;
}

void json_element(json_t *value)
{
	fputs(doc.first ? "\n  " : ",\n  ", stdout);
	doc.first = false;
	dump(value);
}

void json_list_end(void)
{
	putchar(']');
}

struct vmatlas_error *json_end(void)
{
	fputs("}\n", stdout);
	return doc.failed ? no_memory() : NULL;
}
