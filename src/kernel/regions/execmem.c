/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: execmem_info (mm/execmem.c, 6.10+), the windows from which module
 * text, kprobes and BPF get memory. Under KASLR a window starts inside the
 * module region: a claim of its own, no second source of its bounds. Others are
 * the very bounds of a region, and speak of that region, too.
 */
#include <inttypes.h>
#include <string.h>

#include "kernel/survey.h"

enum { INFO, RANGES, RANGE, START, END, FALLBACK_START, FALLBACK_END };

#define UNIT "execmem_alloc"

static const struct vmatlas_lookup needs[] = {
	/* the name stands for a struct in the architecture's file, too */
	[INFO] = { "execmem_info", NULL, NULL, VMATLAS_LOOKUP_OPTIONAL | VMATLAS_LOOKUP_POINTER, 0 },
	[RANGES]	 = VMATLAS_OPTIONAL_MEMBER("execmem_info", "ranges", UNIT),
	[RANGE]		 = VMATLAS_OPTIONAL_MEMBER("execmem_range", "", UNIT),
	[START]		 = VMATLAS_OPTIONAL_MEMBER("execmem_range", "start", UNIT),
	[END]		 = VMATLAS_OPTIONAL_MEMBER("execmem_range", "end", UNIT),
	[FALLBACK_START] = VMATLAS_OPTIONAL_MEMBER("execmem_range", "fallback_start", UNIT),
	[FALLBACK_END]	 = VMATLAS_OPTIONAL_MEMBER("execmem_range", "fallback_end", UNIT),
};

/* enum execmem_type (include/linux/execmem.h, 6.10); DEFAULT is MODULE_TEXT. */
static const char *const type_name[] = {
	"execmem window", "execmem kprobes", "execmem ftrace", "execmem BPF",
	"execmem module data",
};

/* Windows that are regions, by the macros that execmem_arch_setup() names. */
static struct vmatlas_error *also_a_bound(struct survey *s, struct vmatlas_claim c)
{
	const struct arch *arch = s->k->arch;
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < arch->nr_execmem && !err; i++) {
		const struct arch_execmem_bound *bound = &arch->execmem[i];

		if (strcmp(bound->window, c.name))
			continue;
		c.kind = bound->kind;
		c.name = bound->name;
		c.flags = bound->flags;
		if (c.flags & VMATLAS_CLAIM_END_ONLY)
			c.range.first = c.range.last;
		err = survey_claim(s, c);
		break;
	}
	return err;
}

/* The other types mostly repeat the default's window: one claim says it. */
static struct vmatlas_error *execmem_window(struct survey *s, uint64_t at,
					    unsigned int from, unsigned int to,
					    const char *name, struct vmatlas_range *first)
{
	struct vmatlas_claim c = {
		.layer = VMATLAS_LAYER_DECLARED, .kind = VMATLAS_KIND_MODULE_WINDOW,
		.flags = VMATLAS_CLAIM_WINDOW | VMATLAS_CLAIM_NESTED, .name = name,
		.source = "execmem_info", .record = at, .record_type = "execmem_range",
	};
	struct vmatlas_error *err;
	uint64_t start, end;

	if (!survey_has(s, from) || !survey_has(s, to))
		return NULL;
	err = kernel_read_ptr(s->k, at + s->res[from].offset, &start);
	if (!err)
		err = kernel_read_ptr(s->k, at + s->res[to].offset, &end);
	if (err)
		return err;
	if (!start)
		return NULL;	/* inherits the default window */
	if (!range_from_end(start, end, &c.range))
		return survey_finding(s, (struct vmatlas_finding_desc){
				.severity = VMATLAS_SEVERITY_WARNING, .code = "bounds-disagree",
				.record = at },
			"execmem_info holds the impossible range %#" PRIx64 "-%#" PRIx64
			" (%s)", start, end, name);
	/* ends are written both ways: MODULES_END and MODULES_END - 1 */
	c.range.last |= (1ull << s->k->page_shift) - 1;
	if (c.range.first == first->first && c.range.last == first->last)
		return NULL;
	if (!first->last)
		*first = c.range;
	err = survey_claim(s, c);
	return err ? err : also_a_bound(s, c);
}

static struct vmatlas_error *execmem_run(struct survey *s)
{
	struct vmatlas_range first = { 0 };
	struct vmatlas_error *err;
	uint64_t info;

	if (!survey_has(s, INFO) || !survey_has(s, RANGES) || !s->res[RANGE].size)
		return NULL;
	err = kernel_read_ptr(s->k, s->res[INFO].addr, &info);
	for (size_t i = 0; !err && info && i < ARRAY_SIZE(type_name) &&
	     i < s->res[RANGES].count; i++) {
		const uint64_t at = info + s->res[RANGES].offset + i * s->res[RANGE].size;

		err = execmem_window(s, at, START, END, type_name[i], &first);
		if (!err && i == 0)
			err = execmem_window(s, at, FALLBACK_START, FALLBACK_END,
					     "execmem fallback", &first);
	}
	return survey_report_fault(s, err, "unreadable", "execmem_info", s->res[INFO].addr);
}

const struct surveyor survey_execmem = {
	.name = "execmem",
	.what = VMATLAS_SURVEY_DECLARED,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = execmem_run,
};
