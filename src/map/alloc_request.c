/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vmalloc(), ioremap() and the module loader ask of the allocator, and where. */
#include <inttypes.h>
#include <string.h>

#include "kernel/lookup.h"
#include "map/alloc_sim.h"

/* A symbol that stands for a part of the configuration. */
static bool alloc_request_has_symbol(const struct vmatlas *atlas, const char *name)
{
	uint64_t addr;
	struct vmatlas_error *err = lookup_symbol(atlas->kernel, name, &addr);

	vmatlas_error_free(err);
	return !err;
}

static bool config_has_symbol(void *arg, const char *name)
{
	return alloc_request_has_symbol(arg, name);
}

static unsigned int ioremap_max_order(const struct vmatlas *atlas)
{
	const struct kernel *k = atlas->kernel;
	const struct arch_config config = {
		.format = k->format, .page_shift = k->page_shift,
		.has_symbol = config_has_symbol, .arg = (void *)atlas,
	};

	return k->arch->ioremap_max_order ? k->arch->ioremap_max_order(&config)
					  : 7 + k->page_shift;
}

/* get_count_order_long(); fls_long() before 4.9 (mm/vmalloc.c: __get_vm_area_node). */
static unsigned int order_of(const struct kernel *k, uint64_t bytes)
{
	const unsigned int fls = 64 - (unsigned int)__builtin_clzll(bytes);
	const bool power = !(bytes & (bytes - 1));

	return power && k->release >= KERNEL_RELEASE(4, 9) ? fls - 1 : fls;
}

static uint64_t ioremap_align(const struct vmatlas *atlas, uint64_t bytes)
{
	const struct kernel *k = atlas->kernel;
	const unsigned int max = ioremap_max_order(atlas);
	unsigned int order = order_of(k, bytes);

	if (order < k->page_shift)
		order = k->page_shift;
	return 1ull << MIN(order, max);
}

/*
 * How long a hole is sought leaves no trace: 5.2 to 5.15 add the alignment, 5.16 to 5.18
 * do not, later ones where it is over a page (mm/vmalloc.c: find_vmap_lowest_match).
 */
static uint64_t length_of(const struct kernel *k, uint64_t bytes, uint64_t align)
{
	const bool adjust = k->release < KERNEL_RELEASE(5, 16) ||
			    (k->release >= KERNEL_RELEASE(5, 19) && align > 1ull << k->page_shift);

	return adjust ? bytes + align - 1 : bytes;
}

static struct vmatlas_error *too_much(uint64_t bytes)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"%#" PRIx64 " bytes are no allocation in this address space", bytes);
}

struct vmatlas_error *alloc_request_make(const struct vmatlas *atlas, uint64_t bytes,
				       uint64_t align, uint32_t flags, struct alloc_request *ret)
{
	const struct kernel *k = atlas->kernel;
	const uint64_t page = 1ull << k->page_shift;
	uint64_t unit = page;

	if (align & (align - 1))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"an alignment of %#" PRIx64 " is no power of two", align);
	if (flags & VMATLAS_ALLOC_HUGE && k->ptr_size != 8)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "this CPU's vmalloc has no huge pages");
	if (flags & VMATLAS_ALLOC_HUGE && bytes >= 1ull << arch_pmd_shift(k->page_shift))
		unit = 1ull << arch_pmd_shift(k->page_shift);
	if (!bytes || bytes > UINT64_MAX / 4 || align > UINT64_MAX / 4)
		return too_much(bytes ? bytes : align);
	bytes = align_up(bytes, unit);
	*ret = (struct alloc_request){ .align = MAX(align, unit > page ? unit : 1) };
	if (flags & VMATLAS_ALLOC_IOREMAP)
		ret->align = MAX(align, ioremap_align(atlas, bytes));
	if (flags & VMATLAS_ALLOC_MODULE)
		ret->align = MAX(ret->align, page);
	ret->bytes = bytes + (flags & VMATLAS_ALLOC_NO_GUARD ? 0 : page);
	ret->length = length_of(k, ret->bytes, ret->align);
	return NULL;
}

/* ---- Where ---- */

/* Where VMALLOC_END is inclusive, its last page is never handed out. */
static uint64_t end_of(const struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	const bool inclusive = atlas->kernel->arch->vmalloc_end_inclusive &&
			       c->kind == VMATLAS_KIND_VMALLOC_SPACE;

	return inclusive ? c->range.last : c->range.last + 1;
}

static void alloc_request_add(const struct vmatlas *atlas, const struct vmatlas_claim *c,
			      uint64_t skip, struct alloc_range ret[static ALLOC_RANGES],
			      size_t *nr)
{
	if (!c || *nr >= ALLOC_RANGES || skip >= vmatlas_range_size(&c->range))
		return;
	ret[*nr].region = c;
	ret[*nr].start = c->range.first + skip;
	ret[(*nr)++].end = end_of(atlas, c);
}

static const struct vmatlas_claim *alloc_request_window(const struct vmatlas *atlas,
							const char *name)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->kind == VMATLAS_KIND_MODULE_WINDOW && !strcmp(c->name, name))
			return c;
	return NULL;
}

/* What KASLR adds to MODULES_VADDR (arch/x86/kernel/module.c, before 6.10). */
static uint64_t load_offset(const struct vmatlas *atlas)
{
	struct kernel *k = atlas->kernel;
	uint64_t addr, offset = 0;
	struct vmatlas_error *err = lookup_symbol(k, "module_load_offset", &addr);

	if (!err)
		err = kernel_read_ptr(k, addr, &offset);
	vmatlas_error_free(err);
	return err || offset >= GIB(2) ? 0 : offset;
}

static struct vmatlas_error *module_ranges(struct vmatlas *atlas,
					   struct alloc_range ret[static ALLOC_RANGES], size_t *nr)
{
	const struct arch *arch = atlas->kernel->arch;
	const struct vmatlas_claim *space = atlas_region(atlas, VMATLAS_KIND_MODULE_SPACE);
	const struct vmatlas_claim *vmalloc = atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE);
	const struct vmatlas_claim *execmem =
		alloc_request_window(atlas, "execmem window");

	if (arch->modules_need_execmem && !execmem)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"where an %s kernel before 6.10 puts modules is not worked out", arch->name);
	if (execmem) {
		alloc_request_add(atlas, execmem, 0, ret, nr);
		alloc_request_add(atlas, alloc_request_window(atlas, "execmem fallback"),
				  0, ret, nr);
		return NULL;
	}
	alloc_request_add(atlas, space ? space : vmalloc, load_offset(atlas), ret, nr);
	if (arch->module_fallback && alloc_request_has_symbol(atlas, arch->module_fallback))
		alloc_request_add(atlas, vmalloc, 0, ret, nr);
	return NULL;
}

struct vmatlas_error *alloc_ranges(struct vmatlas *atlas, uint32_t flags,
				 struct alloc_range ret[static ALLOC_RANGES], size_t *ret_nr)
{
	struct vmatlas_error *err = NULL;

	*ret_nr = 0;
	if (flags & VMATLAS_ALLOC_MODULE)
		err = module_ranges(atlas, ret, ret_nr);
	else
		alloc_request_add(atlas, atlas_region(atlas, VMATLAS_KIND_VMALLOC_SPACE),
				  0, ret, ret_nr);
	if (!err && !*ret_nr)
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"the bounds of that space are not known");
	return err;
}
