/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of an expression: variables, enumerators, types, $1 and $name; each looked up once. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"

enum { LIKE_SHOWN = 3, NAME_CACHE_MAX = 4096, NAMESAKES_SHOWN = 4 };

/* ---- What was looked up ---- */

/* "e", "t" and so on before the name keep kinds apart. */
static struct cached_name *cache_find(struct expr *e, char kind, const char *name)
{
	for (size_t i = 0; i < e->names.nr; i++)
		if (e->names.v[i].name[0] == kind && !strcmp(e->names.v[i].name + 1, name))
			return &e->names.v[i];
	return NULL;
}

/* @missing: consumed, and handed back */
static struct vmatlas_error *cache_add(struct expr *e, char kind, const char *name,
				       const struct value *v, ctype type,
				       struct vmatlas_error *missing)
{
	struct cached_name *c = e->names.nr < NAME_CACHE_MAX ? vec_push(&e->names) : NULL;
	size_t len = strlen(name);

	if (!c)
		return missing;
	c->name = malloc(len + 2);
	c->missing = missing ? strdup(vmatlas_error_message(missing)) : NULL;
	if (!c->name || (missing && !c->missing)) {
		free(c->name);
		free(c->missing);
		e->names.nr--;
		return missing;
	}
	c->name[0] = kind;
	memcpy(c->name + 1, name, len + 1);
	c->value = v ? *v : (struct value){ 0 };
	c->type = type;
	return missing;
}

/* ---- Types ---- */

static char kind_letter(enum vmatlas_type_kind kind)
{
	return kind == VMATLAS_TYPE_VOID ? '*' : kind == VMATLAS_TYPE_STRUCT ? 's' : kind == VMATLAS_TYPE_UNION ? 'u' :
	       kind == VMATLAS_TYPE_ENUM ? 'e' : kind == VMATLAS_TYPE_TYPEDEF ? 't' : 'b';
}

struct vmatlas_error *name_type(struct expr *e, enum vmatlas_type_kind kind, const char *name,
				ctype *ret)
{
	struct cached_name *c = cache_find(e, kind_letter(kind), name);
	struct vmatlas_error *err;
	ctype found = NULL;

	*ret = NULL;
	if (c) {
		*ret = c->type;
		return NULL;
	}
	err = image_type_find(e->k->image, kind, name, &found);
	if (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	*ret = found;
	return cache_add(e, kind_letter(kind), name, NULL, found, NULL);
}

static const char *kind_prefix(enum vmatlas_type_kind kind)
{
	return kind == VMATLAS_TYPE_STRUCT ? "struct " : kind == VMATLAS_TYPE_UNION ? "union " :
	       kind == VMATLAS_TYPE_ENUM ? "enum " : "";
}

struct vmatlas_error *name_type_of_file(struct expr *e, enum vmatlas_type_kind kind,
					const char *file, const char *name, ctype *ret)
{
	struct vmatlas_error *err = image_type_find_of(e->k->image, kind, name, file, ret);

	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s%s in %s", kind_prefix(kind), name,
				 file);
}

/* Once a name: what was said to be one is remembered. */
struct vmatlas_error *name_type_is_one(struct expr *e, enum vmatlas_type_kind kind,
				       const char *name)
{
	struct image_namesake v[NAMESAKES_SHOWN];
	_cleanup_(str_done) struct str s = { 0 };
	size_t nr = 0;
	struct vmatlas_error *err;

	if (cache_find(e, '1', name))
		return NULL;
	err = image_type_namesakes(e->k->image, kind, name, v, NAMESAKES_SHOWN, &nr);
	if (err || nr < 2)
		return err ? err : cache_add(e, '1', name, NULL, NULL, NULL);
	for (size_t i = 0; i < nr; i++)
		str_addf(&s, "%s%s'%s'::%s (%" PRIu64 " bytes)", i ? ", " : "", kind_prefix(kind),
			 v[i].file, name, v[i].bytes);
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "%zu types are called %s%s; say which: %s",
				 nr, kind_prefix(kind), name, str_text(&s));
}

/* A struct where a union is meant is easily said. */
struct vmatlas_error *name_type_missing(struct expr *e, enum vmatlas_type_kind kind,
					const char *name)
{
	const char *word = kind_prefix(kind);
	ctype t;
	struct vmatlas_error *err = name_type(e, VMATLAS_TYPE_VOID, name, &t);

	if (err)
		return err;
	if (t)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"no %s%s in this kernel; there is %s%s", word, name, kind_prefix(t->kind),
			name);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s%s in this kernel (in a module?)",
				 *word ? word : "type ", name);
}

/* ---- Variables and enumerators ---- */

static int first_symbol(void *arg, const struct image_named *s)
{
	(void)s;
	*(bool *)arg = true;
	return 1;
}

struct vmatlas_error *name_is_symbol(struct expr *e, const char *name, bool *ret)
{
	struct cached_name *c = cache_find(e, 'v', name);

	*ret = c && !c->missing;
	return c ? NULL : image_symbols_named(e->k->image, name, first_symbol, ret);
}

/* Macros are written in capitals. */
static bool looks_like_macro(const char *name)
{
	bool has_letter = false;

	for (; *name; name++) {
		if (islower((unsigned char)*name))
			return false;
		has_letter |= isupper((unsigned char)*name) != 0;
	}
	return has_letter;
}

static struct vmatlas_error *name_missing(struct expr *e, const char *name)
{
	_cleanup_(str_done) struct str like = { 0 };
	const char *names[LIKE_SHOWN + 1], *unit = "";
	size_t nr = 0;
	bool is_removed = false;
	struct vmatlas_error *err = image_is_removed(e->k->image, name, &is_removed, &unit);

	if (!err && is_removed)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"the compiler left no variable %s in memory (%s has it as a constant, or "
			"not at all)", name, *unit ? unit : "the source");
	if (!err && !looks_like_macro(name))
		err = image_names_like(e->k->image, name, names, LIKE_SHOWN, &nr);
	if (err)
		return err;
	for (size_t i = 0; i < nr; i++)
		str_addf(&like, "%s%s", i ? ", " : "; did you mean ", names[i]);
	if (looks_like_macro(name))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"no symbol %s: not a variable or enumerator; a macro is not in the debug "
			"information: write its value", name);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no symbol %s in this kernel%s%s", name,
				 str_text(&like), nr ? "?" : "");
}

static void value_of_variable(const struct kernel_variable *k, struct value *ret)
{
	*ret = value_at(k->type, k->addr);
	ret->has_no_type = !k->type;
	ret->from = k->name;
	ret->from_len = strlen(k->name);
}

static struct vmatlas_error *find_enumerator(struct expr *e, const char *name, struct value *ret)
{
	int64_t number = 0;
	ctype type;
	struct vmatlas_error *err = image_enum_constant(e->k->image, name, &type, &number);

	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		err = name_missing(e, name);
	} else if (!err) {
		*ret = value_number(type, (uint64_t)number);
	}
	return err;
}

struct vmatlas_error *name_value(struct expr *e, const char *name, struct value *ret)
{
	struct cached_name *c = cache_find(e, 'v', name);
	struct kernel_variable found;
	struct vmatlas_error *err;

	if (c && c->missing)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s", c->missing);
	if (c) {
		*ret = c->value;
		return NULL;
	}
	err = kernel_variable_find(e->k, name, NULL, &found);
	if (!err) {
		value_of_variable(&found, ret);
	} else if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		err = find_enumerator(e, name, ret);
	}
	if (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	return cache_add(e, 'v', name, err ? NULL : ret, NULL, err);
}

struct vmatlas_error *name_value_of_file(struct expr *e, const char *file, const char *name,
					 struct value *ret)
{
	struct kernel_variable found;
	struct vmatlas_error *err = kernel_variable_find(e->k, name, file, &found);

	if (!err)
		value_of_variable(&found, ret);
	return err;
}

/* ---- $ ---- */

static struct vmatlas_error *history_at(struct expr *e, uint64_t number, struct value *ret)
{
	if (number >= 1 && number <= e->history.nr) {
		*ret = e->history.v[number - 1];
		return NULL;
	}
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"there is no $%" PRIu64 ": %zu values were printed", number, e->history.nr);
}

struct vmatlas_error *name_dollar(struct expr *e, const char *name, size_t len, struct value *ret)
{
	const bool is_back = len > 1 && name[1] == '$';
	const char *digits = name + 1 + is_back;
	const size_t nr = len - 1 - is_back;
	uint64_t number = 0;

	*ret = (struct value){ 0 };
	if (len == 1 && e->has_element) {
		*ret = e->element;
		return NULL;
	}
	if (len <= 2 && !nr) {			/* $ and $$ */
		if (e->history.nr > is_back)
			*ret = e->history.v[e->history.nr - 1 - is_back];
		return NULL;
	}
	for (size_t i = 0; i < nr && i < 9; i++) {
		if (!isdigit((unsigned char)digits[i])) {
			number = UINT64_MAX;
			break;
		}
		number = number * 10 + (uint64_t)(digits[i] - '0');
	}
	if (number != UINT64_MAX && is_back)
		number = number < e->history.nr ? e->history.nr - number : 0;
	if (number != UINT64_MAX)
		return history_at(e, number, ret);
	for (size_t i = 0; i < e->variables.nr; i++)
		if (strlen(e->variables.v[i].name) == len &&
		    !memcmp(e->variables.v[i].name, name, len))
			*ret = e->variables.v[i].value;
	return NULL;
}

struct vmatlas_error *name_set(struct expr *e, const char *name, size_t len,
			       const struct value *v)
{
	struct named_value *to = NULL;

	for (size_t i = 0; i < e->variables.nr && !to; i++)
		if (strlen(e->variables.v[i].name) == len &&
		    !memcmp(e->variables.v[i].name, name, len))
			to = &e->variables.v[i];
	if (!to) {
		char *copy = strndup(name, len);

		to = copy ? vec_push(&e->variables) : NULL;
		if (!to) {
			free(copy);
			return error_no_memory();
		}
		to->name = copy;
	}
	to->value = *v;
	to->value.from = NULL;
	return NULL;
}
