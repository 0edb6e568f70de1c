/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words and numbers as kernels print and read them; command lines. */
#include <ctype.h>
#include <string.h>

#include "bootlog/bootlog_internal.h"

bool text_skip(const char **s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*s, word, len) != 0)
		return false;
	*s += len;
	return true;
}

void text_skip_blanks(const char **s)
{
	while (**s == ' ')
		(*s)++;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* All digits of @base at *@s; false if there are none or they overflow. */
static bool number(const char **s, unsigned int base, uint64_t *ret)
{
	const char *p = *s;
	uint64_t v = 0;

	for (; digit_of(*p) < (int)base; p++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)digit_of(*p), &v))
			return false;
	if (p == *s)
		return false;
	*s = p;
	*ret = v;
	return true;
}

bool text_hex(const char **s, uint64_t *ret, bool *ret_has_0x)
{
	const char *p = *s;
	bool has_0x = p[0] == '0' && (p[1] | 0x20) == 'x';

	if (has_0x)
		p += 2;
	if (!number(&p, 16, ret) || isalnum((unsigned char)*p))
		return false;
	if (ret_has_0x)
		*ret_has_0x = has_0x;
	*s = p;
	return true;
}

bool text_decimal(const char **s, uint64_t *ret)
{
	return number(s, 10, ret);
}

bool text_memparse(const char **s, uint64_t *ret)
{
	const char *p = *s;
	unsigned int base = 10, shift = 0;
	uint64_t v;

	if (p[0] == '0' && (p[1] | 0x20) == 'x' && isxdigit((unsigned char)p[2])) {
		base = 16;
		p += 2;
	} else if (p[0] == '0') {
		base = 8;
	}
	if (!number(&p, base, &v))
		return false;
	switch (*p | 0x20) {
	case 't':
		shift += 10;	/* fall through */
	case 'g':
		shift += 10;	/* fall through */
	case 'm':
		shift += 10;	/* fall through */
	case 'k':
		shift += 10;
		p++;
	}
	if (v > UINT64_MAX >> shift)
		return false;
	*s = p;
	*ret = v << shift;
	return true;
}

/* ---- Command lines ---- */

/*
 * Step to the next word of a command line: blanks inside double quotes do not
 * end one, and what follows "--" is init's, not the kernel's (next_arg() in
 * lib/cmdline.c, parse_args() in kernel/params.c).
 */
static const char *next_word(const char **s)
{
	bool quoted = false;

	while (isspace((unsigned char)**s))
		(*s)++;
	const char *word = *s;
	for (; **s && (quoted || !isspace((unsigned char)**s)); (*s)++)
		if (**s == '"')
			quoted = !quoted;
	if (*s == word || (*s - word == 2 && strncmp(word, "--", 2) == 0))
		return NULL;
	return *word == '"' ? word + 1 : word;
}

/* early_mem() of arch/arm/kernel/setup.c: mem=SIZE or mem=SIZE@START, repeatable. */
size_t cmdline_mem(const char *cmdline, struct bootlog_param *ret, size_t max)
{
	size_t nr = 0;

	for (const char *w; (w = next_word(&cmdline));) {
		struct bootlog_param p = { 0 };

		if (!text_skip(&w, "mem=") || !text_memparse(&w, &p.size) || !p.size)
			continue;
		if (*w == '@') {
			w++;
			p.has_start = text_memparse(&w, &p.start);
		}
		if (nr < max)
			ret[nr] = p;
		nr++;
	}
	return nr;
}

bool cmdline_vmalloc(const char *cmdline, uint64_t *ret)
{
	bool found = false;

	for (const char *w; (w = next_word(&cmdline));)
		if (text_skip(&w, "vmalloc=") && text_memparse(&w, ret))
			found = true;
	return found;
}
