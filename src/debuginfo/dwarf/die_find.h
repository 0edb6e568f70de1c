/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search for an entry of any unit by its name or address; see dwarf_find.c. */
#ifndef DEBUGINFO_DWARF_DIE_FIND_H
#define DEBUGINFO_DWARF_DIE_FIND_H

#include "debuginfo/dwarf/name_hit.h"
#include "debuginfo/dwarf/raw_search.h"
#include "debuginfo/type_graph.h"

struct die_find {
	struct type_graph *g;
	struct raw_sections raw;
	enum vmatlas_type_kind kind;
	const char *name;
	const char *file;		/* of its unit; NULL: any */
	struct image_namesake *namesakes;	/* to be filled; NULL: the first one will do */
	size_t nr_namesakes, max_namesakes;
	uint64_t addr;
	uint64_t base;			/* of the part of .debug_info that is searched */
	uint64_t unit, looked;		/* of the hit; UINT64_MAX: none */
	struct die_list list;		/* of @unit, where it is understood */
	bool has_list;
	struct name_hits hits;
	unsigned int wanted;		/* of name_hit(): which of them to look at */
	uint64_t declared_at;		/* the first hit that can only declare; 0: none */
	/* Is it what is looked for? Not 0: the search ends. @offset UINT64_MAX: all of it */
	int (*visit)(struct die_find *f, uint64_t offset);
	bool (*slowly)(struct die_find *f, Dwarf_Die *top);	/* by libdw, entry by entry */
	Dwarf_Die die;			/* what was found */
	bool found, found_declaration;
	struct graph_unit *found_in;
	const struct vmatlas_type *type;
	int64_t value;
	struct vmatlas_error *err;
};

/* Offset in the unit's Dwarf of the entry @from_header bytes behind the unit's header. */
static inline uint64_t graph_unit_die(const struct graph_unit *u, uint64_t from_header)
{
	return from_header + (u->is_wide ? u->offset : 0);
}

/* Fill in f->raw and the list of units. */
VMATLAS_CHECKED struct vmatlas_error *die_find_prepare(struct die_find *f);

/* A raw_hit_fn: calls f->visit(). */
int die_find_hit(void *arg, uint64_t offset);

/* Wherever f->name stands. */
VMATLAS_CHECKED struct vmatlas_error *die_find_name(struct die_find *f);

/* f->slowly() on all of f->unit; not 0: the search ends. */
int die_find_slowly(struct die_find *f);

#endif
