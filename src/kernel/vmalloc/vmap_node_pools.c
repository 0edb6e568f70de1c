/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: areas that vmap_nodes keep for the next allocation of their size (6.9+):
 * pool[i] holds those of i + 1 pages. They are neither busy nor in the free tree.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/list.h"
#include "kernel/vmalloc/free_area_tree.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

enum { NODES = NR_VMAP_AREA_NEEDS, NR_NODES, NODE, POOLS, POOL, POOL_HEAD };

static const struct vmatlas_lookup needs[] = {
	VMAP_AREA_NEEDS,
	[NODES]		= VMATLAS_OPTIONAL_SYMBOL("vmap_nodes"),
	[NR_NODES]	= VMATLAS_OPTIONAL_SYMBOL("nr_vmap_nodes"),
	[NODE]		= VMATLAS_OPTIONAL_MEMBER("vmap_node", "", VMALLOC_UNIT),
	[POOLS]		= VMATLAS_OPTIONAL_MEMBER("vmap_node", "pool", VMALLOC_UNIT),
	[POOL]		= VMATLAS_OPTIONAL_MEMBER("vmap_node", "pool[]", VMALLOC_UNIT),
	[POOL_HEAD]	= VMATLAS_OPTIONAL_MEMBER("vmap_node", "pool[].head", VMALLOC_UNIT),
};

#define SUBJECT "pools of free areas"
#define MAX_NODES 1024		/* vmap_init_nodes() clamps at 128 */
#define MAX_POOLS (1 << 16)	/* bytes of one node's pools; 6 KiB in 6.9 */

static struct vmatlas_error *pool_add(struct survey *s, uint64_t record, uint32_t node)
{
	struct vmatlas_error *vm_err = NULL, *err;
	struct pooled *slot;
	struct area area;

	err = area_decode(s, record, AREA_UNPURGED, &area, &vm_err);
	vmatlas_error_free(vm_err);
	if (err)
		return err;
	slot = vec_push(&s->k->records.free->pooled);
	if (!slot)
		return error_no_memory();
	*slot = (struct pooled){ .range = area.claim.range, .record = record, .node = node };
	return NULL;
}

static struct vmatlas_error *read_pool(struct survey *s, uint64_t head, uint32_t node)
{
	struct vmatlas_error *err;
	struct list_walk walk;
	uint64_t entry;

	list_start(&walk, s->k, head, MAX_AREAS);
	while (!(err = list_next(&walk, &entry)) && entry) {
		err = pool_add(s, (entry - s->res[VA_LIST].offset) & s->k->va_mask, node);
		if (err)
			return err;
	}
	return err;
}

/* Nearly all of them are empty: their heads are read in one go. */
static struct vmatlas_error *pool_read_node(struct survey *s, uint64_t at, uint32_t node)
{
	const uint64_t stride = s->res[POOL].size, nr = s->res[POOLS].count;
	const uint64_t pools = at + s->res[POOLS].offset;
	const uint64_t head = s->res[POOL_HEAD].offset - s->res[POOLS].offset;
	_cleanup_(freep) uint8_t *buf = malloc(MAX_POOLS);
	struct vmatlas_error *err;

	if (!buf)
		return error_no_memory();
	if (stride < head + s->k->ptr_size || stride > MAX_POOLS || nr > MAX_POOLS / stride)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmap_node.pool: %" PRIu64 " of %" PRIu64 " bytes make no sense",
			nr, stride);
	err = kernel_read(s->k, pools, buf, nr * stride);
	for (uint64_t i = 0; i < nr && !err; i++) {
		const uint64_t list = (pools + i * stride + head) & s->k->va_mask;
		const uint64_t next = bytes_uint(buf + i * stride + head, s->k->ptr_size,
						 s->k->big_endian);

		if (kernel_address(s->k, next) != list)
			err = read_pool(s, list, node);
	}
	return vmatlas_error_wrap(err, "pools of vmap_node %" PRIu32, node);
}

static struct vmatlas_error *read_nodes(struct survey *s)
{
	uint64_t base, nr = 1;
	struct vmatlas_error *err;

	err = kernel_read_ptr(s->k, s->res[NODES].addr, &base);
	if (!err)
		err = kernel_read_uint(s->k, s->res[NR_NODES].addr, 4, &nr);
	if (err)
		return err;
	if (!nr || nr > MAX_NODES || !kernel_is_pointer(s->k, base))
		return NULL;	/* the surveyor of areas has told */
	if (nr == 1)
		return NULL;	/* node_alloc() leaves the pools of a single node alone */
	s->k->records.free->nr_nodes = (uint32_t)nr;
	for (uint32_t i = 0; i < nr && !err; i++)
		err = pool_read_node(s, base + i * s->res[NODE].size, i);
	return err;
}

static struct vmatlas_error *pool_run(struct survey *s)
{
	struct free_records *f = s->k->records.free;
	struct vmatlas_error *err;

	if (!f || f->state == FREE_UNKNOWN)
		return NULL;	/* told already */
	f->pools_read = true;
	if (!survey_has(s, NODES) || !survey_has(s, NR_NODES) || !survey_has(s, POOL) ||
	    !survey_has(s, POOL_HEAD) || !survey_has(s, POOLS))
		return NULL;	/* before 6.9, or on 32 bits: there are none */
	err = read_nodes(s);
	if (!err)
		return f->nr_nodes ? survey_coverage(s, VMATLAS_COVERAGE_FULL, SUBJECT,
				"%zu areas of %" PRIu32 " nodes", f->pooled.nr, f->nr_nodes) : NULL;
	f->pools_read = false;
	return survey_report_fault(s, err, "list-corrupt", SUBJECT, s->res[NODES].addr);
}

const struct surveyor survey_pools = {
	.name = "pools",
	.what = VMATLAS_SURVEY_FREE,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = pool_run,
};
