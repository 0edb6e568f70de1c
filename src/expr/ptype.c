/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types with their members, as gdb's ptype and ptype/o write them (gdb/c-typeprint.c). */
#include <inttypes.h>
#include <string.h>

#include "expr/expr_internal.h"
#include "expr/type_text.h"

enum { OFFSET_ROOM = 27, INDENT = 4 };
#define PTYPE_BYTES_MAX ((size_t)MIB(8))	/* of text; no type of a kernel has more */

struct ptype {
	struct expr *e;
	struct str *out;
	bool offsets;
	uint64_t base;			/* bits from the start of the outermost struct */
	uint64_t end;			/* bits from the start of this struct: the last member's */
};

static struct vmatlas_error *ptype_base(struct ptype *p, ctype base, int show, int level);

/* ---- Offsets ---- */

static void room(struct ptype *p, int columns)
{
	str_addf(p->out, "%*s", columns, "");
}

/* What lies between the last member and @at, as long as gdb's lines. */
static void hole(struct ptype *p, uint64_t at, const char *where)
{
	const uint64_t bits = at > p->end ? at - p->end : 0;

	if (!p->end || !bits)
		return;
	if (bits % 8)
		str_addf(p->out, "/* XXX %2" PRIu64 "-bit %-11s*/\n", bits % 8, where);
	if (bits / 8)
		str_addf(p->out, "/* XXX %2" PRIu64 "-byte %-10s*/\n", bits / 8, where);
}

static void member_offset_text(struct ptype *p, const struct vmatlas_type_member *m, uint64_t size,
			       bool is_union)
{
	const uint64_t at = p->base + m->bit_offset;

	if (is_union) {
		str_addf(p->out, "/*%22" PRIu64 " */", size);
		return;
	}
	hole(p, m->bit_offset, "hole");
	if (m->bit_size)
		str_addf(p->out, "/* %6" PRIu64 ":%2" PRIu64 "   |  %6" PRIu64 " */", at / 8, at % 8,
			 size);
	else
		str_addf(p->out, "/* %6" PRIu64 "      |  %6" PRIu64 " */", at / 8, size);
	p->end = m->bit_offset + (m->bit_size ? m->bit_size : size * 8);
}

/* ---- Bodies ---- */

static struct vmatlas_error *ptype_member(struct ptype *p, const struct vmatlas_type_member *m,
					  bool is_union, int show, int level)
{
	const enum vmatlas_type_kind kind = type_kind(m->type);
	const bool is_body = kind == VMATLAS_TYPE_STRUCT || kind == VMATLAS_TYPE_UNION;
	const uint64_t base = p->base;
	uint64_t end;
	struct vmatlas_error *err;
	uint64_t size;
	int newshow = show - 1;

	err = type_size(p->e, m->type, &size);
	if (err)
		return err;
	if (p->offsets) {
		member_offset_text(p, m, size, is_union);
		if (is_body && m->type->kind != VMATLAS_TYPE_TYPEDEF)
			newshow = show;
		p->base += m->bit_offset;
	}
	end = p->end;
	p->end = 0;
	room(p, level + INDENT);
	err = ptype_base(p, type_base(m->type), newshow, level + INDENT);
	p->base = base;
	p->end = end;
	if (err)
		return err;
	if (*m->name || type_base(m->type) != m->type)
		type_text_before(m->type, *m->name != '\0', p->out);
	str_addf(p->out, "%s", m->name);
	err = type_text_after(p->e, m->type, p->out);
	if (m->bit_size)
		str_addf(p->out, " : %" PRIu64, m->bit_size);
	str_addf(p->out, ";\n");
	return err;
}

static void total_size(struct ptype *p, ctype t, int level)
{
	hole(p, t->bytes * 8, "padding");
	str_addf(p->out, "\n");
	room(p, OFFSET_ROOM + level + INDENT);
	str_addf(p->out, "/* total size (bytes): %4" PRIu64 " */\n", t->bytes);
}

static struct vmatlas_error *ptype_body(struct ptype *p, ctype t, int show, int level)
{
	const struct vmatlas_type_member *m;
	size_t nr = 0;
	struct vmatlas_error *err = type_members(p->e, t, &m, &nr);

	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		str_addf(p->out, "{\n%*s<incomplete type>\n%*s}", level + INDENT, "", level, "");
		return NULL;
	}
	if (err)
		return err;
	str_addf(p->out, "{\n");
	if (!nr)
		str_addf(p->out, "%*s<no data fields>\n",
			 (p->offsets ? OFFSET_ROOM : 0) + level + INDENT, "");
	for (size_t i = 0; !err && i < nr; i++)
		err = ptype_member(p, &m[i], t->kind == VMATLAS_TYPE_UNION, show, level);
	if (!err && p->offsets && show > 0)
		total_size(p, t, level);
	if (p->offsets)
		room(p, OFFSET_ROOM + (level ? 0 : 2));
	str_addf(p->out, "%*s}", level, "");
	return err;
}

static struct vmatlas_error *ptype_enum(struct ptype *p, ctype t)
{
	const struct vmatlas_type_member *m;
	size_t nr = 0;
	struct vmatlas_error *err = type_members(p->e, t, &m, &nr);
	int64_t next = 0;

	str_addf(p->out, "{");
	for (size_t i = 0; !err && i < nr; i++) {
		str_addf(p->out, "%s%s", i ? ", " : "", m[i].name);
		if (m[i].value != next)
			str_addf(p->out, " = %" PRId64, m[i].value);
		next = m[i].value + 1;
	}
	str_addf(p->out, "}");
	return err;
}

/* @show, as gdb has it: 1 with members, 0 with those of types without a name, -1 without. */
static struct vmatlas_error *ptype_base(struct ptype *p, ctype base, int show, int level)
{
	unsigned int mods;
	ctype u = type_unqualified(base, &mods), t = u;
	struct vmatlas_error *err = NULL;
	bool has_name;

	if (p->out->failed)
		return error_no_memory();
	if (level > INDENT * EXPR_DEPTH_MAX || p->out->len > PTYPE_BYTES_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "a type nested too deep");
	has_name = type_text_name(base, p->out);
	if (!t || (t->kind != VMATLAS_TYPE_STRUCT && t->kind != VMATLAS_TYPE_UNION &&
		   t->kind != VMATLAS_TYPE_ENUM))
		return NULL;
	if (show < 0 || (has_name && show == 0)) {
		if (!has_name)
			str_addf(p->out, "{...}");
		return NULL;
	}
	if (has_name)
		str_addf(p->out, " ");
	if (t->flags & VMATLAS_TYPE_DECLARATION) {
		ctype whole;

		err = image_type_definition(p->e->k->image, t, &whole);
		if (!err)
			t = whole;
		else if (error_is(err, VMATLAS_ERROR_NOT_FOUND))
			vmatlas_error_free(err);
		else
			return err;
	}
	return t->kind == VMATLAS_TYPE_ENUM ? ptype_enum(p, t) : ptype_body(p, t, show, level);
}

/* Typedefs of the whole and of what it points to are looked through. */
static ctype resolve(struct expr *e, ctype t, unsigned int depth)
{
	unsigned int mods;
	ctype u = type_unqualified(t, &mods), target;

	for (int i = 0; u && u->kind == VMATLAS_TYPE_TYPEDEF && i < PEEL_MAX; i++)
		u = t = u->target;
	u = type_unqualified(t, &mods);
	if (!u || depth > EXPR_DEPTH_MAX ||
	    (u->kind != VMATLAS_TYPE_POINTER && u->kind != VMATLAS_TYPE_ARRAY))
		return t;
	target = resolve(e, u->target, depth + 1);
	if (target == u->target)
		return t;
	return image_type_derived(e->k->image, u->kind, target, u->count) ?: t;
}

/* What a function returns is looked through, too, unless that is a pointer. */
static ctype resolved_base(ctype t)
{
	ctype base = type_base(t), u = base;
	unsigned int mods;

	for (int i = 0; u && u->kind == VMATLAS_TYPE_TYPEDEF && i < PEEL_MAX; i++)
		u = type_unqualified(u->target, &mods);
	return type_base(u) == u ? u : base;
}

struct vmatlas_error *ptype_text(struct expr *e, ctype t, bool offsets, struct str *out)
{
	struct ptype p = { .e = e, .out = out, .offsets = offsets };
	const enum vmatlas_type_kind kind = type_kind(t);
	ctype whole = resolve(e, t, 0);
	struct vmatlas_error *err;

	/* of anything but a struct there is nothing to measure */
	p.offsets = offsets && (kind == VMATLAS_TYPE_STRUCT || kind == VMATLAS_TYPE_UNION);
	if (p.offsets)
		str_addf(out, "/* offset      |    size */  ");
	str_addf(out, "type = ");
	err = ptype_base(&p, resolved_base(whole), 1, 0);
	if (err)
		return err;
	type_text_before(whole, false, out);
	return type_text_after(e, whole, out);
}
