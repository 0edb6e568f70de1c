/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the boot log's parser, and nobody else. */
#ifndef BOOTLOG_BOOTLOG_INTERNAL_H
#define BOOTLOG_BOOTLOG_INTERNAL_H

#include "bootlog/bootlog.h"

/* One line, cleaned: printable ASCII, without timestamp, level and syslog head. */
struct bootlog_line {
	const char *text;
	uint32_t nr;
};

/* Where in the log the parser stands. */
struct bootlog_state {
	bool in_table;			/* the title was seen, rows may follow */
	bool titled;			/* a title was seen in this boot at all */
};

/* More of a kind than any kernel prints; a hostile log gets no more memory. */
enum { BOOTLOG_MAX_EACH = 64 };

/* A copy that @log owns; NULL marks the log as failed. */
char *bootlog_dup(struct bootlog *log, const char *text);

/* Title or row of the table? Takes the line if so. */
bool bootlog_table_line(struct bootlog *log, struct bootlog_state *st,
			const struct bootlog_line *line);

/* What a row of this name is; @ret_known_as: what formulas call it. */
bool bootlog_row_kind(const char *name, uint32_t *ret_kind, uint32_t *ret_flags,
		      const char **ret_known_as);

/* Any other message about memory. */
void bootlog_message(struct bootlog *log, const struct bootlog_line *line);

/* Skip over @word at *@s. */
bool text_skip(const char **s, const char *word);
void text_skip_blanks(const char **s);
/* Hexadecimal digits, with or without 0x; false if there are none or over 16. */
bool text_hex(const char **s, uint64_t *ret, bool *ret_has_0x);
/* Decimal digits; false if there are none or they do not fit. */
bool text_decimal(const char **s, uint64_t *ret);
/* Like the kernel's memparse(): 0x, 0 or decimal, then K, M, G or T. */
bool text_memparse(const char **s, uint64_t *ret);

#endif
