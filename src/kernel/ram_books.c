/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM by the kernel's own books: iomem_resource, memblock, cma_areas. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/ram_parts.h"

/* A record in our memory, and where its members are. */
struct record {
	const struct kernel *k;
	const struct resolved *res;
	uint8_t bytes[512];
};

/* Members are checked once, so that field() need not ask. */
static bool shape_ok(const struct resolved *res, size_t nr)
{
	if (!res[0].found || !res[0].size ||
	    res[0].size > sizeof(((struct record *)0)->bytes))
		return false;
	for (size_t i = 1; i < nr; i++)
		if (res[i].found && (res[i].size > 8 || res[i].offset > res[0].size ||
				     res[i].size > res[0].size - res[i].offset))
			return false;
	return true;
}

static uint64_t field(const struct record *r, size_t need)
{
	const struct resolved *f = &r->res[need];

	return f->found && f->size ? bytes_uint(r->bytes + f->offset, f->size,
						r->k->big_endian) : 0;
}

/* ---- iomem_resource: include/linux/ioport.h ---- */

enum { RES, RES_START, RES_END, RES_NAME, RES_FLAGS, RES_SIBLING, RES_CHILD, NR_RES };

#define RESOURCE(m) VMATLAS_NEED_MEMBER("resource", m, RAM_NEAR_RESOURCE)

static const struct vmatlas_need resource_needs[NR_RES] = {
	[RES] = RESOURCE(""),
	[RES_START] = RESOURCE("start"),
	[RES_END] = RESOURCE("end"),
	[RES_NAME] = RESOURCE("name"),
	[RES_FLAGS] = RESOURCE("flags"),
	[RES_SIBLING] = RESOURCE("sibling"),
	[RES_CHILD] = RESOURCE("child"),
};

/* Since 4.6; before that System RAM is known by its name alone. */
static const uint64_t resource_sysram = 0x01000000;

static struct vmatlas_error *is_system_ram(struct kernel *k, const struct record *r,
					   bool *ret)
{
	_cleanup_(freep) char *name = NULL;
	uint64_t at = field(r, RES_NAME);
	struct vmatlas_error *err;

	*ret = field(r, RES_FLAGS) & resource_sysram;
	if (*ret || !kernel_is_pointer(k, at))
		return NULL;
	err = kernel_read_str(k, at, 64, &name);
	if (!err)
		*ret = strncmp(name, "System RAM", 10) == 0;
	else if (error_is_kernel_trouble(err))	/* a name without a text is no RAM */
		vmatlas_error_free(take(err));
	return err;
}

static struct vmatlas_error *add_resource(struct kernel *k, struct ram_facts *facts,
					  const struct record *r, uint64_t node)
{
	struct ram_fact fact = { .role = RAM_SYSTEM, .record = node };
	struct vmatlas_error *err;
	bool is_ram;

	err = is_system_ram(k, r, &is_ram);
	if (err || !is_ram)
		return err;
	fact.phys = (struct vmatlas_range){ field(r, RES_START), field(r, RES_END) };
	return ram_fact_add(facts, fact, "System RAM",
			    "iomem_resource, struct resource %#" PRIx64, node);
}

/* Siblings are sorted and disjoint: one that goes back is damage, or a loop. */
static struct vmatlas_error *walk_resources(struct kernel *k, struct ram_facts *facts,
					    struct record *r, uint64_t root)
{
	struct vmatlas_error *err = kernel_read(k, root, r->bytes, r->res[RES].size);
	uint64_t node = err ? 0 : field(r, RES_CHILD), last = 0;
	bool first = true;

	while (!err && node) {
		if (!kernel_is_pointer(k, node))
			return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				"resource %#" PRIx64 " is no kernel address", node);
		err = kernel_read(k, node, r->bytes, r->res[RES].size);
		if (err)
			return vmatlas_error_wrap(err, "resource %#" PRIx64, node);
		if (field(r, RES_END) < field(r, RES_START) ||
		    (!first && field(r, RES_START) <= last))
			return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				"resource %#" PRIx64 " (%#" PRIx64 "-%#" PRIx64
				") is out of order", node, field(r, RES_START),
				field(r, RES_END));
		first = false;
		last = field(r, RES_END);
		err = add_resource(k, facts, r, node);
		node = field(r, RES_SIBLING);
	}
	return err;
}

struct vmatlas_error *ram_read_iomem(struct survey *s, struct ram_facts *facts,
				     uint64_t root)
{
	struct resolved res[NR_RES];
	struct record r = { .k = s->k, .res = res };
	struct vmatlas_error *err = needs_resolve(s->k, resource_needs, NR_RES, res);

	if (err)
		return err;
	if (!shape_ok(res, NR_RES) || !res[RES_SIBLING].found || !res[RES_CHILD].found)
		return ram_silence_add(facts, "System RAM",
				       "no struct resource in vmlinux that we know");
	return survey_absorb(s, walk_resources(s->k, facts, &r, root), "list-corrupt",
			     "iomem resources", root);
}

/* ---- memblock: include/linux/memblock.h; kept after boot on arm ---- */

enum { MB, MB_CNT, MB_MAX, MB_REGIONS, REG, REG_BASE, REG_SIZE, REG_FLAGS, NR_MB };

#define MEMBLOCK(m) VMATLAS_NEED_MEMBER("memblock", m, RAM_NEAR_MEMBLOCK)
#define REGION(m)   VMATLAS_NEED_MEMBER("memblock_region", m, RAM_NEAR_MEMBLOCK)

static const struct vmatlas_need memblock_needs[NR_MB] = {
	[MB] = MEMBLOCK(""), [MB_CNT] = MEMBLOCK("memory.cnt"),
	[MB_MAX] = MEMBLOCK("memory.max"), [MB_REGIONS] = MEMBLOCK("memory.regions"),
	[REG] = REGION(""), [REG_BASE] = REGION("base"), [REG_SIZE] = REGION("size"),
	[REG_FLAGS] = REGION("flags"),
};

static const uint64_t memblock_nomap = 4;

static struct vmatlas_error *add_region(struct ram_facts *facts, const struct record *r,
					uint64_t at)
{
	struct ram_fact fact = { .role = RAM_MEMBLOCK, .record = at };

	if (!range_from_size(field(r, REG_BASE - REG), field(r, REG_SIZE - REG),
			     &fact.phys))
		return ram_silence_add(facts, "memblock", "region at %#" PRIx64
				       " makes no sense", at);
	if (field(r, REG_FLAGS - REG) & memblock_nomap) {
		fact.role = RAM_RESERVED;
		fact.no_map = true;
	}
	return ram_fact_add(facts, fact, "memblock", "memblock.memory at %#" PRIx64, at);
}

/* Where it is not kept it lies in init memory: poisoned, and no trouble. */
static struct vmatlas_error *walk_memblock(struct kernel *k, struct ram_facts *facts,
					   const struct resolved *res, uint64_t memblock)
{
	struct record head = { .k = k, .res = res }, r = { .k = k, .res = res + REG };
	struct vmatlas_error *err = kernel_read(k, memblock, head.bytes, res[MB].size);
	uint64_t cnt, at;

	if (err)
		return err;
	cnt = field(&head, MB_CNT);
	at = field(&head, MB_REGIONS);
	if (!cnt || cnt > RAM_MAX_FACTS || cnt > field(&head, MB_MAX) ||
	    !kernel_is_pointer(k, at))
		return ram_silence_add(facts, "memblock", "not kept after boot");
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
	struct vmatlas_error *err = needs_resolve(s->k, memblock_needs, NR_MB, res);

	if (err)
		return err;
	if (!shape_ok(res, REG) || !shape_ok(res + REG, NR_MB - REG) ||
	    !res[MB_CNT].found || !res[MB_REGIONS].found || !res[REG_SIZE].found)
		return ram_silence_add(facts, "memblock", "not in vmlinux");
	return ram_silence_absorb(facts, "memblock",
				  walk_memblock(s->k, facts, res, memblock));
}

/* ---- cma_areas: mm/cma.h, until 6.14 of one range each ---- */

enum { CMA, CMA_BASE, CMA_COUNT, NR_CMA };

#define CMA_NEED(m) VMATLAS_NEED_MEMBER("cma", m, RAM_NEAR_CMA)

static const struct vmatlas_need cma_needs[NR_CMA] = {
	[CMA] = CMA_NEED(""), [CMA_BASE] = CMA_NEED("base_pfn"),
	[CMA_COUNT] = CMA_NEED("count"),
};

struct vmatlas_error *ram_read_cma(struct survey *s, struct ram_facts *facts,
				   uint64_t areas, uint64_t count)
{
	struct resolved res[NR_CMA];
	struct record r = { .k = s->k, .res = res };
	struct vmatlas_error *err = needs_resolve(s->k, cma_needs, NR_CMA, res);
	uint64_t nr = 0;

	if (err || !shape_ok(res, NR_CMA) || !res[CMA_BASE].found ||
	    !res[CMA_COUNT].found)
		return err;
	err = kernel_read_uint(s->k, count, 4, &nr);
	for (uint64_t i = 0; !err && i < MIN(nr, 64u); i++) {
		uint64_t at = areas + i * res[CMA].size, pages;
		struct ram_fact fact = { .role = RAM_OCCUPIED, .record = at };

		err = kernel_read(s->k, at, r.bytes, res[CMA].size);
		if (err)
			break;
		pages = field(&r, CMA_COUNT);
		if (pages > UINT64_MAX >> s->k->page_shift ||
		    !range_from_size(field(&r, CMA_BASE) << s->k->page_shift,
				     pages << s->k->page_shift, &fact.phys))
			continue;
		err = ram_fact_add(facts, fact, "CMA", "cma_areas at %#" PRIx64, at);
	}
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* who lives in lost RAM is a detail */
	return NULL;
}
