/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: each task has a stack of its own, which is an area (CONFIG_VMAP_STACK). A task
 * gets its stack before it is on the list of tasks, and gives it back, pointer and all, before
 * another can have it (kernel/fork.c: dup_task_struct(), release_task_stack()). Not on the
 * plugin contract: it knows no tasks.
 */
#include <inttypes.h>

#include "kernel/mm/tasks.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "map/vmatlas_internal.h"

#define TOLD 8

enum { STACK_VM_AREA };

static const struct vmatlas_lookup lookups[] = {
	[STACK_VM_AREA] = VMATLAS_OPTIONAL_MEMBER("task_struct", "stack_vm_area",
						  "copy_process|free_task|__put_task_struct"),
};

struct stack_check {
	struct vmatlas_plugin_ctx *ctx;
	struct vmatlas *atlas;
	uint64_t nr;			/* found to be wrong */
};

static void stack_evidence(const struct stack_check *c, const struct stack *s, struct evidence *e)
{
	if (s->kind == STACK_CACHED)
		evidence_addr(e, "kept by", s->task, "CPU %u for its next task, vm_struct %s",
			      s->cpu, fmt_record(c->atlas, s->task).s);
	else
		evidence_addr(e, "task", s->task, "PID %u %s, struct task_struct %s", s->pid,
			      s->comm, fmt_record(c->atlas, s->task).s);
}

static void stack_report(struct stack_check *c, const struct stack *s, const struct stack *other)
{
	const struct vmatlas_claim *area = vmatlas_claim_at(c->atlas, VMATLAS_LAYER_RECORDED, s->addr);
	const struct vmatlas_range where = { s->addr, s->addr };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	if (c->nr++ >= TOLD)
		return;
	stack_evidence(c, s, &evidence);
	if (other)
		stack_evidence(c, other, &evidence);
	if (area)
		evidence_range(&evidence, "area", area->range, "%s %s", area->name,
			       fmt_range(c->atlas, area->range).s);
	ctx_report(c->ctx, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "task-stack",
		.where = area ? &area->range : &where, .record = s->task, EVIDENCE(&evidence),
		.advice = "a task_struct or the area was overwritten: print both",
	}, other ? "the stack at %s has two owners" :
		area ? "the stack of a task, at %s, lies in an area that is not its own"
		     : "the stack of a task, at %s, is in no area", fmt_record(c->atlas, s->addr).s);
}

/* Extracts that are older than this question do not hold the answer: then nothing is said. */
static bool names_area(const struct stack_check *c, uint64_t task, uint64_t vm_struct)
{
	uint64_t named = 0;
	struct vmatlas_error *err = vmatlas_ctx_read(c->ctx, STACK_VM_AREA, task, &named);
	const bool same = err || named == vm_struct;

	vmatlas_error_free(err);
	return same;
}

/* Stacks are whole areas, which task->stack_vm_area names, too (alloc_thread_stack_node()). */
static bool stack_is_area(const struct stack_check *c, const struct stack *s)
{
	const struct vmatlas_claim *area = vmatlas_claim_at(c->atlas, VMATLAS_LAYER_RECORDED, s->addr);

	if (!area || area->range.first != s->addr || !area->area)
		return false;
	return s->kind == STACK_CACHED || names_area(c, s->task, area->area->vm_struct);
}

static void check_stacks(struct stack_check *c, const struct tasks *tasks, bool all_areas)
{
	const struct stack *before = NULL;

	for (size_t i = 0; i < tasks->stacks.nr; i++) {
		const struct stack *s = &tasks->stacks.v[i];

		if (!s->addr)
			continue;	/* it is on its way out */
		if (before && before->addr == s->addr)
			stack_report(c, s, before);
		else if (all_areas && !stack_is_area(c, s))
			stack_report(c, s, NULL);
		before = s;
	}
	if (c->nr > TOLD)
		vmatlas_ctx_coverage(c->ctx, VMATLAS_COVERAGE_PARTIAL, "stacks", "%" PRIu64
				     " more of them are wrong", c->nr - TOLD);
}

static struct vmatlas_error *task_stacks_inspect(struct vmatlas_plugin_ctx *ctx)
{
	struct stack_check c = { .ctx = ctx, .atlas = vmatlas_ctx_atlas(ctx) };
	struct vmatlas_error *err;

	if (!c.atlas->kernel || vmatlas_info(c.atlas)->live)
		return NULL;
	err = owners_read(c.atlas);
	if (!err && owners_tasks(c.atlas)->has_stacks)
		check_stacks(&c, owners_tasks(c.atlas), c.atlas->records->areas_complete);
	return err;
}

const struct vmatlas_plugin inspector_task_stacks = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "stacks",
	.summary = "stacks of tasks that are in no area, or two tasks'",
	.lookups = lookups,
	.nr_lookups = ARRAY_SIZE(lookups),
	.inspect = task_stacks_inspect,
};
