/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a command says to the listener that is there. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "render/render.h"

void emit_begin(const struct render *r, bool target)
{
	r->to->begin(r, target);
}

struct vmatlas_error *emit_end(const struct render *r)
{
	return r->to->end(r);
}

/* ---- Members ---- */

void emit_object(const struct render *r, const char *key)
{
	if (render_is_for(r, FOR_PROGRAMS))
		r->to->open(r, key, false);
}

void emit_list(const struct render *r, const char *key)
{
	if (render_is_for(r, FOR_PROGRAMS))
		r->to->open(r, key, true);
}

void emit_close(const struct render *r)
{
	if (render_is_for(r, FOR_PROGRAMS))
		r->to->close(r);
}

static void emit_member(const struct render *r, const char *key, struct render_member m)
{
	if (render_is_for(r, FOR_PROGRAMS))
		r->to->member(r, key, &m);
}

void emit_null(const struct render *r, const char *key)
{
	emit_member(r, key, (struct render_member){ MEMBER_NULL, .number = 0 });
}

void emit_text(const struct render *r, const char *key, const char *text)
{
	emit_member(r, key, (struct render_member){ MEMBER_TEXT, .text = text ?: "" });
}

void emit_number(const struct render *r, const char *key, uint64_t value)
{
	const uint32_t type = value == CELL_NONE ? MEMBER_NULL : MEMBER_NUMBER;

	emit_member(r, key, (struct render_member){ type, .number = value });
}

void emit_integer(const struct render *r, const char *key, int64_t value)
{
	emit_member(r, key, (struct render_member){ MEMBER_INTEGER, .integer = value });
}

void emit_flag(const struct render *r, const char *key, bool value)
{
	emit_member(r, key, (struct render_member){ MEMBER_FLAG, .flag = value });
}

void emit_hex(const struct render *r, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	emit_text(r, key, text);
}

void emit_address(const struct render *r, const char *key, uint64_t addr)
{
	if (addr)
		emit_hex(r, key, addr);
	else
		emit_null(r, key);
}

void emit_start(const struct render *r, struct vmatlas_range range)
{
	if (range.first <= range.last)
		emit_hex(r, "start", range.first);
	else
		emit_null(r, "start");
}

void emit_range_end(const struct render *r, struct vmatlas_range range)
{
	char end[TEXT_MAX + 2] = "0x";

	text_end(1, range.last, end + 2);
	emit_text(r, "end", range.first <= range.last ? end : NULL);
}

void emit_range(const struct render *r, struct vmatlas_range range)
{
	emit_start(r, range);
	emit_range_end(r, range);
}

/* ---- Lines ---- */

void emit_field(const struct render *r, int margin, int width, const char *label,
		const char *text)
{
	if (render_is_for(r, FOR_PEOPLE))
		r->to->field(r, margin, width, label, text);
}

void emit_fieldf(const struct render *r, int margin, int width, const char *label,
		 const char *fmt, ...)
{
	_cleanup_(str_done) struct str s = { 0 };
	va_list ap;

	if (!render_is_for(r, FOR_PEOPLE))
		return;
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	r->to->field(r, margin, width, label, str_text(&s));
}

void emit_line(const struct render *r, const char *fmt, ...)
{
	_cleanup_(str_done) struct str s = { 0 };
	va_list ap;

	if (!render_is_for(r, FOR_PEOPLE))
		return;
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	r->to->line(r, str_text(&s), s.len);
}
