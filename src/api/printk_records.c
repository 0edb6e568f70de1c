/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log, handed out record by record. */
#include <inttypes.h>
#include <string.h>

#include "map/vmatlas_internal.h"
#include "kernel/printk/printk.h"

static struct vmatlas_printk_record message_of(const struct log_record *rec, const char *text)
{
	return (struct vmatlas_printk_record){
		.size = sizeof(struct vmatlas_printk_record),
		.flags = (rec->has_ts ? VMATLAS_PRINTK_HAS_TIME : 0) |
			 (rec->has_caller ? VMATLAS_PRINTK_HAS_CALLER : 0),
		.level = rec->level, .facility = rec->facility, .seq = rec->seq,
		.nsec = rec->ts_nsec, .caller = rec->caller_id,
		.len = (uint32_t)strlen(text), .text = text,
	};
}

static struct vmatlas_error *give(const struct printk_log *log, vmatlas_printk_record_fn *message,
				  void *arg)
{
	for (size_t i = 0; i < log->records.nr; i++) {
		const struct log_record *rec = &log->records.v[i];
		_cleanup_(freep) char *text = strndup(log_text(log, rec), rec->len);
		struct vmatlas_printk_record m;

		if (!text)
			return error_no_memory();
		m = message_of(rec, text);
		if (message(arg, &m))
			return NULL;
	}
	return NULL;
}

struct vmatlas_error *vmatlas_printk_records(struct vmatlas *atlas, vmatlas_printk_record_fn *message,
				       void *arg)
{
	const struct printk_log *log = NULL;
	struct vmatlas_error *err;

	if (!atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "there is a boot log, but no dump");
	err = kernel_log(atlas->kernel, &log);
	if (!err)
		err = give(log, message, arg);
	if (err)
		return vmatlas_error_wrap(err, "kernel log");
	if (log->is_partial)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"kernel log: some of its pages are not in the dump; what is there "
			"was printed");
	if (log->nr_unusable > log->records.nr)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"kernel log: %" PRIu64 " records make no sense, %zu were printed",
			log->nr_unusable, log->records.nr);
	return NULL;
}
