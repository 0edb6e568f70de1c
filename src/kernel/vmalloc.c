/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: every area that vmalloc's books record. Which lists there are is
 * asked of the symbols, never of the version; all lists are circular ones of
 * vmap_area.list, but for the llist of 4.7 to 5.10.
 */
#include <inttypes.h>

#include "kernel/area.h"
#include "kernel/surveyors.h"

enum {
	AREA_LIST = NR_AREA_NEEDS, PURGE_LIST, PURGE_LLIST, NODES, NR_NODES, SINGLE,
	NODE, NODE_BUSY, NODE_LAZY,
};

#define UNIT "vfree|vunmap"

static const struct vmatlas_need needs[] = {
	[VA]		= VMATLAS_WANT_MEMBER("vmap_area", "", UNIT),
	[VA_START]	= VMATLAS_WANT_MEMBER("vmap_area", "va_start", UNIT),
	[VA_END]	= VMATLAS_WANT_MEMBER("vmap_area", "va_end", UNIT),
	[VA_LIST]	= VMATLAS_WANT_MEMBER("vmap_area", "list", UNIT),
	[VA_VM]		= VMATLAS_WANT_MEMBER("vmap_area", "vm", UNIT),
	[VA_PRIVATE]	= VMATLAS_WANT_MEMBER("vmap_area", "private", UNIT),
	[VA_FLAGS]	= VMATLAS_WANT_MEMBER("vmap_area", "flags", UNIT),
	[VA_PURGE_LIST]	= VMATLAS_WANT_MEMBER("vmap_area", "purge_list", UNIT),
	[VA_RCU]	= VMATLAS_WANT_MEMBER("vmap_area", "rcu_head", UNIT),
	[VM]		= VMATLAS_WANT_MEMBER("vm_struct", "", UNIT),
	[VM_ADDR]	= VMATLAS_WANT_MEMBER("vm_struct", "addr", UNIT),
	[VM_SIZE]	= VMATLAS_WANT_MEMBER("vm_struct", "size", UNIT),
	[VM_FLAGS]	= VMATLAS_WANT_MEMBER("vm_struct", "flags", UNIT),
	[VM_PAGES]	= VMATLAS_WANT_MEMBER("vm_struct", "pages", UNIT),
	[VM_NR_PAGES]	= VMATLAS_WANT_MEMBER("vm_struct", "nr_pages", UNIT),
	[VM_PHYS]	= VMATLAS_WANT_MEMBER("vm_struct", "phys_addr", UNIT),
	[VM_CALLER]	= VMATLAS_WANT_MEMBER("vm_struct", "caller", UNIT),
	[VM_REQUESTED]	= VMATLAS_WANT_MEMBER("vm_struct", "requested_size", UNIT),
	[AREA_LIST]	= VMATLAS_WANT_SYMBOL("vmap_area_list"),
	[PURGE_LIST]	= VMATLAS_WANT_SYMBOL("purge_vmap_area_list"),
	[PURGE_LLIST]	= VMATLAS_WANT_SYMBOL("vmap_purge_list"),
	[NODES]		= VMATLAS_WANT_SYMBOL("vmap_nodes"),
	[NR_NODES]	= VMATLAS_WANT_SYMBOL("nr_vmap_nodes"),
	[SINGLE]	= VMATLAS_WANT_SYMBOL("single"),
	[NODE]		= VMATLAS_WANT_MEMBER("vmap_node", "", UNIT),
	[NODE_BUSY]	= VMATLAS_WANT_MEMBER("vmap_node", "busy.head", UNIT),
	[NODE_LAZY]	= VMATLAS_WANT_MEMBER("vmap_node", "lazy.head", UNIT),
};

#define SUBJECT "vmalloc areas"
#define MAX_AREAS (1u << 24)	/* a list longer than that does not end */
#define MAX_NODES 1024		/* vmap_init_nodes() clamps at 128 */
#define LIVE_TRIES 3

struct walk_state {
	struct survey *s;
	enum area_state state;
	uint32_t node;
	uint64_t last;			/* last list entry read, going forward */
};

static struct vmatlas_error *trouble(struct survey *s, struct vmatlas_error *err,
				     const char *code, uint64_t record)
{
	s->books->areas_complete = false;
	return survey_absorb(s, err, code, SUBJECT, record);
}

static struct vmatlas_error *add_area(struct walk_state *w, uint64_t entry)
{
	_cleanup_(vmatlas_error_freep) struct vmatlas_error *vm_err = NULL;
	const uint64_t va = entry - w->s->res[VA_LIST].offset;
	struct vmatlas_error *err;
	struct area area, *slot;

	err = area_decode(w->s, va, w->state, &area, &vm_err);
	if (err)
		return trouble(w->s, err, "list-corrupt", va);
	area.rec.node = w->node;
	slot = vec_push(&w->s->books->areas);
	if (!slot)
		return error_no_memory();
	*slot = area;
	if (vm_err)
		return trouble(w->s, take(vm_err), "vm-struct-mismatch", area.rec.vm_struct);
	return NULL;
}

/* Forward from the head; what stops it is the caller's to judge. */
static struct vmatlas_error *forward(struct walk_state *w, uint64_t head, bool *ret_broken)
{
	struct vmatlas_error *err, *add;
	struct list_walk list;
	uint64_t entry;

	list_start(&list, w->s->k, head, MAX_AREAS);
	w->last = head;
	while (!(err = list_next(&list, &entry)) && entry) {
		w->last = entry;
		add = add_area(w, entry);
		if (add)
			return add;
	}
	*ret_broken = err != NULL;
	return err;
}

static void reverse(struct area *first, struct area *end)
{
	while (first < end && first < --end) {
		struct area swap = *first;

		*first++ = *end;
		*end = swap;
	}
}

/*
 * A broken link cuts the list once; from the other end, by prev, all is
 * reached that lies behind the cut. Each step is checked against next.
 */
static struct vmatlas_error *backward(struct walk_state *w, uint64_t head)
{
	const uint32_t ptr = w->s->k->ptr_size;
	struct books *b = w->s->books;
	const size_t from = b->areas.nr;
	struct vmatlas_error *err = NULL;
	uint64_t node = head, prev = 0, next = 0;

	for (size_t n = 0; !err && n < MAX_AREAS; n++) {
		struct vmatlas_error *add;

		err = kernel_read_ptr(w->s->k, node + ptr, &prev);
		if (!err)
			err = kernel_read_ptr(w->s->k, prev, &next);
		if (err || next != node || prev == head || prev == w->last)
			break;
		add = add_area(w, prev);
		if (add)
			return add;
		node = prev;
	}
	vmatlas_error_free(err);	/* the first trouble was told already */
	if (b->areas.nr > from)
		reverse(b->areas.v + from, b->areas.v + b->areas.nr);
	return b->areas.nr == from ? NULL :
	       survey_coverage(w->s, VMATLAS_PARTIAL, SUBJECT,
			       "%zu areas were reached from the list's other end",
			       b->areas.nr - from);
}

static struct vmatlas_error *walk_list(struct walk_state *w, uint64_t head)
{
	struct books *b = w->s->books;
	const size_t from = b->areas.nr;
	const bool live = w->s->k->mem->info.live;
	struct vmatlas_error *err = NULL;
	bool broken;

	/* a live list moves while we walk: what breaks then may be whole next time */
	for (int i = 0; i < (live ? LIVE_TRIES : 1); i++) {
		vmatlas_error_free(err);
		b->areas.nr = from;
		broken = false;
		err = forward(w, head, &broken);
		if (!broken)
			return err;
	}
	err = trouble(w->s, err, "list-corrupt", w->last);
	return err ? err : backward(w, head);
}

static struct vmatlas_error *run_nodes(struct survey *s)
{
	uint64_t base = s->res[SINGLE].addr, nr = 1;
	struct vmatlas_error *err = NULL;

	/* 32-bit kernels fold the pointer away: the one node is "single" */
	if (survey_has(s, NODES))
		err = kernel_read_ptr(s->k, s->res[NODES].addr, &base);
	if (!err && survey_has(s, NR_NODES))
		err = kernel_read_uint(s->k, s->res[NR_NODES].addr, 4, &nr);
	if (!err && (!nr || nr > MAX_NODES || !kernel_is_pointer(s->k, base)))
		err = vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "vmap_nodes %#" PRIx64
			", nr_vmap_nodes %" PRIu64 " make no sense", base, nr);
	if (err)
		return trouble(s, err, "list-corrupt", s->res[NODES].addr);
	for (unsigned int pass = 0; pass < 2 && !err; pass++) {
		const unsigned int head = pass ? NODE_LAZY : NODE_BUSY;

		for (uint32_t i = 0; i < nr && !err && survey_has(s, head); i++) {
			struct walk_state w = { s, pass ? AREA_UNPURGED : AREA_BUSY, i, 0 };

			err = walk_list(&w, base + i * s->res[NODE].size + s->res[head].offset);
		}
	}
	return err;
}

/* llist: no back links, ends with 0; a budget is all that stops a loop. */
static struct vmatlas_error *run_purge_llist(struct survey *s)
{
	struct walk_state w = { .s = s, .state = AREA_UNPURGED };
	struct vmatlas_error *err;
	uint64_t node;

	err = kernel_read_ptr(s->k, s->res[PURGE_LLIST].addr, &node);
	for (size_t n = 0; !err && node; n++) {
		if (n > MAX_AREAS || !kernel_is_pointer(s->k, node))
			err = vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				"vmap_purge_list goes on at %#" PRIx64, node);
		if (!err)
			err = add_area(&w, node - s->res[VA_PURGE_LIST].offset +
					   s->res[VA_LIST].offset);
		if (!err)
			err = kernel_read_ptr(s->k, node, &node);
	}
	return err ? trouble(s, err, "list-corrupt", node) : NULL;
}

static struct vmatlas_error *run_list(struct survey *s)
{
	struct walk_state busy = { .s = s, .state = AREA_BUSY };
	struct walk_state lazy = { .s = s, .state = AREA_UNPURGED };
	struct vmatlas_error *err = walk_list(&busy, s->res[AREA_LIST].addr);
	const struct books *b = s->books;

	s->books->busy_ends_in_ram = b->areas.nr && !b->areas.v[b->areas.nr - 1].has_vm;
	if (!err && survey_has(s, PURGE_LIST))
		return walk_list(&lazy, s->res[PURGE_LIST].addr);
	if (!err && survey_has(s, PURGE_LLIST) && survey_has(s, VA_PURGE_LIST) &&
	    !survey_has(s, VA_FLAGS))
		return run_purge_llist(s);
	return err;
}

static struct vmatlas_error *claim_areas(struct survey *s)
{
	struct books *b = s->books;

	for (size_t i = 0; i < b->areas.nr; i++) {
		const struct area *a = &b->areas.v[i];
		struct vmatlas_claim c = {
			.layer = VMATLAS_LAYER_RECORDED, .kind = a->kind, .range = a->range,
			.record = a->rec.vmap_area, .record_type = "vmap_area",
			.name = vmatlas_kind_name(a->kind), .area = &a->rec,
			.source = a->state == AREA_BUSY ? "busy list" : "purge list",
		};
		struct vmatlas_error *err = survey_claim(s, c);

		if (err)
			return err;
	}
	return survey_coverage(s, b->areas_complete ? VMATLAS_COVERED : VMATLAS_PARTIAL,
			       SUBJECT, "%zu areas", b->areas.nr);
}

static struct vmatlas_error *run(struct survey *s)
{
	struct vmatlas_error *err;

	if (!survey_has(s, VA_START) || !survey_has(s, VA_END) || !survey_has(s, VA_LIST))
		return survey_coverage(s, VMATLAS_PARTIAL, SUBJECT,
			"because vmlinux has no type struct vmap_area (no debug info?)");
	s->books->areas_complete = true;
	if (survey_has(s, NODES) || (survey_has(s, NR_NODES) && survey_has(s, SINGLE)))
		err = run_nodes(s);
	else if (survey_has(s, AREA_LIST))
		err = run_list(s);
	else
		return survey_coverage(s, VMATLAS_PARTIAL, SUBJECT,
			"because vmlinux has neither vmap_nodes nor vmap_area_list");
	return err ? err : claim_areas(s);
}

const struct surveyor survey_vmalloc = {
	.name = "vmalloc",
	.what = VMATLAS_SURVEY_RECORDED,
	.needs = needs,
	.nr_needs = ARRAY_SIZE(needs),
	.run = run,
};
