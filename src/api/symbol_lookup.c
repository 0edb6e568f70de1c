/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names to addresses and addresses to names. */
#include <inttypes.h>

#include "kernel/lookup.h"
#include "kernel/symbols/modules.h"
#include "kernel/symbols/symbolize.h"
#include "map/vmatlas_internal.h"

static struct vmatlas_error *symbol_give(struct vmatlas *atlas, struct vmatlas_symbol *out,
					 const char *name, const char *module,
					 struct vmatlas_symbol *ret)
{
	out->name = strings_add(atlas->strings, name);
	out->module = strings_add(atlas->strings, module);
	return out->name && out->module ? api_give(ret, ret->size, out, sizeof(*out))
					: error_no_memory();
}

struct vmatlas_error *vmatlas_symbol_find(struct vmatlas *atlas, const char *name,
					  struct vmatlas_symbol *ret)
{
	const struct vmatlas_lookup lookup = VMATLAS_REQUIRED_SYMBOL(name);
	struct vmatlas_symbol out = { 0 };
	struct vmatlas_error *err = api_need_kernel(atlas);
	struct image_symbol symbol;
	struct resolved res;
	bool is_absolute;
	uint64_t link;

	if (!err)
		err = lookup_resolve(atlas->kernel, &lookup, 1, &res);
	if (err)
		return err;
	if (!res.found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no symbol %s", name);
	err = image_symbol(atlas->kernel->image, name, 0, &symbol);
	out.is_function = !err && symbol.is_function;
	is_absolute = !err && symbol.is_absolute;
	vmatlas_error_free(err);
	link = (res.addr - atlas->kernel->slide) & atlas->kernel->va_mask;
	/* per-CPU symbols that are counted from 0 did not move with the kernel: mm/percpu.c */
	out.addr = is_absolute || kernel_is_pointer(atlas->kernel, link) ? res.addr : link;
	out.bytes = res.size;
	return symbol_give(atlas, &out, name, "", ret);
}

struct vmatlas_error *vmatlas_symbol_at(struct vmatlas *atlas, uint64_t addr,
					struct vmatlas_symbol *ret)
{
	struct vmatlas_symbol out = { 0 };
	struct vmatlas_error *err = api_need_kernel(atlas);
	_cleanup_(freep) struct symbol_at *at = calloc(1, sizeof(*at));

	if (!err && !at)
		err = error_no_memory();
	if (!err)
		err = kernel_symbol_at(atlas->kernel, addr, at);
	if (err)
		return err;
	out.addr = at->start;
	out.bytes = at->size;
	out.is_function = at->is_function;
	return symbol_give(atlas, &out, at->name, at->module, ret);
}

struct vmatlas_error *vmatlas_module_of(struct vmatlas *atlas, uint64_t addr, const char **ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas), *trouble = NULL;
	const struct module *m;
	const char *name;

	if (!err)
		err = modules_load(atlas->kernel, &trouble);
	if (err)
		return err;
	m = modules_at(atlas->kernel, addr);
	if (!m && trouble)
		return trouble;
	vmatlas_error_free(trouble);
	if (!m && !atlas->kernel->records.modules_complete)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
					 "the list of modules could not be read as a whole");
	name = strings_add(atlas->strings, m ? m->name : "");
	if (!name)
		return error_no_memory();
	*ret = name;
	return NULL;
}
