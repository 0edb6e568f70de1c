/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters to tokens, as C and gdb have them. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "expr/expr_internal.h"

#define SHOWN_MAX 24

const char *expr_keep(struct expr *e, const char *text, size_t len)
{
	char **slot = vec_push(&e->kept);

	if (!slot)
		return NULL;
	*slot = malloc(len + 1);
	if (!*slot) {
		e->kept.nr--;
		return NULL;
	}
	memcpy(*slot, text, len);
	(*slot)[len] = '\0';
	return *slot;
}

bool token_is(const struct expr *e, int op)
{
	return e->token.kind == TOKEN_OPERATOR && e->token.op == op;
}

bool token_is_word(const struct expr *e, const char *word)
{
	return e->token.kind == TOKEN_NAME && e->token.len == strlen(word) &&
	       !memcmp(e->token.at, word, e->token.len);
}

struct vmatlas_error *lexer_error(struct expr *e)
{
	const int len = (int)MIN(strlen(e->token.at), (size_t)SHOWN_MAX);

	if (e->token.kind == TOKEN_END)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "the expression '%s' ends too early", str_text(&e->text));
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a syntax error near '%.*s'", len,
				 e->token.at);
}

struct vmatlas_error *lexer_expect(struct expr *e, int op)
{
	return token_is(e, op) ? lexer_next(e) : lexer_error(e);
}

/* ---- Numbers ---- */

/* The first type of C's list that holds it (C11 6.4.4.1). */
static ctype number_type(struct expr *e, uint64_t v, bool is_decimal, bool is_unsigned,
			 int longs)
{
	static const enum basic_type order[] = { BASIC_INT, BASIC_UINT, BASIC_LONG, BASIC_ULONG,
						 BASIC_LLONG, BASIC_ULLONG };

	for (size_t i = (size_t)(longs * 2); i < ARRAY_SIZE(order); i++) {
		const bool is_u = i & 1;
		ctype t = type_basic(e, order[i]);
		unsigned int bits = t ? (unsigned int)t->bytes * 8 - !is_u : 64;

		if ((is_unsigned && !is_u) || (is_decimal && !is_unsigned && is_u && i < 5))
			continue;
		if (bits >= 64 || v >> bits == 0)
			return t;
	}
	return type_basic(e, BASIC_ULLONG);
}

static struct vmatlas_error *lex_number(struct expr *e)
{
	struct token *t = &e->token;
	const bool is_hex = e->at[0] == '0' && (e->at[1] | 0x20) == 'x';
	const bool is_binary = e->at[0] == '0' && (e->at[1] | 0x20) == 'b';
	const int base = is_hex ? 16 : is_binary ? 2 : e->at[0] == '0' ? 8 : 10;
	const char *digits = e->at + (is_hex || is_binary ? 2 : 0);
	bool is_unsigned = false;
	int longs = 0;
	char *end;

	errno = 0;
	t->number = isxdigit((unsigned char)*digits) ? strtoull(digits, &end, base) : 0;
	if (!isxdigit((unsigned char)*digits) || end == digits)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "invalid number '%.*s'",
					 SHOWN_MAX, e->at);
	if (errno)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"the number '%.*s' has more than 64 bits", SHOWN_MAX, e->at);
	for (;; end++) {
		if ((*end | 0x20) == 'u' && !is_unsigned)
			is_unsigned = true;
		else if ((*end | 0x20) == 'l' && longs < 2)
			longs++;
		else
			break;
	}
	if (isalnum((unsigned char)*end) || *end == '_' || *end == '.')
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"invalid number '%.*s'%s", SHOWN_MAX, e->at,
			*end == '.' ? ": floating point is not supported" : "");
	t->kind = TOKEN_NUMBER;
	t->type = number_type(e, t->number, base == 10, is_unsigned, longs);
	e->at = end;
	return t->type ? NULL : error_no_memory();
}

/* ---- Characters and strings ---- */

static int lex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c)
		? (c | 0x20) - 'a' + 10 : -1;
}

/* One character, *at behind the backslash. */
static uint8_t lex_escape(const char **at)
{
	static const char names[] = "abfnrtve", values[] = "\a\b\f\n\r\t\v\033";
	const char *p = *at, *named = *p ? strchr(names, *p) : NULL;
	unsigned int v = 0;

	if (*p >= '0' && *p <= '7') {
		for (int i = 0; i < 3 && *p >= '0' && *p <= '7'; i++)
			v = v * 8 + (unsigned int)(*p++ - '0');
	} else if (*p == 'x') {
		for (p++; lex_digit(*p) >= 0; p++)
			v = v * 16 + (unsigned int)lex_digit(*p);
	} else {
		v = named ? (uint8_t)values[named - names] : (uint8_t)*p;
		p += *p != '\0';
	}
	*at = p;
	return (uint8_t)v;
}

/* What stands in quotes; one character of ' is a char, more the name of a file. */
static struct vmatlas_error *lex_quoted(struct expr *e, char quote)
{
	const char *p = e->at + 1;

	str_done(&e->literal);
	while (*p && *p != quote) {
		char c = *p++;

		if (c == '\\')
			c = (char)lex_escape(&p);
		str_add(&e->literal, &c, 1);
	}
	if (*p != quote)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a %c without its end", quote);
	if (e->literal.failed)
		return error_no_memory();
	e->at = p + 1;
	e->token.text = &e->literal;
	e->token.kind = quote == '"' ? TOKEN_STRING : e->literal.len == 1 ? TOKEN_CHAR : TOKEN_FILE;
	if (e->token.kind == TOKEN_FILE && !e->literal.len)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an empty character constant");
	if (e->token.kind != TOKEN_CHAR)
		return NULL;
	e->token.type = type_basic(e, BASIC_CHAR);
	if (!e->token.type)
		return error_no_memory();
	e->token.number = value_fit(e, e->token.type, (uint8_t)e->literal.s[0]);
	return NULL;
}

/* ---- Operators ---- */

static struct vmatlas_error *lex_operator(struct expr *e)
{
	static const char *const pairs[] = { "->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
					     "::" };
	const char *at = e->at;

	e->token.kind = TOKEN_OPERATOR;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (at[0] != pairs[i][0] || at[1] != pairs[i][1])
			continue;
		e->token.op = OP2(at[0], at[1]);
		e->at += 2;
		return NULL;
	}
	if (!strchr("+-*/%&|^~!<>=?:.,()[]{}@", *at))
		return lexer_error(e);
	e->token.op = *at;
	e->at++;
	return NULL;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

struct vmatlas_error *lexer_next(struct expr *e)
{
	struct vmatlas_error *err = NULL;

	while (isspace((unsigned char)*e->at))
		e->at++;
	e->token = (struct token){ .kind = TOKEN_END, .at = e->at };
	if (!*e->at)
		return NULL;
	if (isdigit((unsigned char)*e->at)) {
		err = lex_number(e);
	} else if (*e->at == '\'' || *e->at == '"') {
		err = lex_quoted(e, *e->at);
	} else if (is_name_char(*e->at)) {
		e->token.kind = *e->at == '$' ? TOKEN_DOLLAR : TOKEN_NAME;
		while (is_name_char(*e->at))
			e->at++;
	} else {
		e->token.kind = TOKEN_OPERATOR;
		err = lex_operator(e);
	}
	e->token.len = (size_t)(e->at - e->token.at);
	return err;
}

/* The text is copied: values and messages point into it. */
struct vmatlas_error *lexer_start(struct expr *e, const char *text)
{
	str_done(&e->text);
	str_addf(&e->text, "%s", text);
	if (e->text.failed)
		return error_no_memory();
	e->at = str_text(&e->text);
	e->depth = e->skipping = 0;
	return lexer_next(e);
}
