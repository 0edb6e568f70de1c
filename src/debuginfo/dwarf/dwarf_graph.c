/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of DWARF as C types. */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/type_graph.h"

#define DIMENSIONS_MAX 16
#define MEMBERS_MAX (1u << 20)		/* of one type; more is damage */

static struct vmatlas_error *graph_damaged(const struct type_graph *g)
{
	const int code = dwarf_errno();

	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: has damaged debug information: %s",
				 g->image->info.path,
				 code ? dwarf_errmsg(code) : "a type that makes no sense");
}

/* ---- Units ---- */

static struct vmatlas_error *graph_unit_open(struct type_graph *g, struct graph_unit *u)
{
	struct vmatlas_error *err;
	Dwarf_Off next;
	size_t header;

	if (u->is_wide) {
		err = units_whole(g->image, &u->dwarf);
	} else {
		const struct section *s = image_section(g->image, ".debug_info");
		struct bytes info = { g->image->file.bytes + s->offset + u->offset,
				      (size_t)(s->size - u->offset) };
		uint64_t size;

		err = filemap_fetch(&g->image->file, s->offset + u->offset,
				    MIN(info.len, (size_t)12));
		size = err ? 0 : dies_unit_size(&info, g->image->info.big_endian);
		if (!err && !size)
			err = graph_damaged(g);
		if (!err)
			err = dwarf_open_narrow(g->image, u->offset, size,
						++g->image->units->nr_slots, &u->elf, &u->dwarf);
	}
	if (err)
		return err;
	const uint64_t at = u->is_wide ? u->offset : 0;

	if (dwarf_next_unit(u->dwarf, at, &next, &header, NULL, NULL, NULL, NULL, NULL, NULL) ||
	    !dwarf_offdie(u->dwarf, at + header, &u->die))
		return graph_damaged(g);
	return NULL;
}

/* Does an entry of the unit refer to another one? Then libdw has to see both. */
static struct vmatlas_error *graph_unit_is_wide(struct type_graph *g, uint64_t offset, bool *ret)
{
	struct vmatlas_error *err;
	struct unit probe = { .offset = offset };
	struct die_source from = { 0 };
	struct die_list list = { 0 };

	*ret = !dwarf_can_be_narrow(g->image) ||
	       g->image->units->nr_slots + 1 >= FILE_NR_SLOTS;
	if (*ret)
		return NULL;
	err = unit_source(g->image, &probe, &from);
	if (err)
		return err;
	*ret = dies_scan(&from, &list) != DIES_OK || list.has_foreign || list.has_imports;
	die_list_done(&list);
	return NULL;
}

struct vmatlas_error *graph_unit_at(struct type_graph *g, uint64_t offset, struct graph_unit **ret)
{
	const struct section *info = image_section(g->image, ".debug_info");
	struct vmatlas_error *err;
	struct graph_unit **slot;

	/* .debug_aranges and indices may say anything; libdw checks what it unpacks */
	if (dwarf_can_be_narrow(g->image) && (!info || offset >= info->size))
		return graph_damaged(g);
	for (size_t i = 0; i < g->units.nr; i++) {
		if (g->units.v[i]->offset == offset) {
			*ret = g->units.v[i];
			return NULL;
		}
	}
	slot = vec_push(&g->units);
	if (slot)
		*slot = calloc(1, sizeof(**slot));
	if (!slot || !*slot) {
		g->units.nr -= slot != NULL;
		return error_no_memory();
	}
	(*slot)->offset = offset;
	err = graph_unit_is_wide(g, offset, &(*slot)->is_wide);
	if (!err)
		err = graph_unit_open(g, *slot);
	if (err) {
		dwarf_end((*slot)->elf ? (*slot)->dwarf : NULL);
		elf_end((*slot)->elf);
		free(*slot);
		g->units.nr--;
		return err;
	}
	*ret = *slot;
	return NULL;
}

/* ---- Attributes ---- */

static bool die_word(Dwarf_Die *die, unsigned int name, uint64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Word w;

	if (!dwarf_attr_integrate(die, name, &attr) || dwarf_formudata(&attr, &w))
		return false;
	*ret = w;
	return true;
}

/* Numbers below 0 have a form of their own; others may have their top bit set. */
static bool die_const(Dwarf_Die *die, int64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Sword s;
	Dwarf_Word w;
	unsigned int form;

	if (!dwarf_attr(die, DW_AT_const_value, &attr))
		return false;
	form = dwarf_whatform(&attr);
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(&attr, &s))
			return false;
		*ret = s;
		return true;
	}
	if (dwarf_formudata(&attr, &w))
		return false;
	*ret = (int64_t)w;
	return true;
}

static const char *die_name(Dwarf_Die *die)
{
	return dwarf_diename(die) ?: "";
}

struct vmatlas_error *dwarf_graph_target(struct type_graph *g, Dwarf_Die *die,
					 const struct vmatlas_type **ret)
{
	Dwarf_Attribute attr;
	Dwarf_Die to;

	*ret = NULL;
	if (!dwarf_attr_integrate(die, DW_AT_type, &attr))
		return NULL;
	if (!dwarf_formref_die(&attr, &to))
		return graph_damaged(g);
	return dwarf_graph_type(g, &to, ret);
}

/* ---- Types of each kind ---- */

static enum vmatlas_type_kind kind_of_tag(int tag)
{
	switch (tag) {
	case DW_TAG_pointer_type: case DW_TAG_reference_type: return VMATLAS_TYPE_POINTER;
	case DW_TAG_array_type: return VMATLAS_TYPE_ARRAY;
	case DW_TAG_structure_type: case DW_TAG_class_type: return VMATLAS_TYPE_STRUCT;
	case DW_TAG_union_type: return VMATLAS_TYPE_UNION;
	case DW_TAG_enumeration_type: return VMATLAS_TYPE_ENUM;
	case DW_TAG_typedef: return VMATLAS_TYPE_TYPEDEF;
	case DW_TAG_const_type: return VMATLAS_TYPE_CONST;
	case DW_TAG_volatile_type: return VMATLAS_TYPE_VOLATILE;
	case DW_TAG_restrict_type: return VMATLAS_TYPE_RESTRICT;
	case DW_TAG_atomic_type: return VMATLAS_TYPE_ATOMIC;
	case DW_TAG_subroutine_type: case DW_TAG_subprogram: return VMATLAS_TYPE_FUNCTION;
	case DW_TAG_base_type: return VMATLAS_TYPE_INT;
	}
	return VMATLAS_TYPE_VOID;
}

static void dwarf_base_type(Dwarf_Die *die, struct vmatlas_type *t)
{
	uint64_t encoding = 0;

	die_word(die, DW_AT_encoding, &encoding);
	if (encoding == DW_ATE_boolean)
		t->kind = VMATLAS_TYPE_BOOL;
	else if (encoding == DW_ATE_float || encoding == DW_ATE_complex_float)
		t->kind = VMATLAS_TYPE_FLOAT;
	else if (encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char)
		t->kind = VMATLAS_TYPE_CHAR;
	if (encoding == DW_ATE_signed || encoding == DW_ATE_signed_char)
		t->flags |= VMATLAS_TYPE_SIGNED;
}

/* Elements in one dimension; false where the array does not say. */
static bool dimension_count(Dwarf_Die *die, uint64_t *ret)
{
	uint64_t n;

	if (die_word(die, DW_AT_count, ret))
		return true;
	/* gcc says "up to -1" of arrays without elements */
	if (!die_word(die, DW_AT_upper_bound, &n) || n >= UINT32_MAX)
		return false;
	*ret = n + 1;
	return true;
}

static void array_size(struct vmatlas_type *t)
{
	if (t->target && __builtin_mul_overflow(t->count, t->target->bytes, &t->bytes))
		t->bytes = 0;
}

/* int a[2][3] is an array of 2 arrays of 3; the entry has both dimensions. */
static struct vmatlas_error *dwarf_array(struct type_graph *g, Dwarf_Die *die,
					 struct type_node *outer)
{
	struct type_node *dim[DIMENSIONS_MAX] = { outer };
	size_t nr = 0;
	const struct vmatlas_type *element;
	struct vmatlas_error *err = dwarf_graph_target(g, die, &element);
	Dwarf_Die sub;

	if (err || dwarf_child(die, &sub))
		return err ? err : graph_damaged(g);
	do {
		if (dwarf_tag(&sub) != DW_TAG_subrange_type)
			continue;
		if (nr && nr < DIMENSIONS_MAX)
			dim[nr] = graph_new(g, VMATLAS_TYPE_ARRAY);
		if (nr == DIMENSIONS_MAX || !dim[nr])
			return nr == DIMENSIONS_MAX ? graph_damaged(g) : error_no_memory();
		if (!dimension_count(&sub, &dim[nr]->pub.count))
			dim[nr]->pub.flags |= VMATLAS_TYPE_FLEXIBLE;
		nr++;
	} while (unit_next(&sub) == 0);
	if (!nr)
		return graph_damaged(g);
	for (size_t i = nr; i-- > 0;) {
		dim[i]->pub.target = i + 1 < nr ? &dim[i + 1]->pub : element;
		array_size(&dim[i]->pub);
	}
	return NULL;
}

static void dwarf_function(Dwarf_Die *die, struct vmatlas_type *t)
{
	Dwarf_Die sub;

	if (dwarf_hasattr_integrate(die, DW_AT_prototyped))
		t->flags |= VMATLAS_TYPE_PROTOTYPED;
	if (dwarf_child(die, &sub))
		return;
	do {
		if (dwarf_tag(&sub) == DW_TAG_unspecified_parameters)
			t->flags |= VMATLAS_TYPE_VARIADIC;
	} while (unit_next(&sub) == 0);
}

static struct vmatlas_error *dwarf_fill(struct type_graph *g, Dwarf_Die *die,
					struct type_node *n)
{
	struct vmatlas_type *t = &n->pub;
	struct vmatlas_error *err = NULL;
	uint64_t line;

	t->kind = kind_of_tag(dwarf_tag(die));
	n->die = *die;
	if (t->kind != VMATLAS_TYPE_FUNCTION)
		t->name = die_name(die);
	die_word(die, DW_AT_byte_size, &t->bytes);
	if (die_word(die, DW_AT_decl_line, &line) && line <= UINT32_MAX)
		t->line = (uint32_t)line;
	if (dwarf_hasattr(die, DW_AT_declaration) && t->kind != VMATLAS_TYPE_FUNCTION)
		t->flags |= VMATLAS_TYPE_DECLARATION;
	switch (t->kind) {
	case VMATLAS_TYPE_INT:
		dwarf_base_type(die, t);
		break;
	case VMATLAS_TYPE_ARRAY:
		err = dwarf_array(g, die, n);
		break;
	case VMATLAS_TYPE_STRUCT: case VMATLAS_TYPE_UNION: case VMATLAS_TYPE_ENUM:
	case VMATLAS_TYPE_VOID:
		break;
	case VMATLAS_TYPE_FUNCTION:
		dwarf_function(die, t);
		err = dwarf_graph_target(g, die, &t->target);
		t->bytes = 0;
		break;
	case VMATLAS_TYPE_POINTER:
		err = dwarf_graph_target(g, die, &t->target);
		t->bytes = g->image->info.bits / 8;
		break;
	default:
		err = dwarf_graph_target(g, die, &t->target);
		t->bytes = t->target ? t->target->bytes : 0;
	}
	return err;
}

/* A declaration by a signature stands for the type in a unit of its own. */
static void follow_type_unit(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die to;

	if (dwarf_attr(die, DW_AT_signature, &attr) && dwarf_formref_die(&attr, &to))
		*die = to;
}

struct vmatlas_error *dwarf_graph_type(struct type_graph *g, Dwarf_Die *die,
				       const struct vmatlas_type **ret)
{
	struct type_node *n;
	Dwarf_Die at = *die;
	bool is_new;
	struct vmatlas_error *err;

	follow_type_unit(&at);
	err = graph_node(g, (uintptr_t)at.addr, &n, &is_new);
	if (!err && is_new) {
		err = dwarf_fill(g, &at, n);
		/* what could not be made is void from now on */
		if (err) {
			n->pub.kind = VMATLAS_TYPE_VOID;
			n->pub.target = NULL;
			n->pub.bytes = 0;
		}
		n->is_open = false;
	} else if (!err && n->is_open) {
		err = graph_damaged(g);		/* a type that is made of itself */
	}
	if (!err)
		*ret = n->pub.kind == VMATLAS_TYPE_VOID ? NULL : &n->pub;
	return err;
}

/* ---- Members ---- */

/* Bits from the start of the struct; old compilers wrote an expression. */
static bool dwarf_member_bits(const struct type_graph *g, Dwarf_Die *die,
			      struct vmatlas_type_member *m)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op;
	size_t nr;
	uint64_t at = 0, old, unit = 0;

	if (dwarf_attr(die, DW_AT_data_member_location, &attr) &&
	    !die_word(die, DW_AT_data_member_location, &at)) {
		if (dwarf_getlocation(&attr, &op, &nr) || nr != 1 ||
		    op->atom != DW_OP_plus_uconst)
			return false;
		at = op->number;
	}
	if (at > UINT64_MAX / 16)
		return false;
	m->bit_offset = at * 8;
	if (!dwarf_hasattr(die, DW_AT_bit_size))
		return true;
	if (!die_word(die, DW_AT_bit_size, &m->bit_size) || m->bit_size > 64)
		return false;
	if (die_word(die, DW_AT_data_bit_offset, &at)) {
		m->bit_offset += at;
	} else if (die_word(die, DW_AT_bit_offset, &old)) {
		/* DWARF 3: from the most significant bit of the unit of storage */
		if (!die_word(die, DW_AT_byte_size, &unit))
			unit = m->type ? m->type->bytes : 0;
		if (!unit || unit > 16 || old + m->bit_size > unit * 8)
			return false;
		m->bit_offset += g->image->info.big_endian ? old : unit * 8 - old - m->bit_size;
	}
	return true;
}

static struct vmatlas_error *dwarf_add_child(struct type_graph *g, struct type_node *n,
					     Dwarf_Die *die)
{
	struct vmatlas_type_member m = { .name = die_name(die) };
	struct vmatlas_error *err = NULL;

	switch (dwarf_tag(die)) {
	case DW_TAG_member:
		err = dwarf_graph_target(g, die, &m.type);
		if (!err && (!m.type || !dwarf_member_bits(g, die, &m)))
			err = graph_damaged(g);
		break;
	case DW_TAG_formal_parameter:
		err = dwarf_graph_target(g, die, &m.type);
		break;
	case DW_TAG_enumerator:
		m.type = &n->pub;
		if (!die_const(die, &m.value))
			err = graph_damaged(g);
		if (!err && m.value < 0)
			n->pub.flags |= VMATLAS_TYPE_SIGNED;
		break;
	default:
		return NULL;
	}
	if (!err && n->members.nr >= MEMBERS_MAX)
		err = graph_damaged(g);
	return err ? err : graph_add_member(n, &m);
}

struct vmatlas_error *dwarf_graph_members(struct type_graph *g, struct type_node *n)
{
	struct vmatlas_error *err = NULL;
	Dwarf_Die die;
	int r;

	for (r = dwarf_child(&n->die, &die); !err && r == 0; r = unit_next(&die))
		err = dwarf_add_child(g, n, &die);
	return err || r >= 0 ? err : graph_damaged(g);
}
