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
	uint32_t nr_foreign;		/* lines since the last row that are none */
	const char *foreign;		/* the CPU that alone prints such rows; NULL */
};

/* What loggers, terminals and people put before each line. */
struct line_prefix {
	char learned[64];		/* as a line that is surely the kernel's had it */
	bool has_time;			/* of the line that was cleaned last */
	uint64_t nsec;
	bool is_quoted;			/* ">": a mailer may have wrapped it */
};

/*
 * The message in @buf, one line of printable text: without time stamps, levels, heads of
 * syslog, marks of quotation, markup. Changes @buf.
 */
const char *line_message(struct line_prefix *p, char *buf);

/* Is @next the rest of @line, which was wrapped? Both are cleaned. */
bool line_goes_on(const char *line, bool line_has_time, const char *next,
		  const struct line_prefix *p);

/* More of a kind than any kernel prints; a hostile log gets no more memory. */
enum { BOOTLOG_MAX_EACH = 64 };

/* A copy that @log owns; NULL marks the log as failed. */
char *bootlog_dup(struct bootlog *log, const char *text);

/* Title or row of the table? Takes the line if so. */
bool bootlog_table_line(struct bootlog *log, struct bootlog_state *st,
			const struct bootlog_line *line);

/* The boot is read: whose table was it? Rules are that CPU's, or none. */
void bootlog_table_done(struct bootlog *log, const struct bootlog_state *st);

/* Does this line show which CPU it is? The first that does counts. */
void bootlog_cpu_line(struct bootlog *log, const char *text);

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
