/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types, enumerators, variables and functions by name or address, out of all units: a
 * search for the bytes of the name or address (raw_search.h), and a look at the units
 * where they stand, in the order of the file.
 */
#include <dwarf.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/die_find.h"
#include "debuginfo/type_find.h"

enum { NEEDLES_MAX = 8192 };
#define UNITS_MAX (1u << 20)

/* ---- Units ---- */

static struct vmatlas_error *unit_headers(struct die_find *f)
{
	struct type_graph *g = f->g;
	const bool be = g->image->info.big_endian;
	struct vmatlas_error *err = NULL;
	uint8_t head[12];
	uint64_t size;

	if (g->unit_offsets.nr)
		return NULL;
	for (uint64_t at = 0; at + sizeof(head) <= f->raw.info.len; at += size) {
		struct bytes unit = { head, (size_t)(f->raw.info.len - at) };
		uint64_t *slot;

		if (f->raw.is_file)
			err = filemap_read(&g->image->file, f->raw.file_offset + at, head,
					   sizeof(head));
		else
			memcpy(head, f->raw.info.p + at, sizeof(head));
		size = err ? 0 : dies_unit_size(&unit, be);
		if (!size || g->unit_offsets.nr >= UNITS_MAX)
			break;
		slot = vec_push(&g->unit_offsets);
		if (!slot)
			return error_no_memory();
		*slot = at;
	}
	return err;
}

/* The unit that holds @offset. */
static bool unit_holding(const struct type_graph *g, uint64_t offset, uint64_t *ret)
{
	size_t low = 0, high = g->unit_offsets.nr;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (g->unit_offsets.v[mid] <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	if (low)
		*ret = g->unit_offsets.v[low - 1];
	return low > 0;
}

static struct die_source die_find_source(const struct die_find *f)
{
	const struct raw_sections *raw = &f->raw;

	return (struct die_source){ .info = { raw->info.p + f->unit, raw->info.len - (size_t)f->unit },
		.abbrev = raw->abbrev, .str = raw->str, .line_str = raw->line_str,
		.str_offsets = raw->str_offsets, .big_endian = f->g->image->info.big_endian };
}

/* The types at the top of f->unit. */
static void die_find_list(struct die_find *f)
{
	const struct die_source from = die_find_source(f);

	die_list_done(&f->list);
	f->list = (struct die_list){ 0 };
	f->has_list = dies_scan(&from, &f->list) == DIES_OK;
	f->looked = f->unit;
}

static struct vmatlas_error *open_entry(struct die_find *f, uint64_t from_header, Dwarf_Die *ret)
{
	struct vmatlas_error *err = graph_unit_at(f->g, f->unit, &f->found_in);

	if (err || dwarf_offdie(f->found_in->dwarf, graph_unit_die(f->found_in, from_header), ret))
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: has damaged debug information",
				 f->g->image->info.path);
}

/* ---- The search ---- */

int die_find_hit(void *arg, uint64_t offset)
{
	struct die_find *f = arg;

	if (!unit_holding(f->g, f->base + offset, &f->unit))
		return 0;
	return f->visit(f, f->base + offset) || f->err;
}

/* Names without an own place in the file (DW_FORM_strx): unit by unit. */
static void die_find_everywhere(struct die_find *f)
{
	for (size_t i = 0; i < f->g->unit_offsets.nr; i++) {
		f->unit = f->g->unit_offsets.v[i];
		if (f->visit(f, UINT64_MAX) || f->err)
			return;
	}
}

static void needle_offset(struct raw_needle *n, uint64_t offset, bool big_endian)
{
	n->len = 4;
	for (size_t i = 0; i < 4; i++)
		n->bytes[big_endian ? 3 - i : i] = (uint8_t)(offset >> 8 * i);
}

/* By what precedes them in their strings, read backwards; @a and @b have the same end. */
static bool precedes(const struct bytes *str, size_t a, size_t b)
{
	while (a && b && str->p[a - 1] && str->p[a - 1] == str->p[b - 1]) {
		a--;
		b--;
	}
	return (a ? str->p[a - 1] : 0) < (b ? str->p[b - 1] : 0);
}

/*
 * Where the name stands in .debug_str. The linker may have made it the end of a longer
 * one, but not if it is there for itself. GNU ld sorts strings by their ends and takes the
 * next one for that (_bfd_merge_sections() in bfd/merge.c): the likely place comes first.
 */
struct needle_list {
	VEC(struct raw_needle) v;
};

static struct vmatlas_error *add_needle(struct needle_list *list, const struct raw_needle *n)
{
	struct raw_needle *to = vec_push(&list->v);

	if (!to)
		return error_no_memory();
	*to = *n;
	return NULL;
}

static struct vmatlas_error *name_needles(const struct die_find *f, struct needle_list *ret)
{
	const struct bytes *str = &f->raw.str;
	struct raw_needle text = { .len = strlen(f->name) + 1 }, n = { 0 };
	struct vmatlas_error *err = NULL;
	size_t first = 0;

	memcpy(text.bytes, f->name, text.len);
	for (int exact = 1; !err && exact >= 0 && !ret->v.nr; exact--) {
		for (size_t at = raw_find(str->p, str->len, 0, &text);
		     !err && at != SIZE_MAX && ret->v.nr < NEEDLES_MAX;
		     at = raw_find(str->p, str->len, at + 1, &text)) {
			if (!exact == !(at && str->p[at - 1]))
				continue;
			needle_offset(&n, at, f->g->image->info.big_endian);
			err = add_needle(ret, &n);
			if (err || (ret->v.nr > 1 && !precedes(str, at, first)))
				continue;
			ret->v.v[ret->v.nr - 1] = ret->v.v[0];
			ret->v.v[0] = n;
			first = at;
		}
	}
	/* Names no longer than an offset stand in the entry itself. */
	if (!err && (!ret->v.nr || text.len <= 4))
		err = add_needle(ret, &text);
	return err;
}

struct vmatlas_error *die_find_prepare(struct die_find *f)
{
	struct vmatlas_error *err = units_prepare(f->g->image);

	f->looked = UINT64_MAX;
	if (!err)
		err = raw_sections(f->g->image, &f->raw);
	return err ? err : unit_headers(f);
}

/* Types of DWARF 4 that have a unit of their own stand in a section of their own. */
static struct vmatlas_error *die_find_in_types(struct die_find *f)
{
	struct image *image = f->g->image;
	struct vmatlas_error *err;
	Dwarf_Off at = 0, next, type;
	uint64_t signature;
	size_t header;
	Dwarf *whole;
	Dwarf_Die top;

	if (!image_section(image, ".debug_types") && !image_section(image, ".zdebug_types"))
		return NULL;
	err = units_whole(image, &whole);
	for (; !err && !dwarf_next_unit(whole, at, &next, &header, NULL, NULL, NULL, NULL,
					&signature, &type) && next > at; at = next) {
		if (dwarf_offdie_types(whole, at + header, &top) && f->slowly(f, &top))
			break;
	}
	return err;
}

struct vmatlas_error *die_find_name(struct die_find *f)
{
	struct needle_list needles = { 0 };
	struct vmatlas_error *err;

	if (!*f->name || strlen(f->name) + 1 > NEEDLE_MAX)
		return NULL;
	err = die_find_prepare(f);
	if (!err)
		err = name_needles(f, &needles);
	if (!err && needles.v.nr > 1)
		err = raw_search(f->g->image, &f->raw, needles.v.v, 1, die_find_hit, f);
	if (!err && !f->err && !f->found)
		err = raw_search(f->g->image, &f->raw, needles.v.v, needles.v.nr, die_find_hit, f);
	if (!err && !f->err && !f->found && f->raw.str_offsets.len)
		die_find_everywhere(f);
	if (!err && !f->err && !f->found && f->slowly)
		err = die_find_in_types(f);
	vec_done(&needles.v);
	name_hits_done(&f->hits);
	die_list_done(&f->list);
	if (err)
		vmatlas_error_free(f->err);
	return err ? err : f->err;
}

static struct vmatlas_error *find_not_found(const struct die_find *f)
{
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s%s in %s",
				 f->kind == VMATLAS_TYPE_TYPEDEF ? "type " :
				 graph_kind_word(f->kind), f->name, f->g->image->info.path);
}

/* ---- Types ---- */

static bool is_kind(int tag, enum vmatlas_type_kind kind)
{
	switch (kind) {
	case VMATLAS_TYPE_STRUCT:
		return tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
	case VMATLAS_TYPE_UNION: return tag == DW_TAG_union_type;
	case VMATLAS_TYPE_ENUM: return tag == DW_TAG_enumeration_type;
	case VMATLAS_TYPE_TYPEDEF: return tag == DW_TAG_typedef;
	case VMATLAS_TYPE_VOID:		/* any of these */
		return tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
		       tag == DW_TAG_enumeration_type || tag == DW_TAG_typedef;
	default: return tag == DW_TAG_base_type;
	}
}

/* "mm/slab.c" is "/build/linux/mm/slab.c", too. */
static bool is_of_file(const struct die_find *f)
{
	const char *unit = f->found_in ? dwarf_diename(&f->found_in->die) : NULL;
	const size_t nu = unit ? strlen(unit) : 0, nf = strlen(f->file);

	return nf && nu >= nf && !strcmp(unit + nu - nf, f->file) &&
	       (nu == nf || unit[nu - nf - 1] == '/');
}

static int keep_namesake(struct die_find *f, const Dwarf_Die *die)
{
	Dwarf_Die at = *die;
	const int bytes = dwarf_bytesize(&at);

	for (size_t i = 0; i < f->nr_namesakes; i++)
		if (bytes < 0 || f->namesakes[i].bytes == (uint64_t)bytes)
			return 0;
	f->namesakes[f->nr_namesakes++] = (struct image_namesake){
		.file = f->found_in ? dwarf_diename(&f->found_in->die) ?: "" : "",
		.bytes = bytes < 0 ? 0 : (uint64_t)bytes };
	return f->nr_namesakes == f->max_namesakes;
}

static int keep_type(struct die_find *f, const Dwarf_Die *die, bool is_declaration)
{
	if (f->namesakes)
		return is_declaration ? 0 : keep_namesake(f, die);
	if (f->file && !is_declaration && !is_of_file(f))
		return 0;
	if (is_declaration && f->found_declaration)
		return 0;
	f->die = *die;
	f->found = !is_declaration;
	f->found_declaration = true;
	return f->found || f->wanted == HIT_DECLARATION;
}

/* What die_scan.c does not understand, and base types. */
static bool type_slowly(struct die_find *f, Dwarf_Die *top)
{
	Dwarf_Die die;

	if (dwarf_child(top, &die))
		return false;
	do {
		const char *name = is_kind(dwarf_tag(&die), f->kind) ? dwarf_diename(&die) : NULL;

		if (name && !strcmp(name, f->name) &&
		    keep_type(f, &die, dwarf_hasattr(&die, DW_AT_declaration)))
			return true;
	} while (unit_next(&die) == 0);
	return false;
}

int die_find_slowly(struct die_find *f)
{
	f->err = graph_unit_at(f->g, f->unit, &f->found_in);
	return f->err || f->slowly(f, &f->found_in->die);
}

static int visit_type(struct die_find *f, uint64_t offset)
{
	if (f->unit == f->looked)
		return 0;
	if (offset != UINT64_MAX) {
		const struct die_source from = die_find_source(f);
		const unsigned int may_be = name_hit(&f->hits, &from, offset - f->unit, is_kind,
						     f->kind);

		if (!f->declared_at && may_be == HIT_DECLARATION)
			f->declared_at = offset;
		if (!(may_be & f->wanted))
			return 0;
	}
	die_find_list(f);
	if (!f->has_list || f->kind == VMATLAS_TYPE_INT)
		return die_find_slowly(f);
	for (size_t i = 0; i < f->list.entries.nr; i++) {
		const struct die_entry *e = &f->list.entries.v[i];
		Dwarf_Die die;

		if (!e->name || !is_kind(e->tag, f->kind) || strcmp(e->name, f->name) ||
		    (e->is_declaration && f->found_declaration))
			continue;
		f->err = open_entry(f, e->offset, &die);
		if (f->err || keep_type(f, &die, e->is_declaration))
			return 1;
	}
	return 0;
}

struct vmatlas_error *dwarf_find_type(struct type_graph *g, enum vmatlas_type_kind kind,
				      const char *name, const char *file,
				      const struct vmatlas_type **ret)
{
	struct die_find f = { .g = g, .kind = kind, .name = name, .file = file,
			      .visit = visit_type, .slowly = type_slowly,
			      .wanted = HIT_DEFINITION };
	struct vmatlas_error *err = die_find_name(&f);

	/* where there is no definition, one declaration will do */
	if (!err && !file && !f.found_declaration && f.declared_at) {
		f.wanted = HIT_DECLARATION;
		f.looked = UINT64_MAX;
		die_find_hit(&f, f.declared_at);
		name_hits_done(&f.hits);
		die_list_done(&f.list);
		err = f.err;
	}
	if (!err && !(file ? f.found : f.found_declaration))
		err = find_not_found(&f);
	return err ? err : dwarf_graph_type(g, &f.die, ret);
}

struct vmatlas_error *dwarf_find_namesakes(struct type_graph *g, enum vmatlas_type_kind kind,
					   const char *name, struct image_namesake *ret, size_t max,
					   size_t *ret_nr)
{
	struct die_find f = { .g = g, .kind = kind, .name = name, .namesakes = ret,
			      .max_namesakes = max, .visit = visit_type, .slowly = type_slowly,
			      .found_declaration = true, .wanted = HIT_DEFINITION };
	struct vmatlas_error *err = die_find_name(&f);

	*ret_nr = err ? 0 : f.nr_namesakes;
	return err;
}

/* ---- Enumerators ---- */

static void take_enumerator(struct die_find *f, const Dwarf_Die *die)
{
	Dwarf_Die at = *die;
	struct type_node *n;

	f->err = dwarf_graph_type(f->g, &at, &f->type);
	if (f->err)
		return;
	n = container_of(f->type, struct type_node, pub);
	if (!n->has_members)
		f->err = dwarf_graph_members(f->g, n);
	n->has_members = !f->err;
	for (size_t i = 0; !f->err && i < n->members.nr; i++) {
		if (strcmp(n->members.v[i].name, f->name))
			continue;
		f->found = true;
		f->value = n->members.v[i].value;
		return;
	}
}

static bool enumerator_slowly(struct die_find *f, Dwarf_Die *top)
{
	Dwarf_Die die;

	if (dwarf_child(top, &die))
		return false;
	do {
		if (dwarf_tag(&die) == DW_TAG_enumeration_type)
			take_enumerator(f, &die);
	} while (!f->found && !f->err && unit_next(&die) == 0);
	return f->found || f->err;
}

/* The enumeration around @offset, or all of the unit's if that is not known. */
static int visit_enumerator(struct die_find *f, uint64_t offset)
{
	const bool is_known = offset != UINT64_MAX;

	if (f->unit != f->looked)
		die_find_list(f);
	else if (!f->has_list)
		return 0;
	if (!f->has_list)
		return die_find_slowly(f);
	for (size_t i = 0; i < f->list.entries.nr && !f->found && !f->err; i++) {
		const struct die_entry *e = &f->list.entries.v[i];
		const bool is_last = i + 1 == f->list.entries.nr ||
			f->list.entries.v[i + 1].offset + f->unit > offset;
		Dwarf_Die die;

		if (e->tag != DW_TAG_enumeration_type || e->is_declaration ||
		    (is_known && (e->offset + f->unit > offset || !is_last)))
			continue;
		f->err = open_entry(f, e->offset, &die);
		if (!f->err)
			take_enumerator(f, &die);
	}
	return f->found;
}

struct vmatlas_error *dwarf_find_enumerator(struct type_graph *g, const char *name,
					    const struct vmatlas_type **ret, int64_t *ret_value)
{
	struct die_find f = { .g = g, .kind = VMATLAS_TYPE_ENUM, .name = name,
			      .visit = visit_enumerator, .slowly = enumerator_slowly };
	struct vmatlas_error *err = die_find_name(&f);

	if (!err && !f.found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no enumerator %s in %s", name,
					 g->image->info.path);
	if (!err) {
		*ret = f.type;
		*ret_value = f.value;
	}
	return err;
}
