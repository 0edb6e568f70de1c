/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a command has to say, said once: fields, lines, rows, findings. A listener makes of
 * it what it is for: text.c lines and tables for people, json.c a document for programs.
 *
 * Emission is of two kinds. Members (emit_text() ...) are values with a key, in objects and
 * lists; lines (emit_field() ...) are sentences. A listener for people drops members, one
 * for programs drops lines, one for both has a use for either. Tables and findings are both.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stdio.h>
#include <vmatlas.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

enum render_audience { FOR_PEOPLE = 1, FOR_PROGRAMS = 2, FOR_ALL = 3 };

struct table;
struct render;

/* A number or size that is not there. */
#define CELL_NONE UINT64_MAX

enum render_type { MEMBER_NULL, MEMBER_TEXT, MEMBER_NUMBER, MEMBER_INTEGER, MEMBER_FLAG };

struct render_member {
	uint32_t type;			/* enum render_type */
	union {
		const char *text;	/* any bytes; "" is as good as null */
		uint64_t number;
		int64_t integer;
		bool flag;
	};
};

/* struct render_listener - who hears what is emitted; see text.c and json.c */
struct render_listener {
	uint32_t audience;		/* enum render_audience */
	/* The first of all; @target: name the kernel it is about */
	void (*begin)(const struct render *r, bool target);
	struct vmatlas_error *(*end)(const struct render *r);

	/* For programs. @key: NULL in a list. An object that is closed is a member itself. */
	void (*open)(const struct render *r, const char *key, bool is_list);
	void (*close)(const struct render *r);
	void (*member)(const struct render *r, const char *key, const struct render_member *m);

	/* For people. A field is "label text", wrapped; a line stands as it is. */
	void (*field)(const struct render *r, int margin, int width, const char *label,
		      const char *text);
	void (*line)(const struct render *r, const char *text, size_t len);

	/* Tables: table.h. False: out of memory. */
	bool (*table_begin)(struct table *t, const char *title);
	bool (*table_row)(struct table *t, const void *row);
	void (*table_section)(struct table *t, const char *name);
	void (*table_end)(struct table *t);
};

extern const struct render_listener render_text, render_json;

/* struct render - one answer on its way to one listener */
struct render {
	const struct render_listener *to;
	struct vmatlas *atlas;		/* NULL: no kernel */
	const char *command;		/* whose answer it is */
	const char *columns;		/* of tables, as -o has them; or NULL */
	const char *boot_log, *platform_file;	/* the caller's; or NULL */
	int digits;			/* of an address: 8 or 16 */
	int width;			/* of the page, for wrapped text */
	bool bytes;			/* sizes as numbers of bytes */
	bool no_headings;
	bool full;			/* everything, not the largest and the first alone */
};

static inline struct vmatlas_error *no_memory(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_NO_MEMORY, "out of memory");
}

static inline bool render_is_for(const struct render *r, uint32_t audience)
{
	return (r->to->audience & audience) != 0;
}

/* ---- render.c: what commands say ------------------------------------------- */

void emit_begin(const struct render *r, bool target);
VMATLAS_CHECKED struct vmatlas_error *emit_end(const struct render *r);

void emit_object(const struct render *r, const char *key);
void emit_list(const struct render *r, const char *key);
void emit_close(const struct render *r);

/* Members of the object at hand; in a list, of which they are elements, without key. */
void emit_null(const struct render *r, const char *key);
void emit_text(const struct render *r, const char *key, const char *text);
void emit_number(const struct render *r, const char *key, uint64_t value);	/* CELL_NONE: null */
void emit_integer(const struct render *r, const char *key, int64_t value);
void emit_flag(const struct render *r, const char *key, bool value);
void emit_hex(const struct render *r, const char *key, uint64_t value);
void emit_address(const struct render *r, const char *key, uint64_t addr);	/* 0: null */
/* Members "start" and "end", the end exclusive; null if the range is empty. */
void emit_start(const struct render *r, struct vmatlas_range range);
void emit_range_end(const struct render *r, struct vmatlas_range range);
void emit_range(const struct render *r, struct vmatlas_range range);

/* "MARGIN label text", wrapped at blanks; @width: columns of the label. */
void emit_field(const struct render *r, int margin, int width, const char *label,
		const char *text);
VMATLAS_PRINTF(5, 6)
void emit_fieldf(const struct render *r, int margin, int width, const char *label,
		 const char *fmt, ...);
VMATLAS_PRINTF(2, 3) void emit_line(const struct render *r, const char *fmt, ...);

/* ---- emit_findings.c: findings, coverage, verdict -------------------------------- */

struct verdict {
	size_t nr_errors, nr_warnings, nr_notes;
	size_t nr_partial, nr_not_checked;
	bool could_not_look;		/* next to nothing could be read: there is no verdict */
};

struct verdict verdict_of(const struct vmatlas *atlas);

/* "2 errors, 1 note", or "no findings" */
const char *verdict_text(const struct verdict *v, char buf[static 96]);

/*
 * The exit code that follows: 1 warnings or worse, 2 could not look, 3 clean but incomplete,
 * else 0.
 */
int verdict_exit(const struct verdict *v);

void emit_findings(const struct render *r);
void emit_summary(const struct render *r);

/* A line per subject, to people what was read in full only if @all. */
void emit_coverage(const struct render *r, uint32_t audience, bool all);

/* The end of most answers: to people only what is lacking; cut short must not look whole. */
void emit_shortfall(const struct render *r);

/* ---- text_format.c: how things look as text -------------------------------------- */

enum { TEXT_MAX = 48 };

/* "bf000000-c0000000": the end is exclusive, as in /proc/vmallocinfo; "-" if empty. */
const char *text_range(const struct render *r, struct vmatlas_range range,
		       char buf[static TEXT_MAX]);

/* The address behind @last, which the top of 64 bits needs 17 digits for. */
const char *text_end(int digits, uint64_t last, char buf[static TEXT_MAX]);

/* "240 MiB", or plain bytes with .bytes */
const char *text_size(const struct render *r, uint64_t bytes, char buf[static TEXT_MAX]);

/* "2026-11-23 03:50 UTC" by the strftime @format; "" for 0. */
const char *text_time(uint64_t taken, const char *format, char buf[static TEXT_MAX]);

#endif
