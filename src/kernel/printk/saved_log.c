/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A saved log as a log of a dump: one set of readers knows what kernels say. */
#include <string.h>

#include "bootlog/bootlog.h"
#include "kernel/printk/log_events.h"

struct vmatlas_error *saved_log_records(const struct bootlog *from, struct printk_log **ret)
{
	_cleanup_(log_freep) struct printk_log *log = calloc(1, sizeof(*log));

	if (!log)
		return error_no_memory();
	log->format = "saved";
	for (size_t i = 0; i < from->kept.nr; i++) {
		const struct bootlog_kept *line = &from->kept.v[i];
		struct log_record *rec = vec_push(&log->records);

		if (!rec)
			return error_no_memory();
		*rec = (struct log_record){ .seq = line->line, .ts_nsec = line->nsec,
					    .has_ts = line->has_time, .text = line->text,
					    .len = line->len };
	}
	str_add(&log->text, str_text(&from->kept_text), from->kept_text.len);
	if (log->text.failed)
		return error_no_memory();
	*ret = take(log);
	return NULL;
}

/* Does any of the readers understand anything in it? */
static struct vmatlas_error *has_events(const struct printk_log *log, bool *ret)
{
	_cleanup_(alloc_failures_free) struct alloc_failures failures = { 0 };
	_cleanup_(overlap_reports_free) struct overlap_reports overlaps = { 0 };
	_cleanup_(oopses_free) struct oopses oopses = { 0 };
	struct vmatlas_error *err = alloc_failures_find(log, &failures);

	if (!err)
		err = overlap_reports_find(log, &overlaps);
	if (!err)
		err = oopses_find(log, &oopses);
	*ret = failures.v.nr || failures.nr_modules || overlaps.v.nr || oopses.v.nr;
	return err;
}

struct vmatlas_error *saved_log_read(const char *path, struct bootlog **ret,
				     struct printk_log **ret_records)
{
	_cleanup_(log_freep) struct printk_log *records = NULL;
	_cleanup_(bootlog_freep) struct bootlog *log = NULL;
	struct vmatlas_error *err = bootlog_read_file(path, &log);
	bool any = false;

	if (!err)
		err = saved_log_records(log, &records);
	if (!err)
		err = has_events(records, &any);
	if (err)
		return err;
	if (!any && !bootlog_has_news(log))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: no \"Virtual kernel memory layout\" table and nothing else "
			"about memory that a kernel prints", path);
	*ret = take(log);
	*ret_records = take(records);
	return NULL;
}
