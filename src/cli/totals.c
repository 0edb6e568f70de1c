/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recorded areas added up. Address space and RAM are two columns: an area of
 * device registers takes the one and none of the other.
 */
#include <string.h>

#include "cli/totals.h"

#define TOTAL(m) offsetof(struct total, m)

const struct column total_columns[] = {
	{ "KEY", CELL_TEXT, SHOWN, TOTAL(key), "caller, module or type" },
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
	return vmatlas_symbol_name(cli->atlas, c->area->caller);
}

/* "init_once+0x10/0x20 [ext4]": the brackets are %pS's */
static const char *module_key(const struct cli *cli, const struct vmatlas_claim *c)
{
	const char *caller = caller_key(cli, c);
	const char *bracket = strrchr(caller, '[');

	return bracket ? bracket : caller[0] == '(' ? caller : "(kernel)";
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

bool totals_has_key(const char *key)
{
	return key_find(key) != NULL;
}

/* ---- Adding up ------------------------------------------------------------- */

void totals_done(struct totals *t)
{
	vec_done(&t->v);
}

static int by_key(const void *a, const void *b)
{
	const struct total *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int by_size(const void *a, const void *b)
{
	const struct total *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return strcmp(x->key, y->key);
}

/* One row per area, sorted by key, then neighbours of one key folded into one. */
static void fold(struct totals *t)
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

static void sort(struct totals *t, int (*order)(const void *a, const void *b))
{
	if (t->v.nr)
		qsort(t->v.v, t->v.nr, sizeof(*t->v.v), order);
}

struct vmatlas_error *totals_read(const struct cli *cli, const char *key,
				  struct totals *ret)
{
	const struct vmatlas_info *info = vmatlas_info(cli->atlas);
	const struct key *group = key_find(key);
	struct totals t = { 0 };

	vmatlas_for_each_claim(c, cli->atlas, VMATLAS_LAYER_RECORDED) {
		struct total *row;

		if (c->kind == VMATLAS_KIND_MODULE)
			continue;	/* a second claim on areas that are there */
		row = vec_push(&t.v);
		if (!row) {
			totals_done(&t);
			return no_memory();
		}
		row->key = group->of(cli, c);
		row->nr_areas = 1;
		row->size = vmatlas_range_size(&c->range);
		row->nr_pages = c->area ? c->area->nr_pages : 0;
		row->ram = info ? row->nr_pages << (info->page_shift & 31) : 0;
	}
	sort(&t, by_key);
	fold(&t);
	sort(&t, by_size);
	*ret = t;
	return NULL;
}

struct vmatlas_error *totals_print(const struct cli *cli, const struct totals *t,
				   size_t max)
{
	struct vmatlas_error *err;
	struct total rest = { .key = "(others)" };
	struct table *table;

	err = table_open(cli, total_columns, "totals", &table);
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
