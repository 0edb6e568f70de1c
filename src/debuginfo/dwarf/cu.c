/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One unit: the types at its top, and the units that hold more of it. */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

/* Of the units that one imports; more is damage. */
#define MAX_RELATED 65536

struct vmatlas_error *unit_damaged(const struct image *image, const struct unit *unit)
{
	const int code = dwarf_errno();

	return vmatlas_error_new(
		VMATLAS_ERROR_FORMAT,
		"%s: has damaged debug information (unit %s at %#llx): %s",
		image->info.path, unit->name ? unit->name : "",
		(unsigned long long)unit->offset,
		code ? dwarf_errmsg(code) : "makes no sense");
}

int unit_next(Dwarf_Die *die)
{
	const Dwarf_Off before = dwarf_dieoffset(die);
	const int r = dwarf_siblingof(die, die);

	return r == 0 && dwarf_dieoffset(die) <= before ? -1 : r;
}

static bool cu_is_type(int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
	       tag == DW_TAG_typedef || tag == DW_TAG_enumeration_type;
}

static struct vmatlas_error *cu_add(struct unit *unit, Dwarf_Die *die)
{
	struct die_entry *e;

	if (!cu_is_type(dwarf_tag(die)))
		return NULL;
	e = vec_push(&unit->types.entries);
	if (!e)
		return error_no_memory();
	*e = (struct die_entry){.offset = dwarf_dieoffset(die),
				.name = dwarf_diename(die),
				.tag = (uint16_t)dwarf_tag(die),
				.is_declaration = dwarf_hasattr(die, DW_AT_declaration)};
	return NULL;
}

static struct vmatlas_error *cu_walk(struct image *image, struct unit *unit)
{
	struct vmatlas_error *err;
	Dwarf_Die die;
	int r;

	for (r = dwarf_child(&unit->die, &die); r == 0; r = unit_next(&die)) {
		unit->types.has_imports |= dwarf_tag(&die) == DW_TAG_imported_unit;
		err = cu_add(unit, &die);
		if (err)
			return err;
	}
	return r < 0 ? unit_damaged(image, unit) : NULL;
}

struct vmatlas_error *unit_source(struct image *image, const struct unit *unit,
				  struct die_source *ret)
{
	struct vmatlas_error *err;
	const struct section *info = image_section(image, ".debug_info");
	struct { const char *name; struct bytes *to; } const parts[] = {
		{ ".debug_abbrev", &ret->abbrev }, { ".debug_str", &ret->str },
		{ ".debug_line_str", &ret->line_str },
		{ ".debug_str_offsets", &ret->str_offsets },
	};

	ret->big_endian = image->info.big_endian;
	ret->info.p = image->file.bytes + info->offset + unit->offset;
	ret->info.len = (size_t)(info->size - unit->offset);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		err = section_bytes(image, image_section(image, parts[i].name),
				    parts[i].to);
		if (err)
			return err;
	}
	return NULL;
}

struct vmatlas_error *unit_index(struct image *image, struct unit *unit)
{
	struct vmatlas_error *err;
	struct die_source from = { 0 };
	enum dies_result result = DIES_NOT_UNDERSTOOD;

	if (unit->is_indexed)
		return NULL;
	if (!unit->is_wide) {
		err = unit_source(image, unit, &from);
		if (err)
			return err;
		result = dies_scan(&from, &unit->types);
		if (result == DIES_NO_MEMORY)
			return error_no_memory();
	}
	if (result == DIES_NOT_UNDERSTOOD) {
		err = cu_walk(image, unit);
		if (err) {
			die_list_done(&unit->types);
			return err;
		}
		unit->types.has_foreign = true;	/* maybe */
	}
	unit->is_indexed = true;
	return NULL;
}

/* ---- Other units ---- */

/* Offset of the header of the unit that @die->@name refers to. */
static struct vmatlas_error *referred(struct image *image, struct unit *unit,
				      Dwarf_Die *die, unsigned int name, uint64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Die to, cu;

	if (!dwarf_attr(die, name, &attr) || !dwarf_formref_die(&attr, &to) ||
	    !dwarf_diecu(&to, &cu, NULL, NULL))
		return unit_damaged(image, unit);
	*ret = dwarf_dieoffset(&cu) - dwarf_cuoffset(&cu);
	return NULL;
}

static struct vmatlas_error *relate(struct image *image, struct unit *unit,
				    Dwarf_Die *die)
{
	struct unit *other = NULL, **to;
	uint64_t at;
	struct vmatlas_error *err = referred(image, unit, die, DW_AT_import, &at);

	if (!err)
		err = units_at(image, at, true, &other);
	if (err)
		return err;
	for (size_t i = 0; i < unit->related.nr; i++)
		if (unit->related.v[i] == other)
			return NULL;
	if (other == unit || unit->related.nr >= MAX_RELATED)
		return NULL;
	to = vec_push(&unit->related);
	if (!to)
		return error_no_memory();
	*to = other;
	return NULL;
}

static struct vmatlas_error *relate_imports(struct image *image, struct unit *unit,
					    const struct unit *of)
{
	struct vmatlas_error *err;
	Dwarf_Die cu = of->die, die;

	if (dwarf_child(&cu, &die))
		return NULL;
	do {
		if (dwarf_tag(&die) != DW_TAG_imported_unit)
			continue;
		err = relate(image, unit, &die);
		if (err)
			return err;
	} while (unit_next(&die) == 0);
	return NULL;
}

/* What one imports may import more. */
struct vmatlas_error *unit_relate(struct image *image, struct unit *unit)
{
	struct vmatlas_error *err;

	if (unit->is_related_known)
		return NULL;
	err = relate_imports(image, unit, unit);
	for (size_t i = 0; !err && i < unit->related.nr; i++)
		err = relate_imports(image, unit, unit->related.v[i]);
	unit->is_related_known = !err;
	return err;
}

/*
 * gcc's link-time optimisation puts machine code into units of its own, called
 * "<artificial>" (gcc/dwarf2out.cc), which point at the units of the source files.
 */
struct vmatlas_error *unit_of_source(struct image *image, struct unit *unit,
				     uint64_t addr, struct unit **ret)
{
	struct vmatlas_error *err;
	Dwarf_Die die;
	uint64_t at;

	*ret = unit;
	if (strcmp(unit->name, "<artificial>"))
		return NULL;
	err = unit_widen(image, unit);
	if (err || dwarf_child(&unit->die, &die))
		return err;
	do {
		if (dwarf_tag(&die) != DW_TAG_subprogram ||
		    dwarf_haspc(&die, addr) <= 0 ||
		    !dwarf_hasattr(&die, DW_AT_abstract_origin))
			continue;
		err = referred(image, unit, &die, DW_AT_abstract_origin, &at);
		return err ? err : units_at(image, at, false, ret);
	} while (unit_next(&die) == 0);
	return NULL;
}
