/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded areas as a table, one a row. */
#include <inttypes.h>
#include <string.h>

#include "cli/area_table.h"

struct area_row {
	struct vmatlas_range range;
	uint64_t size, nr_pages, caller, phys, record, vm_struct, pages, node;
	const char *name, *source, *flags, *owner, *nodes;
	uint32_t kind;
	bool listed;
};

#define AREA(m) offsetof(struct area_row, m)

const struct column area_columns[] = {
	{ "RANGE", CELL_RANGE, SHOWN_TEXT, AREA(range), "START-END, the end exclusive" },
	{ "START", CELL_START, SHOWN_JSON, AREA(range), "first address" },
	{ "END", CELL_END, SHOWN_JSON, AREA(range), "address after the last" },
	{ "SIZE", CELL_SIZE, SHOWN, AREA(size), "bytes covered, guard page included" },
	{ "PAGES", CELL_NUMBER, SHOWN, AREA(nr_pages), "pages allocated for it" },
	{ "TYPE", CELL_KIND, SHOWN, AREA(kind), "what it is" },
	{ "FLAGS", CELL_TEXT, SHOWN, AREA(flags), "vm_struct.flags" },
	{ "CALLER", CELL_SYMBOL, SHOWN, AREA(caller), "who asked for it" },
	{ "OWNER", CELL_TEXT, SHOWN, AREA(owner), "whose it is: a task's stack, a module" },
	{ "PHYS", CELL_ADDRESS, SHOWN, AREA(phys), "physical address, of an ioremap" },
	{ "RECORD", CELL_ADDRESS, SHOWN, AREA(record), "its vmap_area, for a debugger" },
	{ "VM-STRUCT", CELL_ADDRESS, SHOWN_JSON, AREA(vm_struct), "its vm_struct" },
	{ "PAGE-ARRAY", CELL_ADDRESS, SHOWN_JSON, AREA(pages),
	  "its array of struct page pointers" },
	{ "NODE", CELL_NUMBER, SHOWN_JSON, AREA(node),
	  "which of the vmap_nodes it was found on" },
	{ "NODES", CELL_TEXT, 0, AREA(nodes), "pages by NUMA node: N0=4 N1=2" },
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

/* Only where the column was asked for: it reads each page's struct page. */
static struct vmatlas_error *nodes_text(const struct cli *cli, const struct vmatlas_claim *c,
					struct str *out)
{
	const uint64_t *pages = NULL;
	uint32_t nr = 0;
	struct vmatlas_error *err;

	if (!cli->out.columns || !strcasestr(cli->out.columns, "nodes") || !c->area)
		return NULL;
	err = vmatlas_area_nodes(cli->out.atlas, c, &pages, &nr);
	for (uint32_t i = 0; !err && i < nr; i++)
		if (pages[i])
			str_addf(out, "%sN%" PRIu32 "=%" PRIu64, out->len ? " " : "", i,
				 pages[i]);
	if (vmatlas_error_code(err) != VMATLAS_ERROR_FAULT &&
	    vmatlas_error_code(err) != VMATLAS_ERROR_CORRUPT)
		return err;
	vmatlas_error_free(err);
	str_addf(out, "?");
	return NULL;
}

static void fill_area(struct area_row *row, const struct vmatlas_area *a,
		      char flags[static TEXT_MAX])
{
	row->nr_pages = a->nr_pages;
	row->caller = a->caller;
	row->phys = a->phys;
	row->vm_struct = a->vm_struct;
	row->pages = a->pages;
	row->node = a->node;
	if (a->vmap_area)
		row->record = a->vmap_area;
	flags_text(a->vm_flags, flags);
}

static struct vmatlas_error *add_row(const struct cli *cli, struct table *table,
				     const struct vmatlas_claim *c)
{
	_cleanup_(str_done) struct str nodes = { 0 };
	char flags[TEXT_MAX] = "";
	struct area_row row = {
		.range = c->range, .size = vmatlas_range_size(&c->range),
		.nr_pages = CELL_NONE, .node = CELL_NONE, .record = c->record,
		.name = c->name, .source = c->source, .flags = flags, .kind = c->kind,
		.listed = !(c->flags & VMATLAS_CLAIM_NOT_LISTED), .owner = NULL,
	};
	struct vmatlas_error *err;

	if (c->area)
		fill_area(&row, c->area, flags);
	err = vmatlas_area_owner(cli->out.atlas, c, &row.owner);
	if (!err)
		err = nodes_text(cli, c, &nodes);
	if (err)
		return err;
	if (row.owner && !*row.owner)
		row.owner = NULL;
	row.nodes = nodes.len ? str_text(&nodes) : NULL;
	table_row(table, &row);
	return NULL;
}

/* ---- Of many the largest ---------------------------------------------------- */

static int area_table_by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* How large an area must be to be one of the @top largest; 0: all are. */
static struct vmatlas_error *find_threshold(const struct cli *cli, size_t top, uint64_t *ret,
					    size_t *ret_of_it)
{
	VEC(uint64_t) sizes = { 0 };
	size_t above = 0;

	*ret = 0;
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
		uint64_t *slot = vec_push(&sizes);

		if (!slot) {
			vec_done(&sizes);
			return no_memory();
		}
		*slot = vmatlas_range_size(&c->range);
	}
	if (top < sizes.nr) {
		qsort(sizes.v, sizes.nr, sizeof(*sizes.v), area_table_by_size);
		*ret = sizes.v[top - 1];
		while (sizes.v[above] > *ret)
			above++;
		*ret_of_it = top - above;
	}
	vec_done(&sizes);
	return NULL;
}

struct vmatlas_error *areas_print(const struct cli *cli, size_t top)
{
	struct table *table;
	uint64_t least = 0;
	size_t of_least = 0;
	struct vmatlas_error *err, *last;

	err = find_threshold(cli, top, &least, &of_least);
	if (!err)
		err = table_open(&cli->out, FOR_ALL, area_columns, "areas", &table);
	if (err)
		return err;
	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
		const uint64_t size = vmatlas_range_size(&c->range);

		if (err || size < least || (size == least && least && of_least-- == 0))
			continue;
		err = add_row(cli, table, c);
	}
	last = table_close(table);
	if (!err)
		return last;
	vmatlas_error_free(last);
	return err;
}
