/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocations that failed, by what the kernel said when they did. mm/vmalloc.c if
 * nothing else is said; the words changed often, their meaning did not.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bootlog/bootlog_internal.h"
#include "kernel/printk/log_events.h"

static const struct pattern {
	const char *words;		/* the message has them */
	const char *size_after;		/* a number behind these is the size; or NULL */
	enum alloc_failure_kind kind;
	const char *meaning;
} patterns[] = {
	/* alloc_vmap_area(), since 2.6.28; the range only since 6.11 */
	{ "vmap allocation for size ", "vmap allocation for size ", FAILURE_SPACE,
	  "no hole large enough" },
	{ "vmalloc_node_range for size ", "vmalloc_node_range for size ", FAILURE_SPACE,
	  "no hole large enough" },
	/* __get_vm_area_node(), until 2.6.27 */
	{ "allocation failed: out of vmalloc space", NULL, FAILURE_SPACE,
	  "no hole large enough" },
	/* __vmalloc_node_range(): "vmalloc size N allocation failure: ..." of 5.13 to
	 * 5.15, "vmalloc error: size N, ..." since */
	{ "exceeds total pages", "size ", FAILURE_LIMIT, "more than all of RAM" },
	{ "vm_struct allocation failed", "size ", FAILURE_SPACE, "no hole large enough" },
	{ "page array size", "size ", FAILURE_RAM, "no memory to keep account of pages" },
	{ "failed to allocate pages", "size ", FAILURE_RAM, "no free pages" },
	{ "failed to map pages", "size ", FAILURE_RAM, "no memory for page tables" },
	{ "allocation failure: page order", "size ", FAILURE_RAM, "no free pages" },
	/* the same, 2.6.39 to 5.12 */
	{ "vmalloc: allocation failure, allocated ", " of ", FAILURE_RAM, "no free pages" },
	{ "vmalloc: allocation failure: 0 bytes", NULL, FAILURE_CALLER,
	  "the caller asked for 0 bytes" },
	{ "vmalloc: allocation failure: ", "failure: ", FAILURE_SPACE_OR_LIMIT,
	  "no hole large enough, or more than all of RAM" },
	/* mm/oom_kill.c */
	{ " invoked oom-killer: ", NULL, FAILURE_RAM, "no free pages" },
	/* mm/percpu.c: pcpu_alloc(), and its reasons */
	{ "alloc from reserved chunk failed", "size=", FAILURE_LIMIT,
	  "more than the per-CPU reserve of modules holds" },
	{ "failed to allocate new chunk", "size=", FAILURE_SPACE,
	  "no room for a per-CPU chunk" },
	{ "failed to populate", "size=", FAILURE_RAM, "no free pages" },
	/* kernel/module: percpu_modalloc() */
	{ "Could not allocate ", "Could not allocate ", FAILURE_LIMIT,
	  "more than the per-CPU reserve of modules holds" },
};

static const struct pattern *match(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *at = strstr(text, patterns[i].words);

		if (!at)
			continue;
		if (strstr(patterns[i].words, "page array") && !strstr(text, "vmalloc"))
			continue;
		if (!strncmp(patterns[i].words, "Could", 5) && !strstr(text, "percpu data"))
			continue;
		return &patterns[i];
	}
	return NULL;
}

static uint64_t number_after(const char *text, const char *words)
{
	const char *p = words ? strstr(text, words) : NULL;
	uint64_t value;

	if (!p)
		return 0;
	p += strlen(words);
	return text_decimal(&p, &value) ? value : 0;
}

/* "restricted to 0xf0800000 - 0xff800000", vend excluded, on x86 included. */
static bool range_of(const char *text, struct vmatlas_range *ret)
{
	const char *p = strstr(text, "restricted to ");

	if (!p)
		return false;
	p += strlen("restricted to ");
	if (!text_hex(&p, &ret->first, NULL) || !text_skip(&p, " - ") ||
	    !text_hex(&p, &ret->last, NULL) || ret->last <= ret->first)
		return false;
	ret->last -= !(ret->last & 1);
	return true;
}

void alloc_failures_free(struct alloc_failures *s)
{
	vec_done(&s->v);
}

static struct alloc_failure *slot_for(struct alloc_failures *s, const struct pattern *p,
				 const struct vmatlas_range *range)
{
	struct alloc_failure *new;

	for (size_t i = 0; i < s->v.nr; i++) {
		struct alloc_failure *old = &s->v.v[i];

		if (old->words == p->words && old->has_range == (range != NULL) &&
		    (!range || (old->range.first == range->first &&
				old->range.last == range->last)))
			return old;
	}
	/* a log full of different ranges is no kernel's: the last one takes them all */
	if (s->v.nr >= 64)
		return &s->v.v[s->v.nr - 1];
	new = vec_push(&s->v);
	if (!new)
		return NULL;
	*new = (struct alloc_failure){ .kind = p->kind, .words = p->words, .meaning = p->meaning };
	/* pcpu_create_chunk() fails for want of memory as well */
	new->is_vague = !strcmp(p->words, "failed to allocate new chunk");
	if (range) {
		new->range = *range;
		new->has_range = true;
	}
	return new;
}

static void failed_allocs_add(struct alloc_failure *s, const struct log_line *line,
			      uint64_t size)
{
	if (!s->nr) {
		s->smallest = size;
		s->first_nsec = line->rec->ts_nsec;
		s->has_time = line->rec->has_ts;
	}
	if (size) {
		s->smallest = s->smallest ? MIN(s->smallest, size) : size;
		s->largest = MAX(s->largest, size);
	}
	s->nr++;
	s->last_nsec = line->rec->ts_nsec;
	snprintf(s->text, sizeof(s->text), "%.*s", EVENT_TEXT - 1, line->text);
	s->asked_by[0] = s->through[0] = '\0';
}

/* ---- Who asked: the backtrace below the message ---- */

/* Functions that everybody comes through, by how they begin. */
static bool is_on_the_way(const char *function)
{
	static const char *const names[] = {
		"dump_stack", "show_stack", "unwind_backtrace", "dump_backtrace", "warn_alloc",
		"__vmalloc", "vmalloc", "vzalloc", "vmap", "__get_vm_area", "get_vm_area",
		"alloc_vmap_area", "__alloc_pages", "alloc_pages", "module_alloc", "execmem_",
		"__ioremap", "ioremap", "generic_ioremap", "memremap", "arch_ioremap",
		"out_of_memory", "oom_kill", "dump_header", "kvmalloc", "__kvmalloc", "pcpu_",
		"bpf_jit_", "__warn", "report_bug",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(function, names[i], strlen(names[i])))
			return true;
	return false;
}

/* What says which space it was about. */
static bool is_allocator(const char *function)
{
	return !strncmp(function, "module_alloc", 12) || !strncmp(function, "execmem_", 8) ||
	       !strncmp(function, "bpf_jit_", 8) || strstr(function, "ioremap");
}

/*
 * " dump_stack_lvl+0x44/0x5c", "[<c0..>] (warn_alloc+..) from ..",
 * " warn_alloc from __vmalloc_node_range+..": the function, and " [module]".
 */
static bool trace_function(const char *text, char ret[static EVENT_NAME])
{
	size_t len, tail;
	const char *end, *module;

	text += strspn(text, " ");
	if (!strncmp(text, "[<", 2)) {
		text += strcspn(text, "]");
		text += strspn(text, "] ");
	}
	text += strspn(text, "(");	/* a saved log is without the bracket */
	len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");
	end = text + len;
	if (!len || len >= 64 || (strncmp(end, "+0x", 3) && strncmp(end, " from ", 6) &&
				  strncmp(end, " [", 2) && strncmp(end, ") from", 6)))
		return false;
	snprintf(ret, EVENT_NAME, "%.*s", (int)len, text);
	module = strncmp(end, "+0x", 3) ? end : end + strcspn(end, " ");
	if (strncmp(module, " [", 2))
		return true;
	tail = strcspn(module, "]");
	if (module[tail] && tail < EVENT_NAME - 66)
		snprintf(ret + len, EVENT_NAME - len, "%.*s", (int)tail + 1, module);
	return true;
}

static void look_into_trace(struct alloc_failure *s, const struct log_line *line)
{
	char function[EVENT_NAME];

	if (!trace_function(line->text, function))
		return;
	if (!s->through[0] && is_allocator(function))
		snprintf(s->through, sizeof(s->through), "%.31s", function);
	if (!is_on_the_way(function))
		snprintf(s->asked_by, sizeof(s->asked_by), "%s", function);
}

/* ---- All of it ---- */

/* lib/ratelimit.c: "alloc_vmap_area: 12 callbacks suppressed", with the function's name */
static void add_suppressed(struct alloc_failures *s, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *p = colon ? colon + 2 : text;
	uint64_t nr = 0;

	if (!text_decimal(&p, &nr))
		return;
	if (strncmp(text, "alloc_vmap_area:", 16) && strncmp(text, "warn_alloc", 10) &&
	    strncmp(text, "__ratelimit:", 12))
		return;
	if (s->v.nr)
		s->v.v[s->v.nr - 1].suppressed += nr;
	else
		s->suppressed += nr;
}

/* warn_alloc(), the OOM killer and per-CPU memory show who asked. */
static bool has_trace(const char *text)
{
	return strstr(text, ", mode:") || strstr(text, "oom-killer") || strstr(text, " atomic=");
}

/*
 * mm/oom_kill.c: a group's own limit, while the machine may have RAM to spare. It is a
 * limit only if no other came to it.
 */
static void memcg_line(struct alloc_failures *s, const char *text)
{
	if (strncmp(text, "Memory cgroup out of memory", 27) != 0)
		return;
	for (size_t i = 0; i < s->v.nr; i++)
		if (strstr(s->v.v[i].words, "oom-killer"))
			s->v.v[i].nr_memcg++;
}

static void settle_memcg(struct alloc_failures *s)
{
	for (size_t i = 0; i < s->v.nr; i++) {
		if (!s->v.v[i].nr_memcg || s->v.v[i].nr_memcg < s->v.v[i].nr)
			continue;
		s->v.v[i].kind = FAILURE_LIMIT;
		s->v.v[i].meaning = "the limit of a memory cgroup";
	}
}

/* kernel/module: move_module(), load_module(); kmod in user space says the same */
static void module_line(struct alloc_failures *s, const char *text)
{
	static const char *const words[] = {
		"could not insert module", "Could not insert module",
		"Error allocating memory for module", "insmod: can't insert",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]) && strstr(text, "annot allocate memory")) {
			s->nr_modules++;
			snprintf(s->module_text, sizeof(s->module_text), "%.*s",
				 EVENT_TEXT - 1, text);
			return;
		}
}

enum { TRACE_LINES = 64 };

struct vmatlas_error *alloc_failures_find(const struct printk_log *log, struct alloc_failures *ret)
{
	struct log_lines it = { .log = log };
	struct alloc_failure *last;
	struct log_line line;
	size_t told = 0, traced = SIZE_MAX;

	while (log_line_next(&it, &line)) {
		const struct pattern *p = match(line.text);
		struct vmatlas_range range;

		if (!p) {
			module_line(ret, line.text);
			memcg_line(ret, line.text);
			if (strstr(line.text, " callbacks suppressed"))
				add_suppressed(ret, line.text);
			else if (traced < ret->v.nr && !ret->v.v[traced].asked_by[0] &&
				 line.nr - told < TRACE_LINES)
				look_into_trace(&ret->v.v[traced], &line);
			continue;
		}
		last = slot_for(ret, p, range_of(line.text, &range) ? &range : NULL);
		if (!last)
			return error_no_memory();
		failed_allocs_add(last, &line, number_after(line.text, p->size_after));
		told = line.nr;
		traced = has_trace(line.text) ? (size_t)(last - ret->v.v) : SIZE_MAX;
	}
	settle_memcg(ret);
	return NULL;
}

static bool alloc_failure_is_same(const struct alloc_failure *a, const struct alloc_failure *b)
{
	return a->words == b->words && a->has_range == b->has_range &&
	       (!a->has_range || (a->range.first == b->range.first &&
				  a->range.last == b->range.last));
}

struct vmatlas_error *alloc_failures_merge(struct alloc_failures *all,
					   const struct alloc_failures *from)
{
	for (size_t i = 0; i < from->v.nr; i++) {
		const struct alloc_failure *new = &from->v.v[i];
		struct alloc_failure *slot = NULL;

		for (size_t j = 0; j < all->v.nr && !slot; j++)
			if (alloc_failure_is_same(&all->v.v[j], new))
				slot = &all->v.v[j];
		if (slot && slot->nr >= new->nr)
			continue;
		if (!slot)
			slot = vec_push(&all->v);
		if (!slot)
			return error_no_memory();
		*slot = *new;
	}
	return NULL;
}
