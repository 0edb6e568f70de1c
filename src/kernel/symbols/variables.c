/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "kernel/symbols/variables.h"

enum { NAMESAKES_MAX = 64, NAMESAKES_SHOWN = 5 };

struct namesakes {
	struct image_named v[NAMESAKES_MAX];
	size_t nr;
	bool is_global;
};

/* A global one hides statics, a static one those with a suffix, which stand in functions. */
static int namesake_add(void *arg, const struct image_named *s)
{
	struct namesakes *n = arg;

	if (n->nr && (n->is_global || strcmp(n->v[0].name, s->name)))
		return 1;
	for (size_t i = 0; i < n->nr; i++)
		if (n->v[i].symbol.addr == s->symbol.addr)
			return 0;
	if (n->nr == NAMESAKES_MAX)
		return 1;
	n->is_global |= s->is_global;
	n->v[n->nr++] = *s;
	return 0;
}

/* Every one of that name in any file. */
static int namesake_add_any(void *arg, const struct image_named *s)
{
	struct namesakes *n = arg;

	if (n->nr == NAMESAKES_MAX)
		return 1;
	n->v[n->nr++] = *s;
	return 0;
}

/* KASLR does not move absolute symbols, nor x86-64's per-CPU ones, which count from 0. */
static uint64_t variable_address(const struct kernel *k, const struct image_symbol *s)
{
	return s->is_absolute || !kernel_is_pointer(k, s->addr) ? s->addr
		: (s->addr + k->slide) & k->va_mask;
}

/* gcc says "mm/vmalloc.c", or all of the path; so may the user. */
static bool is_file(const char *unit, const char *asked)
{
	const size_t nu = strlen(unit), na = strlen(asked);

	return na && nu >= na && !strcmp(unit + nu - na, asked) &&
	       (nu == na || unit[nu - na - 1] == '/');
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static struct vmatlas_error *variable_fill(struct kernel *k, const struct image_named *s,
					   struct kernel_variable *ret)
{
	struct vmatlas_error *err;

	*ret = (struct kernel_variable){ .name = s->name, .addr = variable_address(k, &s->symbol),
		.bytes = s->symbol.size, .is_function = s->symbol.is_function, .unit = "" };
	err = image_variable_type(k->image, s->name, &s->symbol, &ret->type, &ret->unit);
	if (!err && !*ret->unit)
		ret->unit = s->file;
	return err;
}

static struct vmatlas_error *several_files(struct kernel *k, const struct namesakes *n,
					   const char *name)
{
	_cleanup_(str_done) struct str s = { 0 };
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; !err && i < n->nr && i < NAMESAKES_SHOWN; i++) {
		struct kernel_variable v;

		err = variable_fill(k, &n->v[i], &v);
		if (!err)
			str_addf(&s, "%s'%s'::%s", i ? ", " : "", v.unit, name);
	}
	if (err)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "%zu files have a static %s; say which: "
		"%s%s", n->nr, name, str_text(&s), n->nr > NAMESAKES_SHOWN ? ", ..." : "");
}

static struct vmatlas_error *not_of_file(const char *name, const char *file)
{
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no symbol '%s'::%s", file, name);
}

static struct vmatlas_error *find_of_file(struct kernel *k, const char *name, const char *file,
					  struct kernel_variable *ret)
{
	_cleanup_(freep) struct namesakes *n = calloc(1, sizeof(*n));
	struct vmatlas_error *err = n ? image_symbols_named(k->image, name, namesake_add_any, n)
				      : error_no_memory();

	for (size_t i = 0; !err && i < n->nr; i++) {
		const char *of = n->v[i].file;

		if (*of && strcmp(base_name(of), base_name(file)))
			continue;
		err = variable_fill(k, &n->v[i], ret);
		if (!err && is_file(ret->unit, file))
			return NULL;
	}
	return err ? err : not_of_file(name, file);
}

struct vmatlas_error *kernel_variable_find(struct kernel *k, const char *name, const char *file,
					   struct kernel_variable *ret)
{
	_cleanup_(freep) struct namesakes *n = NULL;
	struct vmatlas_error *err;

	if (file)
		return find_of_file(k, name, file, ret);
	n = calloc(1, sizeof(*n));
	err = n ? image_symbols_named(k->image, name, namesake_add, n) : error_no_memory();
	if (err)
		return err;
	if (!n->nr)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no symbol %s", name);
	return n->nr > 1 ? several_files(k, n, name) : variable_fill(k, &n->v[0], ret);
}

struct vmatlas_error *kernel_vmlinux_symbol(struct kernel *k, uint64_t addr, const char **ret_name,
					    uint64_t *ret_offset)
{
	const uint64_t link = kernel_is_pointer(k, addr) ? (addr - k->slide) & k->va_mask : addr;
	uint64_t start = 0;
	struct vmatlas_error *err = image_symbol_over(k->image, link, ret_name, &start);

	if (!err && *ret_name)
		*ret_offset = link - start;
	return err;
}
