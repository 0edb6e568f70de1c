/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arithmetic as C has it on the kernel's CPU. */
#include <inttypes.h>

#include "expr/expr_internal.h"

static struct vmatlas_error *op_needs_numbers(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				 "this operator needs numbers or pointers on both sides");
}

/* The type in which two integers meet (C11 6.3.1.8), as gdb names it. */
static ctype op_common_type(struct expr *e, const struct value *a, const struct value *b)
{
	ctype ta = type_strip(a->type), tb = b ? type_strip(b->type) : ta;
	const uint64_t int_bytes = 4, na = ta->bytes, nb = tb->bytes;
	const uint64_t bytes = na > nb ? na : nb;
	const bool ua = na >= int_bytes && !type_is_signed(e, ta),
		   ub = nb >= int_bytes && !type_is_signed(e, tb);
	const bool is_unsigned = na > nb ? ua : nb > na ? ub : ua || ub;

	/* alone it keeps its name, unless it is smaller than an int */
	if (!b && na >= int_bytes)
		return ta;
	if (bytes <= int_bytes)
		return type_basic(e, is_unsigned && bytes == int_bytes ? BASIC_UINT : BASIC_INT);
	if (bytes <= e->k->ptr_size)
		return type_basic(e, is_unsigned ? BASIC_ULONG : BASIC_LONG);
	return type_basic(e, is_unsigned ? BASIC_ULLONG : BASIC_LLONG);
}

static struct vmatlas_error *op_divide(struct expr *e, int op, ctype t, uint64_t a, uint64_t b,
				       uint64_t *ret)
{
	if (!b && e->skipping) {
		*ret = 0;
		return NULL;
	}
	if (!b)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "division by zero");
	if (!type_is_signed(e, t))
		*ret = op == '/' ? a / b : a % b;
	else if ((int64_t)b == -1)
		*ret = op == '/' ? -a : 0;
	else
		*ret = (uint64_t)(op == '/' ? (int64_t)a / (int64_t)b : (int64_t)a % (int64_t)b);
	return NULL;
}

/* gdb: shifting by the width or more gives 0, or the sign. */
static uint64_t op_shift(struct expr *e, int op, ctype t, uint64_t a, uint64_t n)
{
	const bool is_signed = type_is_signed(e, t);

	if (n >= t->bytes * 8)
		return op == OP2('>', '>') && is_signed && (int64_t)a < 0 ? UINT64_MAX : 0;
	if (op == OP2('<', '<'))
		return a << n;
	return is_signed ? (uint64_t)((int64_t)a >> n) : a >> n;
}

static bool op_compare(int op, bool is_signed, uint64_t a, uint64_t b)
{
	const bool less = is_signed ? (int64_t)a < (int64_t)b : a < b;

	switch (op) {
	case '<': return less;
	case '>': return !less && a != b;
	case OP2('<', '='): return less || a == b;
	case OP2('>', '='): return !less;
	case OP2('=', '='): return a == b;
	default: return a != b;
	}
}

static bool is_comparison(int op)
{
	return op == '<' || op == '>' || op == OP2('<', '=') || op == OP2('>', '=') ||
	       op == OP2('=', '=') || op == OP2('!', '=');
}

static struct vmatlas_error *op_integers(struct expr *e, int op, const struct value *a,
					 const struct value *b, struct value *ret)
{
	const bool is_shift = op == OP2('<', '<') || op == OP2('>', '>');
	ctype t = op_common_type(e, a, is_shift ? NULL : b);
	uint64_t x, y, r = 0;
	struct vmatlas_error *err = t ? value_load(e, a, &x) : error_no_memory();

	if (!err)
		err = value_load(e, b, &y);
	if (err)
		return err;
	x = value_fit(e, t, x);
	if (!is_shift)
		y = value_fit(e, t, y);
	switch (op) {
	case '+': r = x + y; break;
	case '-': r = x - y; break;
	case '*': r = x * y; break;
	case '&': r = x & y; break;
	case '|': r = x | y; break;
	case '^': r = x ^ y; break;
	case '/': case '%': err = op_divide(e, op, t, x, y, &r); break;
	case OP2('<', '<'): case OP2('>', '>'): r = op_shift(e, op, t, x, y); break;
	default:
		r = op_compare(op, type_is_signed(e, t), x, y);
		t = type_basic(e, BASIC_INT);
	}
	if (!t)
		err = err ? err : error_no_memory();
	if (!err)
		*ret = value_number(t, value_fit(e, t, r));
	return err;
}

/* Bytes of what @p points to. */
static struct vmatlas_error *op_step(struct expr *e, const struct value *p, uint64_t *ret)
{
	return type_size(e, type_strip(p->type)->target, ret);
}

static struct vmatlas_error *op_pointers(struct expr *e, int op, const struct value *a,
					 const struct value *b, struct value *ret)
{
	const bool pa = type_kind(a->type) == VMATLAS_TYPE_POINTER,
		   pb = type_kind(b->type) == VMATLAS_TYPE_POINTER;
	uint64_t x, y, step = 1, other = 1;
	struct vmatlas_error *err = value_load(e, a, &x);

	if (!err)
		err = value_load(e, b, &y);
	if (!err)
		err = op_step(e, pa ? a : b, &step);
	if (!err && pa && pb)
		err = op_step(e, b, &other);
	if (err)
		return err;
	if (is_comparison(op)) {
		*ret = value_number(type_basic(e, BASIC_INT), op_compare(op, false, x & e->k->va_mask,
									 y & e->k->va_mask));
	} else if (op == '-' && pa && pb) {
		if (step != other || !step)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"pointers to different types cannot be subtracted");
		*ret = value_number(type_basic(e, BASIC_LONG),
				    (uint64_t)((int64_t)value_fit(e, type_basic(e, BASIC_LONG), x - y) /
					       (int64_t)step));
	} else if ((op == '+' && pa != pb) || (op == '-' && pa)) {
		const uint64_t n = pa ? y * step : x * step;

		*ret = value_number(pa ? a->type : b->type,
				    (op == '+' ? (pa ? x : y) + n : x - n) & e->k->va_mask);
	} else if (pa != pb || op == '&' || op == '|' || op == '^') {
		/* gdb takes the pointer for a number */
		struct value na = *a, nb = *b;

		na = value_number(pa ? type_basic(e, BASIC_LONG) : a->type, x);
		nb = value_number(pb ? type_basic(e, BASIC_LONG) : b->type, y);
		return op_integers(e, op, &na, &nb, ret);
	} else {
		return op_needs_numbers();
	}
	ret->from = pa ? a->from : b->from;
	ret->from_len = pa ? a->from_len : b->from_len;
	return ret->type ? NULL : error_no_memory();
}

struct vmatlas_error *value_binary(struct expr *e, int op, const struct value *a,
				   const struct value *b, struct value *ret)
{
	struct value x = *a, y = *b;
	struct vmatlas_error *err = value_decay(e, &x);

	if (!err)
		err = value_decay(e, &y);
	if (err)
		return err;
	if (x.has_no_type || y.has_no_type || !type_is_scalar(x.type) || !type_is_scalar(y.type)) {
		uint64_t ignored;

		/* the better message, if it has one */
		err = x.has_no_type ? value_load(e, &x, &ignored) :
		      y.has_no_type ? value_load(e, &y, &ignored) : NULL;
		return err ? err : op_needs_numbers();
	}
	if (type_kind(x.type) == VMATLAS_TYPE_POINTER || type_kind(y.type) == VMATLAS_TYPE_POINTER)
		return op_pointers(e, op, &x, &y, ret);
	return op_integers(e, op, &x, &y, ret);
}

struct vmatlas_error *value_unary(struct expr *e, int op, const struct value *v,
				  struct value *ret)
{
	struct value x = *v;
	uint64_t number;
	ctype t;
	bool is_true;
	struct vmatlas_error *err = value_decay(e, &x);

	if (!err && op == '!') {
		err = value_is_true(e, &x, &is_true);
		if (!err)
			*ret = value_number(type_basic(e, BASIC_INT), !is_true);
		return err;
	}
	if (!err)
		err = value_load(e, &x, &number);
	if (!err && !type_is_integer(x.type))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "this operator needs a number");
	if (err)
		return err;
	t = op_common_type(e, &x, NULL);
	if (!t)
		return error_no_memory();
	number = op == '-' ? -number : op == '~' ? ~number : number;
	*ret = value_number(t, value_fit(e, t, number));
	return NULL;
}
