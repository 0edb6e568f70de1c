/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What types are, under their names. */
#include <string.h>

#include "expr/expr_internal.h"

ctype type_strip(ctype t)
{
	for (int i = 0; t && i < PEEL_MAX; i++) {
		switch (t->kind) {
		case VMATLAS_TYPE_TYPEDEF: case VMATLAS_TYPE_CONST: case VMATLAS_TYPE_VOLATILE:
		case VMATLAS_TYPE_RESTRICT: case VMATLAS_TYPE_ATOMIC:
			t = t->target;
			break;
		default:
			return t;
		}
	}
	return NULL;
}

enum vmatlas_type_kind type_kind(ctype t)
{
	t = type_strip(t);
	return t ? t->kind : VMATLAS_TYPE_VOID;
}

bool type_is_integer(ctype t)
{
	const enum vmatlas_type_kind kind = type_kind(t);

	return kind == VMATLAS_TYPE_BOOL || kind == VMATLAS_TYPE_CHAR ||
	       kind == VMATLAS_TYPE_INT || kind == VMATLAS_TYPE_ENUM;
}

bool type_is_scalar(ctype t)
{
	return type_is_integer(t) || type_kind(t) == VMATLAS_TYPE_POINTER;
}

/* Whether an enumeration may be negative shows in its enumerators. */
bool type_is_signed(struct expr *e, ctype t)
{
	const struct vmatlas_type_member *m;
	size_t nr;

	t = type_strip(t);
	if (t && t->kind == VMATLAS_TYPE_ENUM) {
		struct vmatlas_error *err = type_complete(e, t, &t);

		if (!err)
			err = image_type_members(e->k->image, t, &m, &nr);
		vmatlas_error_free(err);
	}
	return t && t->flags & VMATLAS_TYPE_SIGNED;
}

struct vmatlas_error *type_complete(struct expr *e, ctype t, ctype *ret)
{
	t = type_strip(t);
	if (!t) {
		*ret = NULL;
		return NULL;
	}
	return image_type_definition(e->k->image, t, ret);
}

/* Of void and functions gdb says 1, as gcc does. */
struct vmatlas_error *type_size(struct expr *e, ctype t, uint64_t *ret)
{
	struct vmatlas_error *err = NULL;
	uint64_t element;

	t = type_strip(t);
	*ret = 1;
	if (!t || t->kind == VMATLAS_TYPE_FUNCTION)
		return NULL;
	if (t->kind == VMATLAS_TYPE_ARRAY) {
		err = type_size(e, t->target, &element);
		if (!err && __builtin_mul_overflow(element, t->count, ret))
			err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an array too large");
		return err;
	}
	err = type_complete(e, t, &t);
	if (!err)
		*ret = t->bytes;
	return err;
}

struct vmatlas_error *type_members(struct expr *e, ctype t,
				   const struct vmatlas_type_member **ret, size_t *ret_nr)
{
	*ret_nr = 0;
	t = type_strip(t);
	return t ? image_type_members(e->k->image, t, ret, ret_nr) : NULL;
}

/* Members that one question may look at: a struct that holds itself is damage. */
enum { MEMBERS_LOOKED_AT = 1 << 18 };

static struct vmatlas_error *member_in(struct expr *e, ctype t, const char *name,
				       unsigned int depth, struct vmatlas_type_member *ret,
				       bool *ret_found)
{
	const struct vmatlas_type_member *m;
	size_t nr;
	struct vmatlas_error *err = type_members(e, t, &m, &nr);

	for (size_t i = 0; !err && i < nr && !*ret_found; i++) {
		const enum vmatlas_type_kind kind = type_kind(m[i].type);

		if (++e->looked_at > MEMBERS_LOOKED_AT)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"%s has damaged types: members without end",
				image_info(e->k->image)->path);

		if (!strcmp(m[i].name, name)) {
			*ret = m[i];
			*ret_found = true;
		} else if (!*m[i].name && !m[i].bit_size && depth < 16 &&
			   (kind == VMATLAS_TYPE_STRUCT || kind == VMATLAS_TYPE_UNION)) {
			err = member_in(e, m[i].type, name, depth + 1, ret, ret_found);
			if (!err && *ret_found)
				ret->bit_offset += m[i].bit_offset;
		}
	}
	return err;
}

struct vmatlas_error *type_member(struct expr *e, ctype t, const char *name,
				  struct vmatlas_type_member *ret, bool *ret_found)
{
	const enum vmatlas_type_kind kind = type_kind(t);

	*ret_found = false;
	if (!*name || (kind != VMATLAS_TYPE_STRUCT && kind != VMATLAS_TYPE_UNION))
		return NULL;
	e->looked_at = 0;
	return member_in(e, t, name, 0, ret, ret_found);
}
