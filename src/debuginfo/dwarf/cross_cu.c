/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types that a unit uses and another one holds. Link-time optimisation (clang's) lets
 * the first unit that uses a type keep it for all, -fdebug-types-section gives each a
 * unit of its own. What the unit refers to is followed from type to type: any other
 * type of that name may be another file's.
 */
#include <dwarf.h>
#include <string.h>

#include "base/hash.h"
#include "debuginfo/dwarf/dwarf_type.h"

/* A unit of Linux uses some 3,000 types; more entries than that are damage. */
#define MAX_SEEN (1u << 20)
#define MAX_DEPTH 64

struct cross_cu_search {
	struct unit *unit;
	struct hash seen;		/* of addresses of entries */
	VEC(Dwarf_Die) queue;
};

static void hunt_done(struct cross_cu_search *h)
{
	hash_done(&h->seen);
	vec_done(&h->queue);
}

static struct vmatlas_error *cross_cu_follow(struct cross_cu_search *h,
					     Dwarf_Attribute *attr)
{
	Dwarf_Die die, *to;
	bool is_new;

	if (!dwarf_formref_die(attr, &die) || h->seen.nr >= MAX_SEEN)
		return NULL;
	if (!hash_add(&h->seen, (uintptr_t)die.addr, &is_new))
		return error_no_memory();
	if (!is_new)
		return NULL;
	to = vec_push(&h->queue);
	if (!to)
		return error_no_memory();
	*to = die;
	return NULL;
}

static bool leaves(unsigned int form)
{
	return form == DW_FORM_ref_addr || form == DW_FORM_ref_sig8 ||
	       form == DW_FORM_GNU_ref_alt;
}

/* @all: what stays in its unit counts as well, since that is not ours. */
static struct vmatlas_error *follow_from(struct cross_cu_search *h, Dwarf_Die *die,
					 bool all)
{
	static const unsigned int names[] = { DW_AT_type, DW_AT_signature };
	struct vmatlas_error *err = NULL;
	Dwarf_Attribute attr;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !err; i++)
		if (dwarf_attr(die, names[i], &attr) &&
		    (all || leaves(dwarf_whatform(&attr))))
			err = cross_cu_follow(h, &attr);
	return err;
}

static struct vmatlas_error *follow_below(struct cross_cu_search *h, Dwarf_Die *parent,
					  bool all, unsigned int depth)
{
	struct vmatlas_error *err = NULL;
	Dwarf_Die die;

	if (depth == MAX_DEPTH || dwarf_child(parent, &die))
		return NULL;
	do {
		err = follow_from(h, &die, all);
		if (!err && dwarf_haschildren(&die))
			err = follow_below(h, &die, all, depth + 1);
	} while (!err && unit_next(&die) == 0);
	return err;
}

static struct vmatlas_error *cross_cu_add(struct unit *unit, Dwarf_Die *die)
{
	const int tag = dwarf_tag(die);
	const char *name = dwarf_diename(die);
	struct cross_cu_type *to;

	/* An enum needs no name of its own. */
	if (tag != DW_TAG_enumeration_type &&
	    (!name || (tag != DW_TAG_structure_type && tag != DW_TAG_union_type &&
		       tag != DW_TAG_typedef)))
		return NULL;
	to = vec_push(&unit->foreign);
	if (!to)
		return error_no_memory();
	*to = (struct cross_cu_type){ .die = *die,
		.entry = { .name = name, .tag = (uint16_t)tag,
			   .is_declaration = dwarf_hasattr(die, DW_AT_declaration) } };
	return NULL;
}

struct vmatlas_error *unit_foreign(struct image *image, struct unit *unit)
{
	_cleanup_(hunt_done) struct cross_cu_search h = { .unit = unit };
	struct vmatlas_error *err;

	if (unit->is_foreign_known)
		return NULL;
	err = unit_widen(image, unit);
	if (!err)
		err = follow_below(&h, &unit->die, false, 0);
	for (size_t i = 0; i < h.queue.nr && !err; i++) {
		Dwarf_Die die = h.queue.v[i];

		err = cross_cu_add(unit, &die);
		if (!err)
			err = follow_from(&h, &die, true);
		if (!err)
			err = follow_below(&h, &die, true, 0);
	}
	unit->is_foreign_known = !err;
	return err;
}

/*
 * Names stand in .debug_str, each once; inline only where they are no longer than an
 * offset would be. So most of what this kernel does not have at all is told at once.
 */
bool foreign_may_be(struct image *image, const char *name)
{
	const struct section *s = image_section(image, ".debug_str");
	const size_t len = strlen(name);
	struct vmatlas_error *err;
	struct bytes bytes;
	const uint8_t *at;

	if (!s || s->flags & SHF_COMPRESSED || !(s->flags & SHF_STRINGS) || len < 8)
		return true;
	/* Many questions in a row are about the same struct. */
	if (!strcmp(image->units->absent, name))
		return false;
	err = section_bytes(image, s, &bytes);
	if (err) {
		vmatlas_error_free(err);
		return true;
	}
	for (at = bytes.p; (at = memmem(at, (size_t)(bytes.p + bytes.len - at), name, len + 1));
	     at++)
		if (at == bytes.p || !at[-1])
			return true;
	if (len < sizeof(image->units->absent))
		memcpy(image->units->absent, name, len + 1);
	return false;
}
