/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: allocations that failed. The log says that one did, the ledger whether the
 * space is full still and what fills it, the kernel's counters whether RAM is: address
 * space, RAM and limits are told apart.
 * Not on the plugin contract: it judges messages of the log and asks where requests would have gone.
 */
#include <inttypes.h>
#include <string.h>

#include "inspect/alloc_failure.h"
#include "map/format.h"
#include "base/range.h"

/* ---- Words ---- */

static void report_when(const struct alloc_failure *s, struct str *out)
{
	if (!s->has_time)
		return;
	str_addf(out, "[%" PRIu64 ".%06" PRIu64 "]", s->first_nsec / 1000000000,
		 s->first_nsec % 1000000000 / 1000);
	if (s->nr > 1)
		str_addf(out, " to [%" PRIu64 ".%06" PRIu64 "]", s->last_nsec / 1000000000,
			 s->last_nsec % 1000000000 / 1000);
	str_addf(out, " ");
}

void shortage_report_log(const struct alloc_failure *s, struct evidence *evidence)
{
	_cleanup_(str_done) struct str when = { 0 };

	report_when(s, &when);
	evidence_number(evidence, "log", s->nr, "%" PRIu64 "x %s\"%s\"", s->nr, str_text(&when),
			s->text);
	if (s->suppressed)
		evidence_number(evidence, "silent", s->suppressed,
				"at least %" PRIu64 " more, which the kernel suppressed",
				s->suppressed);
	if (s->largest)
		evidence_size(evidence, "asked", s->smallest, "%s%s%s", fmt_size(s->smallest).s,
			      s->largest > s->smallest ? " to " : "",
			      s->largest > s->smallest ? fmt_size(s->largest).s : "");
	if (s->asked_by[0])
		evidence_text(evidence, "asked by", "%s%s%s", s->asked_by,
			      s->through[0] ? ", through " : "", s->through);
}

/* ---- Address space ---- */

#define LITTLE KIB(128)		/* a hole of less is none */
#define MAX_ALIGN GIB(1)

/* Where in @s an allocation may lie: modules of x86-64 not at its beginning. */
static struct vmatlas_range window_of(const struct shortage_case *c, const struct space_usage *s)
{
	struct vmatlas_range w = s->pub.range;
	uint64_t offset;

	if (s->pub.region->kind != VMATLAS_KIND_MODULE_SPACE)
		return w;
	offset = module_window_offset(c->atlas->kernel);
	if (offset < vmatlas_range_size(&w))
		w.first += offset;
	return w;
}

/* The most of a hole that an allocation gets which must begin at a multiple of @align. */
static uint64_t alloc_failure_room_in(struct vmatlas_range w, struct vmatlas_range hole,
				      uint64_t align)
{
	const uint64_t at = align_up(MAX(hole.first, w.first), align);
	const uint64_t last = MIN(hole.last, w.last);

	return at >= hole.first && at <= last ? last - at + 1 : 0;
}

static uint64_t hole(const struct shortage_case *c, const struct space_usage *s, uint64_t align)
{
	const struct vmatlas_range w = window_of(c, s), purged = s->pub.largest_purged;
	uint64_t best = 0;

	for (size_t i = 0; i < s->holes.nr; i++)
		best = MAX(best, alloc_failure_room_in(w, s->holes.v[i], align));
	if (range_valid(purged) && range_holds(w, purged))
		best = MAX(best, alloc_failure_room_in(w, purged, align));
	return best;
}

/*
 * The strictest that @size may have to be aligned: ioremap() wants its size rounded up
 * (mm/vmalloc.c: __get_vm_area_node, up to IOREMAP_MAX_ORDER, a GiB at most). @size is
 * with or without the guard page.
 */
static uint64_t alignment_of(const struct shortage_case *c, uint64_t size)
{
	const uint64_t page = 1ull << c->atlas->kernel->page_shift;
	uint64_t align = page;

	while (align < MAX_ALIGN && align + page < size)
		align *= 2;
	return align;
}

static bool is_full_for(const struct shortage_case *c, const struct space_usage *s,
			uint64_t size)
{
	return hole(c, s, 1) < LITTLE || hole(c, s, alignment_of(c, size)) < size;
}

bool shortage_is_for_code(const struct alloc_failure *s)
{
	return !strncmp(s->through, "module_alloc", 12) || !strncmp(s->through, "execmem_", 8) ||
	       !strncmp(s->through, "bpf_jit_", 8);
}

/* The backtrace stands below the second message about the same failure. */
const struct alloc_failure *shortage_with_trace(const struct shortage_case *c,
						const struct alloc_failure *s)
{
	for (size_t i = 0; i < c->all->v.nr && !s->asked_by[0]; i++) {
		const struct alloc_failure *other = &c->all->v.v[i];

		if (other != s && other->kind == FAILURE_SPACE && other->asked_by[0] &&
		    other->last_nsec >= s->first_nsec &&
		    other->last_nsec <= s->last_nsec + 1000000000)
			return other;
	}
	return s;
}

static const struct space_usage *space_of_range(const struct shortage_case *c,
						 struct vmatlas_range range)
{
	const struct space_usage *best = NULL;

	for (size_t i = 0; i < c->atlas->space_accounts->spaces.nr; i++) {
		const struct space_usage *s = c->atlas->space_accounts->spaces.v[i];

		if (range_overlaps(s->pub.range, range) &&
		    (!best || vmatlas_range_size(&s->pub.range) <
			      vmatlas_range_size(&best->pub.range)))
			best = s;
	}
	return best;
}

/*
 * Which space a message is about: the range that it names, else what the backtrace went
 * through, else the one that is full. NULL: it cannot be told.
 */
static const struct space_usage *space_of(const struct shortage_case *c,
					   const struct alloc_failure *s, const char **ret_how)
{
	const struct alloc_failure *trace = shortage_with_trace(c, s);
	const struct space_usage *vmalloc = space_usage(c->atlas, VMATLAS_KIND_VMALLOC_SPACE);
	const struct space_usage *code = space_usage(c->atlas, VMATLAS_KIND_MODULE_SPACE);

	*ret_how = "the message names the range";
	if (s->has_range)
		return space_of_range(c, s->range);
	*ret_how = "the only space that such areas come from";
	if (!code || !vmalloc)
		return vmalloc ? vmalloc : code;
	*ret_how = "more was asked for than module space has";
	if (s->largest > vmatlas_range_size(&code->pub.range))
		return vmalloc;
	*ret_how = "by the backtrace";
	/* 32-bit ARM looks in module space in silence, then in vmalloc space: module_alloc() */
	if (shortage_is_for_code(trace) && !c->atlas->kernel->arch->module_fallback)
		return code;
	if (trace->through[0] || trace->asked_by[0])
		return vmalloc;
	*ret_how = "the message does not say which space; it is the one that is full";
	if (is_full_for(c, vmalloc, s->smallest) != is_full_for(c, code, s->smallest))
		return is_full_for(c, vmalloc, s->smallest) ? vmalloc : code;
	*ret_how = "the message does not say which space";
	return is_full_for(c, vmalloc, s->smallest) ? vmalloc : NULL;
}

static bool alloc_failure_is_reported(struct shortage_case *c,
				      const struct space_usage *s)
{
	for (size_t i = 0; i < c->nr_reported; i++)
		if (c->told[i] == s)
			return true;
	if (c->nr_reported < ARRAY_SIZE(c->told))
		c->told[c->nr_reported++] = s;
	return false;
}

/* Advice only where it works: vmalloc= is read by 32-bit CPUs alone. */
static const char *alloc_failure_advice_for(const struct shortage_case *c,
					    const struct space_usage *s)
{
	const bool is_code = s && s->pub.region->kind == VMATLAS_KIND_MODULE_SPACE;

	if (is_code)
		return "find what fills it (allocated by) and unload modules or programs; its size "
		       "is built in, and \"vmalloc=\" does not change it";
	if (c->atlas->kernel->arch->has_vmalloc_option)
		return "find what fills it (allocated by): a leak comes back; if it is all needed, "
		       "give the kernel a larger vmalloc=, which takes it from lowmem";
	return "find what fills it (allocated by): a leak, or windows far too large; \"vmalloc=\" has "
	       "no effect on this CPU";
}

/* Tests ask for alignments up to half of all addresses: lib/test_vmalloc.c. */
static bool asks_for_alignment(const struct alloc_failure *trace)
{
	return strstr(trace->asked_by, "align") != NULL;
}

/*
 * Was there surely room, or may the message mean something else? Then why it failed is
 * not known: an alignment or a window of its own, memory for the record. Half of a space
 * that is far larger than RAM does not fill and empty again.
 */
static bool had_room(const struct shortage_case *c, const struct space_usage *space,
		     const struct alloc_failure *s, const struct alloc_failure *trace)
{
	const uint64_t size = vmatlas_range_size(&space->pub.range);
	uint64_t ram = c->ram_known ? c->ram.total << c->atlas->kernel->page_shift : 0;

	if (s->is_vague || asks_for_alignment(trace))
		return true;
	if (s->has_range && vmatlas_range_size(&s->range) < size / 2)
		return true;
	return hole(c, space, 1) > size / 2 && size > GIB(64) && (!ram || size / 64 > ram);
}

/* The most that the window which the message names has in one piece. */
static uint64_t room_in_range(const struct space_usage *space, struct vmatlas_range w)
{
	uint64_t best = 0;

	for (size_t i = 0; i < space->holes.nr; i++)
		best = MAX(best, alloc_failure_room_in(w, space->holes.v[i], 1));
	return best;
}

static void report_unexplained(struct shortage_case *c, const struct alloc_failure *s,
			       const struct space_usage *space,
			       const struct alloc_failure *trace)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	const uint64_t room = s->has_range ? room_in_range(space, s->range)
					   : hole(c, space, 1);

	shortage_report_log(s, &evidence);
	if (trace != s)
		shortage_report_log(trace, &evidence);
	if (s->has_range)
		evidence_text(&evidence, "window", "%s", fmt_range(c->atlas, s->range).s);
	evidence_text(&evidence, "room", "%s in one piece now, in %s of %s", fmt_size(room).s,
		 space->pub.region->name,
		 fmt_size(vmatlas_range_size(&space->pub.range)).s);
	evidence_text(&evidence, "may be", "a very large alignment%s, a window of its own, or no "
		 "memory for the record: the message is the same",
		 asks_for_alignment(trace) ? " (who asked has it in its name)" : "");
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_NOTE,
		.code = "va-exhausted", .where = &space->pub.range,
		EVIDENCE(&evidence),
		.advice = "look at what the caller asked for: its alignment, and the range",
	}, "a request for %s of address space was refused, not known why: %s has %s in one "
	   "piece", fmt_size(s->smallest ? s->smallest : s->largest).s,
		space->pub.region->name, fmt_size(room).s);
}

static struct vmatlas_error *report_space(struct shortage_case *c,
					  const struct alloc_failure *s,
					  const struct space_usage *space,
					  const char *how)
{
	const struct alloc_failure *trace = shortage_with_trace(c, s);
	const struct vmatlas_range window = window_of(c, space);
	const bool full = is_full_for(c, space, s->smallest);
	const bool unexplained = !full && had_room(c, space, s, trace);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	struct vmatlas_error *err;

	shortage_report_log(s, &evidence);
	if (trace != s)
		shortage_report_log(trace, &evidence);
	evidence_text(&evidence, "space", "%s: %s", space->pub.region->name, how);
	if (window.first != space->pub.range.first)
		evidence_addr(&evidence, "window", window.first, "from %s on: this boot loads no "
			      "module below (module_load_offset)",
			      fmt_addr(c->atlas, window.first).s);
	if (unexplained)
		report_unexplained(c, s, space, trace);
	if (unexplained)
		return NULL;
	err = space_evidence(c->atlas, space, SHORTAGE_TOP, &evidence);
	if (err)
		return err;
	ctx_report(c->job,
			   &(struct vmatlas_finding_desc){
				   
				   .severity = full ? VMATLAS_SEVERITY_ERROR
						    : VMATLAS_SEVERITY_WARNING,
				   .code = "va-exhausted",
				   .where = &space->pub.range,
				   EVIDENCE(&evidence),
				   .advice = alloc_failure_advice_for(c, space),
			   },
			   full ? "%s is full: %s of address space %s not found, and the "
				  "largest hole is %s"
				: "%s had no hole of %s then (nothing is known of an "
				  "alignment): it %s not found; now the largest hole is %s",
			   space->pub.region->name,
			   fmt_size(s->smallest ? s->smallest : s->largest).s,
			   s->nr + s->suppressed > 1 ? "and more were" : "was",
			   fmt_size(hole(c, space, 1)).s);
	return NULL;
}

/* No ledger, or a range that no space of it has: what the log says stands alone. */
static void report_unplaced(struct shortage_case *c, const struct alloc_failure *s)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	shortage_report_log(s, &evidence);
	if (s->has_range)
		evidence_range(&evidence, "range", s->range, "%s",
			       fmt_range(c->atlas, s->range).s);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "va-exhausted", .where = s->has_range ? &s->range : NULL,
		EVIDENCE(&evidence),
		.advice = "vmatlas usage shows the spaces; a dump taken at that moment would "
			  "show what filled one",
	}, "address space ran out, but %s",
		c->atlas->space_accounts ? "the message does not say in which space, and none is full now"
				 : "free space was not surveyed");
}

/* Reported with the message it explains. */
bool shortage_is_explained(const struct shortage_case *c, const struct alloc_failure *s)
{
	for (size_t i = 0; i < c->all->v.nr; i++)
		if (shortage_with_trace(c, &c->all->v.v[i]) == s && &c->all->v.v[i] != s &&
		    c->all->v.v[i].kind == FAILURE_SPACE)
			return true;
	return false;
}

static struct vmatlas_error *judge_space(struct shortage_case *c, const struct alloc_failure *s)
{
	const struct space_usage *space = NULL;
	const char *how = "";

	if (shortage_is_explained(c, s))
		return NULL;
	if (c->atlas->space_accounts)
		space = space_of(c, s, &how);
	if (!space) {
		report_unplaced(c, s);
		return NULL;
	}
	return alloc_failure_is_reported(c, space) ? NULL
						   : report_space(c, s, space, how);
}

/* ---- All of them ---- */

static struct vmatlas_error *alloc_failure_check(struct shortage_case *c)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < c->all->v.nr && !err; i++) {
		const struct alloc_failure *s = &c->all->v.v[i];

		if (s->kind == FAILURE_CALLER)
			shortage_report_caller(c, s);
		else if (shortage_is_limit(c, s))
			shortage_report_limit(c, s);
		else if (s->kind != FAILURE_RAM)
			err = judge_space(c, s);
		else if (!c->reported_ram)
			err = shortage_report_ram(c, s);
	}
	return err || c->reported_ram ? err : shortage_report_silent_ram(c);
}

/*
 * All that is judged by the log is judged as far as it goes. A record that was being written
 * is no news; one that nobody writes like that is.
 */
static void cover_log(struct vmatlas_plugin_ctx *job, const struct printk_log *log)
{
	if (log->is_partial)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, "kernel log",
				     "some of its pages are not in the dump");
	if (log->nr_damaged)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, "kernel log",
				     "%" PRIu64 " of its records make no sense, %zu do; what they "
				     "said is not judged", log->nr_damaged, log->records.nr);
}

static struct vmatlas_error *alloc_failure_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(alloc_failures_free) struct alloc_failures all = { 0 }, saved = { 0 };
	struct shortage_case c = { .job = job, .atlas = atlas, .all = &all };
	const struct printk_log *log = NULL;
	struct vmatlas_error *err;

	if (atlas->saved_log) {
		err = alloc_failures_find(atlas->saved_log, &saved);
		if (err)
			return err;
	}
	if (!atlas->kernel) {
		c.all = &saved;
		if (atlas->saved_log)
			shortage_check_log(&c);
		return NULL;
	}
	err = kernel_log(atlas->kernel, &log);
	if (err && (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND) ||
		    error_is(err, VMATLAS_ERROR_UNSUPPORTED))) {
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_SKIPPED, "failed allocations",
				     "because the log is not there: %s", vmatlas_error_message(err));
		vmatlas_error_free(take(err));
	}
	if (!err && log) {
		cover_log(job, log);
		err = alloc_failures_find(log, &all);
	}
	if (!err)
		err = alloc_failures_merge(&all, &saved);
	if (!err)
		err = shortage_count_ram(&c);
	return err ? err : alloc_failure_check(&c);
}

const struct vmatlas_plugin inspector_alloc_failure = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "shortage",
	.summary = "allocations that failed: address space, RAM or a limit",
	.inspect = alloc_failure_inspect,
};
