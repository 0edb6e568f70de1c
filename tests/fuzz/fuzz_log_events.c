/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as the kernel's log: a record for each line but those that begin with a tab. */
#include <stdlib.h>
#include <string.h>

#include "kernel/printk/log_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void log_make(struct printk_log *log, const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		const char *eol = memchr(text + at, '\n', size - at);
		const size_t len = eol ? (size_t)(eol - text) - at : size - at;
		struct log_record *rec;

		if (log->records.nr && text[at] == '\t') {
			str_add(&log->text, "\n", 1);
			rec = &log->records.v[log->records.nr - 1];
			rec->len += 1 + (uint32_t)len;
		} else {
			rec = vec_push(&log->records);
			*rec = (struct log_record){ .text = log->text.len, .has_ts = at & 1,
						    .len = (uint32_t)len };
		}
		str_add(&log->text, text + at, len);
		at += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct printk_log log = { 0 };
	struct alloc_failures alloc_failures = { 0 };
	struct oopses oopses = { 0 };

	log_make(&log, (const char *)data, size);
	vmatlas_error_free(alloc_failures_find(&log, &alloc_failures));
	vmatlas_error_free(oopses_find(&log, &oopses));
	if (alloc_failures.v.nr > 64 || oopses.v.nr > OOPS_MAX)
		abort();
	alloc_failures_free(&alloc_failures);
	oopses_free(&oopses);
	vec_done(&log.records);
	str_done(&log.text);
	return 0;
}
