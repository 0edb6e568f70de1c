/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of types: "unsigned long", "struct page **", "void (*)(int)", "char [16]". */
#include <string.h>

#include "expr/expr_internal.h"

#define DIMENSION_MAX ((uint64_t)1 << 32)

static const struct basic_spec {
	const char *name;
	enum vmatlas_type_kind kind;
	uint8_t bytes;			/* 0: a pointer's */
	bool is_signed;
} basic_specs[NR_BASIC] = {
	[BASIC_CHAR] = { "char", VMATLAS_TYPE_CHAR, 1, true },
	[BASIC_SCHAR] = { "signed char", VMATLAS_TYPE_CHAR, 1, true },
	[BASIC_UCHAR] = { "unsigned char", VMATLAS_TYPE_CHAR, 1, false },
	[BASIC_SHORT] = { "short", VMATLAS_TYPE_INT, 2, true },
	[BASIC_USHORT] = { "unsigned short", VMATLAS_TYPE_INT, 2, false },
	[BASIC_INT] = { "int", VMATLAS_TYPE_INT, 4, true },
	[BASIC_UINT] = { "unsigned int", VMATLAS_TYPE_INT, 4, false },
	[BASIC_LONG] = { "long", VMATLAS_TYPE_INT, 0, true },
	[BASIC_ULONG] = { "unsigned long", VMATLAS_TYPE_INT, 0, false },
	[BASIC_LLONG] = { "long long", VMATLAS_TYPE_INT, 8, true },
	[BASIC_ULLONG] = { "unsigned long long", VMATLAS_TYPE_INT, 8, false },
	[BASIC_BOOL] = { "_Bool", VMATLAS_TYPE_BOOL, 1, false },
	[BASIC_FLOAT] = { "float", VMATLAS_TYPE_FLOAT, 4, true },
	[BASIC_DOUBLE] = { "double", VMATLAS_TYPE_FLOAT, 8, true },
	[BASIC_INT128] = { "__int128", VMATLAS_TYPE_INT, 16, true },
	[BASIC_UINT128] = { "unsigned __int128", VMATLAS_TYPE_INT, 16, false },
};

ctype type_basic(struct expr *e, enum basic_type which)
{
	const struct basic_spec *b = &basic_specs[which];
	bool is_signed = b->is_signed;

	/* The kernel decides whether its chars have a sign (-funsigned-char since 6.2). */
	if (which == BASIC_CHAR && !e->skipping) {
		ctype known = NULL;
		struct vmatlas_error *err = name_type(e, VMATLAS_TYPE_INT, "char", &known);

		vmatlas_error_free(err);
		if (known)
			return known;
	}
	return image_type_basic(e->k->image, b->kind, b->name, b->bytes ?: e->k->ptr_size,
				is_signed);
}

ctype type_pointer_to(struct expr *e, ctype target)
{
	return image_type_derived(e->k->image, VMATLAS_TYPE_POINTER, target, 0);
}

/* ---- Specifiers ---- */

enum { SEEN_UNSIGNED = 1, SEEN_SIGNED = 2, SEEN_SHORT = 4, SEEN_INT = 8, SEEN_CHAR = 16,
       SEEN_LONG = 32, SEEN_LLONG = 64, SEEN_INT128 = 128, SEEN_BASE = 256,
       SEEN_CONST = 512, SEEN_VOLATILE = 1024 };

static const struct type_word {
	const char *word;
	unsigned int seen;
} type_words[] = {
	{ "unsigned", SEEN_UNSIGNED }, { "signed", SEEN_SIGNED }, { "short", SEEN_SHORT },
	{ "int", SEEN_INT }, { "char", SEEN_CHAR }, { "long", SEEN_LONG },
	{ "__int128", SEEN_INT128 }, { "const", SEEN_CONST }, { "volatile", SEEN_VOLATILE },
};
static const char *const base_words[] = { "void", "_Bool", "float", "double", "struct", "union",
					  "enum", "typeof", "__typeof__" };

static unsigned int word_seen(const struct expr *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_words); i++)
		if (token_is_word(e, type_words[i].word))
			return type_words[i].seen;
	return 0;
}

static bool is_base_word(const struct expr *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_words); i++)
		if (token_is_word(e, base_words[i]))
			return true;
	return false;
}

static const char *token_name(struct expr *e)
{
	return expr_keep(e, e->token.at, e->token.len);
}

struct vmatlas_error *type_begins(struct expr *e, bool *ret)
{
	struct vmatlas_error *err;
	const char *name;
	ctype t = NULL;

	*ret = word_seen(e) || is_base_word(e);
	if (*ret || e->token.kind != TOKEN_NAME || token_is_word(e, "sizeof") ||
	    token_is_word(e, "offsetof") || token_is_word(e, "container_of"))
		return NULL;
	name = token_name(e);
	if (!name)
		return error_no_memory();
	if (e->has_element) {
		struct vmatlas_type_member m;

		err = type_member(e, e->element.type, name, &m, ret);
		if (err || *ret) {
			*ret = false;
			return err;
		}
	}
	err = name_is_symbol(e, name, ret);
	if (err || *ret) {
		*ret = false;
		return err;
	}
	err = name_type(e, VMATLAS_TYPE_TYPEDEF, name, &t);
	*ret = t != NULL;
	return err;
}

/* struct page; of two that differ, struct 'mm/a.c'::page */
static struct vmatlas_error *parse_tagged(struct expr *e, ctype *ret)
{
	const enum vmatlas_type_kind kind = token_is_word(e, "struct") ? VMATLAS_TYPE_STRUCT :
		token_is_word(e, "union") ? VMATLAS_TYPE_UNION : VMATLAS_TYPE_ENUM;
	struct vmatlas_error *err = lexer_next(e);
	const char *name, *file = NULL;

	if (!err && e->token.kind == TOKEN_FILE) {
		file = expr_keep(e, str_text(e->token.text), e->token.text->len);
		err = file ? lexer_next(e) : error_no_memory();
		if (!err)
			err = lexer_expect(e, OP2(':', ':'));
	}
	if (!err && e->token.kind != TOKEN_NAME)
		err = lexer_error(e);
	if (err)
		return err;
	name = token_name(e);
	if (!name)
		return error_no_memory();
	if (file) {
		err = name_type_of_file(e, kind, file, name, ret);
	} else {
		err = name_type(e, kind, name, ret);
		if (!err && !*ret)
			err = name_type_missing(e, kind, name);
		if (!err && kind != VMATLAS_TYPE_ENUM)
			err = name_type_is_one(e, kind, name);
	}
	return err ? err : lexer_next(e);
}

/* typeof(expr) and typeof(type) */
static struct vmatlas_error *parse_typeof(struct expr *e, ctype *ret)
{
	struct value v;
	bool is_type;
	struct vmatlas_error *err = lexer_next(e);

	if (!err)
		err = lexer_expect(e, '(');
	if (!err)
		err = type_begins(e, &is_type);
	if (!err && is_type) {
		err = type_parse(e, ret);
	} else if (!err) {
		e->skipping++;
		err = parse_expression(e, &v);
		e->skipping--;
		if (!err)
			*ret = v.type;
	}
	return err ? err : lexer_expect(e, ')');
}

static struct vmatlas_error *parse_base(struct expr *e, ctype *ret)
{
	struct vmatlas_error *err = NULL;
	const char *name;

	if (token_is_word(e, "struct") || token_is_word(e, "union") || token_is_word(e, "enum"))
		return parse_tagged(e, ret);
	if (token_is_word(e, "typeof") || token_is_word(e, "__typeof__"))
		return parse_typeof(e, ret);
	*ret = NULL;
	if (token_is_word(e, "_Bool"))
		*ret = type_basic(e, BASIC_BOOL);
	else if (token_is_word(e, "float"))
		*ret = type_basic(e, BASIC_FLOAT);
	else if (token_is_word(e, "double"))
		*ret = type_basic(e, BASIC_DOUBLE);
	else if (!token_is_word(e, "void")) {
		name = token_name(e);
		if (!name)
			return error_no_memory();
		err = name_type(e, VMATLAS_TYPE_TYPEDEF, name, ret);
		if (!err && !*ret)
			err = name_type_missing(e, VMATLAS_TYPE_TYPEDEF, name);
	}
	return err ? err : lexer_next(e);
}

static enum basic_type basic_of(unsigned int seen)
{
	const bool u = seen & SEEN_UNSIGNED;

	if (seen & SEEN_CHAR)
		return u ? BASIC_UCHAR : seen & SEEN_SIGNED ? BASIC_SCHAR : BASIC_CHAR;
	if (seen & SEEN_SHORT)
		return u ? BASIC_USHORT : BASIC_SHORT;
	if (seen & SEEN_INT128)
		return u ? BASIC_UINT128 : BASIC_INT128;
	if (seen & SEEN_LLONG)
		return u ? BASIC_ULLONG : BASIC_LLONG;
	if (seen & SEEN_LONG)
		return u ? BASIC_ULONG : BASIC_LONG;
	return u ? BASIC_UINT : BASIC_INT;
}

static ctype qualify(struct expr *e, ctype t, unsigned int seen)
{
	if (seen & SEEN_CONST)
		t = image_type_derived(e->k->image, VMATLAS_TYPE_CONST, t, 0);
	if (seen & SEEN_VOLATILE)
		t = image_type_derived(e->k->image, VMATLAS_TYPE_VOLATILE, t, 0);
	return t;
}

static struct vmatlas_error *parse_specifiers(struct expr *e, ctype *ret)
{
	struct vmatlas_error *err = NULL;
	unsigned int seen = 0, word;
	ctype base = NULL;

	while (!err && e->token.kind == TOKEN_NAME) {
		word = word_seen(e);
		if (word) {
			if (word == SEEN_LONG && seen & SEEN_LONG)
				word = SEEN_LLONG;
			seen |= word;
			err = lexer_next(e);
		} else if (!(seen & ~(unsigned int)(SEEN_CONST | SEEN_VOLATILE))) {
			err = parse_base(e, &base);
			seen |= SEEN_BASE;
		} else {
			break;
		}
	}
	if (!err && !(seen & ~(unsigned int)(SEEN_CONST | SEEN_VOLATILE)))
		err = lexer_error(e);
	if (err)
		return err;
	if (!(seen & SEEN_BASE)) {
		base = type_basic(e, basic_of(seen));
		if (!base)
			return error_no_memory();
	}
	*ret = qualify(e, base, seen);
	return NULL;
}

/* ---- Declarators ---- */

static struct vmatlas_error *parse_declarator(struct expr *e, ctype *t);

static struct vmatlas_error *parse_dimension(struct expr *e, ctype *t)
{
	struct value v = { 0 };
	uint64_t count = 0;
	struct vmatlas_error *err = lexer_next(e);

	if (!err && !token_is(e, ']')) {
		err = parse_expression(e, &v);
		if (!err)
			err = value_load(e, &v, &count);
		if (!err && count > DIMENSION_MAX)
			err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an array too large");
	}
	if (!err)
		err = lexer_expect(e, ']');
	if (!err && token_is(e, '['))
		err = parse_dimension(e, t);
	if (err)
		return err;
	*t = image_type_derived(e->k->image, VMATLAS_TYPE_ARRAY, *t, count);
	return *t ? NULL : error_no_memory();
}

static struct vmatlas_error *parse_parameters(struct expr *e, ctype *t)
{
	struct vmatlas_error *err = lexer_next(e);
	ctype fn = image_type_derived(e->k->image, VMATLAS_TYPE_FUNCTION, *t, 0), param;

	if (!fn)
		return error_no_memory();
	while (!err && !token_is(e, ')')) {
		err = type_parse(e, &param);
		if (!err)
			err = image_type_add_parameter(e->k->image, fn, param);
		if (!err && !token_is(e, ')'))
			err = lexer_expect(e, ',');
	}
	*t = fn;
	return err ? err : lexer_next(e);
}

static struct vmatlas_error *parse_suffixes(struct expr *e, ctype *t)
{
	if (token_is(e, '['))
		return parse_dimension(e, t);
	return token_is(e, '(') ? parse_parameters(e, t) : NULL;
}

/* After the parenthesis that closes the one before the token. */
static struct vmatlas_error *skip_parentheses(struct expr *e)
{
	struct vmatlas_error *err = NULL;

	for (int open = 1; !err && open;) {
		if (e->token.kind == TOKEN_END)
			return lexer_error(e);
		open += token_is(e, '(') - token_is(e, ')');
		err = lexer_next(e);
	}
	return err;
}

/* (*)[4]: what stands behind the parentheses is nearer to the type. */
static struct vmatlas_error *parse_nested(struct expr *e, ctype *t)
{
	const char *inner = e->at, *after;
	const struct token inner_token = e->token;
	struct token after_token;
	struct vmatlas_error *err = skip_parentheses(e);

	if (!err)
		err = parse_suffixes(e, t);
	after = e->at;
	after_token = e->token;
	e->at = inner;
	e->token = inner_token;
	if (!err)
		err = parse_declarator(e, t);
	if (!err && !token_is(e, ')'))
		err = lexer_error(e);
	e->at = after;
	e->token = after_token;
	return err;
}

static struct vmatlas_error *parse_pointers(struct expr *e, ctype *t)
{
	struct vmatlas_error *err = NULL;

	while (!err) {
		if (token_is(e, '*'))
			*t = type_pointer_to(e, *t);
		else if (token_is_word(e, "const"))
			*t = qualify(e, *t, SEEN_CONST);
		else if (token_is_word(e, "volatile"))
			*t = qualify(e, *t, SEEN_VOLATILE);
		else
			return NULL;
		err = *t ? lexer_next(e) : error_no_memory();
	}
	return err;
}

static struct vmatlas_error *parse_declarator(struct expr *e, ctype *t)
{
	struct vmatlas_error *err = parse_pointers(e, t);

	if (err || !token_is(e, '('))
		return err ? err : parse_suffixes(e, t);
	if (*e->at != '*' && *e->at != '(')
		return parse_suffixes(e, t);
	if (e->depth >= EXPR_DEPTH_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the type is too deep");
	e->depth++;
	err = lexer_next(e);
	if (!err)
		err = parse_nested(e, t);
	e->depth--;
	return err;
}

struct vmatlas_error *type_parse(struct expr *e, ctype *ret)
{
	struct vmatlas_error *err;

	if (e->depth >= EXPR_DEPTH_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the type is too deep");
	e->depth++;
	err = parse_specifiers(e, ret);
	if (!err)
		err = parse_declarator(e, ret);
	e->depth--;
	return err;
}
