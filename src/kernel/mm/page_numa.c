/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NUMA: a page's node stands in the top bits of its struct page's flags. Page
 * arrays are read in long runs, struct pages in blocks that are kept: pages of one
 * area tend to be neighbours.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/mm/page_numa.h"

#define NODES_MAX 1024			/* 1 << CONFIG_NODES_SHIFT is at most that */
#define RUN_MAX 8192			/* pointers read at a time */
#define BLOCK 4096			/* of struct pages; no mapping is smaller */
#define NR_BLOCKS 64			/* kept */
#define PAGE_ORDER_MAX 30
#define PAGES_MAX ((uint64_t)1 << 30)	/* of one area; 4 TiB */

enum { NODE_DATA, NR_NODE_IDS, NODE_TABLE, PAGE_FLAGS, PAGE_ORDER, NR_NEEDS };

const struct vmatlas_lookup pagenodes_needs[] = {
	[NODE_DATA] = VMATLAS_OPTIONAL_SYMBOL("node_data"),
	[NR_NODE_IDS] = VMATLAS_OPTIONAL_SYMBOL("nr_node_ids"),
	/* CONFIG_NODE_NOT_IN_PAGE_FLAGS */
	[NODE_TABLE] = VMATLAS_OPTIONAL_SYMBOL("section_to_node_table"),
	[PAGE_FLAGS] = VMATLAS_OPTIONAL_MEMBER("page", "flags", "vfree|vunmap"),
	/* CONFIG_HAVE_ARCH_HUGE_VMALLOC */
	[PAGE_ORDER] = VMATLAS_OPTIONAL_MEMBER("vm_struct", "page_order", "vfree|vunmap"),
};
const size_t nr_pagenodes_needs = ARRAY_SIZE(pagenodes_needs);

struct block {
	uint64_t addr;			/* 0: unused */
	uint8_t bytes[BLOCK];
};

struct pagenodes {
	struct kernel *k;
	struct resolved res[NR_NEEDS];
	unsigned int nr_nodes;		/* nr_node_ids */
	unsigned int shift;		/* of the node in page->flags */
	uint64_t count[NODES_MAX];
	uint8_t *run;			/* RUN_MAX pointers, as they are in memory */
	struct block *blocks;
};

void pagenodes_free(struct pagenodes *p)
{
	if (!p)
		return;
	free(p->run);
	free(p->blocks);
	free(p);
}

/* MAX_NUMNODES is the length of node_data[]; VMCOREINFO has it as well. */
static uint64_t max_nodes(const struct pagenodes *p)
{
	const char *text = vmcoreinfo_text(p->k->vmcoreinfo, "LENGTH(node_data)");
	const uint64_t nr = p->res[NODE_DATA].size / p->k->ptr_size;

	return nr || !text ? nr : strtoull(text, NULL, 10);
}

/*
 * NODES_PGSHIFT, include/linux/mmzone.h: with SPARSEMEM_VMEMMAP (or without
 * sections) the node is on top of the flags, as wide as MAX_NUMNODES wants it.
 */
static bool find_shift(struct pagenodes *p)
{
	const uint64_t max = max_nodes(p);
	unsigned int width = 0;

	if (max < 2 || max > NODES_MAX || p->res[NODE_TABLE].found ||
	    !p->res[PAGE_FLAGS].found || p->res[PAGE_FLAGS].size != p->k->ptr_size)
		return false;
	while ((uint64_t)1 << width < max)
		width++;
	p->shift = 8 * p->k->ptr_size - width;
	return true;
}

static struct vmatlas_error *setup(struct pagenodes *p)
{
	const struct resolved *ids = &p->res[NR_NODE_IDS];
	struct vmatlas_error *err;
	uint64_t nr = NODES_MAX;

	if (ids->found) {
		err = kernel_read_uint(p->k, ids->addr, 4, &nr);
		if (err && !error_is_kernel_trouble(err))
			return err;
		if (err || nr == 0 || nr > NODES_MAX)
			nr = NODES_MAX;
		vmatlas_error_free(err);
	}
	p->nr_nodes = nr;
	if (p->nr_nodes == 1 || !find_shift(p))
		return NULL;
	p->run = malloc((size_t)RUN_MAX * p->k->ptr_size);
	p->blocks = calloc(NR_BLOCKS, sizeof(*p->blocks));
	return p->run && p->blocks ? NULL : error_no_memory();
}

struct vmatlas_error *pagenodes_open(struct kernel *k, struct pagenodes **ret)
{
	_cleanup_(pagenodes_freep) struct pagenodes *p = calloc(1, sizeof(*p));
	struct vmatlas_error *err;

	if (!p)
		return error_no_memory();
	p->k = k;
	err = lookup_resolve(k, pagenodes_needs, NR_NEEDS, p->res);
	if (!err && p->res[NODE_DATA].found)
		err = setup(p);
	if (!err && p->res[NODE_DATA].found)
		*ret = take(p);
	return err;
}

static struct vmatlas_error *get_block(struct pagenodes *p, uint64_t addr,
				       const uint8_t **ret)
{
	struct block *b = &p->blocks[addr / BLOCK % NR_BLOCKS];
	struct vmatlas_error *err = NULL;

	if (b->addr != addr) {
		b->addr = 0;
		err = kernel_read(p->k, addr, b->bytes, BLOCK);
		if (err)
			return err;
		b->addr = addr;
	}
	*ret = b->bytes;
	return NULL;
}

static struct vmatlas_error *node_of(struct pagenodes *p, uint64_t page, uint64_t *ret)
{
	const uint64_t at = (page + p->res[PAGE_FLAGS].offset) & p->k->va_mask;
	const uint32_t size = p->k->ptr_size;
	const uint8_t *block = NULL;
	struct vmatlas_error *err;

	if (at % size || !kernel_is_pointer(p->k, at))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "%#" PRIx64 " is no struct page", page);
	err = get_block(p, align_down(at, BLOCK), &block);
	if (err)
		return err;
	*ret = bytes_uint(block + at % BLOCK, size, p->k->big_endian) >> p->shift;
	if (*ret >= p->nr_nodes)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"struct page at %#" PRIx64 " says node %" PRIu64, page, *ret);
	return NULL;
}

/*
 * Large pages are counted by their first small page (vm_area_page_order(),
 * mm/vmalloc.c since 5.13); where that differs from counting all, it is the
 * kernel that is repeated here.
 */
static struct vmatlas_error *read_step(struct pagenodes *p,
				       const struct vmatlas_area *area, uint64_t *ret)
{
	const struct resolved *order = &p->res[PAGE_ORDER];
	struct vmatlas_error *err;
	uint64_t n;

	*ret = 1;
	if (!order->found || !area->vm_struct || area->nr_pages < 2)
		return NULL;
	err = kernel_read_uint(p->k, area->vm_struct + order->offset, order->size, &n);
	if (err)
		return err;
	if (n > PAGE_ORDER_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "vm_struct at %#" PRIx64
					 " says page order %" PRIu64,
					 area->vm_struct, n);
	*ret = (uint64_t)1 << n;
	return NULL;
}

/* Count @nr pages of the run in p->run, each for @step. */
static struct vmatlas_error *count_run(struct pagenodes *p, uint64_t from, uint64_t nr,
				       uint64_t step, uint64_t *next)
{
	const uint32_t size = p->k->ptr_size;
	struct vmatlas_error *err;
	uint64_t node = 0;

	for (; *next < from + nr; *next += step) {
		const uint8_t *at = p->run + (*next - from) * size;

		err = node_of(p, bytes_uint(at, size, p->k->big_endian), &node);
		if (err)
			return err;
		p->count[node] += step;
	}
	return NULL;
}

static struct vmatlas_error *page_numa_count(struct pagenodes *p,
					     const struct vmatlas_area *area)
{
	const uint32_t size = p->k->ptr_size;
	struct vmatlas_error *err;
	uint64_t step, next = 0;

	err = read_step(p, area, &step);
	for (uint64_t from = 0; !err && from < area->nr_pages; from += RUN_MAX) {
		const uint64_t nr = MIN(area->nr_pages - from, (uint64_t)RUN_MAX);

		if (next >= from + nr)
			continue;
		err = kernel_read(p->k, (area->pages + from * size) & p->k->va_mask,
				  p->run, nr * size);
		if (!err)
			err = count_run(p, from, nr, step, &next);
	}
	return err;
}

struct vmatlas_error *pagenodes_count(struct pagenodes *p, const struct vmatlas_area *area,
				      const uint64_t **ret, unsigned int *ret_nr)
{
	memset(p->count, 0, MAX(p->nr_nodes, 1u) * sizeof(*p->count));
	*ret = p->count;
	*ret_nr = MAX(p->nr_nodes, 1u);
	/* With one node there is nothing to read: no page can be elsewhere. */
	if (p->nr_nodes == 1) {
		p->count[0] = area->nr_pages;
		return NULL;
	}
	if (area->nr_pages == 0)
		return NULL;
	if (!p->run)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "cannot tell where page flags hold the node");
	/* More pages than there is room for were never there: do not read for ever. */
	if (area->nr_pages > (area->vm_size >> p->k->page_shift) ||
	    area->nr_pages > PAGES_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vm_struct at %#" PRIx64 " has more pages than room",
			area->vm_struct);
	return page_numa_count(p, area);
}

struct vmatlas_error *pagenodes_print(struct pagenodes *p,
				      const struct vmatlas_area *area, struct str *out)
{
	const uint64_t *nr = NULL;
	unsigned int nr_nodes = 0;
	struct vmatlas_error *err = pagenodes_count(p, area, &nr, &nr_nodes);

	for (unsigned int i = 0; !err && i < nr_nodes; i++)
		if (nr[i])
			str_addf(out, " N%u=%" PRIu64, i, nr[i]);
	return err;
}
