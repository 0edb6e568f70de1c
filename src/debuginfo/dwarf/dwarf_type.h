/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What dwarf_type.c offers dwarf_member.c. */
#ifndef DEBUGINFO_DWARF_DWARF_TYPE_H
#define DEBUGINFO_DWARF_DWARF_TYPE_H

#include "debuginfo/debuginfo_internal.h"

/* Whose types are meant. */
struct types {
	struct image *image;
	struct unit *unit;
};

/* A value inside a struct: its type, and how far it is from the start. */
struct dwarf_place {
	Dwarf_Die type;
	unsigned int dims;		/* of an array type: dimensions entered */
	uint64_t offset;
	uint64_t bit, bit_size;		/* bit-fields: bits above .offset; bit_size 0: none */
};

/* The type that @die is of or refers to; *ret_has is false for void. */
VMATLAS_CHECKED struct vmatlas_error *
types_target(struct types *t, Dwarf_Die *die, Dwarf_Die *ret, bool *ret_has);

/* Take off typedefs and qualifiers. */
VMATLAS_CHECKED struct vmatlas_error *types_peel(struct types *t, Dwarf_Die *die);

bool types_is_struct(Dwarf_Die *die);

/* Go from an array to its first element; *ret_entered is false if it is none. */
VMATLAS_CHECKED struct vmatlas_error *place_enter(struct types *t, struct dwarf_place *p,
						  bool *ret_entered);

/* Go from a struct to a member of it; *ret_found is false if it has none such. */
VMATLAS_CHECKED struct vmatlas_error *place_member(struct types *t, struct dwarf_place *p,
						   const char *name, size_t len,
						   bool *ret_found);

VMATLAS_CHECKED struct vmatlas_error *
place_describe(struct types *t, const struct dwarf_place *p, struct image_member *ret);

#endif
