/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types, variables and expressions. */
#include "expr/expr.h"
#include "expr/element_walk.h"
#include "kernel/symbols/variables.h"
#include "map/vmatlas_internal.h"

struct vmatlas_error *vmatlas_type_find(struct vmatlas *atlas, const char *name,
					const struct vmatlas_type **ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (!err && !atlas->types)
		atlas->types = expr_new(atlas->kernel);
	if (!err && !atlas->types)
		err = error_no_memory();
	return err ? err : expr_type(atlas->types, name, ret);
}

struct vmatlas_error *vmatlas_type_members(struct vmatlas *atlas, const struct vmatlas_type *type,
					   const struct vmatlas_type_member **ret, size_t *ret_nr)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : image_type_members(atlas->kernel->image, type, ret, ret_nr);
}

struct vmatlas_error *vmatlas_type_definition(struct vmatlas *atlas,
					      const struct vmatlas_type *type,
					      const struct vmatlas_type **ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : image_type_definition(atlas->kernel->image, type, ret);
}

struct vmatlas_error *vmatlas_variable_find(struct vmatlas *atlas, const char *name,
					    const char *file, struct vmatlas_variable *ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);
	struct kernel_variable found = { 0 };
	struct vmatlas_variable out = { 0 };

	if (!err)
		err = kernel_variable_find(atlas->kernel, name, file, &found);
	if (err)
		return err;
	out = (struct vmatlas_variable){ .is_function = found.is_function, .name = found.name,
		.type = found.type, .unit = found.unit, .addr = found.addr, .bytes = found.bytes };
	return api_give(ret, ret->size, &out, sizeof(out));
}

/* ---- Expressions ---- */

struct vmatlas_eval {
	struct expr *expr;
	struct str text, type_name;
};

struct vmatlas_error *vmatlas_eval_new(struct vmatlas *atlas, struct vmatlas_eval **ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);
	struct vmatlas_eval *eval = err ? NULL : calloc(1, sizeof(*eval));

	if (err)
		return err;
	if (eval)
		eval->expr = expr_new(atlas->kernel);
	if (!eval || !eval->expr) {
		free(eval);
		return error_no_memory();
	}
	*ret = eval;
	return NULL;
}

void vmatlas_eval_free(struct vmatlas_eval *eval)
{
	if (!eval)
		return;
	expr_free(eval->expr);
	str_done(&eval->text);
	str_done(&eval->type_name);
	free(eval);
}

static struct vmatlas_error *check_format(char format)
{
	const char text[] = { format, '\0' };
	char ignored;

	return format ? expr_format(text, &ignored) : NULL;
}

struct vmatlas_error *vmatlas_eval_print(struct vmatlas_eval *eval, const char *expression,
					 char format, struct vmatlas_value *ret)
{
	struct expr_result result = { 0 };
	struct vmatlas_value out;
	struct vmatlas_error *err = check_format(format);

	str_done(&eval->text);
	str_done(&eval->type_name);
	if (!err)
		err = expr_print(eval->expr, expression, format, &eval->text, &result);
	if (!err)
		err = expr_type_text(eval->expr, result.type, &eval->type_name);
	if (!err && (eval->text.failed || eval->type_name.failed))
		err = error_no_memory();
	if (err)
		return err;
	out = (struct vmatlas_value){
		.flags = (result.has_addr ? (uint32_t)VMATLAS_VALUE_ADDRESS : 0) |
			 (result.has_number ? (uint32_t)VMATLAS_VALUE_NUMBER : 0) |
			 (result.is_signed ? (uint32_t)VMATLAS_VALUE_SIGNED : 0),
		.type = result.type, .type_name = str_text(&eval->type_name),
		.text = str_text(&eval->text), .addr = result.addr, .number = result.number,
		.history = result.history };
	return api_give(ret, ret->size, &out, sizeof(out));
}

struct vmatlas_error *vmatlas_eval_whatis(struct vmatlas_eval *eval, const char *expression,
					  const char **ret)
{
	struct vmatlas_error *err;

	str_done(&eval->text);
	err = expr_whatis(eval->expr, expression, &eval->text);
	if (!err)
		*ret = str_text(&eval->text);
	return err;
}

struct vmatlas_error *vmatlas_eval_ptype(struct vmatlas_eval *eval, const char *expression,
					 int offsets, const char **ret,
					 const struct vmatlas_type **ret_type)
{
	struct vmatlas_error *err;

	str_done(&eval->text);
	err = expr_ptype(eval->expr, expression, offsets != 0, &eval->text, ret_type);
	if (!err)
		*ret = str_text(&eval->text);
	return err;
}

struct vmatlas_error *vmatlas_eval_walk(struct vmatlas_eval *eval,
					const struct vmatlas_eval_walk *what,
					vmatlas_element_fn *fn, void *arg)
{
	const struct expr_walk walk = { .kind = (enum expr_walk_kind)what->kind,
		.element = what->element, .head = what->head, .where = what->where };

	return expr_walk(eval->expr, &walk, fn, arg);
}
