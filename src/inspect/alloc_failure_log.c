/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failed allocations of a saved log, without a dump: told as far as the log goes. Its
 * table, or RAM lines, may prove that a request could never have been met.
 */
#include <inttypes.h>

#include "inspect/alloc_failure.h"
#include "map/format.h"
#include "base/range.h"

/* The space that such areas come from, by the table of the log; 0: not known. */
static uint64_t space_size(const struct shortage_case *c, const struct alloc_failure *s,
			   const char **ret_name)
{
	const struct vmatlas_claim *vmalloc =
		atlas_region(c->atlas, VMATLAS_KIND_VMALLOC_SPACE);
	const struct vmatlas_claim *code = atlas_region(c->atlas, VMATLAS_KIND_MODULE_SPACE);
	const struct bootlog *log = c->atlas->boot_log;

	*ret_name = "the range that the message names";
	if (s->has_range)
		return vmatlas_range_size(&s->range);
	*ret_name = "vmalloc space";
	/* 32-bit ARM's modules go on into vmalloc space: module_alloc() */
	if (shortage_is_for_code(s) && code && !log->is_arm &&
	    log->style != BOOTLOG_STYLE_ARM) {
		*ret_name = "module space";
		return vmatlas_range_size(&code->range);
	}
	if (shortage_is_for_code(s) && !log->is_arm && log->style != BOOTLOG_STYLE_ARM)
		return 0;
	return vmalloc ? vmatlas_range_size(&vmalloc->range) : log->vmalloc_total;
}

static void report_space_evidence(const struct shortage_case *c, const char *name,
				  uint64_t size, struct evidence *evidence)
{
	const struct bootlog *log = c->atlas->boot_log;

	if (size)
		evidence_text(evidence, "space", "%s has %s", name, fmt_size(size).s);
	else
		evidence_text(evidence, "space", "its size is not in the log: no layout table, no "
			 "VmallocTotal");
	if (log->cpu)
		evidence_text(evidence, "CPU", "%s", log->cpu);
}

static const char *log_advice(const struct shortage_case *c, const struct alloc_failure *s,
			      bool too_large)
{
	const struct bootlog *log = c->atlas->boot_log;

	if (too_large)
		return "ask for less at once, in smaller windows; on 32-bit CPUs \"vmalloc=\" "
		       "makes the space larger, at lowmem's expense";
	if (shortage_is_for_code(s))
		return "a dump taken then shows what fills module space; \"vmalloc=\" does not "
		       "change it";
	if (log->is_arm || log->is_x86)
		return "a dump taken then shows what fills the space (vmatlas usage); \"vmalloc=\" "
		       "makes it larger on 32-bit CPUs alone";
	return "a dump taken then shows what fills the space (vmatlas usage)";
}

static void log_report_space(struct shortage_case *c, const struct alloc_failure *s)
{
	const struct alloc_failure *trace = shortage_with_trace(c, s);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	_cleanup_(str_done) struct str message = { 0 };
	const char *name;
	const uint64_t size = space_size(c, trace, &name);
	const bool too_large = size && s->smallest > size;

	shortage_report_log(s, &evidence);
	if (trace != s)
		shortage_report_log(trace, &evidence);
	report_space_evidence(c, name, size, &evidence);
	str_addf(&message, "no hole of %s was found in the kernel's address space",
		 s->smallest ? fmt_size(s->smallest).s : "the size that was asked for");
	if (too_large)
		str_addf(&message, ": %s has %s in all, so it never fits", name,
			 fmt_size(size).s);
	else if (size)
		str_addf(&message, ": what filled %s of %s is not in a log", name,
			 fmt_size(size).s);
	if (s->kind == FAILURE_SPACE_OR_LIMIT)
		str_addf(&message, ", or it was more than all of RAM");
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = s->is_vague ? VMATLAS_SEVERITY_NOTE : VMATLAS_SEVERITY_WARNING,
		.code = "va-exhausted", EVIDENCE(&evidence),
		.advice = log_advice(c, trace, too_large),
	}, "%s", str_text(&message));
}

static void log_report_ram(struct shortage_case *c)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	uint64_t nr = 0;

	for (size_t i = 0; i < c->all->v.nr; i++)
		if (c->all->v.v[i].kind == FAILURE_RAM) {
			shortage_report_log(&c->all->v.v[i], &evidence);
			nr += c->all->v.v[i].nr;
		}
	if (c->atlas->boot_log->memory_total)
		evidence_text(&evidence, "RAM", "%s by the log",
			 fmt_size(c->atlas->boot_log->memory_total).s);
	c->reported_ram = true;
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING, .code = "ram-exhausted",
		EVIDENCE(&evidence),
		.advice = "the log's own lists (Mem-Info, the table of tasks) show who had "
			  "the RAM; a dump shows vmalloc's part",
	}, "RAM ran out, by %" PRIu64 " message%s of the log", nr, nr == 1 ? "" : "s");
}

static bool is_over_ram(const struct shortage_case *c, const struct alloc_failure *s)
{
	return s->kind == FAILURE_SPACE_OR_LIMIT && c->atlas->boot_log->memory_total &&
	       s->smallest > c->atlas->boot_log->memory_total;
}

static void report_modules(struct shortage_case *c)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_text(&evidence, "log", "%" PRIu64 "x \"%s\"", c->all->nr_modules,
		 c->all->module_text);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE, .code = "limit-reached",
		EVIDENCE(&evidence),
		.advice = "look for a message of vmalloc's or of the per-CPU allocator beside it",
	}, "a module could not be loaded for want of memory: not known of which kind");
}

void shortage_check_log(struct shortage_case *c)
{
	for (size_t i = 0; i < c->all->v.nr; i++) {
		const struct alloc_failure *s = &c->all->v.v[i];

		if (s->kind == FAILURE_CALLER)
			shortage_report_caller(c, s);
		else if (s->kind == FAILURE_LIMIT || is_over_ram(c, s))
			shortage_report_limit(c, s);
		else if (s->kind == FAILURE_RAM && !c->reported_ram)
			log_report_ram(c);
		else if (s->kind != FAILURE_RAM && !shortage_is_explained(c, s))
			log_report_space(c, s);
	}
	if (c->all->nr_modules && !c->all->v.nr)
		report_modules(c);
}
