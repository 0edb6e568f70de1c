/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM by the kernel's own records: iomem_resource, memblock, cma_areas. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/survey.h"
#include "kernel/lookup.h"
#include "kernel/ram/ram_internal.h"
#include "kernel/mm/iomem.h"

/* A record in our memory, and where its members are. */
struct memblock_record {
	const struct kernel *k;
	const struct resolved *res;
	uint8_t bytes[512];
};

/* Members are checked once, so that memblock_field() need not ask. */
static bool memblock_shape_ok(const struct resolved *res, size_t nr)
{
	if (!res[0].found || !res[0].size ||
	    res[0].size > sizeof(((struct memblock_record *)0)->bytes))
		return false;
	for (size_t i = 1; i < nr; i++)
		if (res[i].found && (res[i].size > 8 || res[i].offset > res[0].size ||
				     res[i].size > res[0].size - res[i].offset))
			return false;
	return true;
}

static uint64_t memblock_field(const struct memblock_record *r, size_t need)
{
	const struct resolved *f = &r->res[need];

	return f->found && f->size ? bytes_uint(r->bytes + f->offset, f->size,
						r->k->big_endian) : 0;
}

/* ---- iomem_resource ---- */

static struct vmatlas_error *add_resources(struct ram_facts *facts,
					   const struct resources *list)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; !err && i < list->v.nr; i++) {
		const struct resource *r = &list->v.v[i];
		struct ram_fact fact = { .role = RAM_SYSTEM, .record = r->record,
					 .phys = r->phys };

		if (resource_is_ram(r))
			err = ram_fact_add(facts, fact, "System RAM",
					   "iomem_resource, struct resource %#" PRIx64,
					   r->record);
	}
	return err;
}

struct vmatlas_error *ram_read_iomem(struct survey *s, struct ram_facts *facts,
				     uint64_t root)
{
	_cleanup_(resources_done) struct resources list = { 0 };
	struct vmatlas_error *err = resources_read(s->k, root, RESOURCES_TOP, &list), *next;

	next = add_resources(facts, &list);
	if (next) {
		vmatlas_error_free(err);
		return next;
	}
	if (!err) {
		facts->system_known = true;
		return NULL;
	}
	/* 64-bit kernels lose none to their layout: no verdict hangs on it */
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) ||
	    (error_is(err, VMATLAS_ERROR_FAULT) && s->k->ptr_size == 8))
		return ram_unknown_report_fault(facts, "System RAM", err);
	return survey_report_fault(s, err, "list-corrupt", "iomem resources", root);
}

/* ---- memblock: include/linux/memblock.h; kept after boot on arm ---- */

enum { MB, MB_CNT, MB_MAX, MB_REGIONS, REG, REG_BASE, REG_SIZE, REG_FLAGS, NR_MB };

#define MEMBLOCK(m) VMATLAS_REQUIRED_MEMBER("memblock", m, RAM_NEAR_MEMBLOCK)
#define REGION(m)   VMATLAS_REQUIRED_MEMBER("memblock_region", m, RAM_NEAR_MEMBLOCK)

static const struct vmatlas_lookup memblock_needs[NR_MB] = {
	[MB] = MEMBLOCK(""), [MB_CNT] = MEMBLOCK("memory.cnt"),
	[MB_MAX] = MEMBLOCK("memory.max"), [MB_REGIONS] = MEMBLOCK("memory.regions"),
	[REG] = REGION(""), [REG_BASE] = REGION("base"), [REG_SIZE] = REGION("size"),
	[REG_FLAGS] = REGION("flags"),
};

static const uint64_t memblock_nomap = 4;

static struct vmatlas_error *add_region(struct ram_facts *facts,
					const struct memblock_record *r, uint64_t at)
{
	struct ram_fact fact = { .role = RAM_MEMBLOCK, .record = at };

	if (!range_from_size(memblock_field(r, REG_BASE - REG),
			     memblock_field(r, REG_SIZE - REG), &fact.phys))
		return ram_unknown_add(facts, "memblock", "region at %#" PRIx64
				       " makes no sense", at);
	if (memblock_field(r, REG_FLAGS - REG) & memblock_nomap) {
		fact.role = RAM_RESERVED;
		fact.no_map = true;
	}
	return ram_fact_add(facts, fact, "memblock", "memblock.memory at %#" PRIx64, at);
}

/* Where it is not kept it lies in init memory: poisoned, and no trouble. */
static struct vmatlas_error *walk_memblock(struct kernel *k, struct ram_facts *facts,
					   const struct resolved *res, uint64_t memblock)
{
	struct memblock_record head = { .k = k, .res = res },
			       r = { .k = k, .res = res + REG };
	struct vmatlas_error *err = kernel_read(k, memblock, head.bytes, res[MB].size);
	uint64_t cnt, at;

	if (err)
		return err;
	cnt = memblock_field(&head, MB_CNT);
	at = memblock_field(&head, MB_REGIONS);
	if (!cnt || cnt > RAM_MAX_FACTS || cnt > memblock_field(&head, MB_MAX) ||
	    !kernel_is_pointer(k, at))
		return ram_unknown_add(facts, "memblock", "not kept after boot");
	for (uint64_t i = 0; !err && i < cnt; i++, at += res[REG].size) {
		err = kernel_read(k, at, r.bytes, res[REG].size);
		if (!err)
			err = add_region(facts, &r, at);
	}
	return err;
}

struct vmatlas_error *ram_read_memblock(struct survey *s, struct ram_facts *facts,
					uint64_t memblock)
{
	struct resolved res[NR_MB];
	struct vmatlas_error *err = lookup_resolve(s->k, memblock_needs, NR_MB, res);

	if (err)
		return err;
	if (!memblock_shape_ok(res, REG) || !memblock_shape_ok(res + REG, NR_MB - REG) ||
	    !res[MB_CNT].found || !res[MB_REGIONS].found || !res[REG_SIZE].found)
		return ram_unknown_add(facts, "memblock", "not in vmlinux");
	return ram_unknown_report_fault(facts, "memblock",
				  walk_memblock(s->k, facts, res, memblock));
}

/* ---- cma_areas: mm/cma.h, until 6.14 of one range each ---- */

enum { CMA, CMA_BASE, CMA_COUNT, NR_CMA };

#define CMA_NEED(m) VMATLAS_REQUIRED_MEMBER("cma", m, RAM_NEAR_CMA)

static const struct vmatlas_lookup cma_needs[NR_CMA] = {
	[CMA] = CMA_NEED(""), [CMA_BASE] = CMA_NEED("base_pfn"),
	[CMA_COUNT] = CMA_NEED("count"),
};

struct vmatlas_error *ram_read_cma(struct survey *s, struct ram_facts *facts,
				   uint64_t areas, uint64_t count)
{
	struct resolved res[NR_CMA];
	struct memblock_record r = { .k = s->k, .res = res };
	struct vmatlas_error *err = lookup_resolve(s->k, cma_needs, NR_CMA, res);
	uint64_t nr = 0;

	if (err || !memblock_shape_ok(res, NR_CMA) || !res[CMA_BASE].found ||
	    !res[CMA_COUNT].found)
		return err;
	err = kernel_read_uint(s->k, count, 4, &nr);
	for (uint64_t i = 0; !err && i < MIN(nr, 64u); i++) {
		uint64_t at = areas + i * res[CMA].size, pages;
		struct ram_fact fact = { .role = RAM_OCCUPIED, .record = at };

		err = kernel_read(s->k, at, r.bytes, res[CMA].size);
		if (err)
			break;
		pages = memblock_field(&r, CMA_COUNT);
		if (pages > UINT64_MAX >> s->k->page_shift ||
		    !range_from_size(memblock_field(&r, CMA_BASE) << s->k->page_shift,
				     pages << s->k->page_shift, &fact.phys))
			continue;
		err = ram_fact_add(facts, fact, "CMA", "cma_areas at %#" PRIx64, at);
	}
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* who lives in lost RAM is a detail */
	return NULL;
}
