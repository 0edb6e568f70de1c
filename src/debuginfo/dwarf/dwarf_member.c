/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions about types: "busy.head of struct vmap_node, near vfree". */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/dwarf/dwarf_type.h"

/* ---- Finding the struct ---- */

struct dwarf_found {
	struct types types;		/* its unit */
	Dwarf_Die die;
	bool is_complete;
	bool is_declared;		/* seen, but only without its members */
};

static struct vmatlas_error *try_die(struct types *t, const struct die_entry *e,
				     Dwarf_Die die, struct dwarf_found *ret)
{
	struct vmatlas_error *err = NULL;

	if (e->tag == DW_TAG_typedef)
		err = types_peel(t, &die);
	if (err)
		return err;
	if (e->is_declaration || dwarf_hasattr(&die, DW_AT_declaration)) {
		ret->is_declared = true;
		return NULL;
	}
	*ret = (struct dwarf_found){ *t, die, true, true };
	return NULL;
}

static struct vmatlas_error *try_entry(struct types *t, const struct die_entry *e,
				       struct dwarf_found *ret)
{
	Dwarf_Die die;

	if (!dwarf_offdie(t->unit->dwarf, e->offset, &die))
		return unit_damaged(t->image, t->unit);
	return try_die(t, e, die, ret);
}

static bool is_tag_class(const struct die_entry *e, bool typedefs)
{
	return e->tag != DW_TAG_enumeration_type &&
	       (e->tag == DW_TAG_typedef) == typedefs;
}

/* Tags win over typedefs, and complete ones over declarations. */
static struct vmatlas_error *find_in_unit(struct types *t, const char *tag,
					  struct dwarf_found *ret)
{
	struct vmatlas_error *err = unit_index(t->image, t->unit);

	for (int typedefs = 0; typedefs < 2 && !err && !ret->is_complete; typedefs++)
		for (size_t i = 0; i < t->unit->types.entries.nr; i++) {
			const struct die_entry *e = &t->unit->types.entries.v[i];

			if (!is_tag_class(e, typedefs) || !e->name ||
			    strcmp(e->name, tag))
				continue;
			err = try_entry(t, e, ret);
			if (err || ret->is_complete)
				break;
		}
	return err;
}

/* Where dwz has moved what units share into units of their own. */
static struct vmatlas_error *find_related(struct types *t, const char *tag,
					  struct dwarf_found *ret)
{
	struct vmatlas_error *err;

	if (!t->unit->types.has_imports)
		return NULL;
	err = unit_widen(t->image, t->unit);
	if (!err)
		err = unit_relate(t->image, t->unit);
	for (size_t i = 0; !err && !ret->is_complete && i < t->unit->related.nr; i++) {
		struct types other = { t->image, t->unit->related.v[i] };

		err = find_in_unit(&other, tag, ret);
	}
	return err;
}

/* Where others keep what this unit uses, too. */
static struct vmatlas_error *find_foreign(struct types *t, const char *tag,
					  struct dwarf_found *ret)
{
	struct vmatlas_error *err;

	if (!t->unit->types.has_foreign || !foreign_may_be(t->image, tag))
		return NULL;
	err = unit_foreign(t->image, t->unit);
	for (int typedefs = 0; typedefs < 2 && !err && !ret->is_complete; typedefs++)
		for (size_t i = 0; i < t->unit->foreign.nr; i++) {
			const struct cross_cu_type *f = &t->unit->foreign.v[i];

			if (!is_tag_class(&f->entry, typedefs) ||
			    strcmp(f->entry.name, tag))
				continue;
			err = try_die(t, &f->entry, f->die, ret);
			if (err || ret->is_complete)
				break;
		}
	return err;
}

static struct vmatlas_error *dwarf_member_find_struct(struct types *t, const char *tag,
						      struct dwarf_found *ret)
{
	struct vmatlas_error *err = find_in_unit(t, tag, ret);

	if (!err && !ret->is_complete)
		err = find_related(t, tag, ret);
	if (!err && !ret->is_complete)
		err = find_foreign(t, tag, ret);
	if (err || ret->is_complete)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 ret->is_declared
					 ? "struct %s is declared in %s, but not defined"
					 : "no struct, union or typedef '%s' in %s",
				 tag, t->unit->name);
}

/* ---- Following a path ---- */

static struct vmatlas_error *step_into(struct types *t, struct dwarf_place *p,
				       const char *tag, const char *path, size_t len)
{
	bool entered;
	struct vmatlas_error *err = place_enter(t, p, &entered);

	return err || entered ? err : path_missing(tag, path, len, "is no array");
}

static struct vmatlas_error *step_to(struct types *t, struct dwarf_place *p,
				     const char *tag, const char *path,
				     const struct path_step *step)
{
	const size_t len = (size_t)(step->name + step->len - path);
	bool found;
	struct vmatlas_error *err = place_member(t, p, step->name, step->len, &found);

	if (err || found)
		return err;
	return path_missing(tag, path, len, types_is_struct(&p->type) ||
			    step->name == path ? "does not exist" : "is not in a struct");
}

static struct vmatlas_error *walk_path(struct types *t, struct dwarf_place *p,
				       const char *tag, const char *path)
{
	struct vmatlas_error *err = NULL;
	size_t at = 0;

	while (!err && path[at]) {
		const size_t before = at;
		struct path_step step;

		err = path_step(path, &at, &step);
		if (!err)
			err = step.is_element ? step_into(t, p, tag, path, before) :
						step_to(t, p, tag, path, &step);
	}
	return err;
}

static struct vmatlas_error *member_in(struct types *t, const char *tag,
				       const char *member, struct image_member *ret)
{
	struct vmatlas_error *err;
	struct dwarf_found found = { 0 };
	struct dwarf_place p = { 0 };

	err = dwarf_member_find_struct(t, tag, &found);
	if (err)
		return err;
	p.type = found.die;
	err = walk_path(&found.types, &p, tag, member);
	if (!err)
		err = place_describe(&found.types, &p, ret);
	t->unit->leaves |= found.types.unit->leaves;
	return err;
}

/* Once more with the whole file, if the answer lay outside the unit. */
static bool must_widen(const struct types *t, const struct vmatlas_error *err)
{
	return err && t->unit->leaves && !t->unit->is_wide;
}

struct vmatlas_error *dwarf_member(struct image *image, const char *near, const char *tag,
				   const char *member, struct image_member *ret)
{
	struct vmatlas_error *err;
	struct types t = { .image = image };

	err = unit_near(image, near, &t.unit);
	if (err)
		return err;
	err = member_in(&t, tag, member, ret);
	if (!must_widen(&t, err))
		return err;
	vmatlas_error_free(err);
	err = unit_widen(image, t.unit);
	return err ? err : member_in(&t, tag, member, ret);
}

/* ---- Enumerators ---- */

/* Compilers write what is not negative as data, and the rest as sdata. */
static bool enumerator_value(Dwarf_Die *die, int64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Sword s;
	Dwarf_Word u;

	if (!dwarf_attr(die, DW_AT_const_value, &attr))
		return false;
	switch (dwarf_whatform(&attr)) {
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		if (dwarf_formsdata(&attr, &s))
			return false;
		*ret = s;
		return true;
	}
	if (dwarf_formudata(&attr, &u))
		return false;
	*ret = (int64_t)u;
	return true;
}

static struct vmatlas_error *try_enum_die(struct types *t, Dwarf_Die die, const char *name,
					  int64_t *ret, bool *ret_found)
{
	if (dwarf_child(&die, &die))
		return NULL;
	do {
		const char *n = dwarf_diename(&die);

		if (dwarf_tag(&die) != DW_TAG_enumerator || !n || strcmp(n, name))
			continue;
		*ret_found = enumerator_value(&die, ret);
		return *ret_found ? NULL : unit_damaged(t->image, t->unit);
	} while (unit_next(&die) == 0);
	return NULL;
}

static struct vmatlas_error *try_enum(struct types *t, const struct die_entry *e,
				      const char *name, int64_t *ret, bool *ret_found)
{
	Dwarf_Die die;

	if (e->tag != DW_TAG_enumeration_type)
		return NULL;
	if (!dwarf_offdie(t->unit->dwarf, e->offset, &die))
		return unit_damaged(t->image, t->unit);
	return try_enum_die(t, die, name, ret, ret_found);
}

/* Enumerators that are asked for together stand together. */
static struct vmatlas_error *enumerator_in(struct types *t, const char *name,
					   int64_t *ret, bool *ret_found)
{
	struct vmatlas_error *err = unit_index(t->image, t->unit);
	const size_t nr = t->unit->types.entries.nr;

	for (size_t i = 0; !err && !*ret_found && i < nr; i++) {
		const size_t at = (t->unit->last_enum + i) % nr;

		err = try_enum(t, &t->unit->types.entries.v[at], name, ret, ret_found);
		if (*ret_found)
			t->unit->last_enum = at;
	}
	return err;
}

static struct vmatlas_error *enumerator_related(struct types *t, const char *name,
						int64_t *ret, bool *ret_found)
{
	struct vmatlas_error *err;

	if (!t->unit->types.has_imports)
		return NULL;
	err = unit_widen(t->image, t->unit);
	if (!err)
		err = unit_relate(t->image, t->unit);
	for (size_t i = 0; !err && !*ret_found && i < t->unit->related.nr; i++) {
		struct types other = { t->image, t->unit->related.v[i] };

		err = enumerator_in(&other, name, ret, ret_found);
	}
	return err;
}

static struct vmatlas_error *enumerator_foreign(struct types *t, const char *name, int64_t *ret,
						bool *ret_found)
{
	struct vmatlas_error *err;

	if (!t->unit->types.has_foreign || !foreign_may_be(t->image, name))
		return NULL;
	err = unit_foreign(t->image, t->unit);
	for (size_t i = 0; !err && !*ret_found && i < t->unit->foreign.nr; i++) {
		const struct cross_cu_type *f = &t->unit->foreign.v[i];

		if (f->entry.tag == DW_TAG_enumeration_type)
			err = try_enum_die(t, f->die, name, ret, ret_found);
	}
	return err;
}

/*
 * An enum that only lends its names to constants is referred to by nobody, once it has a
 * type unit of its own. Enumerators are not told apart by file: the first counts.
 */
static struct vmatlas_error *enumerator_of_type_unit(struct types *t, const char *name,
						     int64_t *ret, bool *ret_found)
{
	struct vmatlas_error *err = NULL;
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, type;
	uint8_t kind;

	if (!t->unit->is_foreign_known)
		return NULL;
	while (!err && !*ret_found &&
	       !dwarf_get_units(t->unit->dwarf, cu, &cu, NULL, &kind, &die, &type))
		if (kind == DW_UT_type && dwarf_tag(&type) == DW_TAG_enumeration_type)
			err = try_enum_die(t, type, name, ret, ret_found);
	return err;
}

struct vmatlas_error *dwarf_enumerator(struct image *image, const char *near,
				       const char *name, int64_t *ret)
{
	struct vmatlas_error *err;
	struct types t = { .image = image };
	bool found = false;

	err = unit_near(image, near, &t.unit);
	if (!err)
		err = enumerator_in(&t, name, ret, &found);
	if (!err && !found)
		err = enumerator_related(&t, name, ret, &found);
	if (!err && !found)
		err = enumerator_foreign(&t, name, ret, &found);
	if (!err && !found)
		err = enumerator_of_type_unit(&t, name, ret, &found);
	if (err || found)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no enumerator '%s' in %s", name,
				 t.unit->name);
}
