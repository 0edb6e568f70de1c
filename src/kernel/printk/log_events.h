/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's log says about memory that ran out, and about its death. Pure,
 * fuzzed: any records are accepted.
 */
#ifndef KERNEL_PRINTK_LOG_EVENTS_H
#define KERNEL_PRINTK_LOG_EVENTS_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"
#include "kernel/printk/printk.h"

enum { EVENT_TEXT = 200, EVENT_NAME = 96 };

/* ---- Lines of the log, one after the other; a record may have several ---- */

struct log_line {
	char text[512];			/* cut there, NUL-terminated, without its end */
	const struct log_record *rec;
	size_t nr;			/* of lines before it */
};

struct log_lines {
	const struct printk_log *log;
	size_t rec, at, nr;
};

/* The next line; false at the end. Start with { .log = log }. */
bool log_line_next(struct log_lines *it, struct log_line *ret);

/* ---- failed_allocs.c: allocations that failed ---- */

enum alloc_failure_kind {
	FAILURE_SPACE,			/* no hole of that size in the address space */
	FAILURE_RAM,			/* no page, or no page table */
	FAILURE_LIMIT,			/* more than all RAM, or than a reserve holds */
	FAILURE_SPACE_OR_LIMIT,	/* one message for both */
	FAILURE_CALLER,			/* nothing was asked for: 0 bytes */
};

/* Messages of one kind: same words, same range. */
struct alloc_failure {
	enum alloc_failure_kind kind;
	const char *words;		/* which of the messages: a constant */
	const char *meaning;		/* in a few words of ours: a constant */
	uint64_t smallest, largest;	/* bytes asked for; 0: it does not say */
	struct vmatlas_range range;	/* where a hole was looked for */
	bool has_range;
	bool is_vague;			/* the message has other causes, too */
	uint64_t nr_memcg;		/* of them for the limit of a memory cgroup */
	bool has_time;
	uint64_t nr, first_nsec, last_nsec;
	uint64_t suppressed;		/* "callbacks suppressed": at least as many more */
	char text[EVENT_TEXT];	/* the last of them */
	char asked_by[EVENT_NAME];	/* by the backtrace below the last; "" */
	char through[32];		/* "module_alloc", "ioremap" on the way there; "" */
};

struct alloc_failures {
	VEC(struct alloc_failure) v;
	uint64_t nr_modules;		/* modules that could not be loaded for want of memory */
	char module_text[EVENT_TEXT];	/* the last such message */
	uint64_t suppressed;		/* of messages that are not ours to tell apart */
};

void alloc_failures_free(struct alloc_failures *s);
VMATLAS_CHECKED struct vmatlas_error *
alloc_failures_find(const struct printk_log *log, struct alloc_failures *ret);

/* What @from tells beside @all: a log that was saved before the dump lost its lines. */
VMATLAS_CHECKED struct vmatlas_error *alloc_failures_merge(struct alloc_failures *all,
							   const struct alloc_failures *from);

/* ---- overlap_reports.c: what the kernel itself says of overlaps ---- */

enum { OVERLAP_MAX = 32 };

enum overlap_report_kind {
	OVERLAP_AREA_REFUSED,		/* a vmap area was not put into its tree */
	OVERLAP_OUT_OF_SPACE,		/* a static mapping that vmalloc does not know of */
	OVERLAP_STATIC,			/* one that lies in vmalloc space */
	OVERLAP_NOT_MAPPED,		/* one that was refused */
	OVERLAP_RESERVED,		/* two reserved regions of the device tree */
	OVERLAP_INITRD,			/* the initrd, which is not used then */
};

struct overlap_report {
	enum overlap_report_kind kind;
	uint64_t nr, nsec;		/* how often; when first */
	bool has_time, has_first, has_second, has_phys;
	struct vmatlas_range first, second;
	uint64_t phys;
	char text[EVENT_TEXT];
};

struct overlap_reports {
	VEC(struct overlap_report) v;	/* each text once, at most OVERLAP_MAX */
	size_t nr;			/* messages in all */
};

void overlap_reports_free(struct overlap_reports *all);
VMATLAS_CHECKED struct vmatlas_error *overlap_reports_find(const struct printk_log *log,
							   struct overlap_reports *ret);

/* ---- saved_log.c: a log that somebody saved, as records ---- */

struct bootlog;

/* The lines that bootlog_parse_saved() kept. */
VMATLAS_CHECKED struct vmatlas_error *saved_log_records(const struct bootlog *from,
							struct printk_log **ret);

/* FORMAT if nothing in it is about memory in a way that we know. */
VMATLAS_CHECKED struct vmatlas_error *
saved_log_read(const char *path, struct bootlog **ret, struct printk_log **ret_records);

/* ---- oops.c: faults, and panics ---- */

enum { OOPS_MAX = 16 };

enum oops_access { OOPS_ACCESS_UNKNOWN, OOPS_READ, OOPS_WRITE, OOPS_FETCH };

struct oops_register {
	bool known;			/* value is its address */
	uint64_t value;
	char name[EVENT_NAME];	/* as the log names it; "" */
};

struct oops {
	uint64_t nsec;
	bool has_time;
	char text[EVENT_TEXT];	/* the line that says what happened */
	char panic[EVENT_TEXT];	/* "Kernel panic - not syncing: ..." after it; "" */
	bool is_stack;			/* the kernel says that a stack ran over */
	bool is_kasan;			/* KASAN's report: nothing had to fault */
	enum oops_access access;
	struct oops_register fault, pc, lr, sp;
	struct vmatlas_range stack;	/* "Task stack: [a..b]" */
	bool has_stack;
	char comm[32];			/* who was running; "" */
	uint64_t pid, cpu;
	char unloaded[EVENT_NAME];	/* "last unloaded: NAME"; "" */
};

struct oopses {
	VEC(struct oops) v;		/* at most OOPS_MAX: of more the first and the last */
	size_t nr;			/* all there were */
};

void oopses_free(struct oopses *o);
VMATLAS_CHECKED struct vmatlas_error *oopses_find(const struct printk_log *log,
						  struct oopses *ret);

#endif
