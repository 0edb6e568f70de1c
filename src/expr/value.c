/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values: where they are, what they hold. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "expr/expr_internal.h"

struct value value_number(ctype type, uint64_t number)
{
	return (struct value){ .type = type, .number = number };
}

struct value value_at(ctype type, uint64_t addr)
{
	return (struct value){ .type = type, .is_at = true, .addr = addr };
}

/* "init_task.mm" of the expression, for messages */
static const char *value_from(const struct value *v, struct str *buf)
{
	if (v->from && v->from_len)
		str_add(buf, v->from, v->from_len);
	return str_text(buf);
}

uint64_t value_fit(struct expr *e, ctype type, uint64_t number)
{
	const enum vmatlas_type_kind kind = type_kind(type);
	uint64_t bytes = 8;
	struct vmatlas_error *err = type_size(e, type, &bytes);

	vmatlas_error_free(err);
	if (kind == VMATLAS_TYPE_BOOL)
		return number != 0;
	if (bytes >= 8 || !bytes)
		return number;
	number &= ((uint64_t)1 << bytes * 8) - 1;
	if (type_is_signed(e, type) && number >> (bytes * 8 - 1))
		number |= ~(uint64_t)0 << bytes * 8;
	return number;
}

/* ---- Reading ---- */

/* Does @addr belong to what each CPU has a copy of? */
static bool is_per_cpu(struct expr *e, uint64_t addr)
{
	struct value start = { 0 }, end = { 0 };
	struct vmatlas_error *err = name_value(e, "__per_cpu_start", &start);

	if (!err)
		err = name_value(e, "__per_cpu_end", &end);
	if (err) {
		vmatlas_error_free(err);
		return false;
	}
	return addr >= start.addr && addr < end.addr;
}

/* Why a pointer leads nowhere, with what it stands for. */
static struct vmatlas_error *read_failed(struct expr *e, const struct value *v, uint64_t addr,
					 struct vmatlas_error *err)
{
	_cleanup_(str_done) struct str from = { 0 };
	const char *text = value_from(v, &from);

	if (!error_is_kernel_trouble(err))
		return err;
	if (*text && is_per_cpu(e, addr) && addr >= (uint64_t)1 << e->k->page_shift) {
		vmatlas_error_free(err);
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%s is a variable of each CPU: %s:0 is that of CPU 0, %s:a are all", text,
			text, text);
	}
	if (addr < (uint64_t)1 << e->k->page_shift && *text) {
		vmatlas_error_free(err);
		err = vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"%s is at 0x%" PRIx64 ": a null pointer was followed", text, addr);
		error_set_address(err, VMATLAS_VIRTUAL, addr);
		return err;
	}
	return *text ? vmatlas_error_wrap(err, "%s", text) : err;
}

struct vmatlas_error *value_bytes(struct expr *e, const struct value *v, uint64_t offset,
				  void *buf, size_t len)
{
	struct vmatlas_error *err;
	uint64_t size;

	if (v->is_at) {
		const uint64_t addr = (v->addr + offset) & e->k->va_mask;

		return read_failed(e, v, addr, kernel_read(e->k, kernel_address(e->k, addr), buf,
							   len));
	}
	if (v->is_literal) {
		err = type_size(e, v->type, &size);
		if (err)
			return err;
		memset(buf, 0, len);
		if (offset < size)
			memcpy(buf, v->bytes + offset, MIN(len, (size_t)(size - offset)));
		return NULL;
	}
	if (offset || len > sizeof(v->number))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a number has no bytes");
	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[e->k->big_endian ? len - 1 - i : i] =
			(uint8_t)(v->number >> 8 * i);
	return NULL;
}

/* @size bits that begin at bit @at of @buf. */
static uint64_t bits_of(const uint8_t *buf, uint64_t at, uint64_t size, bool big_endian)
{
	uint64_t v = 0;

	for (uint64_t i = 0; i < size; i++) {
		const uint64_t bit = at + i;

		if (big_endian)
			v = v << 1 | (buf[bit / 8] >> (7 - bit % 8) & 1);
		else
			v |= (uint64_t)(buf[bit / 8] >> bit % 8 & 1) << i;
	}
	return v;
}

static struct vmatlas_error *load_bits(struct expr *e, const struct value *v, uint64_t *ret)
{
	uint8_t buf[9] = { 0 };
	const uint64_t first = v->bit_offset / 8, end = (v->bit_offset + v->bit_size + 7) / 8;
	struct vmatlas_error *err;

	if (v->bit_size > 64)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "a bit-field of %" PRIu64 " bits",
					 v->bit_size);
	err = value_bytes(e, v, first, buf, (size_t)(end - first));
	if (err)
		return err;
	*ret = bits_of(buf, v->bit_offset % 8, v->bit_size, e->k->big_endian);
	if (type_is_signed(e, v->type) && v->bit_size < 64 && *ret >> (v->bit_size - 1))
		*ret |= ~(uint64_t)0 << v->bit_size;
	return NULL;
}

struct vmatlas_error *value_load(struct expr *e, const struct value *v, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t buf[8];
	uint64_t size;

	*ret = 0;
	if (v->has_no_type)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"'%.*s' has unknown type; cast it to its declared type", (int)v->from_len,
			v->from ?: "");
	if (!type_is_scalar(v->type)) {
		const enum vmatlas_type_kind kind = type_kind(v->type);

		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, kind == VMATLAS_TYPE_VOID
			? "a value of type void where a number is needed" :
			kind == VMATLAS_TYPE_FLOAT ? "floating point is not supported" :
			"a struct, union, array or function where a number is needed");
	}
	err = type_size(e, v->type, &size);
	if (!err && (!size || size > sizeof(buf)))
		err = vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"numbers of %" PRIu64 " bytes are not supported here", size);
	if (err || e->skipping)
		return err;
	if (!v->is_at && !v->is_literal) {
		*ret = value_fit(e, v->type, v->number);
		return NULL;
	}
	if (v->bit_size)
		return load_bits(e, v, ret);
	err = value_bytes(e, v, 0, buf, (size_t)size);
	if (!err) {
		*ret = bytes_uint(buf, (size_t)size, e->k->big_endian);
		if (type_kind(v->type) != VMATLAS_TYPE_BOOL)
			*ret = value_fit(e, v->type, *ret);
	}
	return err;
}

struct vmatlas_error *value_is_true(struct expr *e, const struct value *v, bool *ret)
{
	struct value at = *v;
	uint64_t number = 0;
	struct vmatlas_error *err = value_decay(e, &at);

	if (!err)
		err = value_load(e, &at, &number);
	*ret = number != 0;
	return err;
}

/* ---- Places ---- */

struct vmatlas_error *value_address_of(struct expr *e, const struct value *v, struct value *ret)
{
	ctype t;

	if (v->bit_size)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "a bit-field has no address of its own");
	if (!v->is_at)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "only what is in memory has an address");
	t = type_pointer_to(e, v->type);
	if (!t)
		return error_no_memory();
	*ret = value_number(t, v->addr);
	ret->from = v->from;
	ret->from_len = v->from_len;
	return NULL;
}

struct vmatlas_error *value_decay(struct expr *e, struct value *v)
{
	const enum vmatlas_type_kind kind = type_kind(v->type);
	ctype t = type_strip(v->type);

	if (kind == VMATLAS_TYPE_ARRAY && v->is_literal)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"a string of the expression has no address in the kernel");
	if (kind == VMATLAS_TYPE_ARRAY && v->is_at)
		t = type_pointer_to(e, t->target);
	else if (kind == VMATLAS_TYPE_FUNCTION && v->is_at)
		t = type_pointer_to(e, v->type);
	else
		return NULL;
	if (!t)
		return error_no_memory();
	v->type = t;
	v->number = v->addr;
	v->is_at = false;
	return NULL;
}

struct vmatlas_error *value_deref(struct expr *e, const struct value *v, struct value *ret)
{
	struct value at = *v;
	uint64_t addr = 0;
	struct vmatlas_error *err = value_decay(e, &at);
	const enum vmatlas_type_kind kind = type_kind(at.type);

	if (!err && kind != VMATLAS_TYPE_POINTER && kind != VMATLAS_TYPE_INT)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"only a pointer can be followed; this is %s",
			kind == VMATLAS_TYPE_VOID ? "void" : kind == VMATLAS_TYPE_STRUCT ?
			"a struct" : kind == VMATLAS_TYPE_UNION ? "a union" : "no pointer");
	if (!err)
		err = value_load(e, &at, &addr);
	if (err)
		return err;
	/* gdb: *0xffffffff81000000 is a long there */
	if (kind == VMATLAS_TYPE_INT)
		*ret = value_at(type_basic(e, BASIC_LONG), addr);
	else
		*ret = value_at(type_strip(at.type)->target, addr);
	if (kind == VMATLAS_TYPE_POINTER && !ret->type && !e->skipping)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"a pointer to void cannot be followed; cast it to another type");
	return NULL;
}

static struct vmatlas_error *no_member(struct expr *e, ctype t, const char *name)
{
	_cleanup_(str_done) struct str s = { 0 };
	const struct vmatlas_type_member *m;
	size_t nr = 0;
	struct vmatlas_error *err = type_text(e, t, &s);

	if (!err)
		err = type_members(e, t, &m, &nr);
	if (err)
		return err;
	str_addf(&s, " has no member %s", name);
	for (size_t i = 0, shown = 0; i < nr && shown < 8; i++)
		if (*m[i].name)
			str_addf(&s, "%s%s", shown++ ? ", " : "; it has ", m[i].name);
	if (nr > 8)
		str_addf(&s, ", ...");
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s", str_text(&s));
}

/* Of a pointer, too, as gdb has it: p.x and p->x are one. */
struct vmatlas_error *value_member(struct expr *e, const struct value *v, const char *name,
				   struct value *ret)
{
	struct vmatlas_type_member m;
	struct vmatlas_error *err = NULL;
	struct value at = *v;
	enum vmatlas_type_kind kind;
	bool found;

	if (type_kind(at.type) == VMATLAS_TYPE_POINTER)
		err = value_deref(e, v, &at);
	kind = type_kind(at.type);
	if (!err && kind != VMATLAS_TYPE_STRUCT && kind != VMATLAS_TYPE_UNION)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"member %s of something that is not a struct or union", name);
	if (!err)
		err = type_member(e, at.type, name, &m, &found);
	if (err)
		return err;
	if (!found)
		return no_member(e, at.type, name);
	*ret = at;
	ret->type = m.type;
	ret->bit_size = m.bit_size;
	ret->bit_offset = 0;
	if (m.bit_size)
		ret->bit_offset = m.bit_offset;
	else
		ret->addr = (at.addr + m.bit_offset / 8) & e->k->va_mask;
	return NULL;
}

struct vmatlas_error *value_index(struct expr *e, const struct value *v, uint64_t index,
				  struct value *ret)
{
	const enum vmatlas_type_kind kind = type_kind(v->type);
	struct vmatlas_error *err = NULL;
	struct value at = *v;
	uint64_t size;
	ctype element;

	if (kind != VMATLAS_TYPE_ARRAY && kind != VMATLAS_TYPE_POINTER)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "only arrays and pointers have elements");
	element = type_strip(v->type)->target;
	err = type_size(e, element, &size);
	if (!err && kind == VMATLAS_TYPE_POINTER) {
		err = value_load(e, v, &at.addr);
		at.is_at = true;
		at.bit_size = 0;
	}
	if (err)
		return err;
	if (at.is_literal) {
		if (index >= type_strip(v->type)->count)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "no such element");
		*ret = value_number(element, at.bytes[index]);
		return NULL;
	}
	*ret = at;
	ret->type = element;
	ret->addr = (at.addr + index * size) & e->k->va_mask;
	return NULL;
}

/* ---- Casts ---- */

static struct vmatlas_error *cast_memory(struct expr *e, const struct value *v, ctype type,
					 struct value *ret)
{
	uint64_t size = 0, own = 0;
	struct vmatlas_error *err = type_size(e, type, &size);

	if (!err && !v->has_no_type)
		err = type_size(e, v->type, &own);
	if (!err && (!v->is_at || v->bit_size || (!v->has_no_type && size != own)))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an invalid cast");
	*ret = *v;
	ret->type = type;
	ret->has_no_type = false;
	return err;
}

struct vmatlas_error *value_cast(struct expr *e, const struct value *v, ctype type,
				 struct value *ret)
{
	const enum vmatlas_type_kind kind = type_kind(type);
	struct value at = *v;
	struct vmatlas_error *err;
	uint64_t number = 0;

	if (v->has_no_type || (!type_is_scalar(type) && kind != VMATLAS_TYPE_VOID))
		return cast_memory(e, v, type, ret);
	err = value_decay(e, &at);
	if (!err && kind != VMATLAS_TYPE_VOID)
		err = value_load(e, &at, &number);
	if (err)
		return err;
	*ret = value_number(type, kind == VMATLAS_TYPE_VOID ? 0 : value_fit(e, type, number));
	ret->from = v->from;
	ret->from_len = v->from_len;
	return NULL;
}
