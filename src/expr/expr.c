/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"
#include "expr/type_text.h"
#include "kernel/mm/percpu.h"

enum { CPUS_MAX = 8192 };

struct expr *expr_new(struct kernel *k)
{
	struct expr *e = calloc(1, sizeof(*e));

	if (e)
		e->k = k;
	return e;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->variables.nr; i++)
		free(e->variables.v[i].name);
	for (size_t i = 0; i < e->names.nr; i++) {
		free(e->names.v[i].name);
		free(e->names.v[i].missing);
	}
	for (size_t i = 0; i < e->kept.nr; i++)
		free(e->kept.v[i]);
	vec_done(&e->variables);
	vec_done(&e->names);
	vec_done(&e->kept);
	vec_done(&e->history);
	str_done(&e->text);
	str_done(&e->literal);
	free(e);
}

struct vmatlas_error *expr_format(const char *text, char *ret)
{
	const char *letter = text + (text[0] == '/');

	if (*letter && strchr("xduotacsz", *letter) && !letter[1]) {
		*ret = *letter;
		return NULL;
	}
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "invalid format '%s': x (hex), d, u, o, "
				 "t (binary), a (address), c (character), s (string) or z", text);
}

/* ---- CPUs after a colon: "0", "a", "0,2-3" ---- */

static struct vmatlas_error *bad_cpus(const char *text)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"':%s'? after a variable: the number of a CPU, several (0,2-3), or a for all", text);
}

static struct vmatlas_error *add_cpu(struct cpu_list *cpus, uint64_t cpu)
{
	uint32_t *to = cpus->v.nr < CPUS_MAX ? vec_push(&cpus->v) : NULL;

	if (!to)
		return error_no_memory();
	*to = (uint32_t)cpu;
	return NULL;
}

static struct vmatlas_error *parse_cpus(struct expr *e, const char *text, struct cpu_list *cpus)
{
	const char *p = text;
	struct vmatlas_error *err = NULL;

	while (isspace((unsigned char)*p))
		p++;
	if (!strcmp(p, "a") || !strcmp(p, "all"))
		return percpu_possible(e->k, cpus);
	while (!err) {
		char *end;
		uint64_t first, last;

		if (!isdigit((unsigned char)*p))
			return bad_cpus(text);
		first = last = strtoull(p, &end, 10);
		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoull(end + 1, &end, 10);
		if (last < first || last >= CPUS_MAX)
			return bad_cpus(text);
		for (; !err && first <= last; first++)
			err = add_cpu(cpus, first);
		while (isspace((unsigned char)*end))
			end++;
		if (!*end)
			break;
		if (*end != ',')
			return bad_cpus(text);
		p = end + 1;
	}
	return err;
}

/* ---- Print ---- */

static struct vmatlas_error *remember(struct expr *e, const struct value *v, uint32_t *ret)
{
	struct value *to;

	*ret = 0;
	if (type_kind(v->type) == VMATLAS_TYPE_VOID)
		return NULL;
	to = vec_push(&e->history);
	if (!to)
		return error_no_memory();
	*to = *v;
	to->from = NULL;
	*ret = (uint32_t)e->history.nr;
	return NULL;
}

static struct vmatlas_error *fill_result(struct expr *e, const struct value *v,
					 struct expr_result *ret)
{
	struct vmatlas_error *err = NULL;

	ret->type = v->type;
	ret->has_addr = v->is_at && !v->bit_size;
	ret->addr = v->addr;
	if (!type_is_scalar(v->type) || type_strip(v->type)->bytes > 8)
		return NULL;
	err = value_load(e, v, &ret->number);
	ret->has_number = !err;
	ret->is_signed = type_is_signed(e, v->type);
	return err;
}

static struct vmatlas_error *untyped(const struct value *v)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"'%.*s' has unknown type; cast it to its declared type", (int)v->from_len, v->from);
}

static struct vmatlas_error *print_one(struct expr *e, const struct value *v, char format,
				       struct str *out, struct expr_result *ret)
{
	struct vmatlas_error *err = NULL;

	if (v->has_no_type)
		return untyped(v);
	err = print_value(e, v, (struct print_how){ .format = format, .is_top = true }, out);
	if (!err)
		err = fill_result(e, v, ret);
	return err ? err : remember(e, v, &ret->history);
}

/* crash's form: "[0]: ..." for each CPU that was asked for */
static struct vmatlas_error *print_cpus(struct expr *e, const struct value *v, char format,
					struct str *out, struct expr_result *ret)
{
	struct cpu_list cpus = { 0 };
	struct vmatlas_error *err = parse_cpus(e, e->at, &cpus);

	for (size_t i = 0; !err && i < cpus.v.nr; i++) {
		struct value at = { 0 };

		err = per_cpu_value(e, v, cpus.v.v[i], &at);
		if (!err && cpus.v.nr > 1)
			str_addf(out, "%s[%" PRIu32 "]: ", i ? "\n" : "", cpus.v.v[i]);
		if (!err)
			err = print_one(e, &at, format, out, ret);
	}
	vec_done(&cpus.v);
	return err;
}

struct vmatlas_error *expr_print(struct expr *e, const char *text, char format, struct str *out,
				 struct expr_result *ret)
{
	struct expr_result ignored;
	struct value v = { 0 };
	struct vmatlas_error *err = parse_text(e, text, &v, NULL);

	ret = ret ? ret : &ignored;
	*ret = (struct expr_result){ 0 };
	if (!err && token_is(e, ':'))
		err = print_cpus(e, &v, format, out, ret);
	else if (!err)
		err = print_one(e, &v, format, out, ret);
	if (!err && out->failed)
		err = error_no_memory();
	return err;
}

/* ---- Types ---- */

/* Of an expression the type alone counts: nothing is read. */
static struct vmatlas_error *type_of_text(struct expr *e, const char *text, ctype *ret,
					  bool *ret_is_type)
{
	struct value v = { 0 };
	struct vmatlas_error *err = parse_text(e, text, &v, ret);

	*ret_is_type = !err && *ret;
	if (!err && e->token.kind != TOKEN_END)
		err = lexer_error(e);
	if (!err && !*ret && v.has_no_type)
		err = untyped(&v);
	if (!err && !*ret)
		*ret = v.type;
	return err;
}

struct vmatlas_error *expr_whatis(struct expr *e, const char *text, struct str *out)
{
	ctype t = NULL;
	bool is_type;
	unsigned int mods;
	struct vmatlas_error *err = type_of_text(e, text, &t, &is_type);

	if (err)
		return err;
	/* of a typedef gdb says what it stands for, one step of it */
	if (is_type && type_unqualified(t, &mods) && !mods && t->kind == VMATLAS_TYPE_TYPEDEF)
		t = t->target;
	err = type_text(e, t, out);
	return err || !out->failed ? err : error_no_memory();
}

struct vmatlas_error *expr_ptype(struct expr *e, const char *text, bool offsets, struct str *out,
				 const struct vmatlas_type **ret)
{
	ctype t = NULL;
	bool is_type;
	struct vmatlas_error *err = type_of_text(e, text, &t, &is_type);

	if (!err)
		err = ptype_text(e, t, offsets, out);
	if (!err && ret)
		*ret = t;
	return err || !out->failed ? err : error_no_memory();
}

struct vmatlas_error *expr_type(struct expr *e, const char *text, const struct vmatlas_type **ret)
{
	struct value v;
	ctype t = NULL;
	struct vmatlas_error *err = parse_text(e, text, &v, &t);

	if (!err && (!t || e->token.kind != TOKEN_END))
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "'%s' is no type", text);
	if (!err)
		*ret = t;
	return err;
}

struct vmatlas_error *expr_type_text(struct expr *e, const struct vmatlas_type *type,
				     struct str *out)
{
	return type_text(e, type, out);
}

struct vmatlas_error *expr_type_inside(struct expr *e, const char *text, ctype *ret)
{
	const struct str outer = e->text;
	const struct token token = e->token;
	const char *at = e->at;
	const unsigned int depth = e->depth, skipping = e->skipping;
	struct vmatlas_error *err;

	if (depth >= EXPR_DEPTH_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the expression is too deep");
	e->text = (struct str){ 0 };
	err = expr_type(e, text, ret);
	str_done(&e->text);
	e->text = outer;
	e->token = token;
	e->at = at;
	e->depth = depth;
	e->skipping = skipping;
	return err;
}
