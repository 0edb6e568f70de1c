/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges, sizes and times as text. */
#include <inttypes.h>
#include <time.h>

#include "render/render.h"

const char *text_end(int digits, uint64_t last, char buf[static TEXT_MAX])
{
	if (last == UINT64_MAX)
		snprintf(buf, TEXT_MAX, "10000000000000000");
	else
		snprintf(buf, TEXT_MAX, "%0*" PRIx64, digits, last + 1);
	return buf;
}

const char *text_range(const struct render *r, struct vmatlas_range range,
		       char buf[static TEXT_MAX])
{
	char end[TEXT_MAX];

	if (range.first > range.last)
		snprintf(buf, TEXT_MAX, "-");
	else
		snprintf(buf, TEXT_MAX, "%0*" PRIx64 "-%.20s", r->digits, range.first,
			 text_end(r->digits, range.last, end));
	return buf;
}

const char *text_size(const struct render *r, uint64_t bytes, char buf[static TEXT_MAX])
{
	if (!r->bytes)
		return str_size(bytes, buf);
	snprintf(buf, TEXT_MAX, "%" PRIu64, bytes);
	return buf;
}

const char *text_time(uint64_t taken, const char *format, char buf[static TEXT_MAX])
{
	time_t seconds = taken;
	struct tm tm;

	buf[0] = '\0';
	if (taken && taken <= INT64_MAX && gmtime_r(&seconds, &tm)) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (!strftime(buf, TEXT_MAX, format, &tm))
			buf[0] = '\0';
#pragma GCC diagnostic pop
	}
	return buf;
}
