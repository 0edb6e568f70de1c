/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: every area that vmalloc's lists record. Which lists there are is
 * asked of the symbols, never of the version; all lists are circular ones of
 * vmap_area.list, but for the llist of 4.7 to 5.10.
 */
#include <inttypes.h>

#include "kernel/list.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

enum {
	AREA_LIST = NR_AREA_NEEDS, AREA_ROOT, PURGE_LIST, PURGE_ROOT, PURGE_LLIST,
	VMLIST, VMLIST_LOCK,
	NODES, NR_NODES, SINGLE, NODE, NODE_BUSY, NODE_BUSY_ROOT, NODE_LAZY, NODE_LAZY_ROOT,
	NODE_PURGE, PURGE_LOCK, LOCK_OWNER, RT_LOCK_OWNER, LAZY_NR,
	ZONE_SIZE,
};

#define UNIT VMALLOC_UNIT

static const struct vmatlas_lookup needs[] = {
	VMAP_AREA_NEEDS,
	[VM]		= VMATLAS_OPTIONAL_MEMBER("vm_struct", "", UNIT),
	[VM_ADDR]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "addr", UNIT),
	[VM_SIZE]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "size", UNIT),
	[VM_FLAGS]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "flags", UNIT),
	[VM_PAGES]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "pages", UNIT),
	[VM_NR_PAGES]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "nr_pages", UNIT),
	[VM_PHYS]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "phys_addr", UNIT),
	[VM_CALLER]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "caller", UNIT),
	[VM_REQUESTED]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "requested_size", UNIT),
	[VM_NEXT]	= VMATLAS_OPTIONAL_MEMBER("vm_struct", "next", UNIT),
	[AREA_LIST]	= VMATLAS_OPTIONAL_SYMBOL("vmap_area_list"),
	[AREA_ROOT]	= VMATLAS_OPTIONAL_SYMBOL("vmap_area_root"),
	[PURGE_LIST]	= VMATLAS_OPTIONAL_SYMBOL("purge_vmap_area_list"),
	[PURGE_ROOT]	= VMATLAS_OPTIONAL_SYMBOL("purge_vmap_area_root"),
	[PURGE_LLIST]	= VMATLAS_OPTIONAL_SYMBOL("vmap_purge_list"),
	[VMLIST]	= VMATLAS_OPTIONAL_SYMBOL("vmlist"),
	[VMLIST_LOCK]	= VMATLAS_OPTIONAL_SYMBOL("vmlist_lock"),
	[NODES]		= VMATLAS_OPTIONAL_SYMBOL("vmap_nodes"),
	[NR_NODES]	= VMATLAS_OPTIONAL_SYMBOL("nr_vmap_nodes"),
	[SINGLE]	= VMATLAS_OPTIONAL_SYMBOL("single"),
	[NODE]		= VMATLAS_OPTIONAL_MEMBER("vmap_node", "", UNIT),
	[NODE_BUSY]	= VMATLAS_OPTIONAL_MEMBER("vmap_node", "busy.head", UNIT),
	[NODE_BUSY_ROOT] = VMATLAS_OPTIONAL_MEMBER("vmap_node", "busy.root", UNIT),
	[NODE_LAZY]	= VMATLAS_OPTIONAL_MEMBER("vmap_node", "lazy.head", UNIT),
	[NODE_LAZY_ROOT] = VMATLAS_OPTIONAL_MEMBER("vmap_node", "lazy.root", UNIT),
	[NODE_PURGE]	= VMATLAS_OPTIONAL_MEMBER("vmap_node", "purge_list", UNIT),
	[PURGE_LOCK]	= VMATLAS_OPTIONAL_SYMBOL("vmap_purge_lock"),
	[LOCK_OWNER]	= VMATLAS_OPTIONAL_MEMBER("mutex", "owner", UNIT),
	[RT_LOCK_OWNER]	= VMATLAS_OPTIONAL_MEMBER("mutex", "rtmutex.owner", UNIT),
	[LAZY_NR]	= VMATLAS_OPTIONAL_SYMBOL("vmap_lazy_nr"),
	[ZONE_SIZE]	= VMATLAS_OPTIONAL_SYMBOL("vmap_zone_size"),
};

#define SUBJECT "vmalloc areas"
#define MAX_NODES 1024		/* vmap_init_nodes() clamps at 128 */
#define LIVE_TRIES 3

struct vmatlas_error *area_report_fault(struct survey *s, struct vmatlas_error *err,
				   const char *code, uint64_t record)
{
	if (err)
		s->k->records.areas_complete = false;
	return survey_report_fault(s, err, code, SUBJECT, record);
}

struct vmatlas_error *area_walk_add(struct area_walk *w, uint64_t record)
{
	_cleanup_(vmatlas_error_freep) struct vmatlas_error *vm_err = NULL;
	struct vmatlas_error *err;
	struct area area, *slot;

	err = area_decode(w->s, record, w->state, &area, &vm_err);
	if (err)
		return area_report_fault(w->s, err, "list-corrupt", record);
	area.rec.node = w->node;
	slot = vec_push(&w->s->k->records.areas);
	if (!slot)
		return error_no_memory();
	*slot = area;
	slot->order = (uint32_t)(slot - w->s->k->records.areas.v);
	if (vm_err)
		return area_report_fault(w->s, take(vm_err), "vm-struct-mismatch", area.rec.vm_struct);
	return NULL;
}

/* Forward from the head; what stops it is the caller's to judge. */
static struct vmatlas_error *forward(struct area_walk *w, bool *ret_broken)
{
	struct vmatlas_error *err, *add;
	struct list_walk list;
	uint64_t entry;

	list_start(&list, w->s->k, w->head, MAX_AREAS);
	w->last = w->head;
	while (!(err = list_next(&list, &entry)) && entry) {
		w->last = entry;
		add = area_walk_add(w, entry - w->s->res[VA_LIST].offset);
		if (add)
			return add;
	}
	*ret_broken = err != NULL;
	return err;
}

/* So that whoever compares it with its tree knows which areas it holds. */
static struct vmatlas_error *keep_list(const struct area_walk *w, size_t from)
{
	struct kernel_records *b = &w->s->k->records;
	struct area_list *list = vec_push(&b->lists);

	if (!list)
		return error_no_memory();
	*list = (struct area_list){ .state = w->state, .node = w->node, .root = w->root,
				    .head = w->head, .from = from, .nr = b->areas.nr - from };
	return NULL;
}

/* The list stopped at @err. */
static struct vmatlas_error *recover_after_break(struct area_walk *w, size_t from, struct vmatlas_error *err)
{
	const struct kernel_records *b = &w->s->k->records;
	const size_t so_far = b->areas.nr;

	err = area_report_fault(w->s, err, "list-corrupt", w->last);
	if (!err)
		err = area_list_recover(w, from);
	if (err || b->areas.nr == so_far)
		return err;
	return survey_coverage(w->s, VMATLAS_COVERAGE_PARTIAL, SUBJECT,
			       "%zu of them after a break in their list, reached by other links",
			       b->areas.nr - so_far);
}

/* One of many lists of its kind. */
static struct vmatlas_error *walk_list(struct area_walk *w)
{
	struct kernel_records *b = &w->s->k->records;
	const size_t from = b->areas.nr;
	const bool live = w->s->k->mem->info.live;
	struct vmatlas_error *err = NULL;
	bool broken;

	/* a live list moves while we walk: what breaks then may be whole next time */
	for (int i = 0; i < (live ? LIVE_TRIES : 1); i++) {
		vmatlas_error_free(err);
		b->areas.nr = from;
		broken = false;
		err = forward(w, &broken);
		if (!broken)
			return err ? err : keep_list(w, from);
	}
	return recover_after_break(w, from, err);
}

/* The only list of its kind. */
static struct vmatlas_error *walk_only_list(struct area_walk *w)
{
	struct area_seen seen = { .nr_areas = w->s->k->records.areas.nr };
	struct vmatlas_error *err;

	w->seen = &seen;
	err = walk_list(w);
	hash_done(&seen.records);
	return err;
}

/* The lists that each vmap_node has. */
struct node_list {
	unsigned int head, root;	/* needs; root: 0 none */
	enum area_state state;
	bool purging;
};

static const struct node_list node_lists[] = {
	{ NODE_BUSY, NODE_BUSY_ROOT, AREA_BUSY, false },
	{ NODE_LAZY, NODE_LAZY_ROOT, AREA_UNPURGED, false },
	{ NODE_PURGE, 0, AREA_UNPURGED, true },
};

static struct vmatlas_error *walk_nodes(struct survey *s, const struct node_list *l,
					uint64_t base, uint32_t nr)
{
	struct kernel_records *b = &s->k->records;
	const size_t from = b->areas.nr;
	struct area_seen seen = { .nr_areas = from };
	struct vmatlas_error *err = NULL;

	if (!survey_has(s, l->head) || (l->purging && !b->purge.running))
		return NULL;
	for (uint32_t i = 0; i < nr && !err; i++) {
		const uint64_t node = base + i * s->res[NODE].size;
		struct area_walk w = {
			.s = s, .state = l->state, .node = i, .seen = &seen,
			.head = node + s->res[l->head].offset,
			.root = l->root && survey_has(s, l->root) ?
				node + s->res[l->root].offset : 0,
		};

		if (!l->purging || purge_has_list(s->k, w.head))
			err = walk_list(&w);
	}
	hash_done(&seen.records);
	for (size_t i = from; i < b->areas.nr; i++)
		b->areas.v[i].purging = l->purging;
	return err;
}

/* Is anything where the pointer leads? */
static struct vmatlas_error *probe_node(struct survey *s, uint64_t base)
{
	struct vmatlas_error *err;
	uint64_t word;

	if (!kernel_is_pointer(s->k, base) || !survey_has(s, NODE_BUSY))
		return NULL;	/* told by who called */
	err = kernel_read_ptr(s->k, base + s->res[NODE_BUSY].offset, &word);
	return vmatlas_error_wrap(kernel_pointer_fault(s->k, base, err),
				  "vmap_nodes %#" PRIx64, base);
}

/*
 * Without vmap_zone_size (an extract of before it was asked for, 32 bits) nothing is said.
 * Lists move while a live kernel is read.
 */
static struct vmatlas_error *check_nodes(struct survey *s, uint32_t nr)
{
	struct vmatlas_error *err;
	uint64_t zone_size, record = s->res[ZONE_SIZE].addr;

	if (nr < 2 || !survey_has(s, ZONE_SIZE) || s->k->mem->info.live)
		return NULL;
	err = kernel_read_uint(s->k, s->res[ZONE_SIZE].addr, 4, &zone_size);
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (!err)
		err = area_nodes_check(&s->k->records, zone_size, nr, &record);
	return survey_report_fault(s, err, "list-corrupt", "trees of areas", record);
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
	if (!err && survey_has(s, NODES))
		err = probe_node(s, base);
	if (!err && (!nr || nr > MAX_NODES || !kernel_is_pointer(s->k, base)))
		err = vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "vmap_nodes %#" PRIx64
			", nr_vmap_nodes %" PRIu64 " make no sense", base, nr);
	if (err)
		return area_report_fault(s, err, "list-corrupt", s->res[NODES].addr);
	for (size_t i = 0; i < ARRAY_SIZE(node_lists) && !err; i++)
		err = walk_nodes(s, &node_lists[i], base, (uint32_t)nr);
	return err ? err : check_nodes(s, (uint32_t)nr);
}

/* Since 3.10 it holds only what was there before vmalloc_init(), and nobody reads it. */
static bool has_vmlist(const struct survey *s)
{
	return survey_has(s, VMLIST) && survey_has(s, VMLIST_LOCK) && survey_has(s, VM_ADDR) &&
	       survey_has(s, VM_SIZE) && survey_has(s, VM_NEXT);
}

static struct vmatlas_error *run_list(struct survey *s)
{
	struct area_walk busy = { .s = s, .state = AREA_BUSY, .head = s->res[AREA_LIST].addr,
				  .root = s->res[AREA_ROOT].addr };
	struct area_walk lazy = { .s = s, .state = AREA_UNPURGED, .head = s->res[PURGE_LIST].addr,
				  .root = s->res[PURGE_ROOT].addr };
	struct vmatlas_error *err = walk_only_list(&busy);
	const struct kernel_records *b = &s->k->records;

	s->k->records.busy_ends_in_ram = b->areas.nr && !b->areas.v[b->areas.nr - 1].has_vm;
	if (!err && survey_has(s, PURGE_LIST))
		return walk_only_list(&lazy);
	if (!err && survey_has(s, PURGE_LLIST) && survey_has(s, VA_PURGE_LIST))
		return purge_llist_walk(s, s->res[PURGE_LLIST].addr);
	if (err || !has_vmlist(s))
		return err;
	s->k->records.lists.nr = 0;		/* what comes now belongs to none of them */
	return vmlist_join(s, s->res[VMLIST].addr);
}

static struct vmatlas_error *no_records(struct survey *s, const char *lacks)
{
	s->k->records.areas_complete = false;
	return survey_coverage(s, VMATLAS_COVERAGE_PARTIAL, SUBJECT, "because vmlinux has %s", lacks);
}

static void purge_look(struct survey *s)
{
	const unsigned int owner = survey_has(s, LOCK_OWNER) ? LOCK_OWNER : RT_LOCK_OWNER;

	if (survey_has(s, PURGE_LOCK) && survey_has(s, owner) && survey_has(s, LAZY_NR))
		purge_state_read(s, s->res[PURGE_LOCK].addr + s->res[owner].offset,
			   s->res[LAZY_NR].addr);
}

static struct vmatlas_error *vmap_lists_run(struct survey *s)
{
	const bool has_areas = survey_has(s, VA_START) && survey_has(s, VA_END) &&
			       survey_has(s, VA_LIST);
	struct vmatlas_error *err;

	s->k->records.areas_complete = true;
	purge_look(s);
	if (!has_areas && !has_vmlist(s))
		return no_records(s, "no type struct vmap_area (no debug info?)");
	if (!has_areas)
		err = vmlist_join(s, s->res[VMLIST].addr);	/* up to 2.6.27 */
	else if (survey_has(s, NODES) || (survey_has(s, NR_NODES) && survey_has(s, SINGLE)))
		err = run_nodes(s);
	else if (survey_has(s, AREA_LIST))
		err = run_list(s);
	else
		return no_records(s, "neither vmap_nodes nor vmap_area_list");
	return err ? err : survey_coverage(s, s->k->records.areas_complete ? VMATLAS_COVERAGE_FULL
								       : VMATLAS_COVERAGE_PARTIAL,
					   SUBJECT, "%zu areas", s->k->records.areas.nr);
}

const struct surveyor survey_vmalloc = {
	.name = "vmalloc",
	.what = VMATLAS_SURVEY_RECORDED,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = vmap_lists_run,
};
