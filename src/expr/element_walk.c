/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "expr/walk_internal.h"

#define ELEMENTS_MOST (1u << 24)

/* ---- Elements ---- */

static struct vmatlas_error *element_counts(struct element_walker *w, bool *ret)
{
	struct value v = { 0 };
	struct vmatlas_error *err;

	*ret = true;
	if (!w->where)
		return NULL;
	err = parse_text(w->e, w->where, &v, NULL);
	if (!err)
		err = value_is_true(w->e, &v, ret);
	return vmatlas_error_wrap(err, "where %s", w->where);
}

struct vmatlas_error *walker_give_index(struct element_walker *w, uint64_t link, uint64_t index)
{
	const uint64_t addr = (link - w->offset) & w->e->k->va_mask;
	struct vmatlas_error *err;
	bool counts;

	w->e->element = value_at(w->type, addr);
	w->e->has_element = true;
	w->nr++;
	err = element_counts(w, &counts);
	if (!err && counts)
		w->stopped = w->fn(w->arg, index, addr) != 0;
	return err;
}

struct vmatlas_error *walker_give(struct element_walker *w, uint64_t link)
{
	return walker_give_index(w, link, w->nr);
}

struct vmatlas_error *walker_meet(struct element_walker *w, uint64_t link, uint64_t from)
{
	bool is_new;

	if (w->seen.nr >= ELEMENTS_MOST)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "more than %u elements",
					 ELEMENTS_MOST);
	if (!hash_add(&w->seen, link, &is_new))
		return error_no_memory();
	if (is_new)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "after %" PRIu64 " elements, 0x%" PRIx64
		" leads back to 0x%" PRIx64 ", which was met before: a loop", w->nr, from, link);
}

void walker_note(struct element_walker *w, const char *fmt, ...)
{
	va_list ap;

	if (w->trouble.len)
		return;
	va_start(ap, fmt);
	str_vaddf(&w->trouble, fmt, ap);
	va_end(ap);
}

struct vmatlas_error *walker_member(struct element_walker *w, ctype t, uint64_t addr, const char *name,
				    uint64_t *ret)
{
	const struct value v = value_at(t, addr);
	struct value m = { 0 };
	struct vmatlas_error *err = value_member(w->e, &v, name, &m);

	if (!err)
		err = value_load(w->e, &m, ret);
	if (!err && type_kind(m.type) == VMATLAS_TYPE_POINTER)
		*ret = kernel_address(w->e->k, *ret);
	return err;
}

/* "after 12 elements, at 0x...: why" */
static struct vmatlas_error *broken_at(struct element_walker *w, uint64_t at, struct vmatlas_error *err)
{
	return vmatlas_error_wrap(err, "after %" PRIu64 " elements, the link at 0x%" PRIx64, w->nr,
				  at);
}

/* ---- Lists ---- */

static bool is_struct_named(ctype t, const char *name)
{
	t = type_strip(t);
	return t && t->kind == VMATLAS_TYPE_STRUCT && !strcmp(t->name, name);
}

/* list_head: a ring through the head. */
static struct vmatlas_error *walk_ring(struct element_walker *w, uint64_t head)
{
	struct vmatlas_error *err = NULL;
	uint64_t at = head, next, prev;

	while (!err && !w->stopped) {
		err = walker_member(w, w->link, at, "next", &next);
		if (err)
			return broken_at(w, at, err);
		err = walker_member(w, w->link, next, "prev", &prev);
		if (err)
			return vmatlas_error_wrap(err, "after %" PRIu64 " elements, the link at 0x%"
						  PRIx64 " leads to 0x%" PRIx64, w->nr, at, next);
		if (prev != at)
			walker_note(w, "the back link at 0x%" PRIx64 " is 0x%" PRIx64 ", not 0x%"
				    PRIx64, next, prev, at);
		if (next == head)
			return NULL;
		err = walker_meet(w, next, at);
		if (!err)
			err = walker_give(w, next);
		at = next;
	}
	return err;
}

/* hlist_node, llist_node, and pointers to the next element: they end with 0. */
static struct vmatlas_error *walk_chain(struct element_walker *w, uint64_t first, const char *next_name)
{
	const bool has_back = is_struct_named(w->link, "hlist_node");
	uint64_t from = 0, at = first, next = 0;
	struct vmatlas_error *err = NULL;

	/* hlist_nulls and hlist_bl: the lowest bit is no part of the address */
	while (!err && !w->stopped && at && !(at & 1)) {
		err = walker_meet(w, at, from);
		if (!err && next_name)
			err = walker_member(w, w->link, at, next_name, &next);
		else if (!err)
			err = kernel_read_ptr(w->e->k, at, &next);
		if (err)
			return broken_at(w, at, err);
		if (has_back && from) {
			uint64_t back = 0;

			err = walker_member(w, w->link, at, "pprev", &back);
			if (!err && back != from)
				walker_note(w, "the back link at 0x%" PRIx64 " is 0x%" PRIx64
					    ", not 0x%" PRIx64, at, back, from);
		}
		if (!err)
			err = walker_give(w, at);
		from = at;
		/* of a plain pointer the next element is told, not its link */
		at = next_name || !next ? kernel_address(w->e->k, next) :
		     (kernel_address(w->e->k, next) + w->offset) & w->e->k->va_mask;
	}
	return err;
}

/* The head itself, where an element, its link, or a pointer to either is named. */
static struct vmatlas_error *list_head_of(struct element_walker *w, const struct value *head,
					  struct value *ret)
{
	struct vmatlas_error *err = NULL;

	*ret = *head;
	if (type_kind(ret->type) == VMATLAS_TYPE_POINTER &&
	    type_kind(type_strip(ret->type)->target) == VMATLAS_TYPE_STRUCT &&
	    type_kind(w->link) != VMATLAS_TYPE_POINTER)
		err = value_deref(w->e, head, ret);
	if (!err && is_struct_named(ret->type, w->type->name) &&
	    type_kind(w->link) != VMATLAS_TYPE_POINTER) {
		ret->addr += w->offset;
		ret->type = w->link;
	}
	return err;
}

static struct vmatlas_error *walk_list(struct element_walker *w, const struct value *named)
{
	struct value head = { 0 };
	uint64_t first = 0;
	struct vmatlas_error *err = list_head_of(w, named, &head);

	if (err)
		return err;
	if (is_struct_named(w->link, "list_head"))
		return head.is_at ? walk_ring(w, head.addr) :
		       vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "the head is not in memory");
	if (type_kind(w->link) == VMATLAS_TYPE_POINTER) {
		/* the head is a pointer to the first element, or that itself */
		if (type_kind(head.type) == VMATLAS_TYPE_STRUCT)
			first = head.addr;
		else
			err = value_load(w->e, &head, &first);
		first = kernel_address(w->e->k, first);
		return err || !first ? err : walk_chain(w, first + w->offset, NULL);
	}
	if (is_struct_named(head.type, type_strip(w->link)->name))
		first = head.addr;
	else
		err = walker_member(w, head.type, head.addr, "first", &first);
	return err ? err : walk_chain(w, first, "next");
}

/* ---- Arrays ---- */

static struct vmatlas_error *walk_array(struct element_walker *w, const struct value *v)
{
	ctype t = type_strip(v->type);
	struct vmatlas_error *err = NULL;
	uint64_t size;

	if (!t || t->kind != VMATLAS_TYPE_ARRAY || !v->is_at)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"an array in memory is needed; *POINTER@COUNT makes one");
	w->type = t->target;
	err = type_size(w->e, w->type, &size);
	for (uint64_t i = 0; !err && !w->stopped && i < t->count && i < ELEMENTS_MOST; i++)
		err = walker_give_index(w, v->addr + i * size, i);
	return err;
}

/* ---- Any ---- */

/* "struct vmap_area.list", "vmap_area.list"; trees of pointers have no member */
static struct vmatlas_error *element_type(struct element_walker *w, const char *text)
{
	const char *dot = strchr(text, '.');
	_cleanup_(freep) char *name = strndup(text, dot ? (size_t)(dot - text) : strlen(text));
	struct vmatlas_error *err = NULL;
	struct value at, link = { 0 };

	if (!name)
		return error_no_memory();
	if (strchr(name, ' '))
		err = expr_type(w->e, name, &w->type);
	else
		err = name_type(w->e, VMATLAS_TYPE_STRUCT, expr_keep(w->e, name, strlen(name)) ?: "",
				&w->type);
	if (!err && !w->type)
		err = name_type_missing(w->e, VMATLAS_TYPE_STRUCT, name);
	if (err || !dot)
		return err;
	w->type = type_strip(w->type);
	at = value_at(w->type, 0);
	for (const char *p = dot; !err && *p == '.';) {
		const size_t len = strcspn(p + 1, ".");
		const char *member = expr_keep(w->e, p + 1, len);

		err = member ? value_member(w->e, &at, member, &link) : error_no_memory();
		at = link;
		p += 1 + len;
	}
	w->offset = link.addr;
	w->link = link.type;
	return err;
}

static struct vmatlas_error *walk_any(struct element_walker *w, const struct expr_walk *what)
{
	struct value head = { 0 };
	struct vmatlas_error *err = what->element ? element_type(w, what->element) : NULL;

	if (!err)
		err = parse_text(w->e, what->head, &head, NULL);
	if (!err && w->e->token.kind != TOKEN_END)
		err = lexer_error(w->e);
	if (!err && head.has_no_type)
		err = value_load(w->e, &head, &(uint64_t){ 0 });
	if (err)
		return err;
	head.from = NULL;
	if (what->kind == EXPR_WALK_ARRAY)
		return walk_array(w, &head);
	if (what->kind == EXPR_WALK_TREE)
		return walk_tree(w, &head);
	if (!w->link)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"which member links the elements? as vmap_area.list");
	return walk_list(w, &head);
}

struct vmatlas_error *expr_walk(struct expr *e, const struct expr_walk *what, expr_element_fn *fn,
				void *arg)
{
	struct element_walker w = { .e = e, .where = what->where, .fn = fn, .arg = arg };
	const struct value element = e->element;
	const bool had_element = e->has_element;
	struct vmatlas_error *err = walk_any(&w, what);

	e->element = element;
	e->has_element = had_element;
	hash_done(&w.seen);
	if (!err && w.trouble.len)
		err = vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "%s", str_text(&w.trouble));
	str_done(&w.trouble);
	return error_is_kernel_trouble(err) ? vmatlas_error_wrap(err, "%s", what->head) : err;
}
