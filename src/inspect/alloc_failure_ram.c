/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM that ran out, and limits: what is not a matter of address space. */
#include <inttypes.h>

#include "base/compare.h"
#include "inspect/alloc_failure.h"
#include "map/format.h"

/* ---- RAM ---- */

static uint64_t bytes(const struct shortage_case *c, uint64_t pages)
{
	return pages << c->atlas->kernel->page_shift;
}

struct owner {
	uint64_t caller, nr_areas, pages;
};

struct ram_owners {
	VEC(struct owner) v;
};

static int by_pages(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	return compare_u64(y->pages, x->pages) ?: compare_first_u64(a, b);
}

static struct vmatlas_error *collect_owners(const struct shortage_case *c,
					    struct ram_owners *ret)
{
	const struct kernel_records *b = c->atlas->records;
	size_t to = 0;

	for (size_t i = 0; i < b->areas.nr; i++) {
		struct owner *o;

		if (!b->areas.v[i].rec.nr_pages)
			continue;
		o = vec_push(&ret->v);
		if (!o)
			return error_no_memory();
		*o = (struct owner){ b->areas.v[i].rec.caller, 1, b->areas.v[i].rec.nr_pages };
	}
	if (!ret->v.nr)
		return NULL;
	qsort(ret->v.v, ret->v.nr, sizeof(*ret->v.v), compare_first_u64);
	for (size_t i = 1; i < ret->v.nr; i++) {
		if (ret->v.v[to].caller != ret->v.v[i].caller) {
			ret->v.v[++to] = ret->v.v[i];
			continue;
		}
		ret->v.v[to].nr_areas++;
		ret->v.v[to].pages += ret->v.v[i].pages;
	}
	ret->v.nr = to + 1;
	qsort(ret->v.v, ret->v.nr, sizeof(*ret->v.v), by_pages);
	return NULL;
}

static struct vmatlas_error *report_owners(const struct shortage_case *c,
					   struct evidence *evidence)
{
	struct ram_owners owners = { 0 };
	struct vmatlas_error *err = collect_owners(c, &owners);

	for (size_t i = 0; !err && i < MIN(owners.v.nr, (size_t)SHORTAGE_TOP); i++) {
		const struct owner *o = &owners.v.v[i];

		evidence_size(evidence, "owner", bytes(c, o->pages),
			      "%s: %s in %" PRIu64 " area%s",
			      o->caller ? vmatlas_symbol_name(c->atlas, o->caller) : "unknown",
			      fmt_size(bytes(c, o->pages)).s, o->nr_areas,
			      o->nr_areas == 1 ? "" : "s");
	}
	vec_done(&owners.v);
	return err;
}

static bool is_ram_low(const struct shortage_case *c)
{
	return c->ram_known && c->ram.free < c->ram.total / 8;
}

static bool is_ram_ours(const struct shortage_case *c)
{
	return c->ram_known && c->vmalloc_pages > c->ram.total / 4;
}

static void report_ram_message(const struct shortage_case *c, struct str *message)
{
	if (!c->ram_known) {
		str_addf(message, "RAM ran out; vmalloc areas hold %s",
			 fmt_size(bytes(c, c->vmalloc_pages)).s);
		return;
	}
	str_addf(message, "RAM %s: %s of %s are free, vmalloc areas hold %s",
		 is_ram_low(c) ? "is short" : "ran out, for a while",
		 fmt_size(bytes(c, c->ram.free)).s, fmt_size(bytes(c, c->ram.total)).s,
		 fmt_size(bytes(c, c->vmalloc_pages)).s);
	if (!is_ram_ours(c))
		str_addf(message, ": others have it");
}

/* @s is NULL where the log is silent: 6.1 is (__vmalloc_area_node() asks for silence). */
struct vmatlas_error *shortage_report_ram(struct shortage_case *c,
					  const struct alloc_failure *s)
{
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	struct vmatlas_error *err;

	c->reported_ram = true;
	report_ram_message(c, &message);
	for (size_t i = 0; s && i < c->all->v.nr; i++)
		if (c->all->v.v[i].kind == FAILURE_RAM)
			shortage_report_log(&c->all->v.v[i], &evidence);
	if (!s)
		evidence_text(&evidence, "log", "no message; by the amount of free RAM");
	evidence_text(&evidence, "not it",
		      "address space: a message about that would be another");
	err = report_owners(c, &evidence);
	if (err)
		return err;
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = is_ram_low(c) && is_ram_ours(c) && s ? VMATLAS_SEVERITY_ERROR
								: VMATLAS_SEVERITY_WARNING,
		.code = "ram-exhausted", EVIDENCE(&evidence),
		.advice = is_ram_ours(c) ?
			  "find out whether the first owner leaks: compare two dumps by caller" :
			  "look for who has the RAM outside vmalloc: page cache, slab, user space",
	}, "%s", str_text(&message));
	return NULL;
}

/* Some kernels say nothing; what areas hold and what is free does. */
struct vmatlas_error *shortage_report_silent_ram(struct shortage_case *c)
{
	if (!is_ram_low(c) || c->vmalloc_pages <= c->ram.total / 2)
		return NULL;
	return shortage_report_ram(c, NULL);
}

/* ---- Limits ---- */

void shortage_report_limit(struct shortage_case *c, const struct alloc_failure *s)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	shortage_report_log(s, &evidence);
	if (c->ram_known)
		evidence_size(&evidence, "RAM", bytes(c, c->ram.total), "%s",
			      fmt_size(bytes(c, c->ram.total)).s);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "limit-reached", EVIDENCE(&evidence),
		.advice = "look at who asked: neither address space nor free RAM would help",
	}, "an allocation of %s was refused: %s",
		s->largest ? fmt_size(s->largest).s : "unknown size", s->meaning);
}

/* __vmalloc_node_range(), mm/vmalloc.c until 5.12: "if (!size || ...) goto fail" */
void shortage_report_caller(struct shortage_case *c, const struct alloc_failure *s)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	shortage_report_log(s, &evidence);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE,
		.code = "limit-reached", EVIDENCE(&evidence),
		.advice = "correct the caller: where its size is 0 it must not allocate",
	}, "%s asked for 0 bytes and was refused: nothing is short",
		s->asked_by[0] ? s->asked_by : "a caller");
}

bool shortage_is_limit(const struct shortage_case *c, const struct alloc_failure *s)
{
	return s->kind == FAILURE_LIMIT ||
	       (s->kind == FAILURE_SPACE_OR_LIMIT && c->ram_known &&
		s->largest > bytes(c, c->ram.total));
}

struct vmatlas_error *shortage_count_ram(struct shortage_case *c)
{
	const struct mem_info *info = &c->atlas->kernel->mem->info;
	struct vmatlas_error *err;
	uint64_t described = 0;

	for (size_t i = 0; i < c->atlas->records->areas.nr; i++)
		c->vmalloc_pages += MIN(c->atlas->records->areas.v[i].rec.nr_pages, 1ull << 40);
	for (size_t i = 0; i < info->nr_segments; i++)
		described += info->segments[i].size;
	if (!c->all->v.nr && bytes(c, c->vmalloc_pages) < described / 4)
		return NULL;
	err = vmstat_read(c->atlas->kernel, &c->ram);
	c->ram_known = !err;
	if (!err || (!error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND)))
		return err;
	if (c->all->v.nr)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "free RAM", "because %s",
				     vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}
