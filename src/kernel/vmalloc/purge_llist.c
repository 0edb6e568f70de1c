/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 4.7 to 5.10: areas that wait to be purged stand in a chain of their own, an llist in
 * the order in which they were freed (mm/vmalloc.c: vmap_purge_list). Up to 5.3 they
 * stay on the list of busy areas, too, and no flag tells those of vm_unmap_ram() from
 * areas in use; in 4.9 none tells any.
 */
#include <inttypes.h>

#include "base/compare.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

struct lazies {
	struct survey *s;
	VEC(uint64_t) records;
};

/* No back links, ends with 0; a budget is all that stops a loop. */
static struct vmatlas_error *walk(struct lazies *l, uint64_t symbol)
{
	struct kernel *k = l->s->k;
	struct vmatlas_error *err;
	uint64_t node, at = symbol, *slot;

	for (;;) {
		err = kernel_read_ptr(k, at, &node);
		if (err)
			return at == symbol ? err : kernel_pointer_fault(k, at, err);
		node = kernel_address(k, node);
		if (!node)
			return NULL;
		if (l->records.nr > MAX_AREAS || !kernel_is_pointer(k, node))
			return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				"vmap_purge_list goes on at %#" PRIx64, node);
		slot = vec_push(&l->records);
		if (!slot)
			return error_no_memory();
		*slot = node - l->s->res[VA_PURGE_LIST].offset;
		at = node;
	}
}

/* Up to 5.3: those that the list of busy areas holds as well. */
static void mark(struct lazies *l)
{
	struct kernel_records *b = &l->s->k->records;

	qsort(l->records.v, l->records.nr, sizeof(*l->records.v), compare_first_u64);
	for (size_t i = 0; i < b->areas.nr; i++)
		if (!b->areas.v[i].rec.vm_struct &&
		    bsearch(&b->areas.v[i].rec.vmap_area, l->records.v, l->records.nr,
			    sizeof(*l->records.v), compare_first_u64))
			area_unpurge(&b->areas.v[i]);
}

static struct vmatlas_error *take_over(struct lazies *l)
{
	struct area_walk w = { .s = l->s, .state = AREA_UNPURGED };
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; !err && i < l->records.nr; i++)
		err = area_walk_add(&w, l->records.v[i]);
	return err;
}

struct vmatlas_error *purge_llist_walk(struct survey *s, uint64_t symbol)
{
	struct lazies l = { .s = s };
	struct vmatlas_error *err = walk(&l, symbol);
	const uint64_t last = l.records.nr ? l.records.v[l.records.nr - 1] : symbol;

	err = area_report_fault(s, err, "list-corrupt", last);
	if (!err && l.records.nr && area_has_old_flags(s))
		mark(&l);
	else if (!err)
		err = take_over(&l);
	vec_done(&l.records);
	return err;
}
