/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands before, around and between the kernel's words in a saved log: time stamps
 * and levels, heads of syslog, marks of quotation, a vendor's CPU and task, a terminal's
 * clock, a web page's markup, and the line breaks of mailers.
 */
#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "bootlog/bootlog_internal.h"

/* ---- Markup ---- */

/* "&lt;", "&#60;", "&#x3c;": the character; 0 if it is none. */
static char entity(const char *s, size_t *ret_len)
{
	static const struct { const char *text; char is; } names[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' },
		{ "&nbsp;", ' ' }, { "&apos;", '\'' },
	};
	const char *p = s + 2;
	uint64_t value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*ret_len = strlen(names[i].text);
		if (!strncmp(s, names[i].text, *ret_len))
			return names[i].is;
	}
	if (strncmp(s, "&#", 2) != 0)
		return 0;
	if ((*p | 0x20) == 'x') {
		const char *hex = p + 1;

		if (!text_hex(&hex, &value, NULL))
			return 0;
		p = hex;
	} else if (!text_decimal(&p, &value)) {
		return 0;
	}
	if (*p != ';')
		return 0;
	*ret_len = (size_t)(p + 1 - s);
	return value == 160 ? ' ' : value >= ' ' && value < 0x7f ? (char)value : '?';
}

/* "<br>", "</span>", "<pre class=x>": the length; 0 if it is none. Not "<6>". */
static size_t tag(const char *s)
{
	static const char *const names[] = {
		"br", "p", "pre", "code", "span", "div", "tt", "b", "i", "em", "strong",
		"font", "td", "tr", "li", "a",
	};
	const char *name = s + 1 + (s[1] == '/');
	const size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	const size_t all = strcspn(s, ">");

	if (!len || !s[all] || all > 200 || !strchr(" />", name[len]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && !strncmp(names[i], name, len))
			return all + 1;
	return 0;
}

static void unescape(char *buf)
{
	char *to = buf;

	for (const char *s = buf; *s;) {
		size_t len = *s == '<' ? tag(s) : 0;
		char c;

		if (len) {
			s += len;
			continue;
		}
		c = *s == '&' ? entity(s, &len) : 0;
		s += c ? len : 1;
		*to++ = c ? c : s[-1];
	}
	*to = '\0';
}

/* ---- What a logger puts before ---- */

/* "[    0.000000] ", "[    T0] ", "[Mon Nov 23 03:38:00 2026] ", "[0:  swapper/0:    0] " */
static bool skip_bracket(const char **s)
{
	size_t len = strcspn(*s, "]");

	if (**s != '[' || len > 40 || (*s)[len] != ']')
		return false;
	*s += len + 1;
	return true;
}

/* "<6>" */
static bool skip_level(const char **s)
{
	const char *p = *s;
	uint64_t level;

	if (!text_skip(&p, "<") || !text_decimal(&p, &level) || !text_skip(&p, ">"))
		return false;
	*s = p;
	return true;
}

/* "6,123,4567,-;" of /dev/kmsg */
static bool skip_kmsg(const char **s)
{
	size_t len = strspn(*s, "0123456789,-c");

	if (!isdigit((unsigned char)**s) || (*s)[len] != ';' || !memchr(*s, ',', len))
		return false;
	*s += len + 1;
	return true;
}

/* "Nov 23 03:38:00 host kernel: " of syslog and the journal */
static bool skip_syslog(const char **s)
{
	const char *kernel = strstr(*s, " kernel: ");

	if (!kernel || kernel - *s > 120)
		return false;
	*s = kernel + strlen(" kernel: ");
	return true;
}

/* "c0      0 ", "C1 ": the CPU, and the task, of Samsung's and Unisoc's kernels */
static bool skip_cpu(const char **s)
{
	const char *p = *s + 1;
	uint64_t nr;

	if ((**s | 0x20) != 'c' || !text_decimal(&p, &nr) || *p != ' ' || nr > 999)
		return false;
	text_skip_blanks(&p);
	*s = p;
	if (text_decimal(&p, &nr) && *p == ' ')
		*s = p + 1;
	return true;
}

/* "(0)", "-(1)", "(CPU:0-pid:0:swapper)": MediaTek's */
static bool skip_paren(const char **s)
{
	const char *p = *s + (**s == '-');
	const size_t len = strspn(p + (*p == '('), "0123456789");

	if (*p != '(')
		return false;
	if (len && p[1 + len] == ')')
		*s = p + len + 2;
	else if (!strncmp(p, "(CPU:", 5) && strchr(p, ')'))
		*s = strchr(p, ')') + 1;
	else
		return false;
	return true;
}

/* "01:02:03.456 -> ", "12:30:01: ": the clock of a terminal */
static bool skip_clock(const char **s)
{
	const char *p = *s;
	uint64_t nr;

	if (!text_decimal(&p, &nr) || !text_skip(&p, ":") || !text_decimal(&p, &nr) ||
	    !text_skip(&p, ":") || !text_decimal(&p, &nr))
		return false;
	p += strspn(p, "0123456789.,");
	if (*p != ' ' && *p != ':')
		return false;
	p += strspn(p, " :");
	text_skip(&p, "-> ");
	*s = p;
	return true;
}

/* "2026-11-23 " before a clock; "kern  :info  : " of dmesg -x; "//" of a remark */
static bool skip_words(const char **s)
{
	const size_t date = strspn(*s, "0123456789-/.");
	const char *p = *s;

	if (date >= 8 && date <= 10 && (*s)[date] == ' ' &&
	    isdigit((unsigned char)(*s)[date + 1])) {
		*s += date + 1;
		return true;
	}
	if (text_skip(s, "//") || text_skip(s, "console: "))
		return true;
	if (!text_skip(&p, "kern "))
		return false;
	text_skip_blanks(&p);
	if (*p++ != ':')
		return false;
	p += strspn(p, "abcdefghijklmnopqrstuvwxyz");
	text_skip_blanks(&p);
	if (*p != ':')
		return false;
	*s = p + 1;
	return true;
}

/* ---- Time stamps ---- */

/* "[  123.456789" at @s: where digits begin; NULL if it is none. */
static const char *time_stamp(const char *s)
{
	const char *p = s + 1;
	size_t whole, part;

	if (*s != '[')
		return NULL;
	text_skip_blanks(&p);
	whole = strspn(p, "0123456789");
	if (!whole || whole > 9 || p[whole] != '.')
		return NULL;
	part = strspn(p + whole + 1, "0123456789");
	return part >= 3 && part <= 9 && memchr(s, ']', strnlen(s, 41)) ? p : NULL;
}

static uint64_t time_of(const char *p)
{
	uint64_t seconds = 0, nsec = 0, unit = 100000000;

	if (!text_decimal(&p, &seconds))
		return 0;
	for (p++; isdigit((unsigned char)*p); p++, unit /= 10)
		nsec += (uint64_t)(*p - '0') * unit;
	return seconds * 1000000000 + nsec;
}

enum { MOST_BEFORE = 120 };

/* Whatever stands before the first time stamp is not the kernel's. */
static void skip_to_time(struct line_prefix *p, const char **s)
{
	const char *at = *s;

	p->has_time = false;
	for (size_t i = 0; i < MOST_BEFORE && (at = strchr(at, '[')); i++, at++) {
		const char *digits = at - *s < MOST_BEFORE ? time_stamp(at) : NULL;

		if (!digits)
			continue;
		p->has_time = true;
		p->nsec = time_of(digits);
		*s = at;
		return;
	}
}

/* ---- A prefix that only this log has ---- */

static bool is_like(char learned, char c)
{
	return learned == c || (isdigit((unsigned char)learned) && isdigit((unsigned char)c));
}

static bool skip_learned(const struct line_prefix *p, const char **s)
{
	size_t len = strlen(p->learned);

	if (!len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_like(p->learned[i], (*s)[i]))
			return false;
	*s += len;
	return true;
}

/* These words begin a message: what stands before them here stands before others, too. */
static void learn(struct line_prefix *p, const char **s)
{
	static const char *const begins[] = {
		"Linux version ", "Virtual kernel memory layout:",
		"virtual kernel memory layout:", "Kernel virtual memory layout:",
		"Kernel command line: ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		const char *at = strstr(*s, begins[i]);

		if (!at || at == *s || (size_t)(at - *s) >= sizeof(p->learned))
			continue;
		if (i == 0 && !isdigit((unsigned char)at[strlen(begins[0])]))
			continue;
		memcpy(p->learned, *s, (size_t)(at - *s));
		p->learned[at - *s] = '\0';
		*s = at;
		return;
	}
}

static const char *skip_heads(const char *s, bool had_time)
{
	for (;;) {
		s += strspn(s, " >`*\"|+#");
		if (skip_level(&s) || skip_bracket(&s) || skip_kmsg(&s) || skip_clock(&s) ||
		    skip_words(&s))
			continue;
		if (had_time && (skip_cpu(&s) || skip_paren(&s)))
			continue;
		if (*s == '-' && s[1] == ' ' && (s[2] == '[' || s[2] == '<')) {
			s += 2;
			continue;
		}
		return s;
	}
}

const char *line_message(struct line_prefix *p, char *buf)
{
	const char *s = buf;

	if (strchr(buf, '&')) {
		unescape(buf);
		if (strstr(buf, "&lt;") || strstr(buf, "&gt;"))
			unescape(buf);		/* escaped twice */
	} else if (strchr(buf, '<')) {
		unescape(buf);
	}
	p->is_quoted = buf[strspn(buf, " ")] == '>';
	skip_syslog(&s);
	skip_to_time(p, &s);
	s = skip_heads(s, p->has_time);
	if (skip_learned(p, &s))
		s = skip_heads(s, p->has_time);
	learn(p, &s);
	return s;
}

/* ---- Line breaks of mailers ---- */

static bool ends_open(const char *line)
{
	const size_t len = strlen(line);

	return len && (strchr("-:(", line[len - 1]) ||
		       (len > 1 && !strcmp(line + len - 2, "..")));
}

/* Messages whose rest is worth having. */
static bool is_worth(const char *line)
{
	static const char *const begins[] = {
		"Kernel command line: ", "Truncating RAM at ", "Ignoring RAM at ",
		"vmap allocation for size", "vmalloc: ", "BUG: mapping for",
	};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (!strncmp(line, begins[i], strlen(begins[i])))
			return true;
	return strstr(line, ": vmalloc") != NULL;
}

bool line_goes_on(const char *line, bool line_has_time, const char *next,
		  const struct line_prefix *p)
{
	const bool is_row = strstr(line, "0x") != NULL;
	const char *size = next;

	if (p->has_time || !*next)
		return false;
	/* a row's size, or its second address, on a line of its own */
	if (text_skip(&size, "(") && !strchr(line, '(') && is_row)
		return isdigit((unsigned char)size[strspn(size, " ")]);
	if (ends_open(line) && !strstr(line, "memory layout:") && (is_row || strchr(line, ':')) && !strncmp(next, "0x", 2))
		return true;
	/* a message that was about as long as mailers make lines */
	return (line_has_time || p->is_quoted) && strlen(line) >= (line_has_time ? 40 : 64) &&
	       strlen(line) <= 100 && is_worth(line);
}
