/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbols by name: what was asked for is remembered, whether it exists or not. */
#include <elf.h>
#include <string.h>

#include "debuginfo/debuginfo_internal.h"
#include "debuginfo/static_symbols.h"

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
static struct wanted *symbols_find(struct image *image, const char *name, size_t len)
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

	if (!len || symbols_find(image, name, len))
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

struct vmatlas_error *symbols_table(struct image *image, struct symtab *ret)
{
	const struct section *table = image_section(image, ".symtab"), *strings;
	struct vmatlas_error *err;

	*ret = (struct symtab){ .is_64 = image->info.bits == 64,
				.big_endian = image->info.big_endian,
				/* CPU named here: ELF for ARM gives symbol values a bit 0 */
				.has_thumb = image->info.machine == EM_ARM };
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
	err = section_bytes(image, table, &ret->entries);
	return err ? err : section_bytes(image, strings, &ret->strings);
}

/* Ten megabytes that the next steps do not need. */
static void forget_table(struct image *image)
{
	const struct section *table = image_section(image, ".symtab");
	const struct section *strings = &image->sections.v[table->link];

	filemap_forget(&image->file, table->offset, table->size);
	filemap_forget(&image->file, strings->offset, strings->size);
}

static struct vmatlas_error *symbols_look(struct image *image)
{
	struct vmatlas_error *err;
	struct symtab t;

	if (!anything_new(image->symbols))
		return NULL;
	err = symbols_table(image, &t);
	if (err)
		return err;
	err = symtab_scan(&t, image->symbols->wanted.v, image->symbols->wanted.nr);
	forget_table(image);
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
	return symbols_look(own);
}

static int score(const struct candidate *c, uint64_t want_size)
{
	return c->is_exact << 2 | c->is_global << 1 |
	       (want_size && c->symbol.size == want_size);
}

static const struct candidate *best(const struct wanted *w, uint64_t want_size,
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
	return ret;
}

/* What is asked for besides its name. */
struct symbol_request {
	uint64_t size;
	const char *near;
	bool functions_only;
};

/* To look for the functions @near may move what was found of @name. */
static struct vmatlas_error *tell_twins(struct image *image, const char *near,
					const char *name, size_t at)
{
	struct image *own = symbols_of(image);
	const char *file;
	struct vmatlas_error *err = twins_file(image, near, &file);

	if (err || !file)
		return err;
	return static_symbol_resolve(own, file, symbols_find(own, name, strlen(name)),
				     at);
}

static struct vmatlas_error *lookup(struct image *image, const char *name,
				    const struct symbol_request *asked,
				    struct image_symbol *ret)
{
	struct image *own = symbols_of(image);
	struct vmatlas_error *err = want(own, name, strlen(name));
	const struct candidate *c;
	struct wanted *w;
	size_t at;

	if (!err)
		err = symbols_look(own);
	if (err)
		return err;
	w = symbols_find(own, name, strlen(name));
	c = best(w, asked->size, asked->functions_only);
	if (!c)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s '%s' in %s",
					 asked->functions_only ? "function" : "symbol", name,
					 own->info.path);
	at = (size_t)(c - w->found.v);
	if (asked->near && twins_are(w, at))
		err = tell_twins(image, asked->near, name, at);
	if (!err)
		*ret = symbols_find(own, name, strlen(name))->found.v[at].symbol;
	return err;
}

struct vmatlas_error *image_symbol(struct image *image, const char *name,
				   uint64_t want_size, struct image_symbol *ret)
{
	return lookup(image, name, &(struct symbol_request){ .size = want_size }, ret);
}

struct vmatlas_error *image_symbol_near(struct image *image, const char *name,
					uint64_t want_size, const char *near,
					struct image_symbol *ret)
{
	return lookup(image, name,
		      &(struct symbol_request){ .size = want_size, .near = near }, ret);
}

struct vmatlas_error *symbols_function(struct image *image, const char *name,
				       uint64_t *ret)
{
	struct image_symbol s;
	struct vmatlas_error *err = lookup(
		image, name, &(struct symbol_request){ .functions_only = true }, &s);

	if (!err)
		*ret = s.addr;
	return err;
}

void symbols_functions(struct image *image, void (*fn)(void *arg, uint64_t addr),
		       void *arg)
{
	const struct symbols *all = symbols_of(image)->symbols;

	for (size_t i = 0; all && i < all->wanted.nr; i++) {
		const struct candidate *c = best(&all->wanted.v[i], 0, true);

		if (c)
			fn(arg, c->symbol.addr);
	}
}
