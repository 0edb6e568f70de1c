/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frame numbers to struct pages and back: include/asm-generic/memory_model.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/mm/memmap.h"

const struct vmatlas_lookup frames_needs[] = {
	[MEM_MAP] = VMATLAS_OPTIONAL_SYMBOL("mem_map"),
	[MAX_MAPNR] = VMATLAS_OPTIONAL_SYMBOL("max_mapnr"),
	[MEM_SECTION] = VMATLAS_OPTIONAL_SYMBOL("mem_section"),
	[SECTION] = VMATLAS_OPTIONAL_MEMBER("mem_section", "", FRAMES_NEAR),
	[SECTION_MAP] = VMATLAS_OPTIONAL_MEMBER("mem_section", "section_mem_map", FRAMES_NEAR),
	[NODE_DATA] = VMATLAS_OPTIONAL_SYMBOL("node_data"),
	[NODE_TABLE] = VMATLAS_OPTIONAL_SYMBOL("section_to_node_table"),
	[PAGE] = VMATLAS_OPTIONAL_MEMBER("page", "", FRAMES_NEAR),
	[PAGE_FLAGS] = VMATLAS_OPTIONAL_MEMBER("page", "flags", FRAMES_NEAR),
	[PAGE_REFCOUNT] = VMATLAS_OPTIONAL_MEMBER("page", "_refcount", FRAMES_NEAR),
	[PAGE_COUNT] = VMATLAS_OPTIONAL_MEMBER("page", "_count", FRAMES_NEAR),
	[PAGE_MAPCOUNT] = VMATLAS_OPTIONAL_MEMBER("page", "_mapcount", FRAMES_NEAR),
	[PAGE_TYPE] = VMATLAS_OPTIONAL_MEMBER("page", "page_type", FRAMES_NEAR),
	[PAGE_HEAD] = VMATLAS_OPTIONAL_MEMBER("page", "compound_head", FRAMES_NEAR),
	[PAGE_HEAD_NEW] = VMATLAS_OPTIONAL_MEMBER("page", "compound_info", FRAMES_NEAR),
	[PAGE_PRIVATE] = VMATLAS_OPTIONAL_MEMBER("page", "private", FRAMES_NEAR),
	[PAGE_MAPPING] = VMATLAS_OPTIONAL_MEMBER("page", "mapping", FRAMES_NEAR),
	[PAGE_SLAB] = VMATLAS_OPTIONAL_MEMBER("page", "slab_cache", FRAMES_NEAR),
	[SLAB_CACHE] = VMATLAS_OPTIONAL_MEMBER("slab", "slab_cache",
					   "kmem_cache_free|kmem_cache_alloc"),
	[CACHE_NAME] = VMATLAS_OPTIONAL_MEMBER("kmem_cache", "name",
					   "kmem_cache_free|kmem_cache_alloc"),
	/* Not read; for the sake of its file, where flags and zones are used. */
	VMATLAS_OPTIONAL_MEMBER("page", "flags", FRAMES_NEAR_USE),
};
const size_t nr_frames_needs = ARRAY_SIZE(frames_needs);

void frames_free(struct frames *f)
{
	if (f)
		free(f->res);
	free(f);
}

/* ---- FLATMEM ---- */

/* ARCH_PFN_OFFSET: x86 counts from 0, ARM from PHYS_OFFSET (memory_model.h). */
static uint64_t first_frame(const struct kernel *k)
{
	return k->arch->pfn_from_phys_base ? k->phys_base >> k->page_shift : 0;
}

static struct vmatlas_error *from_mem_map(struct frames *f)
{
	struct kernel *k = f->k;
	uint64_t map, nr = 0;
	struct vmatlas_error *err = kernel_read_ptr(k, f->res[MEM_MAP].addr, &map);

	if (err)
		return err;
	if (!kernel_is_pointer(k, map))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "mem_map %#" PRIx64 " is no kernel address", map);
	if (f->res[MAX_MAPNR].found)
		err = kernel_read_uint(k, f->res[MAX_MAPNR].addr, k->ptr_size, &nr);
	if (err)
		return err;
	f->first = first_frame(k);
	f->nr = nr;
	f->base = (map - f->first * f->page_size) & k->va_mask;
	f->from = f->res[MEM_MAP].addr;
	f->source = "mem_map";
	return NULL;
}

/* ---- SPARSEMEM ---- */

/*
 * section_mem_map holds where the struct page of frame 0 would be if all sections were
 * one array, and flags in its low bits (include/linux/mmzone.h: sparse_encode_mem_map,
 * SECTION_MAP_MASK). With SPARSEMEM_VMEMMAP they are, and every section says the same.
 */
enum { SECTION_HAS_MEM_MAP = 2, SECTION_FLAGS = 0x3f, SECTIONS_MAX = 1 << 16 };

static struct vmatlas_error *check_section(struct frames *f, uint64_t at, uint64_t *bases,
					   unsigned int *nr)
{
	const struct resolved *map = &f->res[SECTION_MAP];
	struct vmatlas_error *err;
	uint64_t word;

	err = kernel_read_uint(f->k, at + map->offset, map->size, &word);
	if (!err && word & SECTION_HAS_MEM_MAP)
		bases[(*nr)++] = word & ~(uint64_t)SECTION_FLAGS;
	return err;
}

/* The first two sections of one page of them. */
static struct vmatlas_error *scan_sections(struct frames *f, uint64_t at, uint64_t nr,
					   uint64_t *bases, unsigned int *found)
{
	struct vmatlas_error *err = NULL;

	for (uint64_t i = 0; !err && i < MIN(nr, (uint64_t)SECTIONS_MAX) && *found < 2; i++)
		err = check_section(f, at + i * f->res[SECTION].size, bases, found);
	return err;
}

/* Is the array one of pointers, each to a page full of sections? */
static struct vmatlas_error *scan_roots(struct frames *f, uint64_t roots, uint64_t nr,
					uint64_t *bases, unsigned int *found)
{
	const uint64_t in_page = (1ull << f->k->page_shift) / f->res[SECTION].size;
	struct vmatlas_error *err = NULL;
	uint64_t root;

	for (uint64_t i = 0; !err && i < MIN(nr, (uint64_t)SECTIONS_MAX) && !*found; i++) {
		err = kernel_read_ptr(f->k, roots + i * f->k->ptr_size, &root);
		if (!err && kernel_is_pointer(f->k, root))
			err = scan_sections(f, root, in_page, bases, found);
	}
	return err;
}

/*
 * mem_section: struct mem_section ** since 4.15, an array of pointers before (both with
 * SPARSEMEM_EXTREME), else an array of structs.
 */
static struct vmatlas_error *from_sections(struct frames *f)
{
	const struct resolved *sym = &f->res[MEM_SECTION];
	const uint64_t size = f->res[SECTION].size;
	struct vmatlas_error *err;
	uint64_t bases[2] = { 0 }, first;
	unsigned int found = 0;

	if (!size || size > 4096 || !f->res[SECTION_MAP].found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "no struct mem_section in vmlinux");
	err = kernel_read_ptr(f->k, sym->addr, &first);
	if (!err && sym->size <= f->k->ptr_size && kernel_is_pointer(f->k, first))
		err = scan_roots(f, first, SECTIONS_MAX, bases, &found);
	else if (!err && sym->size % size == 0 && (first & SECTION_FLAGS || !first))
		err = scan_sections(f, sym->addr, sym->size / size, bases, &found);
	if (!err && !found)
		err = scan_roots(f, sym->addr, sym->size / f->k->ptr_size, bases, &found);
	if (err)
		return err;
	if (!found)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "no mem_section has a map of pages");
	if (found == 2 && bases[0] != bases[1])
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"each section has an array of pages of its own (no vmemmap)");
	f->base = kernel_address(f->k, bases[0]);
	f->from = sym->addr;
	f->source = "mem_section";
	return NULL;
}

/*
 * Files that include mmzone.h need not use the struct: then VMCOREINFO has what is
 * asked (kernel/crash_core.c, since 2.6.24), and mm/sparse.c.
 */
static struct vmatlas_error *find_section_type(struct frames *f)
{
	static const struct vmatlas_lookup own[] = {
		VMATLAS_OPTIONAL_MEMBER("mem_section", "", "sparse_init|sparse_add_section"),
		VMATLAS_OPTIONAL_MEMBER("mem_section", "section_mem_map",
				    "sparse_init|sparse_add_section"),
	};
	struct resolved *whole = &f->res[SECTION], *map = &f->res[SECTION_MAP];

	if (map->found)
		return NULL;
	if (!vmcoreinfo_number(f->k->vmcoreinfo, "SIZE(mem_section)", &whole->size) ||
	    !vmcoreinfo_number(f->k->vmcoreinfo, "OFFSET(mem_section.section_mem_map)",
			       &map->offset))
		return lookup_resolve(f->k, own, ARRAY_SIZE(own), whole);
	map->size = f->k->ptr_size;
	whole->found = map->found = map->offset + map->size <= whole->size;
	return NULL;
}

/* ---- Opening ---- */

static struct vmatlas_error *find_base(struct frames *f)
{
	f->page_size = f->res[PAGE].size;
	if (!f->page_size || f->page_size > FRAMES_PAGE_MAX || !f->res[PAGE_FLAGS].found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "no struct page in vmlinux that we know");
	if (f->res[MEM_SECTION].found) {
		struct vmatlas_error *err = find_section_type(f);

		return err ? err : from_sections(f);
	}
	if (f->res[MEM_MAP].found)
		return from_mem_map(f);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "vmlinux has neither mem_section nor mem_map");
}

struct vmatlas_error *frames_open(struct kernel *k, struct frames **ret)
{
	_cleanup_(frames_freep) struct frames *f = calloc(1, sizeof(*f));
	struct vmatlas_error *err;

	if (!f || !(f->res = calloc(NR_FRAMES_NEEDS, sizeof(*f->res))))
		return error_no_memory();
	f->k = k;
	/* slabs are another file's business, and asked for with the first frame */
	err = lookup_resolve(k, frames_needs, SLAB_CACHE, f->res);
	if (!err)
		err = find_base(f);
	f->known = !err;
	if (err && !error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	if (err)
		snprintf(f->why, sizeof(f->why), "%s", vmatlas_error_message(err));
	vmatlas_error_free(err);
	*ret = take(f);
	return NULL;
}

uint64_t frames_page(const struct frames *f, uint64_t pfn)
{
	return (f->base + pfn * f->page_size) & f->k->va_mask;
}

struct vmatlas_error *frames_read(struct frames *f, uint64_t pfn, struct frame *ret)
{
	uint8_t page[FRAMES_PAGE_MAX];
	struct vmatlas_error *err = NULL;

	*ret = (struct frame){ .pfn = pfn };
	if (!f->known)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "%s", f->why);
	if (pfn >= 1ull << (56 - f->k->page_shift) ||
	    (f->nr && (pfn < f->first || pfn - f->first >= f->nr)))
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
					 "the kernel keeps no struct page there");
	ret->page = frames_page(f, pfn);
	if (!f->decodes)
		err = frames_learn(f);
	if (!err)
		err = kernel_read(f->k, ret->page, page, f->page_size);
	return err ? err : frames_decode(f, page, ret);
}
