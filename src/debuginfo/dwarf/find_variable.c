/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables and functions by their addresses. */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/dwarf/die_find.h"

enum { DEPTH_MAX = 32 };

/* ---- Variables ---- */

/* The entry that begins last before @offset of the Dwarf, however deep. */
static bool entry_around(Dwarf_Die *top, uint64_t offset, Dwarf_Die *ret)
{
	Dwarf_Die die, last = *top;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		bool is_deeper = false;

		if (dwarf_child(&last, &die))
			break;
		do {
			if (dwarf_dieoffset(&die) > offset)
				break;
			last = die;
			is_deeper = true;
		} while (unit_next(&die) == 0);
		if (!is_deeper)
			break;
	}
	*ret = last;
	return dwarf_dieoffset(&last) <= offset;
}

static bool is_at(Dwarf_Die *die, uint64_t addr)
{
	Dwarf_Attribute attr, indexed;
	Dwarf_Addr at;
	Dwarf_Op *op;
	size_t nr;

	if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation(&attr, &op, &nr) || !nr)
		return false;
	if (op->atom == DW_OP_addrx)		/* clang's: the number of an address */
		return !dwarf_getlocation_attr(&attr, op, &indexed) &&
		       !dwarf_formaddr(&indexed, &at) && at == addr;
	return op->atom == DW_OP_addr && op->number == addr;
}

/* By its name: what is at that address, or is declared to be somewhere (in assembly). */
static bool variable_slowly(struct die_find *f, Dwarf_Die *top)
{
	Dwarf_Die die;

	if (dwarf_child(top, &die))
		return false;
	do {
		const char *name = dwarf_tag(&die) == DW_TAG_variable ? dwarf_diename(&die) : NULL;

		if (!name || strcmp(name, f->name) ||
		    !(is_at(&die, f->addr) || dwarf_hasattr(&die, DW_AT_declaration)))
			continue;
		f->die = die;
		f->found = true;
		return true;
	} while (unit_next(&die) == 0);
	return false;
}

static int visit_variable(struct die_find *f, uint64_t offset)
{
	(void)offset;
	if (f->unit == f->looked)
		return 0;
	f->looked = f->unit;
	return die_find_slowly(f);
}

/* "name.1" of the symbol table is "name" of the source. */
static bool is_called(Dwarf_Die *die, const char *name)
{
	const char *is = dwarf_diename(die);
	const size_t len = is ? strlen(is) : 0;

	return len && !strncmp(is, name, len) && (!name[len] || name[len] == '.');
}

static int visit_address(struct die_find *f, uint64_t offset)
{
	Dwarf_Die die;

	f->err = graph_unit_at(f->g, f->unit, &f->found_in);
	if (f->err || !entry_around(&f->found_in->die, graph_unit_die(f->found_in, offset - f->unit), &die) ||
	    !is_at(&die, f->addr))
		return 0;
	f->die = die;
	f->found = true;
	return is_called(&die, f->name);
}

static struct vmatlas_error *take_variable(struct die_find *f, const struct vmatlas_type **ret,
					   const char **ret_unit)
{
	if (!f->found)
		return NULL;
	*ret_unit = dwarf_diename(&f->found_in->die) ?: "";
	return dwarf_graph_target(f->g, &f->die, ret);
}

/* In the units among which it is likely to be; see symbols_neighbours(). */
static struct vmatlas_error *find_near(struct die_find *f, const struct raw_needle *needle)
{
	struct image *image = f->g->image;
	struct raw_sections part = f->raw;
	uint64_t function[2], first = UINT64_MAX, end = 0;
	struct vmatlas_error *err = symbols_neighbours(image, f->addr, function);

	for (size_t i = 0; !err && i < 2; i++) {
		uint64_t at = 0;

		if (!function[i])
			continue;
		err = locate_function(image, function[i], false, &at);
		if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
			vmatlas_error_free(err);
			err = NULL;
			continue;
		}
		first = MIN(first, at);
		end = MAX(end, at + 1);
	}
	if (err || first >= end || end > f->raw.info.len)
		return err;
	for (size_t i = 0; i < f->g->unit_offsets.nr; i++) {
		if (f->g->unit_offsets.v[i] >= end) {
			end = f->g->unit_offsets.v[i];
			break;
		}
	}
	part.info = (struct bytes){ f->raw.info.p + first, (size_t)(end - first) };
	part.file_offset += first;
	f->base = first;
	err = raw_search(image, &part, needle, 1, die_find_hit, f);
	f->base = 0;
	return err;
}

struct vmatlas_error *dwarf_find_variable(struct type_graph *g, const char *name, uint64_t addr,
					  const struct vmatlas_type **ret, const char **ret_unit)
{
	const size_t size = g->image->info.bits / 8;
	struct die_find f = { .g = g, .addr = addr, .name = name, .visit = visit_address };
	struct raw_needle needle = { .bytes = { (uint8_t)(size + 1), DW_OP_addr },
				     .len = size + 2 };
	struct vmatlas_error *err = die_find_prepare(&f);

	for (size_t i = 0; i < size; i++)
		needle.bytes[2 + (g->image->info.big_endian ? size - 1 - i : i)] =
			(uint8_t)(addr >> 8 * i);
	if (!err)
		err = find_near(&f, &needle);
	if (!err && !f.found)
		err = raw_search(g->image, &f.raw, &needle, 1, die_find_hit, &f);
	if (!err)
		err = f.err;
	/* jiffies is another name of jiffies_64, given by the linker: its own counts */
	if (!err && (!f.found || !is_called(&f.die, name))) {
		const struct die_find by_address = f;

		f = (struct die_find){ .g = g, .addr = addr, .name = name,
				       .visit = visit_variable, .slowly = variable_slowly };
		err = die_find_name(&f);
		if (!err && !f.found)
			f = by_address;
	}
	return err ? err : take_variable(&f, ret, ret_unit);
}

static int visit_removed(struct die_find *f, uint64_t offset)
{
	Dwarf_Die die;
	const char *name;

	if (offset == UINT64_MAX)
		return 0;
	f->err = graph_unit_at(f->g, f->unit, &f->found_in);
	if (f->err || !entry_around(&f->found_in->die, graph_unit_die(f->found_in, offset - f->unit), &die))
		return 0;
	name = dwarf_tag(&die) == DW_TAG_variable ? dwarf_diename(&die) : NULL;
	f->found = name && !strcmp(name, f->name) && !dwarf_hasattr(&die, DW_AT_declaration);
	return f->found;
}

struct vmatlas_error *dwarf_find_removed(struct type_graph *g, const char *name, bool *ret,
					 const char **ret_unit)
{
	struct die_find f = { .g = g, .name = name, .visit = visit_removed };
	struct vmatlas_error *err = die_find_name(&f);

	*ret = !err && f.found;
	if (*ret)
		*ret_unit = dwarf_diename(&f.found_in->die) ?: "";
	return err;
}

/* ---- Functions ---- */

struct vmatlas_error *dwarf_find_function(struct type_graph *g, uint64_t addr,
					  const struct vmatlas_type **ret, const char **ret_unit)
{
	struct graph_unit *u;
	uint64_t unit;
	struct vmatlas_error *err = units_prepare(g->image);
	Dwarf_Die die;

	if (!err)
		err = locate_function(g->image, addr, true, &unit);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err)
		err = graph_unit_at(g, unit, &u);
	if (err || dwarf_child(&u->die, &die))
		return err;
	do {
		Dwarf_Addr low;

		if (dwarf_tag(&die) != DW_TAG_subprogram || dwarf_lowpc(&die, &low) ||
		    low != addr)
			continue;
		*ret_unit = dwarf_diename(&u->die) ?: "";
		return dwarf_graph_type(g, &die, ret);
	} while (unit_next(&die) == 0);
	return NULL;
}
