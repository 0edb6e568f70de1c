/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas diff: what came, went and grew between two dumps of a machine, or between two
 * moments of the running kernel. Callers that only hold what they held are left out.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/cmd.h"
#include "cli/area_totals.h"

struct change {
	const char *key;
	const char *what;		/* "new", "gone", "grew", "shrank", "same" */
	uint64_t areas_old, areas_new, size_old, size_new, ram_old, ram_new;
	const char *grown_size, *grown_ram;	/* "+8.1 MiB" */
	char size_text[TEXT_MAX], ram_text[TEXT_MAX];
};

#define CHANGE(m) offsetof(struct change, m)

const struct column diff_change_columns[] = {
	{ "KEY", CELL_TEXT, SHOWN, CHANGE(key), "caller, module, type or node" },
	{ "CHANGE", CELL_TEXT, SHOWN, CHANGE(what), "new, gone, grew, shrank, same" },
	{ "AREAS-OLD", CELL_NUMBER, SHOWN, CHANGE(areas_old), "how many areas there were" },
	{ "AREAS-NEW", CELL_NUMBER, SHOWN, CHANGE(areas_new), "how many there are" },
	{ "SIZE-OLD", CELL_SIZE, SHOWN_JSON, CHANGE(size_old), "address space they took" },
	{ "SIZE-NEW", CELL_SIZE, SHOWN, CHANGE(size_new), "address space they take" },
	{ "SIZE-GREW", CELL_TEXT, SHOWN, CHANGE(grown_size), "the difference" },
	{ "RAM-OLD", CELL_SIZE, SHOWN_JSON, CHANGE(ram_old), "RAM they held" },
	{ "RAM-NEW", CELL_SIZE, SHOWN, CHANGE(ram_new), "RAM they hold" },
	{ "RAM-GREW", CELL_TEXT, SHOWN, CHANGE(grown_ram), "the difference" },
	{ 0 },
};

const struct column *diff_columns(const struct cli *cli)
{
	(void)cli;
	return diff_change_columns;
}

struct side {
	struct vmatlas *atlas;
	struct totals totals;
	char when[TEXT_MAX];
};

struct changes {
	VEC(struct change) v;
};

/* ---- Both sides ------------------------------------------------------------ */

static struct vmatlas_error *open_side(struct cli *cli, const char *vmlinux, const char *core,
				       struct side *ret)
{
	const char *const files[] = { vmlinux, core };
	struct vmatlas_error *err;

	cli->operands.nr = cli->cores.nr = 0;
	cli->open.vmlinux = cli->open.core = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char **slot = files[i] ? vec_push(&cli->operands) : NULL;

		if (files[i] && !slot)
			return no_memory();
		if (slot)
			*slot = files[i];
	}
	cli->out.atlas = NULL;
	err = session_open(cli, VMATLAS_SURVEY_RECORDED);
	ret->atlas = cli->out.atlas;
	if (!err)
		err = totals_read(cli, cli->by, &ret->totals);
	if (!err)
		text_time(vmatlas_info(cli->out.atlas)->dump_time, "%Y-%m-%d %H:%M UTC", ret->when);
	return err;
}

static struct vmatlas_error *read_interval(const char *text, time_t *ret)
{
	unsigned long long value;
	char *end;

	*ret = 10;
	if (!text)
		return NULL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || errno || *end || value > 1 << 20)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--interval '%s'? seconds between the two looks", text);
	*ret = value;
	return NULL;
}

static struct vmatlas_error *usage(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"two dumps are compared: vmatlas diff VMLINUX OLD NEW, or VMLINUX OLD"
		" VMLINUX NEW, or --live VMLINUX");
}

/* Of two moments, the same files; of two dumps, one vmlinux for both or one for each. */
static struct vmatlas_error *open_both(struct cli *cli, struct side *old, struct side *new)
{
	const char *given[5] = { cli->open.vmlinux };
	size_t nr = cli->open.vmlinux ? 1 : 0;
	struct timespec wait = { 0 };
	struct vmatlas_error *err = read_interval(cli->interval, &wait.tv_sec);

	if (err)
		return err;
	if (cli->operands.nr + nr > 4 || cli->cores.nr)
		return usage();
	for (size_t i = 0; i < cli->operands.nr; i++)
		given[nr++] = cli->operands.v[i];
	if (cli->live ? nr > 1 : nr < 2)
		return usage();
	if (cli->live || nr == 2)
		err = open_side(cli, NULL, given[0], old);
	else
		err = open_side(cli, given[0], given[1], old);
	if (nr == 2 && vmatlas_error_code(err) == VMATLAS_ERROR_ARGUMENT) {
		vmatlas_error_free(err);
		return usage();		/* a vmlinux and one dump */
	}
	if (err)
		return err;
	if (cli->live)
		nanosleep(&wait, NULL);
	if (cli->live)
		return open_side(cli, NULL, given[0], new);
	if (nr == 2)
		return open_side(cli, NULL, given[1], new);
	return nr == 4 ? open_side(cli, given[2], given[3], new)
		       : open_side(cli, vmatlas_info(old->atlas)->vmlinux_path, given[2], new);
}

/* ---- What changed ----------------------------------------------------------- */

static int diff_by_key(const void *a, const void *b)
{
	const struct total *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* "+8 MiB", "-4 KiB", "" */
static const char *signed_size(const struct cli *cli, uint64_t old, uint64_t new,
			       char buf[static TEXT_MAX])
{
	char size[TEXT_MAX];

	snprintf(buf, TEXT_MAX, "%s%.40s", new < old ? "-" : new > old ? "+" : "",
		 text_size(&cli->out, new < old ? old - new : new - old, size));
	return old == new ? NULL : buf;
}

static struct vmatlas_error *diff_add(struct changes *list, const struct total *old,
				      const struct total *new)
{
	static const struct total none;
	struct change *c = vec_push(&list->v);

	if (!c)
		return no_memory();
	*c = (struct change){ .key = new ? new->key : old->key };
	c->what = !old ? "new" : !new ? "gone" : new->size > old->size ? "grew" :
		  new->size < old->size ? "shrank" :
		  new->ram != old->ram || new->nr_areas != old->nr_areas ? "changed" : "same";
	old = old ? old : &none;
	new = new ? new : &none;
	c->areas_old = old->nr_areas;
	c->areas_new = new->nr_areas;
	c->size_old = old->size;
	c->size_new = new->size;
	c->ram_old = old->ram;
	c->ram_new = new->ram;
	return NULL;
}

static void sort_totals(struct totals *t)
{
	if (t->v.nr)
		qsort(t->v.v, t->v.nr, sizeof(*t->v.v), diff_by_key);
}

static struct vmatlas_error *diff_compare(struct side *old, struct side *new,
					  struct changes *list)
{
	struct vmatlas_error *err = NULL;
	size_t i = 0, j = 0;

	sort_totals(&old->totals);
	sort_totals(&new->totals);
	while (!err && (i < old->totals.v.nr || j < new->totals.v.nr)) {
		const struct total *a = i < old->totals.v.nr ? &old->totals.v.v[i] : NULL;
		const struct total *b = j < new->totals.v.nr ? &new->totals.v.v[j] : NULL;
		const int order = !a ? 1 : !b ? -1 : diff_by_key(a, b);

		err = diff_add(list, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return err;
}

/* What grew most comes first: there the leak is. */
static int by_growth(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	const int64_t dx = (int64_t)(x->size_new - x->size_old);
	const int64_t dy = (int64_t)(y->size_new - y->size_old);

	return dx != dy ? (dx < dy) - (dx > dy) : strcmp(x->key, y->key);
}

/* ---- The answer ------------------------------------------------------------ */

static void print_sides(const struct cli *cli, const struct side *old, const struct side *new,
			const struct changes *list)
{
	_cleanup_(str_done) struct str s = { 0 };
	size_t nr_same = 0;

	if (cli->out.no_headings)
		return;
	str_addf(&s, "%s%s%s", vmatlas_info(old->atlas)->core_path, *old->when ? ", " : "",
		 old->when);
	emit_field(&cli->out, 0, 8, "OLD", str_text(&s));
	str_done(&s);
	str_addf(&s, "%s%s%s", vmatlas_info(new->atlas)->core_path, *new->when ? ", " : "",
		 new->when);
	emit_field(&cli->out, 0, 8, "NEW", str_text(&s));
	str_done(&s);
	for (size_t i = 0; i < list->v.nr; i++)
		nr_same += !strcmp(list->v.v[i].what, "same");
	str_addf(&s, "%zu of %zu, by %s; the others hold what they held", list->v.nr - nr_same,
		 list->v.nr, cli->by);
	emit_field(&cli->out, 0, 8, "CHANGED", str_text(&s));
}

static void diff_side(const struct render *r, const char *key, const struct side *side)
{
	const struct vmatlas_info *info = vmatlas_info(side->atlas);
	char when[TEXT_MAX];

	emit_object(r, key);
	emit_text(r, "core", info->core_path);
	emit_text(r, "build_id", info->build_id);
	emit_text(r, "taken", text_time(info->dump_time, "%Y-%m-%dT%H:%M:%SZ", when));
	emit_close(r);
}

static struct vmatlas_error *print_changes(const struct cli *cli, struct changes *list)
{
	const size_t top = cli->top ? cli->top : SIZE_MAX;
	struct table *table;
	struct vmatlas_error *err = table_open(&cli->out, FOR_ALL, diff_change_columns, "changes", &table);
	size_t nr = 0;

	if (err)
		return err;
	for (size_t i = 0; i < list->v.nr && nr < top; i++) {
		struct change *c = &list->v.v[i];

		if (!cli->out.full && !strcmp(c->what, "same"))
			continue;
		c->grown_size = signed_size(cli, c->size_old, c->size_new, c->size_text);
		c->grown_ram = signed_size(cli, c->ram_old, c->ram_new, c->ram_text);
		table_row(table, c);
		nr++;
	}
	return table_close(table);
}

static struct vmatlas_error *diff_answer(struct cli *cli, struct side *old,
					 struct side *new)
{
	struct changes list = { 0 };
	struct vmatlas_error *err = diff_compare(old, new, &list);

	if (!err && list.v.nr)
		qsort(list.v.v, list.v.nr, sizeof(*list.v.v), by_growth);
	if (!err) {
		emit_begin(&cli->out, false);
		diff_side(&cli->out, "old", old);
		diff_side(&cli->out, "new", new);
		print_sides(cli, old, new, &list);
		err = print_changes(cli, &list);
	}
	vec_done(&list.v);
	if (err)
		return err;
	emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}

struct vmatlas_error *cmd_diff(struct cli *cli)
{
	struct side old = { 0 }, new = { 0 };
	struct vmatlas_error *err = top_read(cli);

	if (!cli->by)
		cli->by = "caller";
	if (!err && !totals_has_key(cli->by))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--by '%s'? caller, module, type or node", cli->by);
	if (!err)
		err = open_both(cli, &old, &new);
	if (!err)
		err = diff_answer(cli, &old, &new);
	totals_done(&old.totals);
	totals_done(&new.totals);
	vmatlas_close(old.atlas);
	if (cli->out.atlas == old.atlas)
		cli->out.atlas = NULL;
	return err;
}
