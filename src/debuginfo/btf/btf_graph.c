/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of BTF as C types. */
#include <string.h>

#include "debuginfo/btf/btf_member.h"
#include "debuginfo/type_graph.h"

#define CHAIN_MAX 64
#define OF_BTF 0x100		/* a kind is one of BTF's */

static struct vmatlas_error *btf_graph_type(struct type_graph *g, struct btf_blob *b, uint32_t id,
					    unsigned int depth, const struct vmatlas_type **ret);

static enum vmatlas_type_kind kind_of_btf(const struct btf_record *r)
{
	switch (r->kind) {
	case BTF_KIND_INT: return VMATLAS_TYPE_INT;
	case BTF_KIND_PTR: return VMATLAS_TYPE_POINTER;
	case BTF_KIND_ARRAY: return VMATLAS_TYPE_ARRAY;
	case BTF_KIND_STRUCT: return VMATLAS_TYPE_STRUCT;
	case BTF_KIND_UNION: return VMATLAS_TYPE_UNION;
	case BTF_KIND_FWD: return r->flag ? VMATLAS_TYPE_UNION : VMATLAS_TYPE_STRUCT;
	case BTF_KIND_ENUM: case BTF_KIND_ENUM64: return VMATLAS_TYPE_ENUM;
	case BTF_KIND_TYPEDEF: return VMATLAS_TYPE_TYPEDEF;
	case BTF_KIND_VOLATILE: return VMATLAS_TYPE_VOLATILE;
	case BTF_KIND_CONST: return VMATLAS_TYPE_CONST;
	case BTF_KIND_RESTRICT: return VMATLAS_TYPE_RESTRICT;
	case BTF_KIND_FUNC_PROTO: return VMATLAS_TYPE_FUNCTION;
	case BTF_KIND_FLOAT: return VMATLAS_TYPE_FLOAT;
	}
	return VMATLAS_TYPE_VOID;
}

/* BTF does not mark char in most kernels; its name does. */
static void btf_int(const struct btf_blob *b, const struct btf_record *r, struct vmatlas_type *t)
{
	const uint32_t encoding = BTF_INT_ENCODING(btf_u32(b, r->data));
	const char *name = btf_string(b, r->name);

	if (encoding & BTF_INT_SIGNED)
		t->flags |= VMATLAS_TYPE_SIGNED;
	if (encoding & BTF_INT_BOOL || !strcmp(name, "_Bool"))
		t->kind = VMATLAS_TYPE_BOOL;
	else if (encoding & BTF_INT_CHAR || (r->type == 1 && strstr(name, "char")))
		t->kind = VMATLAS_TYPE_CHAR;
}

static struct vmatlas_error *btf_fill(struct type_graph *g, struct btf_blob *b,
				      const struct btf_record *r, unsigned int depth,
				      struct vmatlas_type *t)
{
	struct vmatlas_error *err = NULL;

	t->kind = kind_of_btf(r);
	t->name = btf_string(b, r->name);
	switch (r->kind) {
	case BTF_KIND_INT:
		btf_int(b, r, t);
		t->bytes = r->type;
		break;
	case BTF_KIND_STRUCT: case BTF_KIND_UNION: case BTF_KIND_ENUM: case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		t->bytes = r->type;
		break;
	case BTF_KIND_FWD:
		t->flags |= VMATLAS_TYPE_DECLARATION;
		break;
	case BTF_KIND_ARRAY:
		err = btf_graph_type(g, b, btf_u32(b, r->data), depth + 1, &t->target);
		t->count = btf_u32(b, r->data + 8);
		if (!t->count)
			t->flags |= VMATLAS_TYPE_FLEXIBLE;
		if (t->target && __builtin_mul_overflow(t->count, t->target->bytes, &t->bytes))
			t->bytes = 0;
		break;
	case BTF_KIND_FUNC_PROTO:
		t->flags |= VMATLAS_TYPE_PROTOTYPED;
		if (r->vlen && !btf_u32(b, r->data + 8 * (r->vlen - 1) + 4))
			t->flags |= VMATLAS_TYPE_VARIADIC;
		err = btf_graph_type(g, b, r->type, depth + 1, &t->target);
		break;
	case BTF_KIND_PTR:
		err = btf_graph_type(g, b, r->type, depth + 1, &t->target);
		t->bytes = b->pointer_size;
		break;
	default:
		err = btf_graph_type(g, b, r->type, depth + 1, &t->target);
		t->bytes = t->target ? t->target->bytes : 0;
	}
	return err;
}

/* Tags on types say nothing that C knows. */
static bool btf_skip_tags(const struct btf_blob *b, uint32_t *id, struct btf_record *r)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		if (!btf_type(b, *id, r))
			return false;
		if (r->kind != BTF_KIND_TYPE_TAG && r->kind != BTF_KIND_FUNC)
			return true;
		*id = r->type;
	}
	return false;
}

static struct vmatlas_error *btf_graph_type(struct type_graph *g, struct btf_blob *b, uint32_t id,
					    unsigned int depth, const struct vmatlas_type **ret)
{
	struct vmatlas_error *err;
	struct type_node *n;
	struct btf_record r;
	bool is_new;

	*ret = NULL;
	if (!btf_skip_tags(b, &id, &r) || depth > CHAIN_MAX)
		return btf_damaged(b);
	if (kind_of_btf(&r) == VMATLAS_TYPE_VOID)
		return NULL;
	err = graph_node(g, id, &n, &is_new);
	if (!err && is_new) {
		n->btf_id = id;
		err = btf_fill(g, b, &r, depth, &n->pub);
		if (err)
			n->pub.target = NULL;
		n->is_open = false;
	} else if (!err && n->is_open) {
		err = btf_damaged(b);		/* a type that is made of itself */
	}
	if (!err)
		*ret = &n->pub;
	return err;
}

/* ---- Members ---- */

static struct vmatlas_error *btf_add_enumerator(struct btf_blob *b, struct type_node *n,
						const struct btf_record *r, uint32_t i)
{
	const bool is_wide = r->kind == BTF_KIND_ENUM64;
	const uint8_t *p = r->data + (size_t)i * (is_wide ? 12 : 8);
	struct vmatlas_type_member m = { .name = btf_string(b, btf_u32(b, p)), .type = &n->pub };

	if (is_wide)
		m.value = (int64_t)((uint64_t)btf_u32(b, p + 8) << 32 | btf_u32(b, p + 4));
	else if (btf_enum_is_signed(b, r) || !b->knows_signs)
		m.value = (int32_t)btf_u32(b, p + 4);
	else
		m.value = btf_u32(b, p + 4);
	if (m.value < 0)
		n->pub.flags |= VMATLAS_TYPE_SIGNED;
	return graph_add_member(n, &m);
}

static struct vmatlas_error *btf_add_member(struct type_graph *g, struct btf_blob *b,
					    struct type_node *n, const struct btf_record *r,
					    uint32_t i)
{
	const uint8_t *p = r->data + (size_t)i * (r->kind == BTF_KIND_FUNC_PROTO ? 8 : 12);
	struct vmatlas_type_member m = { .name = btf_string(b, btf_u32(b, p)) };
	struct vmatlas_error *err = btf_graph_type(g, b, btf_u32(b, p + 4), 0, &m.type);

	if (err || r->kind == BTF_KIND_FUNC_PROTO)
		return err ? err : m.type ? graph_add_member(n, &m) : NULL;
	if (!m.type)
		return btf_damaged(b);
	m.bit_offset = btf_u32(b, p + 8);
	if (r->flag) {
		m.bit_size = m.bit_offset >> 24;
		m.bit_offset &= 0xffffff;
	}
	return graph_add_member(n, &m);
}

struct vmatlas_error *btf_graph_members(struct type_graph *g, struct btf_blob *b,
					struct type_node *n)
{
	struct vmatlas_error *err = NULL;
	struct btf_record r;

	if (!btf_type(b, n->btf_id, &r))
		return btf_damaged(b);
	for (uint32_t i = 0; !err && i < r.vlen; i++) {
		if (r.kind == BTF_KIND_ENUM || r.kind == BTF_KIND_ENUM64)
			err = btf_add_enumerator(b, n, &r, i);
		else if (r.kind == BTF_KIND_STRUCT || r.kind == BTF_KIND_UNION ||
			 r.kind == BTF_KIND_FUNC_PROTO)
			err = btf_add_member(g, b, n, &r, i);
	}
	return err;
}

/* ---- By name ---- */

/* Every record, until @is says so; the number of the record, 0: none. */
static uint32_t btf_search(const struct btf_blob *b, const char *name,
			   bool (*is)(const struct btf_blob *b, const struct btf_record *r,
				      const char *name, uint32_t kind), uint32_t kind)
{
	struct btf_record r;
	uint32_t id = 1;

	for (uint32_t at = 0; at < b->types.len; at = r.next, id++) {
		if (!btf_record(b, at, &r))
			break;
		if (is(b, &r, name, kind))
			return id;
	}
	return 0;
}

/* Any type that has a name of its own. */
static bool is_asked_for(const struct btf_record *r)
{
	const enum vmatlas_type_kind kind = kind_of_btf(r);

	return r->kind != BTF_KIND_FWD && (kind == VMATLAS_TYPE_STRUCT || kind == VMATLAS_TYPE_UNION ||
					   kind == VMATLAS_TYPE_ENUM || kind == VMATLAS_TYPE_TYPEDEF);
}

static bool btf_is_named(const struct btf_blob *b, const struct btf_record *r, const char *name,
			 uint32_t kind)
{
	const bool is_kind = kind & OF_BTF
				     ? r->kind == (kind & ~(uint32_t)OF_BTF)
				     : kind == VMATLAS_TYPE_VOID ? is_asked_for(r)
				     : r->kind != BTF_KIND_FWD && r->kind != BTF_KIND_FUNC_PROTO &&
					       (r->kind == BTF_KIND_INT || r->kind == BTF_KIND_FLOAT
							? VMATLAS_TYPE_INT : kind_of_btf(r)) == kind;

	return is_kind && r->name && !strcmp(btf_string(b, r->name), name);
}

size_t btf_nr_sizes(const struct btf_blob *b, enum vmatlas_type_kind kind, const char *name)
{
	uint32_t i = 0, sizes[8];
	struct btf_record r;
	size_t nr = 0, k;

	while (btf_next_named(b, name, &i, &r)) {
		if (r.kind == BTF_KIND_FWD || kind_of_btf(&r) != kind)
			continue;
		for (k = 0; k < nr && sizes[k] != r.type; k++)
			;
		if (k == nr && nr < ARRAY_SIZE(sizes))
			sizes[nr++] = r.type;
	}
	return nr;
}

struct vmatlas_error *btf_graph_find(struct type_graph *g, struct btf_blob *b,
				     enum vmatlas_type_kind kind, const char *name,
				     const struct vmatlas_type **ret)
{
	const uint32_t id = *name ? btf_search(b, name, btf_is_named, kind) : 0;

	if (!id)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s%s in the BTF of %s",
					 kind == VMATLAS_TYPE_TYPEDEF ? "type " :
					 graph_kind_word(kind), name, b->path);
	return btf_graph_type(g, b, id, 0, ret);
}

struct vmatlas_error *btf_graph_symbol(struct type_graph *g, struct btf_blob *b, const char *name,
				       const struct vmatlas_type **ret)
{
	uint32_t id = btf_search(b, name, btf_is_named, OF_BTF | BTF_KIND_VAR);
	struct btf_record r;

	*ret = NULL;
	if (!id)
		id = btf_search(b, name, btf_is_named, OF_BTF | BTF_KIND_FUNC);
	if (!id || !btf_type(b, id, &r))
		return NULL;
	return btf_graph_type(g, b, r.type, 0, ret);
}

static bool btf_has_enumerator(const struct btf_blob *b, const struct btf_record *r,
			       const char *name, uint32_t kind)
{
	const size_t each = r->kind == BTF_KIND_ENUM64 ? 12 : 8;

	(void)kind;
	if (r->kind != BTF_KIND_ENUM && r->kind != BTF_KIND_ENUM64)
		return false;
	for (uint32_t i = 0; i < r->vlen; i++)
		if (!strcmp(btf_string(b, btf_u32(b, r->data + i * each)), name))
			return true;
	return false;
}

struct vmatlas_error *btf_graph_enumerator(struct type_graph *g, struct btf_blob *b,
					   const char *name, const struct vmatlas_type **ret,
					   int64_t *ret_value)
{
	const uint32_t id = btf_search(b, name, btf_has_enumerator, 0);
	struct vmatlas_error *err;
	struct type_node *n;

	if (!id)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no enumerator %s in the BTF of %s",
					 name, b->path);
	err = btf_graph_type(g, b, id, 0, ret);
	if (err)
		return err;
	n = container_of(*ret, struct type_node, pub);
	if (!n->has_members)
		err = btf_graph_members(g, b, n);
	n->has_members = !err;
	for (size_t i = 0; !err && i < n->members.nr; i++)
		if (!strcmp(n->members.v[i].name, name))
			*ret_value = n->members.v[i].value;
	return err;
}
