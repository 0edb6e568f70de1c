/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A boot log of any bytes, and the claims that come out of it. */
#include <string.h>

#include "base/range.h"
#include "bootlog/bootlog.h"
#include "kernel/printk/log_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_command_line(const char *cmdline)
{
	struct bootlog_param mem[4];
	uint64_t value;

	cmdline_mem(cmdline, mem, ARRAY_SIZE(mem));
	cmdline_vmalloc(cmdline, &value);
}

/* The same text as a saved log: its lines, and what is read in them. */
static void read_events(const char *text, size_t size)
{
	_cleanup_(bootlog_freep) struct bootlog *log = NULL;
	_cleanup_(log_freep) struct printk_log *records = NULL;
	_cleanup_(alloc_failures_free) struct alloc_failures failures = { 0 }, all = { 0 };
	_cleanup_(overlap_reports_free) struct overlap_reports overlaps = { 0 };
	_cleanup_(oopses_free) struct oopses oopses = { 0 };

	vmatlas_error_free(bootlog_parse_saved(text, size, "fuzz", &log));
	if (!log)
		return;
	vmatlas_error_free(saved_log_records(log, &records));
	if (!records)
		return;
	vmatlas_error_free(alloc_failures_find(records, &failures));
	vmatlas_error_free(alloc_failures_merge(&all, &failures));
	vmatlas_error_free(overlap_reports_find(records, &overlaps));
	vmatlas_error_free(oopses_find(records, &oopses));
	if (all.v.nr > failures.v.nr || overlaps.v.nr > OVERLAP_MAX || oopses.v.nr > OOPS_MAX)
		abort();
	for (size_t i = 0; i < overlaps.v.nr; i++)
		if (overlaps.v.v[i].has_first && !range_valid(overlaps.v.v[i].first))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *line = strndup((const char *)data, size);
	const struct vmatlas_claim *c;
	struct bootlog *log = NULL;

	if (line)
		ask_command_line(line);
	vmatlas_error_free(bootlog_parse((const char *)data, size, "fuzz", &log));
	if (!log)
		return 0;
	for (size_t i = 0; (c = bootlog_claim_next(log, &i));)
		if (!c->name || !c->source || !range_valid(c->range))
			abort();
	if (log->command_line)
		ask_command_line(log->command_line);
	bootlog_has_news(log);
	bootlog_free(log);
	read_events((const char *)data, size);
	return 0;
}
