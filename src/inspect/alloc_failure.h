/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that judge allocations which failed, and nobody else. */
#ifndef INSPECT_ALLOC_FAILURE_H
#define INSPECT_ALLOC_FAILURE_H

#include "map/space_accounting.h"
#include "kernel/printk/log_events.h"
#include "kernel/mm/vmstat.h"

enum { SHORTAGE_TOP = 5 };		/* owners that are named */

struct shortage_case {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	const struct alloc_failures *all;
	struct vmstat ram;
	bool ram_known;
	bool reported_ram;
	uint64_t vmalloc_pages;
	const struct space_usage *told[8];	/* spaces that were judged already */
	size_t nr_reported;
};

/* The message with a backtrace that is about the same failure; @s if there is none. */
const struct alloc_failure *shortage_with_trace(const struct shortage_case *c,
						const struct alloc_failure *s);
bool shortage_is_explained(const struct shortage_case *c, const struct alloc_failure *s);
bool shortage_is_for_code(const struct alloc_failure *s);

/* alloc_failure_log.c: a saved log, and no dump. */
void shortage_check_log(struct shortage_case *c);

/* How often, when, for whom: evidence of any of them. */
void shortage_report_log(const struct alloc_failure *s, struct evidence *evidence);

/* Reads how much RAM there is, where it is wanted: a message, or areas that hold a lot. */
VMATLAS_CHECKED struct vmatlas_error *shortage_count_ram(struct shortage_case *c);
VMATLAS_CHECKED struct vmatlas_error *shortage_report_ram(struct shortage_case *c,
							  const struct alloc_failure *s);
VMATLAS_CHECKED struct vmatlas_error *shortage_report_silent_ram(struct shortage_case *c);

bool shortage_is_limit(const struct shortage_case *c, const struct alloc_failure *s);
void shortage_report_caller(struct shortage_case *c, const struct alloc_failure *s);
void shortage_report_limit(struct shortage_case *c, const struct alloc_failure *s);

#endif
