/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exported functions that only pass on: check arguments, call inside. */
#include <inttypes.h>
#include <string.h>

#include "map/vmatlas_internal.h"
#include "kernel/pgtable/translate.h"
#include "kernel/pgtable/walk.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/vmalloc/vmallocinfo.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *vmatlas_version(void)
{
	return TEXT(VMATLAS_VERSION_MAJOR) "." TEXT(VMATLAS_VERSION_MINOR) "."
	       TEXT(VMATLAS_VERSION_PATCH);
}

static struct vmatlas_error *need_kernel(const struct vmatlas *atlas)
{
	return atlas->kernel ? NULL :
	       vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "there is a boot log, but no dump");
}

struct vmatlas_error *vmatlas_read(struct vmatlas *atlas, uint64_t addr, void *buf, uint64_t len)
{
	struct vmatlas_error *err = need_kernel(atlas);

	return err ? err : kernel_read(atlas->kernel, addr, buf, len);
}

struct vmatlas_error *vmatlas_read_uint(struct vmatlas *atlas, uint64_t addr, uint32_t size,
					uint64_t *ret)
{
	struct vmatlas_error *err = need_kernel(atlas);

	return err ? err : kernel_read_uint(atlas->kernel, addr, size, ret);
}

const char *vmatlas_symbol_name(struct vmatlas *atlas, uint64_t addr)
{
	_cleanup_(str_done) struct str name = { 0 };
	const char *kept;

	if (atlas->kernel)
		vmatlas_error_free(kernel_symbol_name(atlas->kernel, addr, &name));
	if (!name.len)
		str_addf(&name, "%#" PRIx64, addr);
	kept = strings_add(atlas->strings, str_text(&name));
	return kept ? kept : "";
}

static const char *describe_attributes(struct vmatlas *atlas, uint32_t attr)
{
	_cleanup_(str_done) struct str text = { 0 };
	const char *kept;

	str_addf(&text, "%s, %s%s, %s", attr & PT_WRITE ? "rw" : "ro",
		 attr & PT_EXEC ? "x" : "nx", attr & PT_USER ? ", user" : "",
		 mapping_type_name(attr));
	kept = strings_add(atlas->strings, str_text(&text));
	return kept ? kept : "";
}

struct vmatlas_error *api_give(void *theirs, uint32_t their_size, void *ours, uint32_t our_size)
{
	uint32_t both = MIN(their_size, our_size);

	if (both < sizeof(both))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a struct without a size");
	memcpy(ours, &both, sizeof(both));	/* .size: the bytes that are set */
	memcpy(theirs, ours, both);
	return NULL;
}

static void copy_steps(struct vmatlas_translate *to, const struct walk *from)
{
	for (unsigned int i = 0; i < from->nr_steps; i++)
		to->step[i] = (struct vmatlas_translation_step){
			from->step[i].level, from->step[i].entry_addr, from->step[i].entry };
}

struct vmatlas_error *vmatlas_translate(struct vmatlas *atlas, uint64_t addr, struct vmatlas_translate *ret)
{
	struct vmatlas_error *err = need_kernel(atlas);
	struct vmatlas_translate out = { .attributes = "" };
	struct walk w = { 0 };

	if (!err)
		err = kernel_walk(atlas->kernel, addr, &w);
	if (err)
		return err;
	out.nr_steps = w.nr_steps;
	out.mapped = w.mapped;
	out.page_shift = w.leaf.shift;
	out.phys = w.phys;
	out.why = w.mapped ? "" : w.why;
	copy_steps(&out, &w);
	if (w.mapped)
		out.attributes = describe_attributes(atlas, w.leaf.attr);
	return api_give(ret, ret->size, &out, sizeof(out));
}

struct vmatlas_error *vmatlas_vmallocinfo(struct vmatlas *atlas, vmatlas_write_fn *text, void *arg)
{
	struct vmatlas_error *err = need_kernel(atlas);

	return err ? err : kernel_vmallocinfo(atlas->kernel, text, arg);
}
