/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text that a dump, a file or a plugin contains, made safe for a terminal: the one place
 * that decides which bytes may get there.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/strbuf.h"

/*
 * Printable ASCII stays, every other byte becomes \xNN: control characters, C1 and
 * bidirectional marks in UTF-8, and what is no UTF-8.
 */
void escape_add(struct str *s, const char *text, size_t len);

/* Likewise, but bytes of @keep stay: "\n" of text in lines, "\t" of a log. */
void escape_add_but(struct str *s, const char *text, size_t len, const char *keep);

#endif
