/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way every read takes: in whole blocks, the last thousand of which are
 * kept. Kernel records lie close together and page tables are read again and
 * again; a dump does not change, so what was read once is good for ever.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "mem/mem_internal.h"

enum { SLOTS_SHIFT = 10, SLOTS = 1 << SLOTS_SHIFT };

struct mem_cache {
	uint64_t tag[SLOTS];		/* block address | space << 1 | 1; 0: free */
	uint8_t *block[SLOTS];		/* NULL until needed: most dumps are small */
};

struct mem_cache *mem_cache_new(void)
{
	return calloc(1, sizeof(struct mem_cache));
}

void mem_cache_free(struct mem_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(cache->block[i]);
	free(cache);
}

/* Hashed, since page tables a power of two apart must not share a slot. */
static size_t cache_slot_of(uint64_t block, enum mem_space space)
{
	return hash_u64((block / MEM_BLOCK) * 2 + space) >> (64 - SLOTS_SHIFT);
}

static struct vmatlas_error *cache_block(struct mem *mem, enum mem_space space,
					 uint64_t block, const uint8_t **ret)
{
	const uint64_t tag = block | (uint64_t)space << 1 | 1;
	const size_t slot = cache_slot_of(block, space);
	uint8_t *bytes = mem->cache->block[slot];
	struct vmatlas_error *err;

	if (!bytes)
		bytes = mem->cache->block[slot] = malloc(MEM_BLOCK);
	if (!bytes)
		return error_no_memory();
	if (mem->cache->tag[slot] != tag) {
		mem->cache->tag[slot] = 0;	/* a read that fails half-way spoils it */
		err = mem->ops->read(mem, space, block, bytes, MEM_BLOCK);
		if (err)
			return err;
		mem->cache->tag[slot] = tag;
	}
	*ret = bytes;
	return NULL;
}

/* @len bytes that lie in one block. */
static struct vmatlas_error *read_in_block(struct mem *mem, enum mem_space space,
					   uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err;
	const uint8_t *bytes = NULL;

	if (!mem->cache)
		return mem->ops->read(mem, space, addr, buf, len);

	err = cache_block(mem, space, align_down(addr, MEM_BLOCK), &bytes);
	if (!err) {
		memcpy(buf, bytes + addr % MEM_BLOCK, len);
		return NULL;
	}
	if (!mem->ops->ragged || !error_is(err, VMATLAS_ERROR_FAULT))
		return err;
	/* The block is not there as a whole; what is asked for may be. */
	vmatlas_error_free(err);
	return mem->ops->read(mem, space, addr, buf, len);
}

/*
 * Long reads (a search through all of memory) go past the cache in one go.
 * How much was read that way; 0 means block by block.
 */
static size_t read_run(struct mem *mem, enum mem_space space, uint64_t addr, void *buf,
		       size_t len)
{
	const size_t most = mem->ops->run * MEM_BLOCK;
	struct vmatlas_error *err;
	const size_t n = MIN(len, most);

	if (n < 4 * MEM_BLOCK)
		return 0;
	err = mem->ops->read(mem, space, addr, buf, n);
	vmatlas_error_free(err);	/* the blocks will say it again, more precisely */
	return err ? 0 : n;
}

static struct vmatlas_error *check(const struct mem *mem, enum mem_space space,
				   uint64_t addr, size_t len)
{
	if (space == MEM_PHYSICAL ? !mem->info.has_physical : !mem->info.has_virtual)
		return error_fault(space, addr, "memory is not stored by %s address here",
				   space_name(space));
	if (addr + (len - 1) < addr)
		return error_fault(space, addr, "%zu bytes reach beyond the last address", len);
	return NULL;
}

struct vmatlas_error *mem_record_start(struct mem *mem)
{
	if (mem->opts.record)
		mem->record = mem_record_new();
	return mem->opts.record && !mem->record ? error_no_memory() : NULL;
}

static bool records(const struct mem *mem, enum mem_space space)
{
	return mem->record && space == MEM_PHYSICAL && !mem->record_paused;
}

/* What the dump gave, and what it did not: an extract must answer the same. */
static struct vmatlas_error *record(struct mem *mem, uint64_t addr, const void *buf, size_t len,
				    struct vmatlas_error *fault)
{
	struct vmatlas_error *err = NULL;

	if (!fault)
		return mem_record_add(mem->record, addr, buf, len);
	if (error_is(fault, VMATLAS_ERROR_FAULT))
		err = mem_record_fault(mem->record, addr, len, fault);
	if (!err)
		return fault;
	vmatlas_error_free(fault);
	return err;
}

struct vmatlas_error *mem_read(struct mem *mem, enum mem_space space, uint64_t addr,
			       void *buf, size_t len)
{
	struct vmatlas_error *err;
	uint8_t *to = buf;

	if (len == 0)
		return NULL;
	err = check(mem, space, addr, len);
	while (!err && len > 0) {
		size_t n = read_run(mem, space, addr, to, len);

		if (n == 0) {
			n = MIN(len, (size_t)(MEM_BLOCK - addr % MEM_BLOCK));
			err = read_in_block(mem, space, addr, to, n);
		}
		if (records(mem, space))
			err = record(mem, addr, to, n, err);
		addr += n;
		to += n;
		len -= n;
	}
	/* A dying disk: say whose. */
	return error_is(err, VMATLAS_ERROR_SYSTEM) ?
		       vmatlas_error_wrap(err, "%s", mem->path) : err;
}
