/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names to addresses and offsets. Surveyors and plugins say what they will
 * read; nobody but this file asks vmlinux.
 */
#include <string.h>

#include "kernel/lookup.h"

/* The functions of "a|b" are symbols to look for, too. */
struct name_list {
	VEC(char *) names;
};

static void name_list_done(struct name_list *l)
{
	for (size_t i = 0; i < l->names.nr; i++)
		free(l->names.v[i]);
	vec_done(&l->names);
}

static bool name_list_add(struct name_list *l, const char *from, size_t len)
{
	char **slot;

	for (size_t i = 0; i < l->names.nr; i++)
		if (!strncmp(l->names.v[i], from, len) && !l->names.v[i][len])
			return true;
	slot = vec_push(&l->names);
	if (!slot)
		return false;
	*slot = strndup(from, len);
	if (!*slot)
		l->names.nr--;
	return *slot != NULL;
}

static bool name_list_add_alternatives(struct name_list *l, const char *near)
{
	while (near && *near) {
		const size_t len = strcspn(near, "|");

		if (!name_list_add(l, near, len))
			return false;
		near += len + (near[len] == '|');
	}
	return true;
}

static bool name_list_add_need(struct name_list *l, const struct vmatlas_lookup *need)
{
	if (!need->member)
		return name_list_add(l, need->name, strlen(need->name));
	return name_list_add_alternatives(l, need->cu_of_function);
}

static bool name_list_add_wants(struct name_list *l, const struct arch *arch)
{
	for (size_t i = 0; i < arch->nr_wants; i++) {
		const struct arch_want *w = &arch->wants[i];
		bool ok = true;

		if (w->kind == WANT_ENUM || w->kind == WANT_SIZEOF)
			ok = name_list_add_alternatives(l, w->near);
		else if (w->kind != WANT_NUMBER)
			ok = name_list_add(l, w->name, strlen(w->name));
		if (!ok)
			return false;
	}
	return true;
}

struct vmatlas_error *lookup_prefetch(struct kernel *k, const struct lookup_set *sets,
				      size_t nr_sets)
{
	_cleanup_(name_list_done) struct name_list list = { 0 };

	if (k->arch && !name_list_add_wants(&list, k->arch))
		return error_no_memory();
	for (size_t s = 0; s < nr_sets; s++)
		for (size_t i = 0; i < *sets[s].nr; i++)
			if (!name_list_add_need(&list, &sets[s].lookups[i]))
				return error_no_memory();
	return image_prefetch(k->image, (const char *const *)list.names.v, list.names.nr);
}

/* Statics of a surveyor are in the file whose types it asks for. */
static const char *near_of(const struct vmatlas_lookup *needs, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (needs[i].cu_of_function)
			return needs[i].cu_of_function;
	return NULL;
}

static struct vmatlas_error *resolve_symbol(struct kernel *k, const struct vmatlas_lookup *need,
					    const char *near, struct resolved *ret)
{
	const uint64_t want = need->flags & VMATLAS_LOOKUP_POINTER ? k->ptr_size : 0;
	struct vmatlas_error *err;
	struct image_symbol sym;

	if (k->host && k->host->symbol) {
		ret->found = !k->host->symbol(k->host->arg, need->name, &ret->addr, &ret->size);
		return NULL;
	}
	err = image_symbol_near(k->image, need->name, want,
				need->cu_of_function ? need->cu_of_function : near, &sym);
	if (err)
		return err;
	ret->found = true;
	ret->addr = (sym.addr + (sym.is_absolute ? 0 : k->slide)) & k->va_mask;
	ret->size = sym.size;
	return NULL;
}

static struct vmatlas_error *resolve_member(struct kernel *k, const struct vmatlas_lookup *need,
					    bool bits, struct resolved *ret)
{
	const char *near = need->cu_of_function ? need->cu_of_function : "vfree";
	struct vmatlas_error *err;
	struct image_member m;

	if (!k->image)		/* of a kernel without vmlinux, there are no types */
		return NULL;
	if (bits && need->flags & VMATLAS_LOOKUP_ENUMERATOR) {
		err = image_enumerator(k->image, near, need->name, &ret->value);
		ret->found = !err;
		return err;
	}
	err = bits ? image_member_bits(k->image, near, need->name, need->member, &m)
		   : image_member(k->image, near, need->name, need->member, &m);
	if (err)
		return err;
	*ret = (struct resolved){ .found = true, .offset = m.offset, .size = m.size,
				  .count = m.count, .is_signed = m.is_signed,
				  .is_pointer = m.is_pointer, .bit_shift = m.bit_shift,
				  .bit_size = m.bit_size };
	return NULL;
}

static struct vmatlas_error *lookup_resolve_all(struct kernel *k,
						const struct vmatlas_lookup *needs, size_t nr,
						bool bits, struct resolved *ret)
{
	const char *near = near_of(needs, nr);

	for (size_t i = 0; i < nr; i++) {
		struct vmatlas_error *err;

		ret[i] = (struct resolved){ 0 };
		err = needs[i].member ? resolve_member(k, &needs[i], bits, &ret[i])
				      : resolve_symbol(k, &needs[i], near, &ret[i]);
		if (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);	/* missing: found stays false */
	}
	return NULL;
}

struct vmatlas_error *lookup_resolve(struct kernel *k, const struct vmatlas_lookup *needs,
				     size_t nr, struct resolved *ret)
{
	return lookup_resolve_all(k, needs, nr, false, ret);
}

struct vmatlas_error *lookup_resolve_bits(struct kernel *k, const struct vmatlas_lookup *needs,
					  size_t nr, struct resolved *ret)
{
	return lookup_resolve_all(k, needs, nr, true, ret);
}

struct vmatlas_error *lookup_symbol(struct kernel *k, const char *name, uint64_t *ret)
{
	const struct vmatlas_lookup need = VMATLAS_REQUIRED_SYMBOL(name);
	struct vmatlas_error *err;
	struct resolved res;

	err = lookup_resolve(k, &need, 1, &res);
	if (err)
		return err;
	if (!res.found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no symbol %s", name);
	*ret = res.addr;
	return NULL;
}

void lookup_describe(const struct vmatlas_lookup *need, struct str *out)
{
	if (!need->member)
		str_addf(out, "%s", need->name);
	else if (need->flags & VMATLAS_LOOKUP_ENUMERATOR)
		str_addf(out, "enumerator %s", need->name);
	else if (!*need->member)
		str_addf(out, "struct %s", need->name);
	else
		str_addf(out, "%s.%s", need->name, need->member);
}
