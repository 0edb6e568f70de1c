/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar, evaluated as it is read. Operators and what binds tighter are gdb's
 * (gdb/c-exp.y), with @ between shifts and sums.
 */
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"

#define COUNT_MAX ((uint64_t)1 << 32)	/* of ptr@n */

static struct vmatlas_error *parse_binary(struct expr *e, int level, struct value *ret);

static struct vmatlas_error *too_deep(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the expression is too deep");
}

/* ---- Primaries ---- */

static struct vmatlas_error *parse_string(struct expr *e, struct value *ret)
{
	const struct str *s = e->token.text;
	const size_t len = s->len + 1;
	const char *kept = expr_keep(e, str_text(s), s->len);
	ctype element = type_basic(e, BASIC_CHAR), t;

	t = element ? image_type_derived(e->k->image, VMATLAS_TYPE_ARRAY, element, len) : NULL;
	if (!kept || !t)
		return error_no_memory();
	*ret = (struct value){ .type = t, .is_literal = true, .bytes = (const uint8_t *)kept };
	return lexer_next(e);
}

/* 'mm/vmalloc.c'::name */
static struct vmatlas_error *parse_of_file(struct expr *e, struct value *ret)
{
	const char *file = expr_keep(e, str_text(e->token.text), e->token.text->len), *name;
	struct vmatlas_error *err = file ? lexer_next(e) : error_no_memory();

	if (!err && !token_is(e, OP2(':', ':'))) {
		/* gdb: a name in quotes is a name */
		return name_value(e, file, ret);
	}
	if (!err)
		err = lexer_next(e);
	if (!err && e->token.kind != TOKEN_NAME)
		err = lexer_error(e);
	if (err)
		return err;
	name = expr_keep(e, e->token.at, e->token.len);
	err = name ? name_value_of_file(e, file, name, ret) : error_no_memory();
	return err ? err : lexer_next(e);
}

/* offsetof(type, a.b[2].c): as the address of a member of what lies at 0 */
static struct vmatlas_error *parse_designator(struct expr *e, ctype t, struct value *ret)
{
	struct value at = value_at(t, 0), index, next;
	struct vmatlas_error *err = NULL;
	const char *name;
	uint64_t n;

	for (bool first = true; !err; first = false) {
		if (first || token_is(e, '.')) {
			err = first ? NULL : lexer_next(e);
			if (!err && e->token.kind != TOKEN_NAME)
				err = lexer_error(e);
			if (err)
				break;
			name = expr_keep(e, e->token.at, e->token.len);
			err = name ? value_member(e, &at, name, &next) : error_no_memory();
			if (!err)
				err = lexer_next(e);
		} else if (token_is(e, '[')) {
			err = lexer_next(e);
			if (!err)
				err = parse_expression(e, &index);
			if (!err)
				err = value_load(e, &index, &n);
			if (!err)
				err = value_index(e, &at, n, &next);
			if (!err)
				err = lexer_expect(e, ']');
		} else {
			break;
		}
		at = next;
	}
	*ret = at;
	return err;
}

static struct vmatlas_error *parse_type_comma(struct expr *e, ctype *ret)
{
	struct vmatlas_error *err = type_parse(e, ret);

	return err ? err : lexer_expect(e, ',');
}

static struct vmatlas_error *parse_offsetof(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err = lexer_next(e);
	struct value member = { 0 };
	ctype t = NULL;

	if (!err)
		err = lexer_expect(e, '(');
	if (!err)
		err = parse_type_comma(e, &t);
	if (!err)
		err = parse_designator(e, t, &member);
	if (!err)
		err = lexer_expect(e, ')');
	if (!err && member.bit_size)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a bit-field has no offset in bytes");
	if (!err)
		*ret = value_number(type_basic(e, BASIC_ULONG), member.addr);
	return err;
}

/* container_of(ptr, type, member) */
static struct vmatlas_error *parse_container_of(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err = lexer_next(e);
	struct value ptr = { 0 }, member = { 0 };
	uint64_t addr = 0;
	ctype t = NULL;

	if (!err)
		err = lexer_expect(e, '(');
	if (!err)
		err = parse_binary(e, 0, &ptr);
	if (!err)
		err = value_decay(e, &ptr);
	if (!err)
		err = value_load(e, &ptr, &addr);
	if (!err)
		err = lexer_expect(e, ',');
	if (!err)
		err = parse_type_comma(e, &t);
	if (!err)
		err = parse_designator(e, t, &member);
	if (!err)
		err = lexer_expect(e, ')');
	if (err)
		return err;
	t = type_pointer_to(e, t);
	*ret = value_number(t, (addr - member.addr) & e->k->va_mask);
	return t ? NULL : error_no_memory();
}

static struct vmatlas_error *parse_sizeof(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err = lexer_next(e);
	const char *at = e->at;
	const struct token token = e->token;
	struct value v = { 0 };
	bool is_type = false;
	uint64_t size;
	ctype t = NULL;

	if (!err && token_is(e, '(')) {
		err = lexer_next(e);
		if (!err)
			err = type_begins(e, &is_type);
		if (!err && is_type)
			err = type_parse(e, &t);
		if (!err && is_type)
			err = lexer_expect(e, ')');
		if (!err && !is_type) {
			e->at = at;
			e->token = token;
		}
	}
	if (!err && !is_type) {
		e->skipping++;
		err = parse_unary(e, &v);
		e->skipping--;
		t = v.type;
		if (!err && v.has_no_type)
			err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"'%.*s' has unknown type", (int)v.from_len, v.from);
	}
	if (!err)
		err = type_size(e, t, &size);
	if (!err)
		*ret = value_number(type_basic(e, BASIC_INT), size);
	return err;
}

static struct vmatlas_error *parse_dollar(struct expr *e, struct value *ret)
{
	const char *name = expr_keep(e, e->token.at, e->token.len);
	const size_t len = e->token.len;
	struct vmatlas_error *err = name ? lexer_next(e) : error_no_memory();
	bool is = false;

	if (!err && token_is(e, '(')) {
		err = lexer_next(e);
		if (!err)
			err = kernel_word(e, name + 1, ret, &is);
		if (!err && !is)
			err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no function %s(); there are "
				"$lx_current, $lx_per_cpu, $lx_task_by_pid, $lx_module and "
				"$container_of", name);
		return err;
	}
	if (!err && token_is(e, '=')) {
		err = lexer_next(e);
		if (!err)
			err = parse_expression(e, ret);
		return err ? err : name_set(e, name, len, ret);
	}
	return err ? err : name_dollar(e, name, len, ret);
}

static struct vmatlas_error *parse_name(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err;
	const char *name;

	if (token_is_word(e, "offsetof"))
		return parse_offsetof(e, ret);
	if (token_is_word(e, "container_of"))
		return parse_container_of(e, ret);
	name = expr_keep(e, e->token.at, e->token.len);
	if (!name)
		return error_no_memory();
	if (e->has_element) {
		/* of an element of a list, members are names */
		struct vmatlas_type_member m;
		bool found = false;

		err = type_member(e, e->element.type, name, &m, &found);
		if (err || found) {
			if (!err)
				err = value_member(e, &e->element, name, ret);
			return err ? err : lexer_next(e);
		}
	}
	err = name_value(e, name, ret);
	return err ? err : lexer_next(e);
}

static struct vmatlas_error *parse_primary(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err;

	switch (e->token.kind) {
	case TOKEN_NUMBER: case TOKEN_CHAR:
		*ret = value_number(e->token.type, e->token.number);
		return lexer_next(e);
	case TOKEN_STRING: return parse_string(e, ret);
	case TOKEN_FILE: return parse_of_file(e, ret);
	case TOKEN_DOLLAR: return parse_dollar(e, ret);
	case TOKEN_NAME: return parse_name(e, ret);
	default: break;
	}
	if (!token_is(e, '('))
		return lexer_error(e);
	err = lexer_next(e);
	if (!err)
		err = parse_expression(e, ret);
	return err ? err : lexer_expect(e, ')');
}

/* ---- Postfix ---- */

static struct vmatlas_error *parse_member_of(struct expr *e, struct value *v)
{
	struct vmatlas_error *err = lexer_next(e);
	struct value member;
	const char *name;

	if (!err && e->token.kind != TOKEN_NAME)
		err = lexer_error(e);
	if (err)
		return err;
	name = expr_keep(e, e->token.at, e->token.len);
	err = name ? value_member(e, v, name, &member) : error_no_memory();
	if (err)
		return err;
	*v = member;
	return lexer_next(e);
}

static struct vmatlas_error *parse_subscript(struct expr *e, struct value *v)
{
	struct vmatlas_error *err = lexer_next(e);
	struct value index = { 0 }, element;
	uint64_t n = 0;

	if (!err)
		err = parse_expression(e, &index);
	if (!err)
		err = value_load(e, &index, &n);
	if (!err)
		err = value_index(e, v, n, &element);
	if (err)
		return err;
	*v = element;
	return lexer_expect(e, ']');
}

static struct vmatlas_error *no_calls(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
				 "a function of a dump cannot be called");
}

static struct vmatlas_error *parse_postfix(struct expr *e, struct value *ret)
{
	const char *start = e->token.at;
	struct vmatlas_error *err = parse_primary(e, ret);

	while (!err) {
		/* what a pointer in the middle is called, if it leads nowhere */
		const char *end = e->token.at;

		while (end > start && end[-1] == ' ')
			end--;
		ret->from = start;
		ret->from_len = (size_t)(end - start);
		if (token_is(e, '.') || token_is(e, OP2('-', '>')))
			err = parse_member_of(e, ret);
		else if (token_is(e, '['))
			err = parse_subscript(e, ret);
		else if (token_is(e, '('))
			err = no_calls();
		else
			break;
	}
	return err;
}

/* ---- Unary ---- */

static struct vmatlas_error *parse_cast(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err;
	struct value v = { 0 };
	ctype t = NULL;

	err = type_parse(e, &t);
	if (!err)
		err = lexer_expect(e, ')');
	if (!err)
		err = parse_unary(e, &v);
	return err ? err : value_cast(e, &v, t, ret);
}

/* gdb's {type} address */
static struct vmatlas_error *parse_braces(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err = lexer_next(e);
	struct value v = { 0 };
	uint64_t addr = 0;
	ctype t = NULL;

	if (!err)
		err = type_parse(e, &t);
	if (!err)
		err = lexer_expect(e, '}');
	if (!err)
		err = parse_unary(e, &v);
	if (!err)
		err = value_decay(e, &v);
	if (!err)
		err = value_load(e, &v, &addr);
	if (!err)
		*ret = value_at(t, addr);
	return err;
}

static struct vmatlas_error *parse_operator(struct expr *e, int op, struct value *ret)
{
	const char *start = e->token.at;
	struct vmatlas_error *err = lexer_next(e);
	struct value v = { 0 };

	if (!err)
		err = parse_unary(e, &v);
	if (err)
		return err;
	if (op == '*')
		err = value_deref(e, &v, ret);
	else if (op == '&')
		err = value_address_of(e, &v, ret);
	else
		err = value_unary(e, op, &v, ret);
	ret->from = start;
	ret->from_len = (size_t)(e->token.at - start);
	while (ret->from_len && start[ret->from_len - 1] == ' ')
		ret->from_len--;
	return err;
}

static struct vmatlas_error *parse_unary_inside(struct expr *e, struct value *ret)
{
	static const char operators[] = "*&-+~!";
	struct vmatlas_error *err;
	bool is_type;

	for (const char *op = operators; *op; op++)
		if (token_is(e, *op))
			return parse_operator(e, *op, ret);
	if (token_is(e, OP2('&', '&')))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "only what is in memory has an address");
	if (token_is_word(e, "sizeof"))
		return parse_sizeof(e, ret);
	if (token_is(e, '{'))
		return parse_braces(e, ret);
	if (token_is(e, '(')) {
		const char *at = e->at;
		const struct token token = e->token;

		err = lexer_next(e);
		if (!err)
			err = type_begins(e, &is_type);
		if (err || is_type)
			return err ? err : parse_cast(e, ret);
		e->at = at;
		e->token = token;
	}
	return parse_postfix(e, ret);
}

struct vmatlas_error *parse_unary(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err;

	if (e->depth >= EXPR_DEPTH_MAX)
		return too_deep();
	e->depth++;
	err = parse_unary_inside(e, ret);
	e->depth--;
	return err;
}

/* ---- Binary ---- */

static const struct binary_level {
	int ops[5];			/* ends with 0 */
} binary_levels[] = {
	{ { OP2('|', '|') } }, { { OP2('&', '&') } }, { { '|' } }, { { '^' } }, { { '&' } },
	{ { OP2('=', '='), OP2('!', '=') } },
	{ { '<', '>', OP2('<', '='), OP2('>', '=') } },
	{ { OP2('<', '<'), OP2('>', '>') } }, { { '@' } }, { { '+', '-' } },
	{ { '*', '/', '%' } },
};

static int level_operator(const struct expr *e, int level)
{
	for (const int *op = binary_levels[level].ops; *op; op++)
		if (token_is(e, *op))
			return *op;
	return 0;
}

/* ptr@n: n things in a row, the first of which is at hand */
static struct vmatlas_error *repeat(struct expr *e, const struct value *a, const struct value *b,
				    struct value *ret)
{
	uint64_t n = 0;
	struct vmatlas_error *err = value_load(e, b, &n);
	ctype t;

	if (!err && (!a->is_at || a->bit_size || a->has_no_type))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					"only values in memory can be extended with '@'");
	if (!err && !e->skipping && (!n || n > COUNT_MAX))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					"invalid number %" PRId64 " of repetitions", (int64_t)n);
	if (err)
		return err;
	t = image_type_derived(e->k->image, VMATLAS_TYPE_ARRAY, a->type, n);
	if (!t)
		return error_no_memory();
	*ret = *a;
	ret->type = t;
	return NULL;
}

/* The right side of && and || is not looked at where the left one decides. */
static struct vmatlas_error *parse_logical(struct expr *e, int level, int op, struct value *v)
{
	struct value right = { 0 };
	bool is_true, other = false;
	struct vmatlas_error *err = value_is_true(e, v, &is_true);
	const bool decided = is_true == (op == OP2('|', '|'));

	if (!err)
		err = lexer_next(e);
	e->skipping += decided;
	if (!err)
		err = parse_binary(e, level + 1, &right);
	if (!err && !decided)
		err = value_is_true(e, &right, &other);
	e->skipping -= decided;
	if (!err)
		*v = value_number(type_basic(e, BASIC_INT), decided ? is_true : other);
	return err;
}

static struct vmatlas_error *parse_binary(struct expr *e, int level, struct value *ret)
{
	struct value right, result;
	struct vmatlas_error *err;
	int op;

	if (level == (int)ARRAY_SIZE(binary_levels))
		return parse_unary(e, ret);
	err = parse_binary(e, level + 1, ret);
	while (!err && (op = level_operator(e, level))) {
		if (level < 2) {
			err = parse_logical(e, level, op, ret);
			continue;
		}
		err = lexer_next(e);
		if (!err)
			err = parse_binary(e, level + 1, &right);
		if (!err)
			err = op == '@' ? repeat(e, ret, &right, &result)
					: value_binary(e, op, ret, &right, &result);
		if (!err)
			*ret = result;
	}
	return err;
}

static struct vmatlas_error *parse_conditional(struct expr *e, struct value *ret)
{
	struct value yes = { 0 }, no = { 0 };
	struct vmatlas_error *err = parse_binary(e, 0, ret);
	bool is_true;

	if (err || !token_is(e, '?'))
		return err;
	err = value_is_true(e, ret, &is_true);
	if (!err)
		err = lexer_next(e);
	e->skipping += !is_true;
	if (!err)
		err = parse_expression(e, &yes);
	e->skipping -= !is_true;
	if (!err)
		err = lexer_expect(e, ':');
	e->skipping += is_true;
	if (!err)
		err = parse_expression(e, &no);
	e->skipping -= is_true;
	*ret = is_true ? yes : no;
	return err;
}

struct vmatlas_error *parse_expression(struct expr *e, struct value *ret)
{
	struct vmatlas_error *err;

	if (e->depth >= EXPR_DEPTH_MAX)
		return too_deep();
	e->depth++;
	err = parse_conditional(e, ret);
	if (!err && token_is(e, '='))
		err = vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"a dump cannot be changed; $name = ... can, == compares");
	e->depth--;
	return err;
}

/* ---- All of a text ---- */

struct vmatlas_error *parse_text(struct expr *e, const char *text, struct value *ret,
				 ctype *ret_type)
{
	struct vmatlas_error *err = lexer_start(e, text);
	bool is_type = false;

	if (ret_type)
		*ret_type = NULL;
	if (!err && e->token.kind == TOKEN_END)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an empty expression");
	if (!err && (ret_type || token_is_word(e, "struct") || token_is_word(e, "union") ||
		     token_is_word(e, "enum")))
		err = type_begins(e, &is_type);
	if (!err && is_type && !ret_type)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"'%s' is a type, which has no value; ptype shows it", text);
	if (!err)
		err = is_type ? type_parse(e, ret_type) : parse_expression(e, ret);
	/* void is a type, too */
	if (!err && is_type && !*ret_type)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "void has nothing to show");
	if (!err && e->token.kind != TOKEN_END && !token_is(e, ':'))
		err = lexer_error(e);
	return err;
}
