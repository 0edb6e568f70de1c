/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recorded areas added up. Address space and RAM are two columns: an area of
 * device registers takes the one and none of the other.
 */
#include <string.h>

#include "cli/area_totals.h"

#define TOTAL(m) offsetof(struct total, m)

const struct column total_columns[] = {
	{ "KEY", CELL_TEXT, SHOWN, TOTAL(key), "caller, module, type or node" },
	{ "AREAS", CELL_NUMBER, SHOWN, TOTAL(nr_areas), "how many areas" },
	{ "SIZE", CELL_SIZE, SHOWN, TOTAL(size),
	  "address space they take, guard pages included" },
	{ "PAGES", CELL_NUMBER, SHOWN, TOTAL(nr_pages), "pages allocated for them" },
	{ "RAM", CELL_SIZE, SHOWN, TOTAL(ram), "the same in bytes" },
	{ 0 },
};

/* ---- Keys ------------------------------------------------------------------ */

static const char *caller_key(const struct cli *cli, const struct vmatlas_claim *c)
{
	if (!c->area || !c->area->caller)
		return "(no caller)";
	return vmatlas_symbol_name(cli->out.atlas, c->area->caller);
}

/* An address that stayed a number: code of a module that left, or init code. */
static bool is_gone(const char *caller)
{
	return !strncmp(caller, "0x", 2);
}

/* "init_once+0x10/0x20 [ext4]": the brackets are %pS's */
static const char *module_key(const struct cli *cli, const struct vmatlas_claim *c)
{
	const char *caller = caller_key(cli, c);
	const char *bracket = strrchr(caller, '[');

	return bracket ? bracket : caller[0] == '(' ? caller :
	       is_gone(caller) ? "(code that is gone)" : "(kernel)";
}

static const char *type_key(const struct cli *cli, const struct vmatlas_claim *c)
{
	(void)cli;
	return vmatlas_kind_name(c->kind);
}

static const struct key {
	const char *name;
	const char *(*of)(const struct cli *cli, const struct vmatlas_claim *c);
} keys[] = {
	{ "caller", caller_key }, { "module", module_key }, { "type", type_key },
};

static const struct key *key_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static const char by_node[] = "node";

bool totals_has_key(const char *key)
{
	return key_find(key) != NULL || !strcmp(key, by_node);
}

/* ---- Adding up ------------------------------------------------------------- */

void totals_done(struct totals *t)
{
	vec_done(&t->v);
}

static int totals_by_key(const void *a, const void *b)
{
	const struct total *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int totals_by_size(const void *a, const void *b)
{
	const struct total *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return strcmp(x->key, y->key);
}

/* One row per area, sorted by key, then neighbours of one key folded into one. */
static void totals_fold(struct totals *t)
{
	size_t to = 0;

	for (size_t from = 1; from < t->v.nr; from++) {
		struct total *sum = &t->v.v[to], *next = &t->v.v[from];

		if (strcmp(sum->key, next->key) != 0) {
			t->v.v[++to] = *next;
			continue;
		}
		sum->nr_areas += next->nr_areas;
		sum->size += next->size;
		sum->nr_pages += next->nr_pages;
		sum->ram += next->ram;
	}
	if (t->v.nr)
		t->v.nr = to + 1;
}

static void totals_sort(struct totals *t, int (*order)(const void *a, const void *b))
{
	if (t->v.nr)
		qsort(t->v.v, t->v.nr, sizeof(*t->v.v), order);
}

/* As /proc/vmallocinfo writes it; 1 << NODES_SHIFT is at most 1024. */
static const char *node_name(uint32_t node)
{
	static char names[1024][6];

	snprintf(names[node & 1023], sizeof(names[0]), "N%u", node & 1023);
	return names[node & 1023];
}

static struct vmatlas_error *totals_add(struct totals *t, struct total row)
{
	struct total *slot = vec_push(&t->v);

	if (!slot)
		return no_memory();
	*slot = row;
	return NULL;
}

static uint64_t page_bytes(const struct cli *cli, uint64_t nr)
{
	const struct vmatlas_info *info = vmatlas_info(cli->out.atlas);

	return info ? nr << (info->page_shift & 31) : 0;
}

/*
 * An area counts under each node that has pages of it, with these pages; what no page
 * fills - guards, device memory - under none.
 */
static struct vmatlas_error *totals_add_nodes(const struct cli *cli, struct totals *t,
					      const struct vmatlas_claim *c)
{
	uint64_t size = vmatlas_range_size(&c->range);
	const uint64_t *pages = NULL;
	uint32_t nr = 0;
	struct vmatlas_error *err = vmatlas_area_nodes(cli->out.atlas, c, &pages, &nr);
	bool told = false;

	if (vmatlas_error_code(err) == VMATLAS_ERROR_FAULT ||
	    vmatlas_error_code(err) == VMATLAS_ERROR_CORRUPT) {
		vmatlas_error_free(err);
		return totals_add(
			t, (struct total){ "(not known)", 1, size, c->area->nr_pages,
					   page_bytes(cli, c->area->nr_pages) });
	}
	for (uint32_t i = 0; !err && i < nr; i++) {
		const uint64_t ram = MIN(page_bytes(cli, pages[i]), size);

		if (!pages[i])
			continue;
		told = true;
		size -= ram;
		err = totals_add(t, (struct total){ node_name(i), 1, ram, pages[i],
						    page_bytes(cli, pages[i]) });
	}
	return err || !size
		       ? err
		       : totals_add(t, (struct total){ "(no pages)", !told, size, 0, 0 });
}

static struct vmatlas_error *totals_add_area(const struct cli *cli, struct totals *t,
					     const struct key *group,
					     const struct vmatlas_claim *c)
{
	const uint64_t nr_pages = c->area ? c->area->nr_pages : 0;

	if (!group)
		return totals_add_nodes(cli, t, c);
	return totals_add(t, (struct total){ group->of(cli, c), 1,
					     vmatlas_range_size(&c->range), nr_pages,
					     page_bytes(cli, nr_pages) });
}

struct vmatlas_error *totals_read(const struct cli *cli, const char *key,
				  struct totals *ret)
{
	const struct key *group = key_find(key);
	struct vmatlas_error *err = NULL;
	struct totals t = { 0 };

	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_RECORDED) {
		/* a module is a second claim on areas that are there */
		if (!err && c->kind != VMATLAS_KIND_MODULE)
			err = totals_add_area(cli, &t, group, c);
	}
	if (err) {
		totals_done(&t);
		return err;
	}
	totals_sort(&t, totals_by_key);
	totals_fold(&t);
	totals_sort(&t, totals_by_size);
	*ret = t;
	return NULL;
}

struct vmatlas_error *totals_print(const struct cli *cli, const struct totals *t,
				   size_t max)
{
	struct vmatlas_error *err;
	struct total rest = { .key = "(others)" };
	struct table *table;

	err = table_open(&cli->out, FOR_ALL, total_columns, "totals", &table);
	if (err)
		return err;
	for (size_t i = 0; i < t->v.nr; i++) {
		const struct total *row = &t->v.v[i];

		if (i < max) {
			table_row(table, row);
			continue;
		}
		rest.nr_areas += row->nr_areas;
		rest.size += row->size;
		rest.nr_pages += row->nr_pages;
		rest.ram += row->ram;
	}
	if (rest.nr_areas)
		table_row(table, &rest);
	return table_close(table);
}
