/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types in C, as gdb's c_print_type() writes them (gdb/c-typeprint.c). */
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"
#include "expr/type_text.h"

/* What gcc calls the integers, and gdb. */
static const char *const gcc_names[][2] = {
	{ "long unsigned int", "unsigned long" }, { "long int", "long" },
	{ "short unsigned int", "unsigned short" }, { "short int", "short" },
	{ "long long unsigned int", "unsigned long long" }, { "long long int", "long long" },
	{ "__int128 unsigned", "unsigned __int128" },
};

static const char *c_name(ctype t)
{
	if (t->kind != VMATLAS_TYPE_INT)
		return t->name;
	for (size_t i = 0; i < ARRAY_SIZE(gcc_names); i++)
		if (!strcmp(t->name, gcc_names[i][0]))
			return gcc_names[i][1];
	return t->name;
}

ctype type_unqualified(ctype t, unsigned int *mods)
{
	static const enum vmatlas_type_kind kinds[] = { VMATLAS_TYPE_CONST, VMATLAS_TYPE_VOLATILE,
		VMATLAS_TYPE_RESTRICT, VMATLAS_TYPE_ATOMIC };

	*mods = 0;
	for (int n = 0; t && n < PEEL_MAX; n++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(kinds) && t->kind != kinds[i])
			i++;
		if (i == ARRAY_SIZE(kinds))
			return t;
		*mods |= 1u << i;
		t = t->target;
	}
	return NULL;
}

static void text_mods(unsigned int mods, bool before, bool after, struct str *out)
{
	static const char *const words[] = { "const", "volatile", "restrict", "_Atomic" };
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(mods >> i & 1))
			continue;
		str_addf(out, "%s%s", before || any ? " " : "", words[i]);
		any = true;
	}
	if (any && after)
		str_addf(out, " ");
}

static bool is_compound(ctype t)
{
	return t && (t->kind == VMATLAS_TYPE_POINTER || t->kind == VMATLAS_TYPE_ARRAY ||
		     t->kind == VMATLAS_TYPE_FUNCTION);
}

ctype type_base(ctype t)
{
	unsigned int mods;

	for (int i = 0; i < EXPR_DEPTH_MAX; i++) {
		ctype u = type_unqualified(t, &mods);

		if (!is_compound(u))
			return t;
		t = u->target;
	}
	return NULL;
}

/* The bottom of the type, but for bodies. False: it has no name. */
bool type_text_name(ctype t, struct str *out)
{
	unsigned int mods;
	ctype u = type_unqualified(t, &mods);

	text_mods(mods, false, true, out);
	if (!u) {
		str_addf(out, "void");
		return true;
	}
	if (u->kind == VMATLAS_TYPE_STRUCT || u->kind == VMATLAS_TYPE_UNION ||
	    u->kind == VMATLAS_TYPE_ENUM)
		str_addf(out, "%s", u->kind == VMATLAS_TYPE_STRUCT ? "struct " :
			 u->kind == VMATLAS_TYPE_UNION ? "union " : "enum ");
	str_addf(out, "%s", c_name(u));
	return *u->name != '\0';
}

static void text_prefix(ctype t, bool in_pointer, bool has_name, unsigned int depth,
			struct str *out)
{
	unsigned int mods;
	ctype u = type_unqualified(t, &mods);

	if (!is_compound(u) || depth > EXPR_DEPTH_MAX)
		return;
	if (u->kind == VMATLAS_TYPE_POINTER) {
		text_prefix(u->target, true, true, depth + 1, out);
		str_addf(out, "*");
		text_mods(mods, true, has_name, out);
		return;
	}
	text_prefix(u->target, false, false, depth + 1, out);
	if (in_pointer)
		str_addf(out, "(");
}

/* The space between the bottom and what stands behind it, and that. */
void type_text_before(ctype t, bool has_name, struct str *out)
{
	unsigned int mods;

	if (has_name || is_compound(type_unqualified(t, &mods)))
		str_addf(out, " ");
	text_prefix(t, false, has_name, 0, out);
}

static struct vmatlas_error *text_suffix(struct expr *e, ctype t, bool in_pointer,
					 unsigned int depth, struct str *out);

static struct vmatlas_error *text_parameters(struct expr *e, ctype fn, unsigned int depth,
					     struct str *out)
{
	const struct vmatlas_type_member *m;
	size_t nr = 0;
	struct vmatlas_error *err = type_members(e, fn, &m, &nr);

	str_addf(out, "(");
	for (size_t i = 0; !err && i < nr; i++) {
		if (i)
			str_addf(out, ", ");
		err = type_text_deep(e, m[i].type, depth + 1, out);
	}
	if (fn->flags & VMATLAS_TYPE_VARIADIC)
		str_addf(out, "%s...", nr ? ", " : "");
	else if (!nr && fn->flags & VMATLAS_TYPE_PROTOTYPED)
		str_addf(out, "void");
	str_addf(out, ")");
	return err;
}

static struct vmatlas_error *text_suffix(struct expr *e, ctype t, bool in_pointer,
					 unsigned int depth, struct str *out)
{
	unsigned int mods;
	ctype u = type_unqualified(t, &mods);
	struct vmatlas_error *err = NULL;

	if (!is_compound(u) || depth > EXPR_DEPTH_MAX)
		return NULL;
	if (u->kind == VMATLAS_TYPE_POINTER)
		return text_suffix(e, u->target, true, depth + 1, out);
	if (in_pointer)
		str_addf(out, ")");
	if (u->kind == VMATLAS_TYPE_ARRAY) {
		if (u->flags & VMATLAS_TYPE_FLEXIBLE)
			str_addf(out, "[]");
		else
			str_addf(out, "[%" PRIu64 "]", u->count);
	} else {
		err = text_parameters(e, u, depth, out);
	}
	return err ? err : text_suffix(e, u->target, false, depth + 1, out);
}

struct vmatlas_error *type_text_after(struct expr *e, ctype t, struct str *out)
{
	return text_suffix(e, t, false, 0, out);
}

struct vmatlas_error *type_text_deep(struct expr *e, ctype t, unsigned int depth, struct str *out)
{
	/* a function among its own parameters is damage */
	if (depth > EXPR_DEPTH_MAX / 8 || out->len > MIB(8)) {
		str_addf(out, "...");
		return NULL;
	}
	if (!type_text_name(type_base(t), out))
		str_addf(out, "{...}");
	type_text_before(t, false, out);
	return text_suffix(e, t, false, depth, out);
}

struct vmatlas_error *type_text(struct expr *e, ctype t, struct str *out)
{
	return type_text_deep(e, t, 0, out);
}
