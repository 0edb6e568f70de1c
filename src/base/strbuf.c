/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A string that grows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

void str_done(struct str *s)
{
	free(s->s);
	*s = (struct str){ 0 };
}

static bool str_room(struct str *s, size_t more)
{
	size_t cap = s->cap ? s->cap : 64;
	char *grown;

	if (s->failed || more > SIZE_MAX / 4 - s->len)
		return false;
	while (cap < s->len + more + 1)
		cap *= 2;
	if (cap == s->cap)
		return true;
	grown = realloc(s->s, cap);
	if (!grown) {
		s->failed = true;
		return false;
	}
	s->s = grown;
	s->cap = cap;
	return true;
}

void str_add(struct str *s, const char *text, size_t len)
{
	if (!str_room(s, len))
		return;
	memcpy(s->s + s->len, text, len);
	s->len += len;
	s->s[s->len] = '\0';
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && str_room(s, n)) {
		vsnprintf(s->s + s->len, n + 1, fmt, again);
		s->len += n;
	} else {
		s->failed = true;
	}
	va_end(again);
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

const char *str_text(const struct str *s)
{
	return s->s ? s->s : "";
}

char *str_take(struct str *s)
{
	char *text = s->failed ? NULL : s->s ? s->s : strdup("");

	if (s->failed)
		free(s->s);
	*s = (struct str){ 0 };
	return text;
}

const char *str_size(uint64_t bytes, char buf[static 24])
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int u = 0;
	uint64_t whole = bytes, below = 0;

	while (whole >= 1024 && u + 1 < ARRAY_SIZE(unit)) {
		below = whole & 1023;
		whole >>= 10;
		u++;
	}
	if (below * 10 / 1024)
		snprintf(buf, 24, "%" PRIu64 ".%" PRIu64 " %s", whole, below * 10 / 1024, unit[u]);
	else
		snprintf(buf, 24, "%" PRIu64 " %s", whole, unit[u]);
	return buf;
}
