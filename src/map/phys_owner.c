/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose is a physical address: /proc/iomem, the page frame, the areas that map it. */
#include <inttypes.h>
#include <string.h>

#include "map/phys_owner.h"
#include "base/bytes.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/vmalloc/vmap_area.h"
#include "kernel/mm/iomem.h"

void physical_free(struct physical *p)
{
	if (!p)
		return;
	frames_free(p->frames);
	vec_done(&p->resources);
	free(p);
}

DEFINE_FREEP(physical, physical_free)

/* ---- iomem_resource ---- */

static struct vmatlas_error *phys_adopt(struct vmatlas *atlas, struct physical *p,
					const struct resources *from)
{
	for (size_t i = 0; i < from->v.nr; i++) {
		const struct resource *r = &from->v.v[i];
		struct vmatlas_resource *to = vec_push(&p->resources);

		if (!to)
			return error_no_memory();
		*to = (struct vmatlas_resource){
			.size = sizeof(*to), .depth = r->depth, .phys = r->phys,
			.record = r->record, .is_ram = resource_is_ram(r),
			.name = strings_add(atlas->strings, r->name ? r->name : "<BAD>"),
		};
		if (!to->name)
			return error_no_memory();
	}
	return NULL;
}

static struct vmatlas_error *read_resources(struct vmatlas *atlas, struct physical *p)
{
	_cleanup_(resources_done) struct resources list = { 0 };
	_cleanup_(vmatlas_error_freep) struct vmatlas_error *err = NULL;
	struct vmatlas_error *next;
	uint64_t root;

	err = lookup_symbol(atlas->kernel, "iomem_resource", &root);
	if (!err)
		err = resources_read(atlas->kernel, root, RESOURCES_ALL, &list);
	if (err && !error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return take(err);
	p->trouble = strings_add(atlas->strings, err ? vmatlas_error_message(err) : "");
	next = phys_adopt(atlas, p, &list);
	return next || p->trouble ? next : error_no_memory();
}

struct vmatlas_error *physical_get(struct vmatlas *atlas, struct physical **ret)
{
	_cleanup_(physical_freep) struct physical *p = NULL;
	struct vmatlas_error *err;

	if (!atlas->kernel)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "there is a boot log, but no dump");
	if (!atlas->physical) {
		p = calloc(1, sizeof(*p));
		if (!p)
			return error_no_memory();
		err = read_resources(atlas, p);
		if (!err)
			err = frames_open(atlas->kernel, &p->frames);
		if (err)
			return err;
		atlas->physical = take(p);
	}
	*ret = atlas->physical;
	return NULL;
}

const struct vmatlas_resource *
vmatlas_resource_next(struct vmatlas *atlas, const struct vmatlas_resource *prev)
{
	struct physical *p = NULL;
	struct vmatlas_error *err = physical_get(atlas, &p);
	size_t next;

	vmatlas_error_free(err);
	if (err)
		return NULL;
	next = prev ? (size_t)(prev - p->resources.v) + 1 : 0;
	return next < p->resources.nr ? &p->resources.v[next] : NULL;
}

const char *vmatlas_resource_error(struct vmatlas *atlas)
{
	struct physical *p = NULL;
	struct vmatlas_error *err = physical_get(atlas, &p);
	const char *text = err ? strings_add(atlas->strings, vmatlas_error_message(err))
			       : p->trouble;

	vmatlas_error_free(err);
	return text ? text : "out of memory";
}

/* ---- Virtual aliases ---- */

/* Believed only if the kernel's own tables lead back. */
static bool maps_to(struct kernel *k, uint64_t addr, uint64_t phys)
{
	uint64_t found = ~phys;

	if (!kernel_is_pointer(k, addr))
		return false;
	vmatlas_error_free(kernel_translate(k, addr, &found));
	return found == phys;
}

/*
 * The direct map holds RAM in one piece: from PHYS_OFFSET on, on x86 from 0 on. On
 * arm64 and riscv it may begin elsewhere than its region does.
 */
bool physical_direct(struct vmatlas *atlas, uint64_t phys, uint64_t *ret)
{
	const struct vmatlas_claim *map = atlas_region(atlas, VMATLAS_KIND_DIRECT_MAP);
	struct kernel *k = atlas->kernel;
	const uint64_t start = map ? map->range.first : k->page_offset;
	const uint64_t may[] = {
		start + phys, start + phys - k->phys_base,
		k->page_offset + phys, k->page_offset + phys - k->phys_base,
	};

	for (size_t i = 0; i < ARRAY_SIZE(may); i++) {
		*ret = may[i] & k->va_mask;
		if ((!map || range_has(map->range, *ret)) && maps_to(k, *ret, phys))
			return true;
	}
	*ret = 0;
	return false;
}

static void find_alias(struct vmatlas *atlas, uint64_t phys, struct vmatlas_phys_info *ret)
{
	struct kernel *k = atlas->kernel;

	ret->has_alias = physical_direct(atlas, phys, &ret->alias);
	ret->image = (phys - k->image_delta) & k->va_mask;
	ret->has_image = range_valid(k->image_range) &&
			 range_has(k->image_range, ret->image) &&
			 !(ret->has_alias && ret->alias == ret->image);
	if (!ret->has_image)
		ret->image = 0;
}

/* ---- Areas ---- */

enum { RUN = 4096 };			/* page pointers read at a time */

struct phys_search {
	struct vmatlas *atlas;
	const struct frames *frames;
	uint64_t phys;
	uint8_t *run;
	struct vmatlas_phys_info *ret;
};

static void phys_found(struct phys_search *h, const struct vmatlas_claim *c,
		       uint64_t addr)
{
	struct vmatlas_phys_info *ret = h->ret;

	if (ret->nr_areas == ARRAY_SIZE(ret->area))
		return;
	ret->area[ret->nr_areas] = c;
	ret->area_addr[ret->nr_areas++] = addr;
}

/* Device memory: from phys_addr on, without the guard page; iotable_init() has none. */
static bool try_phys(struct phys_search *h, const struct vmatlas_claim *c)
{
	const struct vmatlas_area *a = c->area;
	const uint64_t guard = a->vm_flags & VM_NO_GUARD || c->kind == VMATLAS_KIND_STATIC_MAPPING
		? 0 : 1ull << h->atlas->kernel->page_shift;
	struct vmatlas_range phys;

	if (!a->phys || a->vm_size <= guard)
		return false;
	if (range_from_size(a->phys, a->vm_size - guard, &phys) && range_has(phys, h->phys))
		phys_found(h, c, c->range.first + (h->phys - a->phys));
	return true;
}

/* A page array that cannot be read owns nothing that can be told. */
static void try_pages(struct phys_search *h, const struct vmatlas_claim *c)
{
	struct kernel *k = h->atlas->kernel;
	const struct vmatlas_area *a = c->area;
	const uint64_t want = frames_page(h->frames, h->phys >> k->page_shift);
	const uint64_t nr = MIN(a->nr_pages, vmatlas_range_size(&c->range) >> k->page_shift);
	const uint32_t size = k->ptr_size;

	for (uint64_t from = 0; from < nr; from += RUN) {
		const uint64_t in_run = MIN(nr - from, (uint64_t)RUN);
		struct vmatlas_error *err = kernel_read(k, a->pages + from * size, h->run,
							in_run * size);

		vmatlas_error_free(err);
		if (err)
			return;
		for (uint64_t i = 0; i < in_run; i++) {
			const uint8_t *at = h->run + i * size;

			if (kernel_address(k, bytes_uint(at, size, k->big_endian)) != want)
				continue;
			phys_found(h, c,
				   c->range.first + ((from + i) << k->page_shift) +
					   (h->phys & ((1ull << k->page_shift) - 1)));
			return;
		}
	}
}

static struct vmatlas_error *find_areas(struct vmatlas *atlas, const struct frames *frames,
					uint64_t phys, uint32_t flags,
					struct vmatlas_phys_info *ret)
{
	_cleanup_(freep) uint8_t *run = malloc((size_t)RUN * 8);
	struct phys_search h = {
		.atlas = atlas, .frames = frames, .phys = phys, .run = run, .ret = ret
	};

	if (!run)
		return error_no_memory();
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		if (!c->area || c->kind == VMATLAS_KIND_MODULE || try_phys(&h, c))
			continue;
		if (flags & VMATLAS_PHYS_INFO_AREAS && frames->known && c->area->pages)
			try_pages(&h, c);
	}
	return NULL;
}

/* ---- The frame ---- */

static struct vmatlas_error *tell_frame(struct vmatlas *atlas, const struct frame *f,
					struct vmatlas_phys_info *ret)
{
	ret->has_frame = 1;
	ret->page = f->page;
	ret->flags = f->flags;
	ret->flags_text = strings_add(atlas->strings, f->flags_text);
	ret->use = frame_use_name(f->use);
	ret->owner = strings_add(atlas->strings, f->owner);
	ret->head = f->head;
	ret->refcount = f->refcount;
	ret->mapcount = f->mapcount;
	ret->order = f->order;
	ret->has_node = f->has_node;
	ret->node = f->node;
	ret->zone = f->has_zone ? f->zone : "";
	return ret->flags_text && ret->owner ? NULL : error_no_memory();
}

/* Device memory has no struct page, and a vmemmap may have holes there. */
static struct vmatlas_error *find_frame(struct vmatlas *atlas, struct frames *frames,
					uint64_t phys, struct vmatlas_phys_info *ret)
{
	struct vmatlas_error *err;
	struct frame f;

	ret->frame = phys >> atlas->kernel->page_shift;
	err = frames_read(frames, ret->frame, &f);
	if (!err)
		return tell_frame(atlas, &f, ret);
	if (!error_is_kernel_trouble(err))
		return err;
	ret->why = strings_add(atlas->strings, vmatlas_error_message(err));
	vmatlas_error_free(err);
	return ret->why ? NULL : error_no_memory();
}

struct vmatlas_error *vmatlas_phys_info(struct vmatlas *atlas, uint64_t phys, uint32_t flags,
				       struct vmatlas_phys_info *ret)
{
	struct vmatlas_phys_info out = { .why = "", .flags_text = "", .use = "", .owner = "",
					.zone = "" };
	struct physical *p = NULL;
	struct vmatlas_error *err = physical_get(atlas, &p);

	if (err)
		return err;
	find_alias(atlas, phys, &out);
	err = find_frame(atlas, p->frames, phys, &out);
	if (!err)
		err = find_areas(atlas, p->frames, phys, flags, &out);
	return err ? err : api_give(ret, ret->size, &out, sizeof(out));
}
