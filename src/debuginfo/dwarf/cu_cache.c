/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The units that are open, and which one a question is about. */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

static void unit_free(struct unit *unit)
{
	if (!unit)
		return;
	if (!unit->is_wide) {
		dwarf_end(unit->dwarf);
		elf_end(unit->elf);
	}
	die_list_done(&unit->types);
	vec_done(&unit->related);
	vec_done(&unit->foreign);
	free(unit);
}
DEFINE_FREEP(unit, unit_free)

void units_free(struct units *units)
{
	if (!units)
		return;
	for (size_t i = 0; i < units->all.nr; i++)
		unit_free(units->all.v[i]);
	for (size_t i = 0; i < units->anchors.nr; i++) {
		free(units->anchors.v[i].near);
		free(units->anchors.v[i].function);
	}
	vec_done(&units->all);
	vec_done(&units->anchors);
	vec_done(&units->located);
	dwarf_end(units->code);
	elf_end(units->code_elf);
	dwarf_end(units->whole);
	elf_end(units->whole_elf);
	free(units);
}

struct vmatlas_error *units_whole(struct image *image, Dwarf **ret)
{
	struct vmatlas_error *err = NULL;
	struct units *units = image->units;

	/* The first slot is kept for it. */
	if (!units->whole) {
		filemap_read_ahead(&image->file);
		err = dwarf_open_whole(image, 0, &units->whole_elf, &units->whole);
	}
	if (!err)
		*ret = units->whole;
	return err;
}

static struct vmatlas_error *bad_offset(const struct image *image)
{
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s: has damaged debug information: no unit where one should be",
		image->info.path);
}

static struct vmatlas_error *open_narrow(struct image *image, struct unit *unit)
{
	struct vmatlas_error *err;
	const struct section *s = image_section(image, ".debug_info");
	struct bytes info;
	uint64_t size;

	if (!s || unit->offset >= s->size)
		return bad_offset(image);
	info.len = (size_t)(s->size - unit->offset);
	info.p = image->file.bytes + s->offset + unit->offset;
	err = filemap_fetch(&image->file, s->offset + unit->offset,
			    MIN(info.len, (size_t)12));
	if (err)
		return err;
	size = dies_unit_size(&info, image->info.big_endian);
	if (!size)
		return bad_offset(image);
	filemap_expect(&image->file, s->offset + unit->offset, size);
	return dwarf_open_narrow(image, unit->offset, size, ++image->units->nr_slots,
				 &unit->elf, &unit->dwarf);
}

/* @at: the unit's header in unit->dwarf. */
static struct vmatlas_error *open_die(struct image *image, struct unit *unit, uint64_t at)
{
	Dwarf_Off next;
	size_t header_size;
	const char *name;

	if (dwarf_next_unit(unit->dwarf, at, &next, &header_size, NULL, NULL, NULL, NULL,
			    NULL, NULL) ||
	    !dwarf_offdie(unit->dwarf, at + header_size, &unit->die))
		return unit_damaged(image, unit);
	name = dwarf_diename(&unit->die);
	unit->name = name ? name : "";
	if (dwarf_hasattr(&unit->die, DW_AT_dwo_name) ||
	    dwarf_hasattr(&unit->die, DW_AT_GNU_dwo_name))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"%s: keeps its types in separate .dwo files", image->info.path);
	return NULL;
}

static struct vmatlas_error *open_wide(struct image *image, struct unit *unit)
{
	struct vmatlas_error *err = units_whole(image, &unit->dwarf);

	unit->is_wide = true;
	return err ? err : open_die(image, unit, unit->offset);
}

struct vmatlas_error *units_at(struct image *image, uint64_t offset, bool wide,
			       struct unit **ret)
{
	struct vmatlas_error *err;
	struct unit **slot;

	wide |= image->units->nr_slots + 1 >= FILE_NR_SLOTS ||
		!dwarf_can_be_narrow(image);
	for (size_t i = 0; i < image->units->all.nr; i++) {
		struct unit *unit = image->units->all.v[i];

		if (unit->offset == offset) {
			*ret = unit;
			return wide ? unit_widen(image, unit) : NULL;
		}
	}

	_cleanup_(unit_freep) struct unit *unit = calloc(1, sizeof(*unit));
	if (!unit)
		return error_no_memory();
	unit->offset = offset;
	if (wide) {
		err = open_wide(image, unit);
	} else {
		err = open_narrow(image, unit);
		if (!err)
			err = open_die(image, unit, 0);
	}
	if (err)
		return err;
	slot = vec_push(&image->units->all);
	if (!slot)
		return error_no_memory();
	*ret = *slot = take(unit);
	return NULL;
}

struct vmatlas_error *unit_widen(struct image *image, struct unit *unit)
{
	if (unit->is_wide)
		return NULL;
	dwarf_end(unit->dwarf);
	elf_end(unit->elf);
	unit->dwarf = NULL;
	unit->elf = NULL;
	die_list_done(&unit->types);
	unit->is_indexed = false;
	return open_wide(image, unit);
}

/* ---- Anchors ---- */

static struct vmatlas_error *try_function(struct image *image, const char *name,
					  bool by_search, struct unit **ret)
{
	struct vmatlas_error *err;
	struct unit *unit = NULL;
	uint64_t addr, offset;

	err = symbols_function(image, name, &addr);
	if (!err)
		err = locate_function(image, addr, by_search, &offset);
	if (!err)
		err = units_at(image, offset, false, &unit);
	return err ? err : unit_of_source(image, unit, addr, ret);
}

/* The first of "a|b" that is a function with debug information. */
static struct vmatlas_error *try_each(struct image *image, const char *near, bool by_search,
				      char **ret_function, struct unit **ret)
{
	struct vmatlas_error *err;
	const char *next = near;

	do {
		const size_t len = strcspn(next, "|");

		_cleanup_(freep) char *name = strndup(next, len);
		if (!name)
			return error_no_memory();
		next += len + (next[len] == '|');
		err = try_function(image, name, by_search, ret);
		if (!err)
			*ret_function = take(name);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
	} while (*next);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
		"no function '%s' with debug information in %s", near, image->info.path);
}

static const struct anchor *find_anchor(const struct image *image, const char *near)
{
	for (size_t i = 0; image->units && i < image->units->anchors.nr; i++)
		if (!strcmp(image->units->anchors.v[i].near, near))
			return &image->units->anchors.v[i];
	return NULL;
}

/* @function: consumed */
static struct vmatlas_error *cu_cache_remember(struct image *image, const char *near,
					       char *function, struct unit *unit)
{
	_cleanup_(freep) char *copy = strdup(near), *owned = function;
	struct anchor *a = copy ? vec_push(&image->units->anchors) : NULL;

	if (!a)
		return error_no_memory();
	*a = (struct anchor){ take(copy), take(owned), unit };
	return NULL;
}

struct vmatlas_error *units_prepare(struct image *image)
{
	if (!image->info.has_debug_info)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"%s: has no debug information (stripped?): install the kernel's "
			"-dbg package and name the vmlinux in it, or a file with its "
			"types (--types)", image->info.path);
	if (image_section(image, ".gnu_debugaltlink"))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"%s: shares debug information with another file (dwz -m), which is "
			"not supported; --types names another file with its types",
			image->info.path);
	if (!image->units) {
		image->units = calloc(1, sizeof(*image->units));
		if (!image->units)
			return error_no_memory();
		section_expect(image, ".debug_aranges");
		section_expect(image, ".debug_str");
	}
	return NULL;
}

/*
 * Those that .debug_aranges name come first, in their order: for one that they do not
 * (__init functions of some kernels) every unit of the file would have to be read.
 */
struct vmatlas_error *unit_near(struct image *image, const char *near, struct unit **ret)
{
	const struct anchor *a = near ? find_anchor(image, near) : NULL;
	struct vmatlas_error *err;
	char *function = NULL;

	if (!near)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "types need a function near");
	if (a) {
		*ret = a->unit;
		return NULL;
	}
	err = units_prepare(image);
	if (!err)
		err = image_prefetch(image, &near, 1);	/* one pass for all the alternatives */
	if (!err)
		err = try_each(image, near, false, &function, ret);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) && image->units) {
		vmatlas_error_free(err);
		err = try_each(image, near, true, &function, ret);
	}
	return err ? err : cu_cache_remember(image, near, function, *ret);
}

struct vmatlas_error *unit_function(struct image *image, const char *near, char **ret)
{
	struct vmatlas_error *err;
	struct unit *unit;

	err = unit_near(image, near, &unit);
	if (err)
		return err;
	*ret = strdup(find_anchor(image, near)->function);
	return *ret ? NULL : error_no_memory();
}
