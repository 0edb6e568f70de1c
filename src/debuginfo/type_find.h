/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any type, variable or function of vmlinux by name or address: nothing is indexed first. */
#ifndef DEBUGINFO_TYPE_FIND_H
#define DEBUGINFO_TYPE_FIND_H

#include "debuginfo/debuginfo.h"

/*
 * @kind: STRUCT, UNION, ENUM or TYPEDEF, VOID for any of them, or INT for a base type. The definition, or a
 * declaration if there is no other. NOT_FOUND if there is none.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_type_find(struct image *image, enum vmatlas_type_kind kind, const char *name,
		const struct vmatlas_type **ret);

/* Likewise, the one of the source file @file: "mm/slab.c". */
VMATLAS_CHECKED struct vmatlas_error *
image_type_find_of(struct image *image, enum vmatlas_type_kind kind, const char *name,
		   const char *file, const struct vmatlas_type **ret);

/* A type of that name, and a file that has it. */
struct image_namesake {
	const char *file;
	uint64_t bytes;
};

/*
 * Structs of one name that differ in size, one file for each size, at most @max. None
 * where there is one only, or vmlinux has no BTF, which alone can tell in time.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_type_namesakes(struct image *image, enum vmatlas_type_kind kind, const char *name,
		     struct image_namesake *ret, size_t max, size_t *ret_nr);

VMATLAS_CHECKED struct vmatlas_error *
image_type_members(struct image *image, const struct vmatlas_type *type,
		   const struct vmatlas_type_member **ret, size_t *ret_nr);
VMATLAS_CHECKED struct vmatlas_error *
image_type_definition(struct image *image, const struct vmatlas_type *type,
		      const struct vmatlas_type **ret);

/* An enumerator of any enumeration; NOT_FOUND if there is none. */
VMATLAS_CHECKED struct vmatlas_error *
image_enum_constant(struct image *image, const char *name, const struct vmatlas_type **ret,
		    int64_t *ret_value);

/* *ret NULL: vmlinux does not tell. @symbol is at a link address. *ret_unit: "" unknown. */
VMATLAS_CHECKED struct vmatlas_error *
image_variable_type(struct image *image, const char *name, const struct image_symbol *symbol,
		    const struct vmatlas_type **ret, const char **ret_unit);

/* Was there a variable of that name in the source, which the compiler removed? */
VMATLAS_CHECKED struct vmatlas_error *
image_is_removed(struct image *image, const char *name, bool *ret, const char **ret_unit);

/* Made by us; NULL: no memory. @name must live as long as the image. */
const struct vmatlas_type *image_type_derived(struct image *image, enum vmatlas_type_kind kind,
					      const struct vmatlas_type *target, uint64_t count);
const struct vmatlas_type *image_type_basic(struct image *image, enum vmatlas_type_kind kind,
					    const char *name, uint64_t bytes, bool is_signed);

/* One more parameter of a function that was derived. @type NULL: void */
VMATLAS_CHECKED struct vmatlas_error *
image_type_add_parameter(struct image *image, const struct vmatlas_type *fn,
			 const struct vmatlas_type *type);

/* ---- symbol_search.c: .symtab as gdb's minimal symbols ---- */

struct image_named {
	const char *name;		/* of vmlinux's own string table */
	struct image_symbol symbol;
	bool is_global;
	const char *file;		/* of a static: STT_FILE, "" unknown */
};

/* Not 0: enough. */
typedef int image_named_fn(void *arg, const struct image_named *s);

/* Every symbol called @name; a static with a suffix (".0") comes after all others. */
VMATLAS_CHECKED struct vmatlas_error *
image_symbols_named(struct image *image, const char *name, image_named_fn *fn, void *arg);

/*
 * The symbol that holds the link address @addr, by gdb's rules; *ret_name NULL if none
 * does, or no section of vmlinux does.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_symbol_over(struct image *image, uint64_t addr, const char **ret_name,
		  uint64_t *ret_start);

/* The names that are most like @name, at most @max; how many. Strings of vmlinux. */
VMATLAS_CHECKED struct vmatlas_error *
image_names_like(struct image *image, const char *name, const char **ret, size_t max,
		 size_t *ret_nr);

#endif
