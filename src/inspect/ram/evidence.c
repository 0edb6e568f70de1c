/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the RAM inspector says. Physical ranges with their last byte, as
 * /proc/iomem; limits of the address space with an exclusive end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspect/ram/ram.h"
#include "base/range.h"

/* "0x17000000-0x1bffffff" */
static struct fmt_buf phys(struct vmatlas_range r)
{
	struct fmt_buf w;

	snprintf(w.s, sizeof(w.s), "0x%08" PRIx64 "-0x%08" PRIx64, r.first, r.last);
	return w;
}

/* ---- Evidence ---- */

static void ram_report_lost(const struct ram_case *c, const char *label, struct evidence *s)
{
	const struct arm_lowmem_result *a = &c->a;

	for (size_t i = 0; i < a->nr_lost; i++)
		evidence_phys_range(s, i ? "" : label, a->lost[i], "physical %s, %s",
				    phys(a->lost[i]).s,
				    fmt_size(vmatlas_range_size(&a->lost[i])).s);
	if (!a->nr_lost)
		evidence_size(s, label, a->lost_bytes, "%s; where it lies is not known",
			      fmt_size(a->lost_bytes).s);
}

static void report_reserve(const struct ram_case *c, struct evidence *s)
{
	const struct arm_lowmem_result *a = &c->a;
	const char *gap = a->gap ? " - 8 MiB gap" : "";

	if (a->unexplained)
		evidence_text(s, "why", "lowmem ends as with vmalloc=%s, by VMALLOC_END - %s%s; by the "
			 "command line it could reach 0x%08" PRIx64 ", so that is not what the "
			 "kernel was started with (a boot loader's, CONFIG_CMDLINE), or the "
			 "platform has a limit of its own", ram_param(a->reserve).s,
			 fmt_size(a->reserve).s, gap, a->limit_by_rule);
	else if (a->reserve_implied)
		evidence_text(s, "why", "the command line is unknown, but lowmem ends as with "
			 "vmalloc=%s: by VMALLOC_END - %s%s",
			 ram_param(a->reserve).s, fmt_size(a->reserve).s, gap);
	else if (c->q.has_param)
		evidence_text(s, "why", "vmalloc=%s: lowmem must end by VMALLOC_END - %s%s",
			 ram_param(c->q.param).s, fmt_size(a->reserve).s, gap);
	else
		evidence_text(s, "why", "%s: lowmem must end by VMALLOC_END - %s%s",
			 c->command_line ? "no vmalloc=, so the default"
					 : "the default, if no vmalloc= was given",
			 fmt_size(a->reserve).s, gap);
	if (a->param_clamped)
		evidence_text(s, "",
			 "(the kernel accepts 16 MiB at least, and leaves 32 MiB of "
			 "lowmem: %s it is)",
			 fmt_size(a->reserve).s);
}

static void report_arithmetic(const struct ram_case *c, struct evidence *s)
{
	const struct arm_lowmem_result *a = &c->a;
	char gap[32] = "";

	if (!a->layout_known) {
		if (a->reserve)
			evidence_text(s, "why",
				 "%s %s reserved for vmalloc; what is lost begins "
				 "where lowmem had to end",
				 fmt_size(a->reserve).s,
				 c->q.has_param ? "(vmalloc=) is" : "(the default) is");
		evidence_text(s, a->reserve ? "" : "why", c->lowmem && !c->vmalloc
			 ? "VMALLOC_END was the platform's: only the table of its boot "
			   "log can tell (--boot-log FILE)"
			 : "PAGE_OFFSET and VMALLOC_END are not known "
			   "without a layout table or a dump");
		return;
	}
	if (!a->limit_known) {
		evidence_addr(s, "why", c->q.lowmem_end,
			 "lowmem ends at 0x%08" PRIx64 ", which no rule we know explains "
			 "(VMALLOC_END 0x%08" PRIx64 ", reserve %s)",
			 c->q.lowmem_end, c->q.vmalloc_end, fmt_size(a->reserve).s);
		return;
	}
	if (a->layout_implied)
		evidence_text(s, "split", "PAGE_OFFSET 0x%08" PRIx64 ", for there the limit is where "
			 "the lost RAM begins, counted from the start of RAM",
			 c->q.page_offset);
	report_reserve(c, s);
	if (a->gap)
		snprintf(gap, sizeof(gap), " - 0x%08" PRIx64, a->gap);
	evidence_addr(s, "", a->limit, "0x%08" PRIx64 " - 0x%08" PRIx64 "%s = 0x%08" PRIx64
		      "; lowmem is 0x%08" PRIx64 "-0x%08" PRIx64, c->q.vmalloc_end, a->reserve,
		      gap, a->limit, c->q.page_offset, c->q.lowmem_end);
	if (a->has_need)
		evidence_addr(s, "", a->need_end, "all RAM would need lowmem up to 0x%08" PRIx64,
			      a->need_end);
	evidence_text(s, "rule",
		 a->rule == RAM_GAP_ADDED
			 ? "the 8 MiB gap comes on top of vmalloc= (5.14 and later%s%s)"
			 : "the 8 MiB gap below vmalloc space is part of vmalloc= "
			   "(before 5.14%s%s)",
		 c->facts && c->facts->rule_from ? "; seen by " : "",
		 c->facts && c->facts->rule_from ? c->facts->rule_from : "");
}

static void report_logs(const struct ram_case *c, struct evidence *s)
{
	bool any = false;

	for (size_t i = 0; i < c->nr_logs; i++) {
		const struct bootlog *log = c->logs[i];

		for (size_t j = 0; j < log->cuts.nr; j++, any = true)
			evidence_text(s, any ? "" : "log", "%s:%" PRIu32 " \"%s\"", log->name,
				 log->cuts.v[j].line, log->cuts.v[j].text);
		for (size_t j = 0; j < log->remarks.nr && j < 4; j++, any = true)
			evidence_text(s, any ? "" : "log", "%s:%" PRIu32 " \"%s\"", log->name,
				 log->remarks.v[j].line, log->remarks.v[j].text);
		if (log->memory_at && c->a.verdict != RAM_IN_HIGHMEM) {
			evidence_size(s, any ? "" : "log", log->memory_total,
				 "%s:%" PRIu32 " memory in all: %s", log->name, log->memory_at,
				 fmt_size(log->memory_total).s);
			any = true;
		}
	}
	if (c->a.log_disagrees)
		evidence_text(s, "", "the log names other bytes than the installed RAM gives");
}

/* The words of the command line that matter, as they stand there. */
static void report_command_line(const struct ram_case *c, struct evidence *s)
{
	static const char *const names[] = { "vmalloc=", "mem=" };
	_cleanup_(str_done) struct str words = { 0 };

	if (!c->command_line) {
		evidence_text(s, "command line", "unknown");
		return;
	}
	for (const char *w = c->command_line; *w;) {
		size_t len = strcspn(w, " ");

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (!strncmp(w, names[i], strlen(names[i])))
				str_addf(&words, "%.*s ", (int)len, w);
		w += len + (w[len] == ' ');
	}
	evidence_text(s, "command line", "%s(%s)", words.len ? str_text(&words)
							: "neither vmalloc= nor mem= ",
		 c->command_line_from);
}

static void report_fact_ranges(const struct ram_case *c, enum ram_role role,
			       const char *label, struct evidence *s)
{
	size_t nr = 0;

	for (size_t i = 0; c->facts && i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		if (f->role == role && nr++ < 8)
			evidence_phys_range(s, nr == 1 ? label : "", f->phys,
				 "%s, %s: %s, by %s", phys(f->phys).s,
				 fmt_size(vmatlas_range_size(&f->phys)).s, f->name,
				 f->source);
	}
}

static void report_installed(const struct ram_case *c, struct evidence *s)
{
	size_t nr = MIN(c->installed.nr, (size_t)8);

	for (size_t i = 0; i < nr; i++)
		evidence_phys_range(s, i ? "" : "installed", c->installed.v[i],
			 "%s, %s (%s)", phys(c->installed.v[i]).s,
			 fmt_size(vmatlas_range_size(&c->installed.v[i])).s,
			 c->installed_from);
	if (!nr && c->q.told_size)
		evidence_size(s, "installed", c->q.told_size, "%s (%s)", fmt_size(c->q.told_size).s,
			 c->installed_from);
	else if (!nr && c->a.lost_from_log && c->a.layout_known)
		evidence_size(s, "installed", c->a.installed_bytes, "%s by the log: lowmem and what was cut off",
			 fmt_size(c->a.installed_bytes).s);
	report_fact_ranges(c, RAM_SYSTEM, "used", s);
}

/* Why nobody knows how much RAM there is. */
static void report_silences(const struct ram_case *c, struct evidence *s)
{
	for (size_t i = 0; c->facts && i < c->facts->silences.nr; i++)
		evidence_text(s, "unknown", "%s: %s", c->facts->silences.v[i].subject,
			 c->facts->silences.v[i].why);
	report_fact_ranges(c, RAM_DESCRIBED, "at most", s);
}

static bool in_lost(const struct ram_case *c, struct vmatlas_range r)
{
	for (size_t i = 0; i < c->a.nr_lost; i++)
		if (range_overlaps(c->a.lost[i], r))
			return true;
	return false;
}

/* An initrd in lost RAM means a kernel without its root file system. */
static void report_inside(const struct ram_case *c, struct evidence *s)
{
	size_t nr = 0;

	if (!c->a.nr_lost)
		return;
	for (size_t i = 0; c->facts && i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		if ((f->role == RAM_RESERVED || f->role == RAM_OCCUPIED) &&
		    in_lost(c, f->phys) && nr++ < 8)
			evidence_phys_range(s, nr == 1 ? "inside" : "", f->phys,
				 "%s %s, by %s", f->name,
				 phys(f->phys).s, f->source);
	}
	for (size_t i = 0; i < c->nr_logs; i++)
		for (size_t j = 0; j < c->logs[i]->places.nr; j++) {
			const struct bootlog_place *p = &c->logs[i]->places.v[j];

			if (in_lost(c, p->phys) && nr++ < 8)
				evidence_phys_range(s, nr == 1 ? "inside" : "", p->phys,
					 "%s %s, by %s:%" PRIu32, p->name,
					 phys(p->phys).s, c->logs[i]->name, p->line);
		}
	if (!nr)
		evidence_text(s, "inside",
			 "initrd, CMA, reserved memory: none %s in the lost range",
			 c->facts ? "is" : "is known to be");
}

/* ---- Findings ---- */

static void ram_report(struct ram_case *c, uint32_t severity, const char *code,
		       const struct evidence *evidence, const char *advice,
		       const char *message)
{
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = severity, .code = code,
		EVIDENCE(evidence), .advice = advice,
	}, "%s", message);
}

static void of_installed(const struct ram_case *c, struct str *s)
{
	str_addf(s, "%s", fmt_size(c->a.lost_bytes).s);
	if (c->a.installed_bytes)
		str_addf(s, " of %s", fmt_size(c->a.installed_bytes).s);
	str_addf(s, " RAM");
}

void ram_report_ignored(struct ram_case *c)
{
	_cleanup_(str_done) struct str message = { 0 }, advice = { 0 };
	_cleanup_(evidence_done) struct evidence s = { 0 };

	of_installed(c, &message);
	str_addf(&message, c->q.words == RAM_WORDS_ABOVE
		 ? " is not used by this kernel: it lies above lowmem, and there is no HIGHMEM"
		 : " is not used by this kernel: lowmem would run into the vmalloc "
		   "reservation (formerly reported as \"vmalloc region overlap\")");
	ram_report_lost(c, "lost", &s);
	report_arithmetic(c, &s);
	report_logs(c, &s);
	report_command_line(c, &s);
	report_installed(c, &s);
	report_inside(c, &s);
	ram_report_choices(c, &s);
	ram_advise(&c->a, &advice);
	ram_report(c, VMATLAS_SEVERITY_WARNING, "ram-ignored", &s, str_text(&advice),
		   str_text(&message));
}

/* What firmware keeps for itself of the RAM that is not used, by name. */
static void report_reserved_apart(const struct ram_case *c, struct evidence *s)
{
	size_t nr = 0;

	for (size_t i = 0; c->facts && i < c->facts->facts.nr; i++) {
		const struct ram_fact *f = &c->facts->facts.v[i];

		for (size_t j = 0; j < c->logged.nr && f->role == RAM_RESERVED && f->no_map; j++)
			if (range_overlaps(c->logged.v[j], f->phys) && nr++ < 8)
				evidence_text(s, nr == 1 ? "no-map" : "", "%s %s, by %s", f->name,
					 phys(f->phys).s, f->source);
	}
}

/* Why it was not the reservation: where that would have cut. */
static void report_not_vmalloc(const struct ram_case *c, struct evidence *s)
{
	const struct arm_lowmem_result *a = &c->a;

	if (a->layout_known && a->limit_known)
		evidence_text(s, "not it", "the vmalloc reservation: it would cut at 0x%08" PRIx64
			 ", and lowmem ends %s below, at 0x%08" PRIx64, a->limit,
			 fmt_size(a->limit - c->q.lowmem_end).s, c->q.lowmem_end);
	else if (c->q.has_ram_start && c->logged.nr)
		evidence_text(s, "not it", "the vmalloc reservation, if %s: with RAM from 0x%08" PRIx64
			 " on, no PAGE_OFFSET (VMSPLIT_3G, 3G_OPT, 2G, 1G) has its limit at "
			 "0x%08" PRIx64, c->command_line ? "the command line is as printed"
							  : "no vmalloc= was given",
			 c->q.ram_start, c->logged.v[0].first);
	else
		evidence_text(s, "unknown", "where RAM begins, and the layout: so it cannot be told "
			 "whether the vmalloc reservation cut there");
}

static const char *otherwise_advice(const struct ram_case *c)
{
	switch (c->a.verdict) {
	case RAM_RESERVED_APART:
		return "nothing: the memory is the firmware's or a device's. vmalloc= would not "
		       "change it";
	case RAM_ROUNDED:
		return "nothing, or move the boundary to a multiple of 2 MiB";
	case RAM_MISALIGNED:
		return "let the memory node, or the reserved region, begin and end at a multiple "
		       "of 2 MiB, or use a kernel with HIGHMEM";
	default:
		return "look for a no-map region in /reserved-memory of the device tree, for "
		       "mem= on the command line, and for banks that are no multiple of 2 MiB";
	}
}

static void otherwise_message(const struct ram_case *c, struct str *m)
{
	switch (c->a.verdict) {
	case RAM_RESERVED_APART:
		str_addf(m, "the RAM that the kernel ignored is reserved by firmware (no-map): "
			 "not RAM of this kernel, and nothing is lost");
		break;
	case RAM_ROUNDED:
		of_installed(c, m);
		str_addf(m, " is lost to rounding: RAM ends within 2 MiB, and lowmem is mapped in "
			 "whole ones");
		break;
	case RAM_MISALIGNED:
		of_installed(c, m);
		str_addf(m, " is not used by this kernel: a bank of RAM begins or ends at "
			 "0x%08" PRIx64 ", within 2 MiB, and what follows is cut off",
			 c->a.misaligned);
		break;
	default:
		of_installed(c, m);
		str_addf(m, " is not used by this kernel, not known why");
	}
}

void ram_report_otherwise(struct ram_case *c)
{
	_cleanup_(evidence_done) struct evidence s = { 0 };
	_cleanup_(str_done) struct str message = { 0 };

	if (c->a.verdict == RAM_LOST_OTHERWISE && !c->logged.nr)
		return;				/* a line of coverage */
	otherwise_message(c, &message);
	if (c->a.verdict != RAM_RESERVED_APART)
		ram_report_lost(c, "lost", &s);
	report_not_vmalloc(c, &s);
	report_reserved_apart(c, &s);
	report_logs(c, &s);
	report_command_line(c, &s);
	report_installed(c, &s);
	if (c->a.verdict != RAM_RESERVED_APART)
		report_inside(c, &s);
	ram_report(c, c->a.verdict == RAM_MISALIGNED ? VMATLAS_SEVERITY_WARNING
						     : VMATLAS_SEVERITY_NOTE,
		   "ram-ignored", &s, otherwise_advice(c), str_text(&message));
}

void ram_report_highmem(struct ram_case *c)
{
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence s = { 0 };

	of_installed(c, &message);
	str_addf(&message, " is highmem: used, but not permanently mapped");
	ram_report_lost(c, "highmem", &s);
	report_arithmetic(c, &s);
	report_command_line(c, &s);
	report_installed(c, &s);
	ram_report(c, VMATLAS_SEVERITY_NOTE, "ram-in-highmem", &s, "",
		   str_text(&message));
}

void ram_report_at_limit(struct ram_case *c)
{
	_cleanup_(evidence_done) struct evidence s = { 0 };

	report_arithmetic(c, &s);
	report_logs(c, &s);
	report_command_line(c, &s);
	report_installed(c, &s);
	report_silences(c, &s);
	ram_report(
		c, VMATLAS_SEVERITY_NOTE, "lowmem-at-limit", &s,
		"look at the beginning of the boot log for \"Truncating RAM\" or "
		"\"Ignoring "
		"RAM\", and give it with --boot-log",
		"lowmem ends exactly where the vmalloc reservation makes it end, so RAM "
		"may "
		"have been cut off");
}

/* ---- Coverage ---- */

static void report_not_checked(struct ram_case *c)
{
	uint64_t described = 0;
	_cleanup_(str_done) struct str bound = { 0 };

	for (size_t i = 0; c->facts && i < c->facts->facts.nr; i++)
		if (c->facts->facts.v[i].role == RAM_DESCRIBED)
			described += vmatlas_range_size(&c->facts->facts.v[i].phys);
	if (described)
		str_addf(&bound, " (at most %s by the dump's own map)",
			 fmt_size(described).s);
	vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "installed RAM",
			     "because nothing says how much there is%s%s",
			     str_text(&bound),
			     c->command_line ? "" : ", nor which vmalloc= was given");
}

void ram_report_coverage(struct ram_case *c)
{
	const struct arm_lowmem_result *a = &c->a;
	struct fmt_buf size = fmt_size(a->lost_bytes);

	switch (a->verdict) {
	case RAM_ALL_USED:
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_FULL, "RAM",
				     "all %s is lowmem (%s)",
				     fmt_size(a->installed_bytes).s, c->installed_from);
		break;
	case RAM_NOT_CUT:
		vmatlas_ctx_coverage(
			c->job, VMATLAS_COVERAGE_FULL, "RAM", "%s, so nothing was cut off",
			c->q.highmem == RAM_YES ? "the kernel has HIGHMEM"
						: "lowmem ends below its limit");
		break;
	case RAM_IGNORED:
	case RAM_IN_HIGHMEM:
	case RAM_RESERVED_APART:
	case RAM_ROUNDED:
	case RAM_MISALIGNED:
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_FULL, "RAM", "see the finding");
		break;
	case RAM_LOST_OTHERWISE:
		if (c->logged.nr) {
			vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_FULL, "RAM",
					     "see the finding");
			break;
		}
		if (!a->limit_known) {
			vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "RAM",
					     "because %s above lowmem is unused, and no rule we "
					     "know explains where lowmem ends", size.s);
			break;
		}
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "RAM",
				     "because %s above lowmem is unused, though lowmem "
				     "ends %s below its "
				     "limit: not for the vmalloc reservation's sake",
				     size.s, fmt_size(a->limit - c->q.lowmem_end).s);
		break;
	case RAM_AT_LIMIT:
	case RAM_NOT_JUDGED:
		report_not_checked(c);
		break;
	}
}
