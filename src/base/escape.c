/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/escape.h"

void escape_add_but(struct str *s, const char *text, size_t len, const char *keep)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = text[i];

		if ((c >= ' ' && c <= '~') || (c && strchr(keep, c)))
			continue;
		str_add(s, text + from, i - from);
		str_addf(s, "\\x%02x", c);
		from = i + 1;
	}
	str_add(s, text + from, len - from);
}

void escape_add(struct str *s, const char *text, size_t len)
{
	escape_add_but(s, text, len, "");
}
