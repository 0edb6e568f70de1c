/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The graph itself, and who answers: DWARF, else BTF. It looks up into dwarf/ and btf/
 * by what type_graph.h declares: into dwarf/, into btf/.
 */
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/raw_search.h"
#include "debuginfo/type_find.h"
#include "debuginfo/type_graph.h"

#define TYPEDEFS_MAX 64

const char *graph_kind_word(enum vmatlas_type_kind kind)
{
	return kind == VMATLAS_TYPE_STRUCT ? "struct " : kind == VMATLAS_TYPE_UNION ? "union " :
	       kind == VMATLAS_TYPE_ENUM ? "enum " : "";
}

struct type_graph *graph_of(struct image *image)
{
	if (!image->graph) {
		image->graph = calloc(1, sizeof(*image->graph));
		if (image->graph)
			image->graph->image = image->types;
	}
	return image->graph;
}

void graph_free(struct type_graph *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->nodes.nr; i++) {
		vec_done(&g->nodes.v[i]->members);
		free(g->nodes.v[i]);
	}
	for (size_t i = 0; i < g->units.nr; i++) {
		if (g->units.v[i]->elf)
			dwarf_end(g->units.v[i]->dwarf);
		elf_end(g->units.v[i]->elf);
		free(g->units.v[i]);
	}
	for (size_t i = 0; i < g->names.nr; i++)
		free(g->names.v[i]);
	vec_done(&g->nodes);
	vec_done(&g->units);
	vec_done(&g->names);
	vec_done(&g->origins);
	vec_done(&g->unit_offsets);
	hash_done(&g->by_origin);
	free(g);
}

struct type_node *graph_new(struct type_graph *g, enum vmatlas_type_kind kind)
{
	struct type_node **slot = vec_push(&g->nodes), *n = slot ? calloc(1, sizeof(*n)) : NULL;

	if (!n) {
		g->nodes.nr -= slot != NULL;
		return NULL;
	}
	n->pub = (struct vmatlas_type){ .size = sizeof(n->pub), .kind = kind, .name = "",
					.file = "" };
	return *slot = n;
}

struct vmatlas_error *graph_node(struct type_graph *g, uint64_t origin, struct type_node **ret,
				 bool *ret_is_new)
{
	const size_t at = hash_find(&g->by_origin, origin);
	struct type_node **slot;

	*ret_is_new = at == SIZE_MAX;
	if (!*ret_is_new) {
		*ret = g->origins.v[at];
		return NULL;
	}
	slot = vec_push(&g->origins);
	if (!slot)
		return error_no_memory();
	*slot = *ret = graph_new(g, VMATLAS_TYPE_VOID);
	if (!*ret || !hash_add(&g->by_origin, origin, ret_is_new)) {
		g->origins.nr--;
		return error_no_memory();
	}
	(*ret)->is_open = true;
	return NULL;
}

struct vmatlas_error *graph_add_member(struct type_node *n, const struct vmatlas_type_member *m)
{
	struct vmatlas_type_member *to = vec_push(&n->members);

	if (!to)
		return error_no_memory();
	*to = *m;
	return NULL;
}

/* ---- Types that are not in any file ---- */

const struct vmatlas_type *image_type_derived(struct image *image, enum vmatlas_type_kind kind,
					      const struct vmatlas_type *target, uint64_t count)
{
	struct type_graph *g = graph_of(image);
	struct type_node *n = g ? graph_new(g, kind) : NULL;

	if (!n)
		return NULL;
	n->has_members = true;
	n->pub.target = target;
	n->pub.count = count;
	if (kind == VMATLAS_TYPE_POINTER)
		n->pub.bytes = image->info.bits / 8;
	else if (kind == VMATLAS_TYPE_ARRAY &&
		 __builtin_mul_overflow(count, target ? target->bytes : 1, &n->pub.bytes))
		n->pub.bytes = 0;
	else if (kind != VMATLAS_TYPE_ARRAY && kind != VMATLAS_TYPE_FUNCTION && target)
		n->pub.bytes = target->bytes;
	return &n->pub;
}

const struct vmatlas_type *image_type_basic(struct image *image, enum vmatlas_type_kind kind,
					    const char *name, uint64_t bytes, bool is_signed)
{
	struct type_graph *g = graph_of(image);
	struct type_node *n;

	if (!g)
		return NULL;
	for (size_t i = 0; i < g->nodes.nr; i++) {
		n = g->nodes.v[i];
		if (!n->die.addr && !n->btf_id && n->pub.kind == kind && n->pub.bytes == bytes &&
		    !strcmp(n->pub.name, name))
			return &n->pub;
	}
	n = graph_new(g, kind);
	if (!n)
		return NULL;
	n->pub.name = name;
	n->pub.bytes = bytes;
	n->pub.flags = is_signed ? VMATLAS_TYPE_SIGNED : 0;
	n->has_members = true;
	return &n->pub;
}

struct vmatlas_error *image_type_add_parameter(struct image *image,
					       const struct vmatlas_type *fn,
					       const struct vmatlas_type *type)
{
	struct type_node *n = container_of(fn, struct type_node, pub);

	(void)image;
	n->pub.flags |= VMATLAS_TYPE_PROTOTYPED;
	if (!type)
		return NULL;		/* (void) */
	return graph_add_member(n, &(struct vmatlas_type_member){ .name = "", .type = type });
}

/* ---- Questions ---- */

static struct vmatlas_error *graph_ask(struct image *image, enum vmatlas_type_kind kind,
				       const char *name, const char *file,
				       const struct vmatlas_type **ret)
{
	struct btf_blob *b;
	struct type_graph *g = graph_of(image);
	struct vmatlas_error *err;

	if (!g)
		return error_no_memory();
	if (!provider_is_btf(image))
		return dwarf_find_type(g, kind, name, file, ret);
	err = provider_btf(image, &b);
	return err ? err : btf_graph_find(g, b, kind, name, ret);
}

struct vmatlas_error *image_type_find(struct image *image, enum vmatlas_type_kind kind,
				      const char *name, const struct vmatlas_type **ret)
{
	return graph_ask(image, kind, name, NULL, ret);
}

struct vmatlas_error *image_type_find_of(struct image *image, enum vmatlas_type_kind kind,
					 const char *name, const char *file,
					 const struct vmatlas_type **ret)
{
	if (provider_is_btf(image))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"BTF does not tell which file a type is from");
	return graph_ask(image, kind, name, file, ret);
}

/* One part of BTF (include/uapi/linux/btf.h), where its header says it is. */
static struct bytes btf_part(const struct bytes *raw, bool big_endian, size_t field)
{
	const uint64_t header = bytes_uint(raw->p + 4, 4, big_endian),
		       offset = bytes_uint(raw->p + field, 4, big_endian),
		       len = bytes_uint(raw->p + field + 4, 4, big_endian);

	if (header > raw->len || offset > raw->len - header || len > raw->len - header - offset)
		return (struct bytes){ 0 };
	return (struct bytes){ raw->p + header + offset, (size_t)len };
}

/*
 * Could several types of that name differ in size? By the bytes alone: to read all of BTF
 * costs more than everything else that is asked of vmlinux.
 */
static bool may_have_namesakes(const struct bytes *raw, bool big_endian, const char *name)
{
	enum { STRUCT = 4, UNION = 5, HEADER = 24 };
	struct raw_needle text = { .len = strlen(name) + 2 }, offset = { .len = 4 };
	struct bytes types, strings;
	uint64_t first = 0;
	size_t at;

	if (raw->len < HEADER || text.len > NEEDLE_MAX)
		return false;
	types = btf_part(raw, big_endian, 8);
	strings = btf_part(raw, big_endian, 16);
	memcpy(text.bytes + 1, name, text.len - 1);
	at = raw_find(strings.p, strings.len, 0, &text);
	if (at == SIZE_MAX)
		return false;
	for (size_t i = 0; i < 4; i++)
		offset.bytes[big_endian ? 3 - i : i] = (uint8_t)((at + 1) >> 8 * i);
	for (at = raw_find(types.p, types.len, 0, &offset); at != SIZE_MAX && types.len - at >= 12;
	     at = raw_find(types.p, types.len, at + 1, &offset)) {
		const uint64_t kind = bytes_uint(types.p + at + 4, 4, big_endian) >> 24 & 0x1f,
			       bytes = bytes_uint(types.p + at + 8, 4, big_endian);

		if (kind != STRUCT && kind != UNION)
			continue;
		if (first && first - 1 != bytes)
			return true;
		first = bytes + 1;
	}
	return false;
}

struct vmatlas_error *image_type_namesakes(struct image *image, enum vmatlas_type_kind kind,
					   const char *name, struct image_namesake *ret, size_t max,
					   size_t *ret_nr)
{
	struct type_graph *g = graph_of(image);
	struct btf_blob *b;
	struct vmatlas_error *err;
	const struct section *section;
	struct bytes raw;
	size_t nr;

	*ret_nr = 0;
	if (!g)
		return error_no_memory();
	section = image_section(image->types, ".BTF");
	if (provider_is_btf(image) || !image->info.has_debug_info || !section ||
	    section->flags & SHF_COMPRESSED)
		return NULL;
	err = section_bytes(image->types, section, &raw);
	if (err || !may_have_namesakes(&raw, image->info.big_endian, name))
		return err;
	err = provider_btf(image, &b);
	if (err) {		/* then it cannot tell */
		vmatlas_error_free(err);
		return NULL;
	}
	nr = btf_nr_sizes(b, kind, name);
	return nr < 2 ? NULL : dwarf_find_namesakes(g, kind, name, ret, MIN(nr, max), ret_nr);
}

struct vmatlas_error *image_type_definition(struct image *image, const struct vmatlas_type *type,
					    const struct vmatlas_type **ret)
{
	struct type_node *n = container_of(type, struct type_node, pub);
	struct vmatlas_error *err = NULL;

	if (!(type->flags & VMATLAS_TYPE_DECLARATION)) {
		*ret = type;
		return NULL;
	}
	if (!n->was_sought) {
		const struct vmatlas_type *found = NULL;

		err = graph_ask(image, type->kind, type->name, NULL, &found);
		if (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
		n->was_sought = true;
		if (found && !(found->flags & VMATLAS_TYPE_DECLARATION))
			n->definition = found;
	}
	if (!n->definition)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"%s%s is declared, but defined nowhere in %s (in a module?)",
			graph_kind_word(type->kind), type->name, image->info.path);
	*ret = n->definition;
	return NULL;
}

struct vmatlas_error *image_type_members(struct image *image, const struct vmatlas_type *type,
					 const struct vmatlas_type_member **ret, size_t *ret_nr)
{
	struct vmatlas_error *err = image_type_definition(image, type, &type);
	struct type_graph *g = image->graph;
	struct type_node *n;
	struct btf_blob *b;

	if (err)
		return err;
	n = container_of(type, struct type_node, pub);
	if (!n->has_members && n->die.addr) {
		err = dwarf_graph_members(g, n);
	} else if (!n->has_members) {
		err = provider_btf(image, &b);
		if (!err)
			err = btf_graph_members(g, b, n);
	}
	if (err) {
		n->members.nr = 0;
		return err;
	}
	n->has_members = true;
	*ret = n->members.v;
	*ret_nr = n->members.nr;
	return NULL;
}

struct vmatlas_error *image_enum_constant(struct image *image, const char *name,
					  const struct vmatlas_type **ret, int64_t *ret_value)
{
	struct btf_blob *b;
	struct type_graph *g = graph_of(image);
	struct vmatlas_error *err;

	if (!g)
		return error_no_memory();
	if (!provider_is_btf(image))
		return dwarf_find_enumerator(g, name, ret, ret_value);
	err = provider_btf(image, &b);
	return err ? err : btf_graph_enumerator(g, b, name, ret, ret_value);
}

struct vmatlas_error *image_variable_type(struct image *image, const char *name,
					  const struct image_symbol *symbol,
					  const struct vmatlas_type **ret, const char **ret_unit)
{
	struct btf_blob *b;
	struct type_graph *g = graph_of(image);
	struct vmatlas_error *err;

	*ret_unit = "";
	*ret = NULL;
	if (!g || !image->info.has_debug_info)
		return g ? NULL : error_no_memory();
	if (provider_is_btf(image)) {
		err = provider_btf(image, &b);
		return err ? err : btf_graph_symbol(g, b, name, ret);
	}
	return symbol->is_function ? dwarf_find_function(g, symbol->addr, ret, ret_unit) :
				     dwarf_find_variable(g, name, symbol->addr, ret, ret_unit);
}

struct vmatlas_error *image_is_removed(struct image *image, const char *name, bool *ret,
				       const char **ret_unit)
{
	struct type_graph *g = graph_of(image);

	*ret = false;
	*ret_unit = "";
	if (!g || provider_is_btf(image) || !image->info.has_debug_info)
		return g ? NULL : error_no_memory();
	return dwarf_find_removed(g, name, ret, ret_unit);
}
