/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From virtual to physical: init_mm's page tables, walked by the table that
 * describes the CPU's format, and two short ways that need no walk.
 */
#include <inttypes.h>

#include "kernel/pgtable/entry.h"
#include "kernel/pgtable/translate.h"

/* Direct-mapped; one entry holds one page, however large the leaf was. */
#define TLB_SIZE 1024

struct tlb {
	struct { uint64_t vpage, ppage; } way[TLB_SIZE];
};

struct vmatlas_error *translate_init(struct kernel *k)
{
	k->tlb = malloc(sizeof(*k->tlb));
	if (!k->tlb)
		return error_no_memory();
	for (size_t i = 0; i < TLB_SIZE; i++)
		k->tlb->way[i].vpage = UINT64_MAX;
	return NULL;
}

void translate_done(struct kernel *k)
{
	free(k->tlb);
	k->tlb = NULL;
}

static struct vmatlas_error *translate_read_entry(struct kernel *k, uint64_t paddr,
						  uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t raw[8];

	err = mem_read(k->mem, MEM_PHYSICAL, paddr, raw, k->format->entry_size);
	if (err)
		return vmatlas_error_wrap(err, "page table entry at physical %#" PRIx64, paddr);
	*ret = pgtable_entry(k, raw);
	return NULL;
}

static void translate_finish(struct walk *w, const struct pt_entry *e, uint64_t addr)
{
	w->mapped = true;
	w->leaf = *e;
	w->phys = e->phys | (addr & ((1ull << e->shift) - 1));
}

struct vmatlas_error *kernel_walk(struct kernel *k, uint64_t addr, struct walk *ret)
{
	const struct pt_format *f = k->format;
	uint64_t table = k->pgd_phys;

	*ret = (struct walk){ .why = "not present" };
	if (!f)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "no page tables known");
	for (unsigned int level = 0; level < f->nr_levels; level++) {
		struct walk_step *step = &ret->step[ret->nr_steps++];
		struct pt_entry e = { 0 };
		struct vmatlas_error *err;

		step->level = f->level[level].name;
		step->entry_addr = pgtable_entry_addr(f, table, pgtable_index(f, level, addr));
		err = translate_read_entry(k, step->entry_addr, &step->entry);
		if (err)
			return err;
		switch (pgtable_step(f, level, step->entry, &e, &ret->why)) {
		case PT_NONE:
		case PT_BAD:
			return NULL;
		case PT_LEAF:
			translate_finish(ret, &e, addr);
			return NULL;
		case PT_TABLE:
			table = e.phys;
		}
	}
	return NULL;
}

static struct vmatlas_error *walk_to_phys(struct kernel *k, uint64_t addr, uint64_t *ret)
{
	struct vmatlas_error *err;
	struct walk w;

	err = kernel_walk(k, addr, &w);
	if (err)
		return err;
	if (!w.mapped) {
		err = vmatlas_error_new(VMATLAS_ERROR_FAULT, "%#" PRIx64 " is not mapped (%s)",
					addr, w.why);
		error_set_address(err, VMATLAS_VIRTUAL, addr);
		return err;
	}
	*ret = w.phys;
	return NULL;
}

struct vmatlas_error *kernel_pointer_fault(struct kernel *k, uint64_t addr,
					     struct vmatlas_error *err)
{
	struct vmatlas_error *also;
	struct walk w;

	if (!error_is(err, VMATLAS_ERROR_FAULT) || !k->mem->info.has_physical)
		return err;
	also = kernel_walk(k, kernel_address(k, addr), &w);
	if (also || w.mapped) {
		vmatlas_error_free(also);	/* a table is not in the dump: nothing to judge by */
		return err;
	}
	vmatlas_error_free(err);
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "nothing is mapped at %#" PRIx64, addr);
}

struct vmatlas_error *kernel_translate(struct kernel *k, uint64_t addr, uint64_t *ret)
{
	const uint64_t mask = (1ull << k->page_shift) - 1;
	struct vmatlas_error *err;
	uint64_t paddr = 0, vpage;
	size_t way;

	addr = kernel_address(k, addr);
	vpage = addr & ~mask;
	/* The image is physically contiguous, proven by the banner at open. */
	if (range_has(k->image_range, addr)) {
		*ret = addr + k->image_delta;
		return NULL;
	}
	way = addr >> k->page_shift & (TLB_SIZE - 1);
	if (k->tlb->way[way].vpage == vpage && !k->mem->info.live) {
		*ret = k->tlb->way[way].ppage | (addr & mask);
		return NULL;
	}
	err = walk_to_phys(k, addr, &paddr);
	if (err)
		return err;
	k->tlb->way[way].vpage = vpage;
	k->tlb->way[way].ppage = paddr & ~mask;
	*ret = paddr;
	return NULL;
}
