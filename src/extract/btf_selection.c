/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a list of needs asks of each tag, and the answers. Every path is asked near
 * every function that the tag is asked near: only so it shows whether they agree.
 */
#include <string.h>

#include "extract/write_btf.h"

void btf_subjects_done(struct btf_subjects *s)
{
	for (size_t i = 0; i < s->all.nr; i++) {
		struct btf_subject *one = &s->all.v[i];

		for (size_t j = 0; j < one->nodes.nr; j++)
			free(one->nodes.v[j].path);
		for (size_t j = 0; j < one->variants.nr; j++)
			free(one->variants.v[j].answers);
		vec_done(&one->nodes);
		vec_done(&one->variants);
	}
	vec_done(&s->all);
}

/* ---- Questions ---- */

static struct vmatlas_error *add_node(struct btf_subject *s, const char *path, size_t len,
				      const struct path_step *step, size_t parent,
				      size_t *ret)
{
	struct btf_node *n;

	for (size_t i = 0; i < s->nodes.nr; i++)
		if (!strncmp(s->nodes.v[i].path, path, len) && !s->nodes.v[i].path[len]) {
			*ret = i;
			return NULL;
		}
	char *copy = strndup(path, len);
	if (!copy)
		return error_no_memory();
	n = vec_push(&s->nodes);
	if (!n) {
		free(copy);
		return error_no_memory();
	}
	*n = (struct btf_node){ copy, step->len, parent, step->is_element };
	*ret = s->nodes.nr - 1;
	return NULL;
}

/* A path with all that lead to it. */
static struct vmatlas_error *add_path(struct btf_subject *s, const char *path)
{
	struct path_step step = { 0 };
	size_t at = 0, node = 0;
	struct vmatlas_error *err = add_node(s, path, 0, &step, 0, &node);

	while (!err && path[at]) {
		err = path_step(path, &at, &step);
		if (!err)
			err = add_node(s, path, at, &step, node, &node);
	}
	return err;
}

static struct vmatlas_error *add_function(struct image *image, struct btf_subject *s,
					  const char *near)
{
	const char *function;
	struct vmatlas_error *err = cu_of_function(image, near, &function);
	struct btf_variant *v;

	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;		/* so is everything near it */
	}
	if (err)
		return err;
	for (size_t i = 0; i < s->variants.nr; i++)
		if (!strcmp(s->variants.v[i].function, function))
			return NULL;
	v = vec_push(&s->variants);
	if (!v)
		return error_no_memory();
	v->function = function;
	return NULL;
}

static struct btf_subject *subject_of(struct btf_subjects *s,
				      const struct image_need *need)
{
	struct btf_subject *one;

	for (size_t i = 0; i < s->all.nr; i++)
		if (!strcmp(s->all.v[i].name, need->name) &&
		    s->all.v[i].is_enumerator == !need->member)
			return &s->all.v[i];
	one = vec_push(&s->all);
	if (one) {
		one->name = need->name;
		one->is_enumerator = !need->member;
	}
	return one;
}

/* ---- Answers ---- */

static struct vmatlas_error *btf_selection_ask(struct image *image,
					       const struct btf_subject *s,
					       const struct btf_variant *v, size_t i)
{
	const char *path = s->nodes.v[i].path;
	struct btf_answer *a = &v->answers[i];
	struct vmatlas_error *err;

	/* What is not there has no members, either. */
	if (i && !v->answers[s->nodes.v[i].parent].found)
		return NULL;
	err = s->is_enumerator ?
		      image_enumerator(image, v->function, s->name, &a->value) :
		      image_member_bits(image, v->function, s->name, path, &a->m);
	a->found = !err;
	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *btf_selection_answer(struct image *image,
						  struct btf_subject *s)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < s->variants.nr && !err; i++) {
		struct btf_variant *v = &s->variants.v[i];

		v->answers = calloc(s->nodes.nr, sizeof(*v->answers));
		if (!v->answers)
			return error_no_memory();
		for (size_t j = 0; j < s->nodes.nr && !err; j++)
			err = btf_selection_ask(image, s, v, j);
	}
	return err;
}

struct vmatlas_error *btf_ask_all(struct image *image, const struct image_need *needs,
				  size_t nr, struct btf_subjects *ret)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < nr && !err; i++) {
		struct btf_subject *s = subject_of(ret, &needs[i]);

		if (!s)
			return error_no_memory();
		err = add_path(s, needs[i].member ? needs[i].member : "");
		if (!err)
			err = add_function(image, s, needs[i].near);
	}
	for (size_t i = 0; i < ret->all.nr && !err; i++)
		err = btf_selection_answer(image, &ret->all.v[i]);
	return err;
}

static bool is_same(const struct btf_answer *a, const struct btf_answer *b)
{
	return a->found == b->found && a->value == b->value &&
	       a->m.offset == b->m.offset && a->m.size == b->m.size &&
	       a->m.count == b->m.count && a->m.is_signed == b->m.is_signed &&
	       a->m.is_pointer == b->m.is_pointer;
}

bool btf_subject_is_plain(const struct btf_subject *s)
{
	for (size_t i = 1; i < s->variants.nr; i++)
		for (size_t j = 0; j < s->nodes.nr; j++)
			if (!is_same(&s->variants.v[0].answers[j],
				     &s->variants.v[i].answers[j]))
				return false;
	return true;
}
