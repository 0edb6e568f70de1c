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

struct vmatlas_error *api_need_kernel(const struct vmatlas *atlas)
{
	return atlas->kernel ? NULL :
	       vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "there is a boot log, but no dump");
}

struct vmatlas_error *vmatlas_read(struct vmatlas *atlas, uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : kernel_read(atlas->kernel, addr, buf, len);
}

struct vmatlas_error *vmatlas_read_uint(struct vmatlas *atlas, uint64_t addr, uint32_t bytes,
					uint64_t *ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : kernel_read_uint(atlas->kernel, addr, bytes, ret);
}

struct vmatlas_error *vmatlas_read_physical(struct vmatlas *atlas, uint64_t phys, void *buf,
					    size_t len)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : mem_read(atlas->kernel->mem, MEM_PHYSICAL, phys, buf, len);
}

uint64_t vmatlas_pointer_address(const struct vmatlas *atlas, uint64_t pointer)
{
	return atlas->kernel ? kernel_address(atlas->kernel, pointer) : pointer;
}

/* Page by page: what follows the NUL need not be there. */
struct vmatlas_error *vmatlas_read_string(struct vmatlas *atlas, uint64_t addr, char *buf,
					  size_t len)
{
	struct vmatlas_error *err = api_need_kernel(atlas);
	size_t done = 0;

	if (!err && !len)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a buffer without bytes");
	while (!err && done < len - 1) {
		const uint64_t page = (uint64_t)1 << atlas->kernel->page_shift;
		const uint64_t at = (addr + done) & atlas->kernel->va_mask;
		const size_t part = MIN(len - 1 - done, (size_t)(page - (at & (page - 1))));

		err = kernel_read(atlas->kernel, at, buf + done, part);
		if (err || memchr(buf + done, 0, part))
			return err;
		done += part;
	}
	if (!err)
		buf[done] = '\0';
	return err;
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
	struct vmatlas_error *err = api_need_kernel(atlas);
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
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : kernel_vmallocinfo(atlas->kernel, text, arg);
}
