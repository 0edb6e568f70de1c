/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * C types as a graph that grows where it is walked: a type is made with all that it
 * points to, is an array of or returns, up to the next struct, union or enumeration;
 * what those hold is read when it is asked for.
 */
#ifndef DEBUGINFO_TYPE_GRAPH_H
#define DEBUGINFO_TYPE_GRAPH_H

#include "base/hash.h"
#include "debuginfo/debuginfo_internal.h"

struct type_node {
	struct vmatlas_type pub;	/* first */
	Dwarf_Die die;			/* of DWARF; .addr NULL: made by us, or BTF's */
	uint32_t btf_id;		/* of BTF; 0: none */
	bool is_open;			/* being made: met again, it is damage */
	bool has_members;
	VEC(struct vmatlas_type_member) members;
	const struct vmatlas_type *definition;	/* of a declaration, once it was looked for */
	bool was_sought;
};

/* A unit whose types are in the graph. */
struct graph_unit {
	uint64_t offset;
	Elf *elf;			/* NULL: of the whole file's Dwarf */
	Dwarf *dwarf;
	Dwarf_Die die;
	bool is_wide;
};

struct type_graph {
	struct image *image;		/* whose types they are: image->types */
	VEC(struct type_node *) nodes;
	struct hash by_origin;		/* address of an entry, or BTF's number, to: */
	VEC(struct type_node *) origins;
	VEC(struct graph_unit *) units;
	VEC(uint64_t) unit_offsets;	/* of all units of .debug_info, ascending */
	VEC(char *) names;		/* that we made */
};

/* Of @image->types; made at first use. NULL: no memory. */
struct type_graph *graph_of(struct image *image);

/* A new node of the graph's, .size set and names "". NULL: no memory. */
struct type_node *graph_new(struct type_graph *g, enum vmatlas_type_kind kind);

/* The node of @origin, or a new one that is_open. */
VMATLAS_CHECKED struct vmatlas_error *
graph_node(struct type_graph *g, uint64_t origin, struct type_node **ret, bool *ret_is_new);

VMATLAS_CHECKED struct vmatlas_error *
graph_add_member(struct type_node *n, const struct vmatlas_type_member *m);

/* "struct x" for messages. */
const char *graph_kind_word(enum vmatlas_type_kind kind);

/* ---- dwarf/dwarf_graph.c ---- */

VMATLAS_CHECKED struct vmatlas_error *
dwarf_graph_type(struct type_graph *g, Dwarf_Die *die, const struct vmatlas_type **ret);
VMATLAS_CHECKED struct vmatlas_error *
dwarf_graph_members(struct type_graph *g, struct type_node *n);

/* The type that @die is of; NULL for void. */
VMATLAS_CHECKED struct vmatlas_error *
dwarf_graph_target(struct type_graph *g, Dwarf_Die *die, const struct vmatlas_type **ret);

VMATLAS_CHECKED struct vmatlas_error *
graph_unit_at(struct type_graph *g, uint64_t offset, struct graph_unit **ret);

/* ---- dwarf/dwarf_find.c ---- */

VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_type(struct type_graph *g, enum vmatlas_type_kind kind, const char *name,
		const char *file, const struct vmatlas_type **ret);
/* One definition of each size, until @max were found. */
struct image_namesake;
VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_namesakes(struct type_graph *g, enum vmatlas_type_kind kind, const char *name,
		     struct image_namesake *ret, size_t max, size_t *ret_nr);
VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_enumerator(struct type_graph *g, const char *name, const struct vmatlas_type **ret,
		      int64_t *ret_value);
/* ---- dwarf/find_variable.c ---- */

/* What is at @addr; *ret_type NULL if no entry tells. *ret_unit is never NULL. */
VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_variable(struct type_graph *g, const char *name, uint64_t addr,
		    const struct vmatlas_type **ret_type, const char **ret_unit);
VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_function(struct type_graph *g, uint64_t addr, const struct vmatlas_type **ret_type,
		    const char **ret_unit);
/* Is there a variable of that name that the compiler gave no place? */
VMATLAS_CHECKED struct vmatlas_error *
dwarf_find_removed(struct type_graph *g, const char *name, bool *ret, const char **ret_unit);

/* ---- btf/btf_graph.c ---- */

struct btf_blob;
/* How many sizes types of that name have; 0: there is none. */
size_t btf_nr_sizes(const struct btf_blob *b, enum vmatlas_type_kind kind, const char *name);
VMATLAS_CHECKED struct vmatlas_error *
btf_graph_find(struct type_graph *g, struct btf_blob *b, enum vmatlas_type_kind kind,
	       const char *name, const struct vmatlas_type **ret);
VMATLAS_CHECKED struct vmatlas_error *
btf_graph_enumerator(struct type_graph *g, struct btf_blob *b, const char *name,
		     const struct vmatlas_type **ret, int64_t *ret_value);
VMATLAS_CHECKED struct vmatlas_error *
btf_graph_members(struct type_graph *g, struct btf_blob *b, struct type_node *n);
/* The type of a variable (per-CPU ones alone are in BTF) or function; NULL: not there. */
VMATLAS_CHECKED struct vmatlas_error *
btf_graph_symbol(struct type_graph *g, struct btf_blob *b, const char *name,
		 const struct vmatlas_type **ret);

#endif
