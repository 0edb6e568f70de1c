/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose an area is: a task's stack, a module's memory; and on which nodes its pages are. */
#include <inttypes.h>
#include <string.h>

#include "map/vmatlas_internal.h"
#include "base/range.h"
#include "kernel/mm/page_numa.h"
#include "kernel/mm/tasks.h"

struct owners {
	struct tasks *tasks;
	struct pagenodes *nodes;	/* NULL: no NUMA, or not asked yet */
	bool nodes_opened;
	uint64_t one;			/* the count of a kernel without NUMA */
};

void owners_free(struct owners *o)
{
	if (!o)
		return;
	tasks_free(o->tasks);
	pagenodes_free(o->nodes);
	free(o);
}

static struct vmatlas_error *get(struct vmatlas *atlas, struct owners **ret)
{
	if (!atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "there is a boot log, but no dump");
	if (!atlas->owners)
		atlas->owners = calloc(1, sizeof(*atlas->owners));
	*ret = atlas->owners;
	return *ret ? NULL : error_no_memory();
}

static struct vmatlas_error *get_tasks(struct vmatlas *atlas, struct owners *o)
{
	struct vmatlas_error *err;

	if (o->tasks)
		return NULL;
	err = tasks_read(atlas->kernel, &o->tasks);
	if (err || !o->tasks->trouble)
		return err;
	return atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, "tasks", o->tasks->trouble);
}

struct vmatlas_error *owners_read(struct vmatlas *atlas)
{
	struct owners *o = NULL;
	struct vmatlas_error *err = get(atlas, &o);

	return err ? err : get_tasks(atlas, o);
}

const struct tasks *owners_tasks(const struct vmatlas *atlas)
{
	return atlas->owners ? atlas->owners->tasks : NULL;
}

static void name_stack(const struct stack *s, struct str *out)
{
	if (s->kind == STACK_CACHED)
		str_addf(out, "stack kept for the next task, by CPU %" PRIu32, s->cpu);
	else if (s->kind == STACK_OF_IDLE)
		str_addf(out, "stack of CPU %" PRIu32 "'s idle task (%s)", s->cpu, s->comm);
	else
		str_addf(out, "stack of PID %" PRIu32 " (%s)", s->pid, s->comm);
}

static bool area_owner_lies_in(const struct module *m, struct vmatlas_range range)
{
	for (size_t j = 0; j < m->nr_mem; j++)
		if (m->mem[j].size && range_has(range, m->mem[j].base))
			return true;
	return false;
}

/* Modules whose code or data lies here: since 6.13 several share a large page. */
static void name_modules(const struct vmatlas *atlas, struct vmatlas_range range,
			 struct str *out)
{
	size_t nr = 0;

	for (size_t i = 0; i < atlas->records->modules.nr; i++)
		if (area_owner_lies_in(&atlas->records->modules.v[i], range) && nr++ == 0)
			str_addf(out, "module %s", atlas->records->modules.v[i].name);
	if (nr > 1)
		str_addf(out, " and %zu more", nr - 1);
}

struct vmatlas_error *vmatlas_area_owner(struct vmatlas *atlas,
					 const struct vmatlas_claim *area, const char **ret)
{
	_cleanup_(str_done) struct str name = { 0 };
	const struct stack *stack;
	struct owners *o = NULL;
	struct vmatlas_error *err = get(atlas, &o);

	if (!err)
		err = get_tasks(atlas, o);
	if (err)
		return err;
	stack = area->area && area->area->vm_struct ? tasks_stack_in(o->tasks, area->range)
						    : NULL;
	if (stack)
		name_stack(stack, &name);
	else if (area->area)
		name_modules(atlas, area->range, &name);
	*ret = strings_add(atlas->strings, str_text(&name));
	return *ret ? NULL : error_no_memory();
}

struct vmatlas_error *vmatlas_area_nodes(struct vmatlas *atlas,
					 const struct vmatlas_claim *area,
					 const uint64_t **ret, uint32_t *ret_nr)
{
	struct owners *o = NULL;
	struct vmatlas_error *err = get(atlas, &o);

	if (!err && !o->nodes_opened) {
		err = pagenodes_open(atlas->kernel, &o->nodes);
		o->nodes_opened = !err;
	}
	if (err)
		return err;
	if (o->nodes && area->area)
		return pagenodes_count(o->nodes, area->area, ret, ret_nr);
	o->one = area->area ? area->area->nr_pages : 0;
	*ret = &o->one;
	*ret_nr = 1;
	return NULL;
}
