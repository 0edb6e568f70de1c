/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types: what they are made of, through typedefs, arrays and references (libdw). */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/bit_field.h"
#include "debuginfo/dwarf/dwarf_type.h"

/* Deeper nests of typedefs, arrays and anonymous structs are damage. */
#define MAX_PEELS 64
#define MAX_DEPTH 16

static bool leaves_unit(const struct unit *unit, unsigned int form)
{
	return !unit->is_wide && (form == DW_FORM_ref_addr || form == DW_FORM_ref_sig8 ||
				  form == DW_FORM_GNU_ref_alt);
}

static struct vmatlas_error *dwarf_follow(struct types *t, Dwarf_Attribute *attr,
					  Dwarf_Die *ret)
{
	if (leaves_unit(t->unit, dwarf_whatform(attr))) {
		t->unit->leaves = true;
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "a type of %s stands in another unit",
					 t->unit->name);
	}
	return dwarf_formref_die(attr, ret) ? NULL : unit_damaged(t->image, t->unit);
}

struct vmatlas_error *types_target(struct types *t, Dwarf_Die *die, Dwarf_Die *ret,
				   bool *ret_has)
{
	Dwarf_Attribute attr;

	*ret_has = dwarf_attr(die, DW_AT_type, &attr) != NULL;
	return *ret_has ? dwarf_follow(t, &attr, ret) : NULL;
}

bool types_is_struct(Dwarf_Die *die)
{
	const int tag = dwarf_tag(die);

	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
	       tag == DW_TAG_class_type;
}

static bool dwarf_is_wrapper(int tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_const_type ||
	       tag == DW_TAG_volatile_type || tag == DW_TAG_restrict_type ||
	       tag == DW_TAG_atomic_type;
}

/* Where a type of a type unit is used, there may be but the unit's signature. */
static struct vmatlas_error *follow_signature(struct types *t, Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	if ((!types_is_struct(die) && dwarf_tag(die) != DW_TAG_enumeration_type) ||
	    !dwarf_attr(die, DW_AT_signature, &attr))
		return NULL;
	return dwarf_follow(t, &attr, die);
}

struct vmatlas_error *types_peel(struct types *t, Dwarf_Die *die)
{
	struct vmatlas_error *err;
	bool has;

	for (int i = 0; dwarf_is_wrapper(dwarf_tag(die)); i++) {
		if (i == MAX_PEELS)
			return unit_damaged(t->image, t->unit);
		err = types_target(t, die, die, &has);
		if (err)
			return err;
		if (!has)
			return NULL;	/* const void */
	}
	return follow_signature(t, die);
}

static bool is_pointer(Dwarf_Die *die)
{
	return dwarf_tag(die) == DW_TAG_pointer_type;
}

/* ---- Arrays ---- */

/* Elements in one dimension; 0 where the array is flexible. */
static uint64_t subrange_count(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word n;

	if (dwarf_attr(die, DW_AT_count, &attr))
		return dwarf_formudata(&attr, &n) ? 0 : n;
	if (!dwarf_attr(die, DW_AT_upper_bound, &attr) || dwarf_formudata(&attr, &n))
		return 0;
	/* gcc says "up to -1" of arrays without elements. */
	return n >= UINT32_MAX ? 0 : n + 1;
}

/*
 * Elements of an array whose first @entered dimensions were entered.
 * *ret_left says how many dimensions are left.
 */
static uint64_t dwarf_array_count(Dwarf_Die *array, unsigned int entered,
				  unsigned int *ret_left)
{
	unsigned int dims = 0;
	uint64_t count = 1;
	Dwarf_Die die;

	if (!dwarf_child(array, &die)) {
		do {
			const int tag = dwarf_tag(&die);

			if (tag != DW_TAG_subrange_type && tag != DW_TAG_enumeration_type)
				continue;
			if (dims++ >= entered &&
			    __builtin_mul_overflow(count, subrange_count(&die), &count))
				count = 0;
		} while (dims < MAX_DEPTH && dwarf_siblingof(&die, &die) == 0);
	}
	*ret_left = dims > entered ? dims - entered : 0;
	return *ret_left ? count : 0;
}

/* ---- Places: a type at an offset, possibly inside an array ---- */

struct vmatlas_error *place_enter(struct types *t, struct dwarf_place *p,
				  bool *ret_entered)
{
	struct vmatlas_error *err = types_peel(t, &p->type);
	unsigned int left;
	bool has;

	*ret_entered = false;
	if (err || dwarf_tag(&p->type) != DW_TAG_array_type)
		return err;
	*ret_entered = true;
	dwarf_array_count(&p->type, ++p->dims, &left);
	if (left)
		return NULL;
	p->dims = 0;
	err = types_target(t, &p->type, &p->type, &has);
	return err || has ? err : unit_damaged(t->image, t->unit);
}

static bool dwarf_is_signed(struct types *t, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die base = *die;
	Dwarf_Word encoding;
	bool has = true;

	/* An enum is as signed as the type that it is stored in. */
	if (dwarf_tag(die) == DW_TAG_enumeration_type &&
	    !dwarf_hasattr(die, DW_AT_encoding)) {
		struct vmatlas_error *err = types_target(t, die, &base, &has);

		if (!err && has)
			err = types_peel(t, &base);
		if (err || !has) {
			vmatlas_error_free(err);
			return false;
		}
	}
	if (!dwarf_attr(&base, DW_AT_encoding, &attr) ||
	    dwarf_formudata(&attr, &encoding))
		return false;
	return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char ||
	       encoding == DW_ATE_signed_fixed;
}

/* Size of one value of the peeled type @die, which is no array. */
static uint64_t dwarf_scalar_size(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word size;
	uint8_t addr_size = 0;
	Dwarf_Die cu;

	if (dwarf_attr(die, DW_AT_byte_size, &attr))
		return dwarf_formudata(&attr, &size) ? 0 : size;
	if (is_pointer(die) && dwarf_diecu(die, &cu, &addr_size, NULL))
		return addr_size;
	return 0;
}

struct vmatlas_error *place_describe(struct types *t, const struct dwarf_place *p,
				     struct image_member *ret)
{
	struct vmatlas_error *err;
	struct image_member m = { .offset = p->offset };
	struct dwarf_place at = *p;
	unsigned int left;
	uint64_t factor = 1;
	bool entered = true;

	err = types_peel(t, &at.type);
	if (!err && dwarf_tag(&at.type) == DW_TAG_array_type)
		m.count = factor = dwarf_array_count(&at.type, at.dims, &left);
	for (int depth = 0; !err && entered; depth++) {
		/* An array of a typedef of an array: its elements count once. */
		err = types_peel(t, &at.type);
		if (err)
			return err;
		if (dwarf_tag(&at.type) == DW_TAG_array_type && !at.dims && depth &&
		    __builtin_mul_overflow(factor, dwarf_array_count(&at.type, 0, &left),
					   &factor))
			factor = 0;
		if (depth == MAX_DEPTH)
			return unit_damaged(t->image, t->unit);
		err = place_enter(t, &at, &entered);
	}
	if (err)
		return err;
	if (__builtin_mul_overflow(factor, dwarf_scalar_size(&at.type), &m.size))
		return unit_damaged(t->image, t->unit);
	m.is_pointer = is_pointer(&at.type);
	m.is_signed = dwarf_is_signed(t, &at.type);
	if (p->bit_size && !bit_field_place(&m, p->bit, p->bit_size))
		return unit_damaged(t->image, t->unit);
	*ret = m;
	return NULL;
}

/* ---- Members ---- */

/* Where a member starts; old compilers wrote an expression. */
static bool member_offset(Dwarf_Die *die, uint64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Word offset;
	Dwarf_Op *op;
	size_t nr;

	*ret = 0;
	if (!dwarf_attr(die, DW_AT_data_member_location, &attr))
		return true;
	if (!dwarf_formudata(&attr, &offset)) {
		*ret = offset;
		return true;
	}
	if (dwarf_getlocation(&attr, &op, &nr) || nr != 1 ||
	    op->atom != DW_OP_plus_uconst)
		return false;
	*ret = op->number;
	return true;
}

/*
 * DWARF 4 and later count bits from the start of the struct. Before, they were counted
 * from the upper end of the unit of storage that the member's location names; gcc wrote
 * that up to version 10. False if the place of a bit-field cannot be told.
 */
static bool dwarf_bit_field(const struct types *t, Dwarf_Die *die, struct dwarf_place *p)
{
	Dwarf_Attribute attr;
	Dwarf_Word size, at, unit;

	if (!dwarf_attr(die, DW_AT_bit_size, &attr))
		return !dwarf_hasattr(die, DW_AT_data_bit_offset);
	if (t->image->info.big_endian || dwarf_formudata(&attr, &size) || !size)
		return false;
	p->bit_size = size;
	if (dwarf_attr(die, DW_AT_data_bit_offset, &attr)) {
		if (dwarf_formudata(&attr, &at))
			return false;
		p->bit = at;
		return true;
	}
	if (!dwarf_attr(die, DW_AT_bit_offset, &attr) || dwarf_formudata(&attr, &at))
		return false;
	unit = 0;
	if (!dwarf_attr(die, DW_AT_byte_size, &attr) || dwarf_formudata(&attr, &unit))
		unit = 0;
	if (!unit || unit > 8 || at + size > unit * 8)
		return false;
	p->bit = unit * 8 - at - size;
	return true;
}

static struct vmatlas_error *dwarf_take_member(struct types *t, Dwarf_Die *die,
					       struct dwarf_place *p)
{
	struct vmatlas_error *err;
	struct dwarf_place to = { 0 };
	uint64_t offset;
	bool has;

	if (!dwarf_bit_field(t, die, &to))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s is a bit-field",
					 dwarf_diename(die) ?: "a member");
	if (!member_offset(die, &offset) ||
	    __builtin_add_overflow(p->offset, offset, &to.offset))
		return unit_damaged(t->image, t->unit);
	err = types_target(t, die, &to.type, &has);
	if (err)
		return err;
	if (!has)
		return unit_damaged(t->image, t->unit);
	*p = to;
	return NULL;
}

static bool is_named(Dwarf_Die *die, const char *name, size_t len)
{
	const char *n = dwarf_diename(die);

	return n && !strncmp(n, name, len) && !n[len];
}

static struct vmatlas_error *dwarf_find_member(struct types *t, struct dwarf_place *p,
					       const char *name, size_t len,
					       unsigned int depth, bool *ret_found);

/* A struct or union without a name lends its members to the one around it. */
static struct vmatlas_error *dwarf_look_inside(struct types *t, Dwarf_Die *die,
					       struct dwarf_place *p, const char *name,
					       size_t len, unsigned int depth,
					       bool *ret_found)
{
	struct vmatlas_error *err;
	struct dwarf_place inner = *p;

	if (depth == MAX_DEPTH)
		return unit_damaged(t->image, t->unit);
	err = dwarf_take_member(t, die, &inner);
	if (!err)
		err = types_peel(t, &inner.type);
	if (err || !types_is_struct(&inner.type))
		return err;
	err = dwarf_find_member(t, &inner, name, len, depth + 1, ret_found);
	if (!err && *ret_found)
		*p = inner;
	return err;
}

static struct vmatlas_error *dwarf_find_member(struct types *t, struct dwarf_place *p,
					       const char *name, size_t len,
					       unsigned int depth, bool *ret_found)
{
	struct vmatlas_error *err = NULL;
	Dwarf_Die die;

	*ret_found = false;
	if (dwarf_child(&p->type, &die))
		return NULL;
	do {
		if (dwarf_tag(&die) != DW_TAG_member)
			continue;
		if (is_named(&die, name, len)) {
			*ret_found = true;
			return dwarf_take_member(t, &die, p);
		}
		/* Bit-fields without a name are padding. */
		if (!dwarf_hasattr(&die, DW_AT_name) &&
		    !dwarf_hasattr(&die, DW_AT_bit_size))
			err = dwarf_look_inside(t, &die, p, name, len, depth, ret_found);
	} while (!err && !*ret_found && unit_next(&die) == 0);
	return err;
}

struct vmatlas_error *place_member(struct types *t, struct dwarf_place *p,
				   const char *name, size_t len, bool *ret_found)
{
	struct vmatlas_error *err = types_peel(t, &p->type);

	*ret_found = false;
	if (err || !types_is_struct(&p->type))
		return err;
	return dwarf_find_member(t, p, name, len, 0, ret_found);
}
