/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions about types, answered out of BTF; the semantics are those of DWARF. */
#include <string.h>

#include "base/strbuf.h"
#include "debuginfo/bit_field.h"
#include "debuginfo/btf/btf_member.h"

/* Deeper nests of typedefs, arrays and anonymous structs are damage. */
#define MAX_PEELS 64
#define MAX_DEPTH 16
/* Real structs have a few hundred members; without a limit, nests multiply. */
#define MAX_VISITS (1 << 20)

/* A value inside a struct: its type, and how far it is from the start. */
struct btf_place {
	struct btf_record type;
	uint64_t offset;
	uint32_t bit, bit_size;		/* bit-fields: bits above .offset; bit_size 0: none */
};

static bool is_struct(const struct btf_record *r)
{
	return r->kind == BTF_KIND_STRUCT || r->kind == BTF_KIND_UNION;
}

static bool btf_is_wrapper(const struct btf_record *r)
{
	return r->kind == BTF_KIND_TYPEDEF || r->kind == BTF_KIND_CONST ||
	       r->kind == BTF_KIND_VOLATILE || r->kind == BTF_KIND_RESTRICT ||
	       r->kind == BTF_KIND_TYPE_TAG;
}

/* Take off typedefs and qualifiers. */
static bool peel(const struct btf_blob *b, struct btf_record *r)
{
	for (int i = 0; btf_is_wrapper(r); i++)
		if (i == MAX_PEELS || !btf_type(b, r->type, r))
			return false;
	return true;
}

/* ---- Finding the struct ---- */

struct btf_found {
	struct btf_record type;		/* peeled */
	bool is_complete, is_declared;
	bool is_tag;			/* not a typedef */
};

/* Tags win over typedefs, the largest struct over others. */
static bool is_better(const struct btf_record *r, bool is_tag,
		      const struct btf_found *than)
{
	if (!than->is_complete || is_tag != than->is_tag)
		return !than->is_complete || is_tag;
	return is_struct(r) && (!is_struct(&than->type) || r->type > than->type.type);
}

static void btf_consider(struct btf_found *found, const struct btf_record *r, bool is_tag)
{
	if (r->kind == BTF_KIND_FWD) {
		found->is_declared = true;
		return;
	}
	if (!is_better(r, is_tag, found))
		return;
	found->type = *r;
	found->is_complete = true;
	found->is_tag = is_tag;
}

static struct vmatlas_error *look_for(const struct btf_blob *b, const char *tag,
				      struct btf_found *found)
{
	struct btf_record r;

	for (uint32_t i = 0; btf_next_named(b, tag, &i, &r);) {
		const bool is_tag = r.kind != BTF_KIND_TYPEDEF;

		if (!peel(b, &r))
			return btf_damaged(b);
		btf_consider(found, &r, is_tag);
	}
	return NULL;
}

/* A flavour that is only declared says that there is none near that function. */
static struct vmatlas_error *btf_find_struct(const struct btf_blob *b,
					     const char *function, const char *tag,
					     struct btf_found *found)
{
	_cleanup_(str_done) struct str flavour = { 0 };
	struct vmatlas_error *err;

	str_addf(&flavour, "%s___%s", tag, function);
	err = look_for(b, str_text(&flavour), found);
	if (!err && !found->is_complete && !found->is_declared)
		err = look_for(b, tag, found);
	if (err || found->is_complete)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, found->is_declared ?
		"struct %s is declared in the BTF of %s, but not defined" :
		"no struct, union or typedef '%s' in the BTF of %s", tag, b->path);
}

/* ---- Arrays ---- */

/* What an array is made of, and how many; its last dimensions may be arrays again. */
static bool array_element(const struct btf_blob *b, const struct btf_record *array,
			  struct btf_record *ret, uint32_t *ret_count)
{
	*ret_count = btf_u32(b, array->data + 8);
	return btf_type(b, btf_u32(b, array->data), ret);
}

/*
 * The elements of all dimensions together. Behind a typedef begins another array,
 * which counts as one element.
 */
static bool btf_array_count(const struct btf_blob *b, struct btf_record r, uint64_t *ret)
{
	uint32_t n;

	*ret = 1;
	for (int depth = 0; r.kind == BTF_KIND_ARRAY; depth++) {
		if (depth == MAX_DEPTH || !array_element(b, &r, &r, &n))
			return false;
		if (__builtin_mul_overflow(*ret, n, ret))
			*ret = 0;
	}
	return true;
}

static bool btf_is_signed(const struct btf_blob *b, const struct btf_record *r)
{
	if (r->kind == BTF_KIND_INT)
		return BTF_INT_ENCODING(btf_u32(b, r->data)) & BTF_INT_SIGNED;
	return (r->kind == BTF_KIND_ENUM || r->kind == BTF_KIND_ENUM64) &&
	       btf_enum_is_signed(b, r);
}

static uint64_t btf_scalar_size(const struct btf_blob *b, const struct btf_record *r)
{
	switch (r->kind) {
	case BTF_KIND_PTR:
		return b->pointer_size;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return r->type;
	}
	return 0;
}

static struct vmatlas_error *btf_describe(const struct btf_blob *b, struct btf_place *p,
					  struct image_member *ret)
{
	struct image_member m = { .offset = p->offset };
	struct btf_record r = p->type;
	uint64_t factor = 1;

	if (!peel(b, &r))
		return btf_damaged(b);
	if (r.kind == BTF_KIND_ARRAY && !btf_array_count(b, r, &m.count))
		return btf_damaged(b);
	for (int depth = 0; r.kind == BTF_KIND_ARRAY; depth++) {
		uint32_t n;

		if (depth == MAX_DEPTH || !array_element(b, &r, &r, &n) || !peel(b, &r))
			return btf_damaged(b);
		if (__builtin_mul_overflow(factor, n, &factor))
			factor = 0;
	}
	if (__builtin_mul_overflow(factor, btf_scalar_size(b, &r), &m.size))
		return btf_damaged(b);
	m.is_pointer = r.kind == BTF_KIND_PTR;
	m.is_signed = btf_is_signed(b, &r);
	if (p->bit_size && !bit_field_place(&m, p->bit, p->bit_size))
		return btf_damaged(b);
	*ret = m;
	return NULL;
}

/* ---- Members ---- */

struct btf_field {
	const char *name;
	uint32_t type;
	uint32_t offset;		/* bits */
	bool is_bits;
	uint32_t bit_size;		/* 0: that of its type */
};

static struct btf_field field_of(const struct btf_blob *b, const struct btf_record *s,
				 uint32_t i)
{
	const uint8_t *p = s->data + (size_t)i * 12;
	struct btf_field f = { btf_string(b, btf_u32(b, p)), btf_u32(b, p + 4),
			       btf_u32(b, p + 8), false, 0 };

	if (s->flag) {
		f.bit_size = f.offset >> 24;
		f.is_bits = f.bit_size;
		f.offset &= 0xffffff;
	}
	f.is_bits |= f.offset % 8 != 0;
	return f;
}

/* Before Linux 5.0 it was the integer that had fewer bits than its bytes. */
static bool btf_is_narrow(const struct btf_blob *b, struct btf_record r)
{
	uint32_t bits;

	if (!peel(b, &r) || r.kind != BTF_KIND_INT)
		return false;
	bits = btf_u32(b, r.data);
	return BTF_INT_OFFSET(bits) || BTF_INT_BITS(bits) != (uint64_t)r.type * 8;
}

/* False if its place cannot be told. */
static bool btf_bit_field(const struct btf_blob *b, const struct btf_field *f,
			  struct btf_place *to)
{
	struct btf_record r = to->type;
	uint32_t bits;

	if (b->big_endian || !peel(b, &r))
		return false;
	to->bit = f->offset % 8;
	to->bit_size = f->bit_size;
	if (to->bit_size)
		return true;
	if (r.kind != BTF_KIND_INT)
		return false;
	bits = btf_u32(b, r.data);
	to->bit += BTF_INT_OFFSET(bits);
	to->bit_size = BTF_INT_BITS(bits);
	return true;
}

static struct vmatlas_error *
btf_take_member(const struct btf_blob *b, const struct btf_field *f, struct btf_place *p)
{
	struct btf_place to = { .offset = p->offset + f->offset / 8 };

	if (!btf_type(b, f->type, &to.type) || to.type.kind == BTF_KIND_UNKN ||
	    to.offset < p->offset)
		return btf_damaged(b);
	if ((f->is_bits || btf_is_narrow(b, to.type)) && !btf_bit_field(b, f, &to))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s is a bit-field",
					 *f->name ? f->name : "a member");
	*p = to;
	return NULL;
}

static struct vmatlas_error *btf_find_member(struct btf_blob *b, struct btf_place *p,
					     const struct path_step *step,
					     unsigned int depth, bool *ret_found);

/* A struct or union without a name lends its members to the one around it. */
static struct vmatlas_error *
btf_look_inside(struct btf_blob *b, const struct btf_field *f, struct btf_place *p,
		const struct path_step *step, unsigned int depth, bool *ret_found)
{
	struct vmatlas_error *err;
	struct btf_place inner = *p;

	if (f->is_bits)
		return NULL;		/* padding */
	if (depth == MAX_DEPTH)
		return btf_damaged(b);
	err = btf_take_member(b, f, &inner);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err && !peel(b, &inner.type))
		err = btf_damaged(b);
	if (err || !is_struct(&inner.type))
		return err;
	err = btf_find_member(b, &inner, step, depth + 1, ret_found);
	if (!err && *ret_found)
		*p = inner;
	return err;
}

static struct vmatlas_error *btf_find_member(struct btf_blob *b, struct btf_place *p,
					     const struct path_step *step,
					     unsigned int depth, bool *ret_found)
{
	struct vmatlas_error *err = NULL;

	*ret_found = false;
	for (uint32_t i = 0; i < p->type.vlen && !err && !*ret_found; i++) {
		const struct btf_field f = field_of(b, &p->type, i);

		if (!b->budget--)
			return btf_damaged(b);
		if (!strncmp(f.name, step->name, step->len) && !f.name[step->len]) {
			*ret_found = true;
			return btf_take_member(b, &f, p);
		}
		if (!*f.name)
			err = btf_look_inside(b, &f, p, step, depth, ret_found);
	}
	return err;
}

/* ---- Following a path ---- */

static struct vmatlas_error *take_step(struct btf_blob *b, struct btf_place *p,
				       const struct path_step *step, const char **ret_why)
{
	struct vmatlas_error *err;
	bool found;
	uint32_t n;

	*ret_why = NULL;
	if (!peel(b, &p->type))
		return btf_damaged(b);
	if (step->is_element) {
		if (p->type.kind != BTF_KIND_ARRAY)
			*ret_why = "is no array";
		else if (!array_element(b, &p->type, &p->type, &n) ||
			 p->type.kind == BTF_KIND_UNKN)
			return btf_damaged(b);
		return NULL;
	}
	if (!is_struct(&p->type)) {
		*ret_why = "is not in a struct";
		return NULL;
	}
	err = btf_find_member(b, p, step, 0, &found);
	if (!err && !found)
		*ret_why = "does not exist";
	return err;
}

struct vmatlas_error *btf_member(struct btf_blob *b, const char *function,
				 const char *tag, const char *member,
				 struct image_member *ret)
{
	struct btf_found found = { 0 };
	struct btf_place p = { 0 };
	struct vmatlas_error *err;
	const char *why = NULL;
	size_t at = 0;

	b->budget = MAX_VISITS;
	err = btf_find_struct(b, function, tag, &found);
	p.type = found.type;
	while (!err && member[at]) {
		struct path_step step;

		err = path_step(member, &at, &step);
		if (!err)
			err = take_step(b, &p, &step, &why);
		if (!err && why)
			err = path_missing(tag, member, at, why);
	}
	return err ? err : btf_describe(b, &p, ret);
}
