/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: the crash itself. The address that the log says a fault was at, and where
 * the CPU was then, are looked up unasked. A note, unless the address lies in what
 * another inspector found something wrong with.
 * Not on the plugin contract: it looks at what the other inspectors found.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "map/describe_addr.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "base/range.h"
#include "kernel/printk/log_events.h"

enum { MAX_TOLD = 4, MAX_CPUS = 8 };

static const char *const access_words[] = {
	[OOPS_ACCESS_UNKNOWN] = "fault at", [OOPS_READ] = "read from",
	[OOPS_WRITE] = "write to", [OOPS_FETCH] = "jump to",
};

/* In one line, what it was; the evidence has it in full. */
static const char *const short_words[] = {
	[ADDR_UNKNOWN] = "no declared region", [ADDR_NULL] = "a NULL pointer",
	[ADDR_POISON] = "a pointer out of freed memory", [ADDR_USER] = "user space",
	[ADDR_NO_ADDRESS] = "no address at all",
	[ADDR_STACK_GUARD] = "the guard page below a stack",
	[ADDR_GUARD] = "a guard page after an area",
	[ADDR_FREED] = "a freed area",
	[ADDR_HOLE] = "a hole in vmalloc space",
	[ADDR_NO_MODULE] = "module space without a module",
	[ADDR_AREA] = "an area in use", [ADDR_REGION] = "a region in use",
};

static const char *crash_advice_for(enum describe_addr what)
{
	switch (what) {
	case ADDR_STACK_GUARD:
		return "look for a deep or endless recursion, or a large array, in the backtrace";
	case ADDR_GUARD:
		return "look for an index or a size that is one too large, in the caller of that "
		       "area";
	case ADDR_FREED:
	case ADDR_HOLE:
		return "look for a pointer that was kept when its memory was given back";
	case ADDR_NO_MODULE:
		return "look for what that module left behind: a timer, a work item, a notifier, "
		       "a callback";
	case ADDR_POISON:
		return "look for a use after free, in slab memory rather than in this map";
	default:
		return "vmatlas log has all that the kernel said; vmatlas addr ADDRESS the rest";
	}
}

static enum describe_addr report_register(struct vmatlas *atlas, const struct oops *o,
					  const char *label,
					  const struct oops_register *r,
					  struct evidence *out)
{
	_cleanup_(str_done) struct str text = { 0 };
	enum describe_addr what = ADDR_UNKNOWN;

	if (!r->known && !r->name[0])
		return what;
	if (!r->known) {
		evidence_text(out, label, "%s", r->name);
		return what;
	}
	what = describe_addr(atlas, r->value, o->unloaded, o->has_stack ? &o->stack : NULL,
			     &text);
	evidence_addr(out, label, r->value, "%s: %s%s%s", fmt_addr(atlas, r->value).s,
		      str_text(&text), r->name[0] ? ", " : "", r->name);
	return what;
}

static void report_log(const struct oops *o, struct evidence *out)
{
	_cleanup_(str_done) struct str when = { 0 };

	if (o->has_time)
		str_addf(&when, "[%" PRIu64 ".%06" PRIu64 "] ", o->nsec / 1000000000,
			 o->nsec % 1000000000 / 1000);
	evidence_text(out, "log", "%s\"%s\"", str_text(&when), o->text);
	if (o->panic[0] && strcmp(o->panic, o->text) != 0)
		evidence_text(out, "panic", "\"%s\"", o->panic);
	if (o->comm[0])
		evidence_number(out, "task", o->pid, "%s, PID %" PRIu64 ", on CPU %" PRIu64,
				o->comm, o->pid, o->cpu);
	if (o->unloaded[0])
		evidence_text(out, "unloaded", "%s was the last module to go", o->unloaded);
}

static const char *const cpu_label[MAX_CPUS] = {
	"CPU note 0", "CPU note 1", "CPU note 2", "CPU note 3",
	"CPU note 4", "CPU note 5", "CPU note 6", "CPU note 7",
};

/* Where each CPU was when the dump was taken, which may be long after. */
static void report_cpus(struct vmatlas *atlas, const struct oops *o, struct evidence *out)
{
	const struct mem_info *info = &atlas->kernel->mem->info;
	const struct vmatlas_range *stack = o->has_stack ? &o->stack : NULL;

	for (size_t i = 0; i < MIN(info->nr_regs, (size_t)MAX_CPUS); i++) {
		const struct mem_regs *r = &info->regs[i];
		const char *name = vmatlas_symbol_name(atlas, r->pc);
		_cleanup_(str_done) struct str text = { 0 };

		if (!kernel_is_pointer(atlas->kernel, r->pc))
			continue;	/* user space */
		if (strncmp(name, "0x", 2) != 0)
			str_addf(&text, "%s", name);
		else
			describe_addr(atlas, r->pc, o->unloaded, NULL, &text);
		str_addf(&text, "; sp %s: ", fmt_addr(atlas, r->sp).s);
		describe_addr(atlas, r->sp, o->unloaded, stack, &text);
		evidence_addr(out, cpu_label[i], r->pc, "pc %s: %s", fmt_addr(atlas, r->pc).s,
			      str_text(&text));
	}
}

/* What another inspector said about where the fault was. */
static const struct vmatlas_finding *finding_at(const struct vmatlas *atlas, uint64_t addr)
{
	for (size_t i = 0; i < atlas->findings.nr; i++) {
		const struct vmatlas_finding *f = &atlas->findings.v[i].pub;

		if (f->severity > VMATLAS_SEVERITY_NOTE && range_valid(f->range) &&
		    range_has(f->range, addr) && strcmp(f->code, "va-exhausted") != 0)
			return f;
	}
	return NULL;
}

static void report_message(const struct vmatlas *atlas, const struct oops *o,
			   enum describe_addr what, enum describe_addr sp,
			   struct str *out)
{
	if (o->comm[0])
		str_addf(out, "in %s (PID %" PRIu64 "): ", o->comm, o->pid);
	if (o->is_kasan)
		str_addf(out, "%s", o->text + strlen("BUG: "));
	if (o->is_kasan && o->fault.known)
		str_addf(out, ": %s %s, %s", access_words[o->access],
			 fmt_addr(atlas, o->fault.value).s, short_words[what]);
	else if (o->is_kasan)
		return;
	else if (o->is_stack && sp == ADDR_STACK_GUARD && !o->fault.known)
		str_addf(out, "stack pointer %s is in %s", fmt_addr(atlas, o->sp.value).s,
			 short_words[sp]);
	else if (o->fault.known)
		str_addf(out, "%s %s, %s", access_words[o->access],
			 fmt_addr(atlas, o->fault.value).s, short_words[what]);
	else
		str_addf(out, "%s", o->text);
}

static void crash_report(struct vmatlas_plugin_ctx *job, const struct oops *o,
			 bool is_last)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_finding *other = NULL;
	_cleanup_(str_done) struct str message = { 0 };
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	enum describe_addr what, sp;

	report_log(o, &evidence);
	what = report_register(atlas, o, "address", &o->fault, &evidence);
	report_register(atlas, o, "pc", &o->pc, &evidence);
	report_register(atlas, o, "lr", &o->lr, &evidence);
	sp = report_register(atlas, o, "sp", &o->sp, &evidence);
	if (is_last)
		report_cpus(atlas, o, &evidence);
	if (o->fault.known)
		other = finding_at(atlas, o->fault.value);
	if (other)
		evidence_text(&evidence, "see", "%s: %s", other->code, other->message);
	report_message(atlas, o, what, sp, &message);
	ctx_report(
		job,
		&(struct vmatlas_finding_desc){
			.severity =
				other ? VMATLAS_SEVERITY_WARNING : VMATLAS_SEVERITY_NOTE,
			.code = "crash",
			EVIDENCE(&evidence),
			.advice = o->is_kasan
					  ? "vmatlas log has KASAN's report: who "
					    "allocated that memory "
					    "and who freed it"
					  : crash_advice_for(
						    o->is_stack && sp == ADDR_STACK_GUARD
							    ? sp
							    : what),
		},
		"%s", str_text(&message));
}

/* A saved log and no dump: its words, and the regions that its table has. */
static void crash_report_saved(struct vmatlas_plugin_ctx *job, const struct oops *o)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	report_log(o, &evidence);
	if (o->fault.known)
		evidence_text(&evidence, "address", "0x%" PRIx64 "", o->fault.value);
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (o->fault.known && c->flags & VMATLAS_CLAIM_PRIMARY &&
		    range_has(c->range, o->fault.value))
			evidence_text(&evidence, "region", "%s, %s", c->name,
				 fmt_range(atlas, c->range).s);
	if (o->pc.name[0])
		evidence_text(&evidence, "pc", "%s", o->pc.name);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE, .code = "crash",
		EVIDENCE(&evidence),
		.advice = "a dump of that moment has the areas: vmatlas looks the addresses up "
			  "in it",
	}, "%s", o->text);
}

static struct vmatlas_error *crash_inspect_saved(struct vmatlas_plugin_ctx *job)
{
	_cleanup_(oopses_free) struct oopses all = { 0 };
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	struct vmatlas_error *err = NULL;

	if (atlas->saved_log)
		err = oopses_find(atlas->saved_log, &all);
	for (size_t i = 0; !err && i < all.v.nr; i++)
		if (i + 1 < MAX_TOLD || i + 1 == all.v.nr)
			crash_report_saved(job, &all.v.v[i]);
	return err;
}

/* A panic that somebody asked for, or a watchdog's, has no address to look up. */
static bool has_address(const struct oops *o)
{
	return o->fault.known || o->pc.known || o->pc.name[0] || o->sp.known;
}

static struct vmatlas_error *crash_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(oopses_free) struct oopses all = { 0 };
	const struct printk_log *log = NULL;
	struct vmatlas_error *err;

	if (!atlas->kernel)
		return crash_inspect_saved(job);
	err = kernel_log(atlas->kernel, &log);
	if (err && (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND) ||
		    error_is(err, VMATLAS_ERROR_UNSUPPORTED))) {
		vmatlas_error_free(err);	/* who looks for shortages tells it */
		return NULL;
	}
	if (!err)
		err = oopses_find(log, &all);
	/* of many the first, which may have led to the others, and the last */
	for (size_t i = 0; !err && i < all.v.nr; i++)
		if (has_address(&all.v.v[i]) && (i + 1 < MAX_TOLD || i + 1 == all.v.nr))
			crash_report(job, &all.v.v[i], i + 1 == all.v.nr);
	if (!err && all.nr > MAX_TOLD)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, "crashes",
				     "%zu in the log, of which %d are told", all.nr, MAX_TOLD);
	return err;
}

const struct vmatlas_plugin inspector_crash_addr = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "crash",
	.summary = "what the addresses of the crash in the log are",
	.inspect = crash_inspect,
};
