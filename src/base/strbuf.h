/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A string that grows. A failed allocation sticks and shows once, at the end. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <vmatlas.h>

struct str {
	char *s;		/* NULL until something was added */
	size_t len, cap;
	bool failed;
};

void str_done(struct str *s);
void str_add(struct str *s, const char *text, size_t len);
VMATLAS_PRINTF(2, 0) void str_vaddf(struct str *s, const char *fmt, va_list ap);
VMATLAS_PRINTF(2, 3) void str_addf(struct str *s, const char *fmt, ...);

/* The text, "" if empty; good until the next change. */
const char *str_text(const struct str *s);

/* Hand the text over (malloc'ed); NULL if anything failed on the way. */
char *str_take(struct str *s);

/* "240 MiB", "31.4 MiB", "8 KiB", "512 B": the way reports print a size. */
const char *str_size(uint64_t bytes, char buf[static 24]);

#endif
