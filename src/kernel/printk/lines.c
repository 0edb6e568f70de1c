/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log's records cut into lines. */
#include <string.h>

#include "kernel/printk/log_events.h"

static const struct log_record *record_with_text(struct log_lines *it)
{
	while (it->rec < it->log->records.nr &&
	       it->at >= it->log->records.v[it->rec].len) {
		it->rec++;
		it->at = 0;
	}
	return it->rec < it->log->records.nr ? &it->log->records.v[it->rec] : NULL;
}

bool log_line_next(struct log_lines *it, struct log_line *ret)
{
	const struct log_record *rec = record_with_text(it);
	const char *s, *eol;
	size_t left, len;

	if (!rec)
		return false;
	s = log_text(it->log, rec) + it->at;
	left = rec->len - it->at;
	eol = memchr(s, '\n', left);
	len = eol ? (size_t)(eol - s) : left;
	it->at += len + 1;
	ret->rec = rec;
	ret->nr = it->nr++;
	while (len && (s[len - 1] == ' ' || s[len - 1] == '\r'))
		len--;
	len = MIN(len, sizeof(ret->text) - 1);
	memcpy(ret->text, s, len);
	ret->text[len] = '\0';
	return true;
}
