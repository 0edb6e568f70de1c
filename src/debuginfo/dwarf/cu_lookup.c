/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the address of a function to the unit it was compiled in: by .debug_aranges and
 * .gdb_index, one scan for every function that is known by then, or, where the compiler
 * wrote none (clang), by the ranges of every unit.
 */
#include <inttypes.h>
#include <string.h>

#include "base/compare.h"
#include "debuginfo/debuginfo_internal.h"

static struct arange_want *cu_lookup_find(struct image *image, uint64_t addr)
{
	const struct arange_want key = { .addr = addr };

	if (!image->units->located.nr)
		return NULL;
	return bsearch(&key, image->units->located.v, image->units->located.nr,
		       sizeof(key), compare_first_u64);
}

struct addition {
	struct image *image;
	size_t nr_sorted;
	bool failed;
};

static void cu_lookup_add(void *arg, uint64_t addr)
{
	struct addition *a = arg;
	struct units *units = a->image->units;
	const struct arange_want key = { .addr = addr };
	struct arange_want *w;

	if (a->nr_sorted && bsearch(&key, units->located.v, a->nr_sorted, sizeof(key),
				    compare_first_u64))
		return;
	w = vec_push(&units->located);
	if (w)
		w->addr = addr;
	else
		a->failed = true;
}

/* Aliases share an address; one of them is enough. */
static void cu_lookup_sort(struct image *image)
{
	struct arange_want *v = image->units->located.v;
	size_t nr = 0;

	if (!v)
		return;
	qsort(v, image->units->located.nr, sizeof(*v), compare_first_u64);
	for (size_t i = 0; i < image->units->located.nr; i++)
		if (!nr || v[nr - 1].addr != v[i].addr)
			v[nr++] = v[i];
	image->units->located.nr = nr;
}

/* Of both: where they make no sense, what was found before still stands. */
static struct vmatlas_error *scan_aranges(struct image *image)
{
	const struct section *s = image_section(image, ".debug_aranges");
	struct vmatlas_error *err;
	struct bytes aranges;

	if (!s || s->flags & SHF_COMPRESSED)
		return NULL;
	err = section_bytes(image, s, &aranges);
	if (!err)
		aranges_scan(&aranges, image->info.big_endian, image->units->located.v,
			     image->units->located.nr);
	return err;
}

static struct vmatlas_error *scan_index(struct image *image)
{
	const struct section *s = image_section(image, ".gdb_index");
	const struct section *info = image_section(image, ".debug_info");
	struct vmatlas_error *err;
	struct bytes index;

	if (!s || !info || s->flags & SHF_COMPRESSED)
		return NULL;
	err = section_bytes(image, s, &index);
	if (!err)
		gdb_index_scan(&index, info->size, image->units->located.v,
			       image->units->located.nr);
	return err;
}

static struct vmatlas_error *cu_lookup_scan(struct image *image, uint64_t addr)
{
	struct vmatlas_error *err;
	struct addition a = { .image = image, .nr_sorted = image->units->located.nr };
	cu_lookup_add(&a, addr);
	symbols_functions(image, cu_lookup_add, &a);
	if (a.failed)
		return error_no_memory();
	cu_lookup_sort(image);
	err = scan_aranges(image);
	return err ? err : scan_index(image);
}

/* ---- Through every unit of the file, where nothing else tells ---- */

/* Enough for the header and the first entry of a unit. */
#define UNIT_START 512

static struct vmatlas_error *ranges_source(struct image *image, struct ranges_source *ret)
{
	struct vmatlas_error *err = NULL;
	struct { const char *name; struct bytes *to; } const parts[] = {
		{ ".debug_abbrev", &ret->abbrev }, { ".debug_addr", &ret->addr },
		{ ".debug_ranges", &ret->ranges }, { ".debug_rnglists", &ret->rnglists },
	};

	*ret = (struct ranges_source){ .big_endian = image->info.big_endian };
	for (size_t i = 0; i < ARRAY_SIZE(parts) && !err; i++) {
		const struct section *s = image_section(image, parts[i].name);

		if (!s || !(s->flags & SHF_COMPRESSED))
			err = section_bytes(image, s, parts[i].to);
	}
	return err;
}

static size_t nr_open(const struct units *units)
{
	size_t nr = 0;

	for (size_t i = 0; i < units->located.nr; i++)
		nr += !units->located.v[i].found;
	return nr;
}

/* Read, not mapped: a page of each of some thousand units is a lot of memory. */
static struct vmatlas_error *search_all(struct image *image)
{
	const struct section *info = image_section(image, ".debug_info");
	struct ranges_source from;
	struct vmatlas_error *err = ranges_source(image, &from);
	size_t open = nr_open(image->units);
	uint8_t raw[UNIT_START];
	uint64_t size;

	for (uint64_t at = 0; !err && open && at < info->size; at += size) {
		struct bytes start = { raw, (size_t)MIN(info->size - at, sizeof(raw)) }, unit = start;

		err = filemap_read(&image->file, info->offset + at, raw, start.len);
		unit.len = (size_t)(info->size - at);
		size = err || start.len < 12 ? 0 :
		       dies_unit_size(&unit, image->info.big_endian);
		if (!size)
			break;
		start.len = MIN(start.len, (size_t)size);
		open -= ranges_scan(&from, &start, at, image->units->located.v,
				    image->units->located.nr);
	}
	for (size_t i = 0; i < image->units->located.nr; i++)
		image->units->located.v[i].was_searched = true;
	return err;
}

/* Likewise, of units that have to be unpacked first. */
static struct vmatlas_error *search_packed(struct image *image, uint64_t addr,
					   struct arange_want *w)
{
	struct vmatlas_error *err;
	Dwarf_Off at = 0, next;
	size_t header_size;
	Dwarf *dwarf;

	err = units_whole(image, &dwarf);
	if (err)
		return err;
	for (; !dwarf_next_unit(dwarf, at, &next, &header_size, NULL, NULL, NULL, NULL,
				NULL, NULL) && next > at; at = next) {
		Dwarf_Die die;

		if (!dwarf_offdie(dwarf, at + header_size, &die) ||
		    dwarf_haspc(&die, addr) <= 0)
			continue;
		w->unit = at;
		w->found = true;
		break;
	}
	return NULL;
}

struct vmatlas_error *locate_function(struct image *image, uint64_t addr, bool by_search,
				      uint64_t *ret_unit)
{
	struct vmatlas_error *err;
	struct arange_want *w = cu_lookup_find(image, addr);

	if (!w) {
		err = cu_lookup_scan(image, addr);
		if (err)
			return err;
		w = cu_lookup_find(image, addr);
	}
	if (w && !w->found && by_search && !w->was_searched) {
		w->was_searched = true;
		err = dwarf_can_be_narrow(image) ? search_all(image) :
						   search_packed(image, addr, w);
		if (err)
			return err;
	}
	if (!w || !w->found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "%s: no debug information covers %#" PRIx64,
					 image->info.path, addr);
	*ret_unit = w->unit;
	return NULL;
}
