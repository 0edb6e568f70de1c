/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Up to 3.9 the kernel itself went by vmlist, a chain of vm_structs, and the tree and
 * list of vmap_areas stood beside it, for allocating alone (mm/vmalloc.c, 2.6.28 to
 * 3.8). Of areas from before vmalloc_init() only vmlist is right: their vmap_areas led
 * to no vm_struct and took its flags for their own, so that VM_IOREMAP looked like
 * VM_LAZY_FREE (mended by dbda591d920b, "mm: fix faulty initialization in
 * vmalloc_init()", 3.5); some were even purged for it.
 */
#include <inttypes.h>

#include "base/compare.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

struct chain {
	struct survey *s;
	uint64_t seen;			/* an entry passed; meeting it again is a loop */
	size_t nr, mark;		/* entries; how many until seen is moved on */
	size_t nr_sorted;		/* recorded areas that are in order of address */
};

static int vmlist_by_address(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return compare_u64(x->claim.range.first, y->claim.range.first);
}

/* What is not on vmlist comes behind it. */
static void vmlist_sort(struct kernel_records *b)
{
	if (b->areas.nr)
		qsort(b->areas.v, b->areas.nr, sizeof(*b->areas.v), vmlist_by_address);
	for (size_t i = 0; i < b->areas.nr; i++)
		b->areas.v[i].order = MAX_AREAS + (uint32_t)i;
}

/* The area whose vmap_area begins where a vm_struct does. */
static struct area *partner(const struct chain *c, uint64_t addr)
{
	const struct area key = { .claim.range = { addr, addr } };

	return c->nr_sorted ? bsearch(&key, c->s->k->records.areas.v, c->nr_sorted,
				      sizeof(key), vmlist_by_address)
			    : NULL;
}

/* What the vmap_area says stays: where it lies, and how far it reaches. */
static struct vmatlas_error *join(struct area *a, const struct area *listed)
{
	const struct area old = *a;

	*a = *listed;
	a->claim.range = old.claim.range;
	a->claim.record = old.claim.record;
	a->claim.record_type = old.claim.record_type;
	a->rec.vmap_area = old.rec.vmap_area;
	a->rec.va_flags = old.rec.va_flags;
	if (!old.rec.vm_struct || old.rec.vm_struct == a->rec.vm_struct)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
		"vmap_area at %#" PRIx64 ": its vm_struct is %#" PRIx64 ", but vmlist has %#"
		PRIx64 " for that address", a->rec.vmap_area, old.rec.vm_struct,
		a->rec.vm_struct);
}

static int by_record(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return compare_u64(x->rec.vm_struct, y->rec.vm_struct) ?: compare_u64(x->order, y->order);
}

/* A loop was walked more than once before it was seen to be one. */
static void drop_twins(struct chain *c)
{
	struct kernel_records *b = &c->s->k->records;
	size_t kept = c->nr_sorted;

	if (b->areas.nr > kept)
		qsort(b->areas.v + kept, b->areas.nr - kept, sizeof(*b->areas.v), by_record);
	for (size_t i = kept; i < b->areas.nr; i++)
		if (i == c->nr_sorted ||
		    b->areas.v[i].rec.vm_struct != b->areas.v[kept - 1].rec.vm_struct)
			b->areas.v[kept++] = b->areas.v[i];
	b->areas.nr = kept;
}

static struct vmatlas_error *vmlist_add(struct chain *c, struct area *listed)
{
	const uint64_t addr = listed->rec.vm_addr, vm = listed->rec.vm_struct;
	struct area *a = partner(c, addr);

	if (a && a->on_vmlist && a->rec.vm_struct == vm) {
		c->nr++;
		return NULL;	/* a loop: soon to be found */
	}
	listed->on_vmlist = true;
	listed->order = (uint32_t)c->nr++;
	if (a && !a->on_vmlist)
		return area_report_fault(c->s, join(a, listed), "vm-struct-mismatch", vm);
	if (!range_from_size(addr, listed->rec.vm_size, &listed->claim.range))
		return area_report_fault(c->s, vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmlist: vm_struct at %#" PRIx64 " has %#" PRIx64 " bytes from %#"
			PRIx64 " on", vm, listed->rec.vm_size, addr), "list-corrupt", vm);
	a = vec_push(&c->s->k->records.areas);
	if (!a)
		return error_no_memory();
	*a = *listed;
	return NULL;
}

/* Brent's way: what was passed at each power of two is remembered. */
static bool loops(struct chain *c, uint64_t vm)
{
	if (vm == c->seen)
		return true;
	if (c->nr >= c->mark) {
		c->seen = vm;
		c->mark = c->mark ? 2 * c->mark : 1;
	}
	return false;
}

static struct vmatlas_error *step(struct chain *c, uint64_t vm, struct area *listed,
				  uint64_t *ret_next)
{
	struct vmatlas_error *err;

	if (!kernel_is_pointer(c->s->k, vm))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmlist goes on at %#" PRIx64 ", which is no kernel pointer", vm);
	if (loops(c, vm) || c->nr >= MAX_AREAS)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmlist comes back to %#" PRIx64 " and does not end", vm);
	err = area_decode_vm(c->s, vm, listed, ret_next);
	return vmatlas_error_wrap(kernel_pointer_fault(c->s->k, vm, err),
				  "vmlist, vm_struct at %#" PRIx64, vm);
}

struct vmatlas_error *vmlist_join(struct survey *s, uint64_t symbol)
{
	struct chain c = { .s = s };
	struct vmatlas_error *err;
	uint64_t vm = 0, next = 0;

	vmlist_sort(&s->k->records);
	c.nr_sorted = s->k->records.areas.nr;
	err = kernel_read_ptr(s->k, symbol, &vm);
	if (err)
		return area_report_fault(s, err, "list-corrupt", symbol);
	for (; vm; vm = next) {
		struct area listed = { 0 };

		err = step(&c, vm, &listed, &next);
		if (err) {
			err = area_report_fault(s, err, "list-corrupt", vm);
			drop_twins(&c);
			break;
		}
		err = vmlist_add(&c, &listed);
		if (err)
			return err;
	}
	return err;
}
