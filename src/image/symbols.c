/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbols by name: what was asked for is remembered, whether it exists or not. */
#include <elf.h>
#include <string.h>

#include "image/private.h"

struct symbols {
	VEC(struct wanted) wanted;
};

struct image *symbols_of(struct image *image)
{
	return image->symbols_from ?: image;
}

void symbols_free(struct symbols *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->wanted.nr; i++) {
		free(s->wanted.v[i].name);
		vec_done(&s->wanted.v[i].found);
	}
	vec_done(&s->wanted);
	free(s);
}

size_t symbols_nr(const struct symbols *s)
{
	return s->wanted.nr;
}

const struct wanted *symbols_at(const struct symbols *s, size_t i)
{
	return &s->wanted.v[i];
}

/* A few hundred names at most, told apart by one word: no hash is needed. */
static struct wanted *find(struct image *image, const char *name, size_t len)
{
	const uint64_t key = symtab_key(name, len);

	if (!image->symbols)
		return NULL;
	for (size_t i = 0; i < image->symbols->wanted.nr; i++) {
		struct wanted *w = &image->symbols->wanted.v[i];

		if (w->key == key && w->len == len && !memcmp(w->name, name, len))
			return w;
	}
	return NULL;
}

static struct vmatlas_error *want(struct image *image, const char *name, size_t len)
{
	struct wanted *w;

	if (!len || find(image, name, len))
		return NULL;
	if (!image->symbols)
		image->symbols = calloc(1, sizeof(*image->symbols));
	char *copy = image->symbols ? strndup(name, len) : NULL;
	if (!copy)
		return error_no_memory();
	w = vec_push(&image->symbols->wanted);
	if (!w) {
		free(copy);
		return error_no_memory();
	}
	w->name = copy;
	w->len = len;
	w->key = symtab_key(name, len);
	return NULL;
}

/* "vfree|vunmap" is two names. */
static struct vmatlas_error *want_each(struct image *image, const char *names)
{
	struct vmatlas_error *err = NULL;

	while (!err) {
		const size_t len = strcspn(names, "|");

		err = want(image, names, len);
		if (!names[len])
			break;
		names += len + 1;
	}
	return err;
}

static bool anything_new(const struct symbols *s)
{
	for (size_t i = 0; s && i < s->wanted.nr; i++)
		if (!s->wanted.v[i].looked)
			return true;
	return false;
}

static struct vmatlas_error *look(struct image *image)
{
	struct vmatlas_error *err;
	const struct section *table = image_section(image, ".symtab"), *strings;
	struct symtab t = { .is_64 = image->info.bits == 64,
			    .big_endian = image->info.big_endian,
			    .is_arm = image->info.machine == EM_ARM };

	if (!anything_new(image->symbols))
		return NULL;
	if (!table || table->link >= image->sections.nr)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
					 "%s: has a damaged symbol table",
					 image->info.path);
	strings = &image->sections.v[table->link];
	if (strings->type != SHT_STRTAB)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
					 "%s: has symbols without names",
					 image->info.path);
	filemap_expect(&image->file, table->offset, table->size);
	filemap_expect(&image->file, strings->offset, strings->size);
	err = section_bytes(image, table, &t.entries);
	if (!err)
		err = section_bytes(image, strings, &t.strings);
	if (!err)
		err = symtab_scan(&t, image->symbols->wanted.v,
				  image->symbols->wanted.nr);

	/* Ten megabytes that the next steps do not need. */
	filemap_forget(&image->file, table->offset, table->size);
	filemap_forget(&image->file, strings->offset, strings->size);
	return err;
}

struct vmatlas_error *image_prefetch(struct image *image, const char *const *names,
				     size_t nr)
{
	struct image *own = symbols_of(image);
	struct vmatlas_error *err;

	for (size_t i = 0; i < nr; i++) {
		err = want_each(own, names[i]);
		if (err)
			return err;
	}
	if (provider_other_symbols(image)) {
		err = image_prefetch(provider_other_symbols(image), names, nr);
		if (err)
			return err;
	}
	return look(own);
}

static int score(const struct candidate *c, uint64_t want_size)
{
	return c->is_exact << 2 | c->is_global << 1 |
	       (want_size && c->symbol.size == want_size);
}

static const struct image_symbol *best(const struct wanted *w, uint64_t want_size,
				       bool functions_only)
{
	const struct candidate *ret = NULL;

	for (size_t i = 0; w && i < w->found.nr; i++) {
		const struct candidate *c = &w->found.v[i];

		if (functions_only && !c->symbol.is_function)
			continue;
		if (!ret || score(c, want_size) > score(ret, want_size))
			ret = c;
	}
	return ret ? &ret->symbol : NULL;
}

static struct vmatlas_error *lookup(struct image *image, const char *name,
				    uint64_t want_size, bool functions_only,
				    struct image_symbol *ret)
{
	struct vmatlas_error *err;
	const struct image_symbol *s;

	image = symbols_of(image);
	err = want(image, name, strlen(name));
	if (!err)
		err = look(image);
	if (err)
		return err;
	s = best(find(image, name, strlen(name)), want_size, functions_only);
	if (!s)
		return vmatlas_error_new(VMATLAS_ERROR_MISSING, "no %s '%s' in %s",
					 functions_only ? "function" : "symbol", name,
					 image->info.path);
	*ret = *s;
	return NULL;
}

struct vmatlas_error *image_symbol(struct image *image, const char *name,
				   uint64_t want_size, struct image_symbol *ret)
{
	return lookup(image, name, want_size, false, ret);
}

struct vmatlas_error *symbols_function(struct image *image, const char *name,
				       uint64_t *ret)
{
	struct image_symbol s;
	struct vmatlas_error *err = lookup(image, name, 0, true, &s);

	if (!err)
		*ret = s.addr;
	return err;
}

void symbols_functions(struct image *image, void (*fn)(void *arg, uint64_t addr),
		       void *arg)
{
	const struct symbols *all = symbols_of(image)->symbols;

	for (size_t i = 0; all && i < all->wanted.nr; i++) {
		const struct image_symbol *s = best(&all->wanted.v[i], 0, true);

		if (s)
			fn(arg, s->addr);
	}
}
