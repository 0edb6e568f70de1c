/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded areas as a table, one a row. */
#include <inttypes.h>

#include "cli/areas.h"

struct area_row {
	struct vmatlas_range range;
	uint64_t size, nr_pages, caller, phys, record, vm_struct, pages, node;
	const char *name, *source, *flags;
	uint32_t kind;
	bool listed;
};

#define AREA(m) offsetof(struct area_row, m)

const struct column area_columns[] = {
	{ "RANGE", CELL_RANGE, SHOWN_TEXT, AREA(range), "START-END, the end exclusive" },
	{ "START", CELL_START, SHOWN_JSON, AREA(range), "first address" },
	{ "END", CELL_END, SHOWN_JSON, AREA(range), "address behind the last" },
	{ "SIZE", CELL_SIZE, SHOWN, AREA(size), "bytes covered, guard page included" },
	{ "PAGES", CELL_NUMBER, SHOWN, AREA(nr_pages), "pages allocated for it" },
	{ "TYPE", CELL_KIND, SHOWN, AREA(kind), "what it is" },
	{ "FLAGS", CELL_TEXT, SHOWN, AREA(flags), "vm_struct.flags" },
	{ "CALLER", CELL_SYMBOL, SHOWN, AREA(caller), "who asked for it" },
	{ "PHYS", CELL_ADDRESS, SHOWN, AREA(phys), "physical address, of an ioremap" },
	{ "RECORD", CELL_ADDRESS, SHOWN, AREA(record), "its vmap_area, for a debugger" },
	{ "VM-STRUCT", CELL_ADDRESS, SHOWN_JSON, AREA(vm_struct), "its vm_struct" },
	{ "PAGE-ARRAY", CELL_ADDRESS, SHOWN_JSON, AREA(pages),
	  "its array of struct page pointers" },
	{ "NODE", CELL_NUMBER, SHOWN_JSON, AREA(node),
	  "which of the vmap_nodes it was found on" },
	{ "LISTED", CELL_FLAG, SHOWN_JSON, AREA(listed),
	  "does /proc/vmallocinfo show it?" },
	{ "NAME", CELL_TEXT, SHOWN_JSON, AREA(name), "what it is called" },
	{ "SOURCE", CELL_TEXT, SHOWN_JSON, AREA(source), "the list it was found on" },
	{ 0 },
};

/*
 * Names only for bits that have meant one thing since there is a vm_struct.flags:
 * include/linux/vmalloc.h, VM_IOREMAP to VM_USERMAP. The others moved about, and
 * come as a number.
 */
static const char *flags_text(uint64_t flags, char buf[static TEXT_MAX])
{
	static const char *const name[] = { "ioremap", "vmalloc", "vmap", "user" };
	uint64_t rest = flags;
	int len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		uint64_t bit = (uint64_t)1 << i;

		if (flags & bit)
			len += snprintf(buf + len, TEXT_MAX - len, "%s%s", len ? "," : "",
					name[i]);
		rest &= ~bit;
	}
	if (rest)
		snprintf(buf + len, TEXT_MAX - len, "%s0x%" PRIx64, len ? "," : "", rest);
	return buf;
}

static void add_row(struct table *table, const struct vmatlas_claim *c)
{
	const struct vmatlas_area *a = c->area;
	char flags[TEXT_MAX] = "";
	struct area_row row = {
		.range = c->range, .size = vmatlas_range_size(&c->range),
		.nr_pages = CELL_NONE, .node = CELL_NONE, .record = c->record,
		.name = c->name, .source = c->source, .flags = flags, .kind = c->kind,
		.listed = !(c->flags & VMATLAS_CLAIM_NOT_LISTED),
	};

	if (a) {
		row.nr_pages = a->nr_pages;
		row.caller = a->caller;
		row.phys = a->phys;
		row.vm_struct = a->vm_struct;
		row.pages = a->pages;
		row.node = a->node;
		if (a->vmap_area)
			row.record = a->vmap_area;
		flags_text(a->vm_flags, flags);
	}
	table_row(table, &row);
}

struct vmatlas_error *areas_print(const struct cli *cli)
{
	struct table *table;
	struct vmatlas_error *err;

	err = table_open(cli, area_columns, "areas", &table);
	if (err)
		return err;
	vmatlas_for_each_claim(c, cli->atlas, VMATLAS_LAYER_RECORDED)
		add_row(table, c);
	return table_close(table);
}
