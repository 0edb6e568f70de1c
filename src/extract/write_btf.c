/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small BTF out of answers about types (libbpf). Made from the answers alone, so
 * that whoever gave them, what is read back is the same: a member that nobody looked
 * into is so many bytes, with a sign or not.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "base/compare.h"
#include "base/strbuf.h"
#include "extract/write_btf.h"

/* 1, 2, 4, 8, 16 bytes; unsigned and signed */
#define NR_INTS 10

struct maker {
	struct btf *btf;
	unsigned int pointer_size;
	int ints[NR_INTS], pointer;	/* types made so far; 0: not yet */
};

/* One variant of one subject at work. */
struct btf_tree {
	struct maker *maker;
	const struct btf_subject *subject;
	const struct btf_answer *answers;
};

static struct vmatlas_error *write_btf_failed(int code)
{
	if (code == -ENOMEM)
		return error_no_memory();
	errno = -code;
	return error_system("cannot make BTF");
}

/* Types have positive numbers, errors negative ones. */
static struct vmatlas_error *made(int id, int *ret)
{
	if (id < 0)
		return write_btf_failed(id);
	*ret = id;
	return NULL;
}

static struct vmatlas_error *not_expressible_in_btf(const struct btf_tree *t, size_t node)
{
	return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
		"BTF cannot say what %s.%s is", t->subject->name,
		t->subject->nodes.v[node].path);
}

/* ---- Values ---- */

static struct vmatlas_error *make_int(struct maker *m, unsigned int log, bool is_signed,
				      int *ret)
{
	const unsigned int i = log * 2 + is_signed, size = 1u << log;
	struct vmatlas_error *err = NULL;
	char name[8];

	if (!m->ints[i]) {
		snprintf(name, sizeof(name), "%c%u", is_signed ? 's' : 'u', size * 8);
		err = made(btf__add_int(m->btf, name, size,
					is_signed ? BTF_INT_SIGNED : 0), &m->ints[i]);
	}
	*ret = m->ints[i];
	return err;
}

static struct vmatlas_error *make_pointer(struct maker *m, int *ret)
{
	struct vmatlas_error *err = NULL;

	if (!m->pointer)
		err = made(btf__add_ptr(m->btf, 0), &m->pointer);
	*ret = m->pointer;
	return err;
}

/* @size bytes that nobody looked into. */
static struct vmatlas_error *make_value(struct btf_tree *t, size_t node, uint64_t size,
					int *ret)
{
	const struct image_member *m = &t->answers[node].m;

	if (m->is_pointer)
		return size == t->maker->pointer_size ? make_pointer(t->maker, ret) :
							not_expressible_in_btf(t, node);
	for (unsigned int log = 0; log < NR_INTS / 2; log++)
		if (size == 1u << log)
			return make_int(t->maker, log, m->is_signed, ret);
	if (m->is_signed || size > UINT32_MAX)
		return not_expressible_in_btf(t, node);
	return made(btf__add_struct(t->maker->btf, NULL, (uint32_t)size), ret);
}

static struct vmatlas_error *make_array(struct btf_tree *t, size_t node, int element,
					uint64_t count, int *ret)
{
	struct vmatlas_error *err;
	int index;

	if (count > UINT32_MAX)
		return not_expressible_in_btf(t, node);
	err = make_int(t->maker, 2, false, &index);
	return err ? err : made(btf__add_array(t->maker->btf, index, element,
					       (uint32_t)count), ret);
}

/* Nobody asked for parts of it. */
/* The integer that a bit-field is a part of: one that holds its bits. */
static struct vmatlas_error *make_bits(struct btf_tree *t, size_t node, int *ret)
{
	const struct image_member *m = &t->answers[node].m;
	unsigned int log = 0;

	while (log < 3 && 8u << log < (unsigned int)m->bit_shift + m->bit_size)
		log++;
	return make_int(t->maker, log, m->is_signed, ret);
}

static struct vmatlas_error *make_leaf(struct btf_tree *t, size_t node, int *ret)
{
	const struct image_member *m = &t->answers[node].m;
	struct vmatlas_error *err;
	uint64_t each = m->size;

	if (m->bit_size)
		return make_bits(t, node, ret);
	/* Of a flexible array it is not known of what. */
	if (!m->count && !m->size && m->is_pointer)
		each = t->maker->pointer_size;
	else if (!m->count && !m->size && m->is_signed)
		each = 1;
	else if (!m->count)
		return make_value(t, node, m->size, ret);
	else
		each = m->size / m->count;
	if (m->count && m->size % m->count)
		return not_expressible_in_btf(t, node);
	err = make_value(t, node, each, ret);
	return err ? err : make_array(t, node, *ret, m->count, ret);
}

/* ---- Structs and arrays that were looked into ---- */

static struct vmatlas_error *make_type(struct btf_tree *t, size_t node, const char *name,
				       int *ret);

/* The next child that exists; 0 at the end: the root is nobody's child. */
static size_t next_child(const struct btf_tree *t, size_t node, size_t after)
{
	for (size_t i = MAX(after, node) + 1; i < t->subject->nodes.nr; i++)
		if (t->subject->nodes.v[i].parent == node && t->answers[i].found)
			return i;
	return 0;
}

/*
 * Elements of the first dimension. In "int a[2][3]", a counts 6 and a[] counts 3; were
 * it two of a typedef for int[3], a would count 2. *ret_is_whole in the second case.
 */
static uint64_t first_dimension(const struct image_member *array,
				const struct image_member *element, bool *ret_is_whole)
{
	uint64_t size;

	*ret_is_whole = !__builtin_mul_overflow(array->count, element->size, &size) &&
			size == array->size;
	return *ret_is_whole || !element->count ? array->count :
						  array->count / element->count;
}

static struct vmatlas_error *make_elements(struct btf_tree *t, size_t node, size_t child,
					   int *ret)
{
	const struct image_member *element = &t->answers[child].m;
	struct vmatlas_error *err = make_type(t, child, NULL, ret);
	bool is_whole;
	const uint64_t n = first_dimension(&t->answers[node].m, element, &is_whole);
	const size_t inner = next_child(t, child, 0);

	/* The name is nobody's: it only keeps the dimensions apart. */
	if (!err && is_whole &&
	    (element->count || (inner && t->subject->nodes.v[inner].is_element)))
		err = made(btf__add_typedef(t->maker->btf, "elements", *ret), ret);
	return err ? err : make_array(t, node, *ret, n, ret);
}

struct write_btf_field {
	size_t node;
	int type;
};

static int write_btf_by_offset(const void *a, const void *b, void *arg)
{
	const struct btf_tree *t = arg;
	const struct write_btf_field *x = a, *y = b;
	const uint64_t p = t->answers[x->node].m.offset, q = t->answers[y->node].m.offset;

	return compare_u64(p, q) ?: compare_u64(x->node, y->node);
}

static struct vmatlas_error *add_field(struct btf_tree *t, size_t node,
				       const struct write_btf_field *f)
{
	const struct btf_node *n = &t->subject->nodes.v[f->node];
	const uint64_t at = t->answers[f->node].m.offset - t->answers[node].m.offset;
	int r;

	if (at > UINT32_MAX / 8)
		return not_expressible_in_btf(t, f->node);
	r = btf__add_field(t->maker->btf, n->path + strlen(n->path) - n->step_len, f->type,
			   (uint32_t)at * 8 + t->answers[f->node].m.bit_shift,
			   t->answers[f->node].m.bit_size);
	return r ? write_btf_failed(r) : NULL;
}

/* The types of members come first: a struct is open only while it is the last one. */
static struct vmatlas_error *make_struct(struct btf_tree *t, size_t node,
					 const char *name, int *ret)
{
	struct vmatlas_error *err = NULL;
	size_t nr = 0;

	_cleanup_(freep) struct write_btf_field *fields =
		calloc(t->subject->nodes.nr, sizeof(*fields));
	if (!fields)
		return error_no_memory();
	if (t->answers[node].m.size > UINT32_MAX)
		return not_expressible_in_btf(t, node);
	for (size_t i = 0; !err && (i = next_child(t, node, i)); nr++) {
		fields[nr].node = i;
		err = make_type(t, i, NULL, &fields[nr].type);
	}
	qsort_r(fields, nr, sizeof(*fields), write_btf_by_offset, t);
	if (!err)
		err = made(btf__add_struct(t->maker->btf, name,
					   (uint32_t)t->answers[node].m.size), ret);
	for (size_t i = 0; i < nr && !err; i++)
		err = add_field(t, node, &fields[i]);
	return err;
}

static struct vmatlas_error *make_type(struct btf_tree *t, size_t node, const char *name,
				       int *ret)
{
	const struct image_member *m = &t->answers[node].m;
	const size_t child = next_child(t, node, 0);
	const bool is_array = child && t->subject->nodes.v[child].is_element;
	struct vmatlas_error *err;

	if (child && !is_array)
		return make_struct(t, node, name, ret);
	if (!child && name && !m->count && !m->is_signed && !m->is_pointer)
		return make_struct(t, node, name, ret);
	err = is_array ? make_elements(t, node, child, ret) : make_leaf(t, node, ret);
	if (err || !name)
		return err;
	/* Only a typedef can name what is no struct. */
	return made(btf__add_typedef(t->maker->btf, name, *ret), ret);
}

/* ---- All ---- */

static struct vmatlas_error *write_btf_name_of(const struct btf_subject *s,
					       size_t variant, struct str *ret)
{
	str_addf(ret, "%s", s->name);
	if (!btf_subject_is_plain(s))
		str_addf(ret, "___%s", s->variants.v[variant].function);
	return ret->failed ? error_no_memory() : NULL;
}

static size_t nr_names(const struct btf_subject *s)
{
	return btf_subject_is_plain(s) ? MIN(s->variants.nr, (size_t)1) : s->variants.nr;
}

static struct vmatlas_error *make_structs(struct maker *m, const struct btf_subject *s)
{
	struct vmatlas_error *err = NULL;
	int id;

	for (size_t i = 0; i < nr_names(s) && !err; i++) {
		struct btf_tree t = { m, s, s->variants.v[i].answers };
		_cleanup_(str_done) struct str name = { 0 };

		if (!t.answers[0].found)
			continue;
		err = write_btf_name_of(s, i, &name);
		if (!err)
			err = make_type(&t, 0, str_text(&name), &id);
	}
	return err;
}

static struct vmatlas_error *
make_enumerators(struct maker *m, const struct btf_subject *s, bool *is_open)
{
	struct vmatlas_error *err = NULL;
	int r = 0;

	for (size_t i = 0; i < nr_names(s) && !err; i++) {
		const struct btf_answer *a = &s->variants.v[i].answers[0];
		_cleanup_(str_done) struct str name = { 0 };

		if (!a->found)
			continue;
		/* One for all; 64 bits hold any, whatever its sign was. */
		if (!*is_open)
			r = btf__add_enum64(m->btf, NULL, 8, true);
		if (r < 0)
			return write_btf_failed(r);
		*is_open = true;
		err = write_btf_name_of(s, i, &name);
		if (err)
			return err;
		r = btf__add_enum64_value(m->btf, str_text(&name), (uint64_t)a->value);
		if (r)
			return write_btf_failed(r);
	}
	return err;
}

static struct vmatlas_error *make_all(struct maker *m, const struct btf_subjects *s)
{
	struct vmatlas_error *err = NULL;
	bool is_open = false;

	for (size_t i = 0; i < s->all.nr && !err; i++)
		if (!s->all.v[i].is_enumerator)
			err = make_structs(m, &s->all.v[i]);
	for (size_t i = 0; i < s->all.nr && !err; i++)
		if (s->all.v[i].is_enumerator)
			err = make_enumerators(m, &s->all.v[i], &is_open);
	return err;
}

static struct vmatlas_error *take_out(struct maker *m, bool big_endian, void **ret,
				      size_t *ret_size)
{
	const void *raw;
	uint32_t size;
	int r = btf__set_endianness(m->btf, big_endian ? BTF_BIG_ENDIAN :
							 BTF_LITTLE_ENDIAN);

	if (r)
		return write_btf_failed(r);
	raw = btf__raw_data(m->btf, &size);
	if (!raw)
		return write_btf_failed(-errno);
	*ret = malloc(size);
	if (!*ret)
		return error_no_memory();
	memcpy(*ret, raw, size);
	*ret_size = size;
	return NULL;
}

struct vmatlas_error *image_make_btf(struct image *image, const struct image_need *needs,
				     size_t nr, void **ret, size_t *ret_size)
{
	_cleanup_(btf_subjects_done) struct btf_subjects subjects = { 0 };
	struct maker m = { .pointer_size = image->info.bits / 8 };
	struct vmatlas_error *err;
	/* The process may use libbpf itself, and want to hear it. */
	const libbpf_print_fn_t was = libbpf_set_print(NULL);
	/* Not the user's questions; and @needs may be what a watcher collects. */
	void (*const asked)(void *, const struct image_need *) = image->asked;

	image->asked = NULL;
	err = btf_ask_all(image, needs, nr, &subjects);
	image->asked = asked;
	if (!err && !(m.btf = btf__new_empty()))
		err = write_btf_failed(-errno);
	if (!err)
		btf__set_pointer_size(m.btf, m.pointer_size);
	if (!err)
		err = make_all(&m, &subjects);
	if (!err)
		err = take_out(&m, image->info.big_endian, ret, ret_size);
	btf__free(m.btf);
	libbpf_set_print(was);
	return err;
}
