/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers, pointers and enumerations, plain or by a format letter, as gdb prints them. */
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"

static struct vmatlas_error *print_symbol(struct expr *e, uint64_t addr, struct str *out)
{
	const char *name = NULL;
	uint64_t offset = 0;
	struct vmatlas_error *err;

	/* gdb calls a null pointer <fixed_percpu_data>, since x86-64's per-CPU data is linked at 0 */
	if (addr < (uint64_t)1 << e->k->page_shift)
		return NULL;
	err = kernel_vmlinux_symbol(e->k, addr, &name, &offset);

	if (!err && name && offset)
		str_addf(out, " <%s+%" PRIu64 ">", name, offset);
	else if (!err && name)
		str_addf(out, " <%s>", name);
	return err;
}

struct vmatlas_error *print_address(struct expr *e, uint64_t addr, struct str *out)
{
	str_addf(out, "0x%" PRIx64, addr);
	return print_symbol(e, addr, out);
}

/* ---- Format letters ---- */

static void print_binary(uint64_t v, struct str *out)
{
	int bit = 63;

	while (bit > 0 && !(v >> bit & 1))
		bit--;
	for (; bit >= 0; bit--)
		str_addf(out, "%c", v >> bit & 1 ? '1' : '0');
}

static void print_as_char(uint64_t number, bool is_signed, struct str *out)
{
	const uint8_t c = (uint8_t)number;

	if (is_signed)
		str_addf(out, "%d '", (int8_t)c);
	else
		str_addf(out, "%u '", c);
	print_char(c, '\'', out);
	str_addf(out, "'");
}

/* @bits of @number count. */
static struct vmatlas_error *print_formatted(struct expr *e, uint64_t number, unsigned int bits,
					     bool is_signed, char format, struct str *out)
{
	const uint64_t mask = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
	const uint64_t v = number & mask;
	const uint64_t extended = bits < 64 && v >> (bits - 1) & 1 ? v | ~mask : v;

	switch (format) {
	case 'd': str_addf(out, "%" PRId64, (int64_t)extended); break;
	case 'u': str_addf(out, "%" PRIu64, v); break;
	case 'o': str_addf(out, v ? "0%" PRIo64 : "0", v); break;
	case 't': print_binary(v, out); break;
	case 'z': str_addf(out, "0x%0*" PRIx64, (int)((bits + 7) / 8 * 2), v); break;
	case 'c': print_as_char(v, is_signed, out); break;
	case 'a': return print_address(e, v & e->k->va_mask, out);
	default: str_addf(out, "0x%" PRIx64, v);
	}
	return NULL;
}

/* ---- Enumerations ---- */

static unsigned int nr_bits(uint64_t v)
{
	return (unsigned int)__builtin_popcountll(v);
}

/* gdb (dwarf2/read.c): no value below 0, and several bits only if they stand together. */
static bool is_flag_enum(const struct vmatlas_type_member *m, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const uint64_t v = (uint64_t)m[i].value;

		if (m[i].value < 0)
			return false;
		if (nr_bits(v) >= 2 && (v >> __builtin_ctzll(v)) & ((v >> __builtin_ctzll(v)) + 1))
			return false;
	}
	return nr > 0;
}

static void print_flags(uint64_t v, const struct vmatlas_type_member *m, size_t nr, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < nr; i++) {
		const uint64_t flag = (uint64_t)m[i].value;

		if (!flag || (v & flag) != flag)
			continue;
		str_addf(out, "%s%s", first ? "(" : " | ", m[i].name);
		first = false;
		v &= ~flag;
	}
	if (v)
		str_addf(out, "%sunknown: 0x%" PRIx64 ")", first ? "(" : " | ", v);
	else if (first)
		str_addf(out, "0");
	else
		str_addf(out, ")");
}

static struct vmatlas_error *print_enum(struct expr *e, ctype t, uint64_t number, bool is_signed,
					struct str *out)
{
	const struct vmatlas_type_member *m;
	size_t nr;
	struct vmatlas_error *err = type_members(e, t, &m, &nr);

	if (err)
		return err;
	for (size_t i = 0; i < nr; i++) {
		if ((uint64_t)m[i].value == number) {
			str_addf(out, "%s", m[i].name);
			return NULL;
		}
	}
	if (is_flag_enum(m, nr))
		print_flags(number, m, nr, out);
	else if (is_signed)
		str_addf(out, "%" PRId64, (int64_t)number);
	else
		str_addf(out, "%" PRIu64, number);
	return NULL;
}

/* ---- Pointers ---- */

/* At the top the type stands before it, but for char *, whose text says enough. */
static struct vmatlas_error *print_pointer_type(struct expr *e, const struct value *v,
						struct str *out)
{
	ctype t = type_strip(v->type), target = t->target;
	struct vmatlas_error *err;

	for (int i = 0; target && i < PEEL_MAX && (target->kind == VMATLAS_TYPE_CONST ||
						   target->kind == VMATLAS_TYPE_VOLATILE); i++)
		target = target->target;
	if (v->type->kind != VMATLAS_TYPE_TYPEDEF && target && target->kind == VMATLAS_TYPE_CHAR &&
	    !strcmp(target->name, "char"))
		return NULL;
	str_addf(out, "(");
	err = type_text(e, v->type, out);
	str_addf(out, ") ");
	return err;
}

static struct vmatlas_error *print_pointer(struct expr *e, const struct value *v, uint64_t addr,
					   struct print_how how, struct str *out)
{
	ctype target = type_strip(v->type)->target;
	struct vmatlas_error *err = NULL;

	if (how.is_top)
		err = print_pointer_type(e, v, out);
	if (!err)
		err = print_address(e, addr, out);
	if (err || !addr || !type_is_text(target, how.format))
		return err;
	str_addf(out, " ");
	return print_string_at(e, addr, out);
}

/* ---- Any ---- */

struct vmatlas_error *print_scalar(struct expr *e, const struct value *v, struct print_how how,
				   struct str *out)
{
	const enum vmatlas_type_kind kind = type_kind(v->type);
	const bool is_signed = type_is_signed(e, v->type);
	uint64_t number, size;
	struct vmatlas_error *err = value_load(e, v, &number);

	if (!err)
		err = type_size(e, v->type, &size);
	if (err)
		return err;
	if (how.format && how.format != 's')
		return print_formatted(e, number, (unsigned int)(v->bit_size ? v->bit_size : size * 8),
				       is_signed, how.format, out);
	switch (kind) {
	case VMATLAS_TYPE_POINTER:
		return print_pointer(e, v, number, how, out);
	case VMATLAS_TYPE_ENUM:
		return print_enum(e, v->type, number, is_signed, out);
	case VMATLAS_TYPE_CHAR:
		print_as_char(number, is_signed, out);
		return NULL;
	case VMATLAS_TYPE_BOOL:
		if (number > 1)
			str_addf(out, "%" PRIu64, number);
		else
			str_addf(out, "%s", number ? "true" : "false");
		return NULL;
	default:
		str_addf(out, is_signed ? "%" PRId64 : "%" PRIu64, number);
	}
	return NULL;
}
