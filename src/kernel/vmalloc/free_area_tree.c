/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: the free tree of vmalloc's allocator, and whether lists and trees that
 * hold the same areas agree. Makes no claims: free space belongs to nobody.
 */
#include <inttypes.h>

#include "kernel/vmalloc/free_area_tree.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

enum { FREE_LIST = NR_VMAP_AREA_NEEDS, FREE_ROOT, SUBTREE_MAX };

static const struct vmatlas_lookup needs[] = {
	VMAP_AREA_NEEDS,
	[FREE_LIST]	= VMATLAS_OPTIONAL_SYMBOL("free_vmap_area_list"),
	[FREE_ROOT]	= VMATLAS_OPTIONAL_SYMBOL("free_vmap_area_root"),
	[SUBTREE_MAX]	= VMAP_AREA("subtree_max_size"),
};

#define SUBJECT "free space"

void free_records_free(struct free_records *f)
{
	if (!f)
		return;
	tree_done(&f->tree);
	vec_done(&f->pooled);
	free(f);
}

static VMATLAS_PRINTF(3, 4) struct vmatlas_error *
corrupt(struct survey *s, uint64_t record, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	if (text.failed)
		return error_no_memory();
	return survey_report_fault(s, vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "%s", str_text(&text)),
			     "list-corrupt", SUBJECT, record);
}

/* ---- The free list against the free tree ---- */

/* Each record is met with both its links: the list needs no walk of its own. */
struct comparison {
	struct survey *s;
	uint64_t at, next;		/* list entry, and what the list has behind it */
	bool told;
	bool tree_lacks;		/* an entry of the list, which vouches for it */
};

/* Of two that disagree the tree is wrong where the list's next entry points back. */
static bool is_linked(const struct comparison *c)
{
	struct kernel *k = c->s->k;
	uint64_t back = 0;

	if (!kernel_is_pointer(k, c->next))
		return false;
	vmatlas_error_free(kernel_read_ptr(k, c->next + k->ptr_size, &back));
	return back == c->at;
}

static struct vmatlas_error *compare_entry(struct comparison *c, uint64_t entry, uint64_t back,
					   uint64_t record)
{
	const uint64_t at = c->at;

	if (c->told)
		return NULL;
	c->told = c->next != entry || back != at;
	c->tree_lacks = c->next != entry && is_linked(c);
	if (c->next != entry)
		return corrupt(c->s, record, "free list and free tree disagree: list entry %#"
			PRIx64 " is followed by %#" PRIx64 ", by the tree it should be %#"
			PRIx64, at, c->next, entry);
	if (back != at)
		return corrupt(c->s, record, "free list: %#" PRIx64 " follows %#" PRIx64
			" but points back to %#" PRIx64, entry, at, back);
	return NULL;
}

static struct vmatlas_error *compare_free(void *arg, const struct tree_visit *v)
{
	struct comparison *c = arg;
	const uint64_t entry = (v->record + c->s->res[VA_LIST].offset) & c->s->k->va_mask;
	struct vmatlas_error *err = compare_entry(c, entry, v->prev, v->record);

	c->at = entry;
	c->next = v->next;
	return err;
}

/* Lists move while they are read; and where the head cannot be, the tree will do. */
static struct vmatlas_error *compare_start(struct comparison *c, uint64_t *ret_last)
{
	struct survey *s = c->s;
	const uint64_t head = s->res[FREE_LIST].addr;
	struct vmatlas_error *err;

	c->told = s->k->mem->info.live || !survey_has(s, FREE_LIST);
	if (c->told)
		return NULL;
	c->at = head;
	err = kernel_read_ptr(s->k, head, &c->next);
	if (!err)
		err = kernel_read_ptr(s->k, head + s->k->ptr_size, ret_last);
	c->told = err != NULL;
	return survey_report_fault(s, err, "list-corrupt", SUBJECT, head);
}

/* The allocator looks into no subtree whose size says that there is nothing to find. */
static struct vmatlas_error *check_sizes(struct survey *s, const struct vmap_area_tree *t)
{
	if (!t->nr_wrong || s->k->mem->info.live)
		return NULL;
	return corrupt(s, t->wrong.record, "free tree: subtree_max_size of vmap_area %#" PRIx64
		" is %#" PRIx64 ", yet the largest free area there has %#" PRIx64 " bytes; %zu of "
		"%zu nodes are wrong", t->wrong.record, t->wrong.stored, t->wrong.found,
		t->nr_wrong, t->v.nr);
}

static struct vmatlas_error *read_free_tree(struct survey *s, struct free_records *f)
{
	struct comparison c = { .s = s };
	uint64_t last = 0;
	struct vmatlas_error *err = compare_start(&c, &last);

	if (err)
		return err;
	err = tree_walk(&(struct tree_walk){
		.s = s, .root = s->res[FREE_ROOT].addr, .visit = compare_free, .arg = &c,
		.max_size = survey_has(s, SUBTREE_MAX) ? SUBTREE_MAX : 0, .keep = &f->tree,
	});
	if (err)
		return survey_report_fault(s, err, "list-corrupt", SUBJECT, s->res[FREE_ROOT].addr);
	f->state = s->k->mem->info.live ? FREE_UNKNOWN : FREE_IN_TREE;
	err = compare_entry(&c, s->res[FREE_LIST].addr, last, s->res[FREE_LIST].addr);
	if (c.tree_lacks)
		f->state = FREE_UNKNOWN;	/* so it is no measure of what is free */
	if (!err && survey_has(s, SUBTREE_MAX))
		err = check_sizes(s, &f->tree);
	return err ? err : survey_coverage(s, VMATLAS_COVERAGE_FULL, SUBJECT, "%zu free areas",
					   f->tree.v.nr);
}

/* ---- Lists of areas against their trees ---- */

struct sequence {
	struct survey *s;
	const struct area_list *list;
	size_t nr;			/* met in the tree, and the same */
};

static const char *free_area_name_of(const struct area_list *list)
{
	return list->state == AREA_BUSY ? "busy" : "unpurged";
}

/* The first difference is told; those behind it follow from it. */
static struct vmatlas_error *compare_area(void *arg, const struct tree_visit *v)
{
	struct sequence *q = arg;
	const struct area *area = q->s->k->records.areas.v + q->list->from + q->nr;
	const bool more = q->nr < q->list->nr;

	if (more && area->rec.vmap_area == v->record) {
		q->nr++;
		return NULL;
	}
	if (more)
		return vmatlas_error_new(
			VMATLAS_ERROR_CORRUPT,
			"list and tree of %s areas "
			"disagree: number %zu of the list is vmap_area %#" PRIx64
			", of the tree %#" PRIx64,
			free_area_name_of(q->list), q->nr + 1, area->rec.vmap_area,
			v->record);
	return vmatlas_error_new(
		VMATLAS_ERROR_CORRUPT,
		"list and tree of %s areas disagree: the "
		"list ends after %zu, the tree goes on with vmap_area %#" PRIx64,
		free_area_name_of(q->list), q->nr, v->record);
}

static struct vmatlas_error *compare_list(struct survey *s, const struct area_list *list)
{
	struct sequence q = { .s = s, .list = list };
	struct vmatlas_error *err = tree_walk(&(struct tree_walk){
		.s = s, .root = list->root, .visit = compare_area, .arg = &q,
	});

	if (!err && q.nr < list->nr)
		err = vmatlas_error_new(
			VMATLAS_ERROR_CORRUPT,
			"list and tree of %s areas "
			"disagree: the tree ends after %zu, the list goes on with "
			"vmap_area %#" PRIx64,
			free_area_name_of(list), q.nr,
			s->k->records.areas.v[list->from + q.nr].rec.vmap_area);
	if (!err)
		err = area_list_check_order(&s->k->records, list);
	return survey_report_fault(s, err, "list-corrupt", "trees of areas", list->root);
}

static struct vmatlas_error *compare_lists(struct survey *s)
{
	const struct kernel_records *b = &s->k->records;
	struct vmatlas_error *err = NULL;

	if (!b->areas_complete || s->k->mem->info.live || !tree_is_known(s))
		return NULL;
	for (size_t i = 0; i < b->lists.nr && !err; i++)
		if (b->lists.v[i].root)
			err = compare_list(s, &b->lists.v[i]);
	return err;
}

/* Extracts hold each root that there is: where one does not, nobody asked for it. */
static struct vmatlas_error *read_roots(struct survey *s, bool silently)
{
	const struct kernel_records *b = &s->k->records;
	struct vmatlas_error *err = NULL;
	const bool paused = s->k->mem->record_paused;
	uint64_t top;

	s->k->mem->record_paused |= silently;
	for (size_t i = 0; i < b->lists.nr && !err; i++)
		if (b->lists.v[i].root)
			err = kernel_read_ptr(s->k, b->lists.v[i].root, &top);
	s->k->mem->record_paused = paused;
	return err;
}

/* One that was made before there was this surveyor shall extract again to itself. */
static bool is_older_extract(struct survey *s)
{
	const bool is_extract = s->k->mem->info.is_extract;
	struct vmatlas_error *err = read_roots(s, is_extract);
	const bool older = is_extract && err;

	if (!err)
		err = read_roots(s, false);
	vmatlas_error_free(err);	/* told where a tree is walked */
	return older;
}

static struct vmatlas_error *free_area_run(struct survey *s)
{
	struct free_records *f = calloc(1, sizeof(*f));
	struct vmatlas_error *err;

	if (!f)
		return error_no_memory();
	s->k->records.free = f;
	if (is_older_extract(s))
		return survey_coverage(s, VMATLAS_COVERAGE_SKIPPED, SUBJECT,
			"because this extract was made by a vmatlas that did not read it");
	if (!survey_has(s, FREE_ROOT)) {
		f->state = FREE_IN_GAPS;
		err = survey_coverage(s, VMATLAS_COVERAGE_FULL, SUBJECT,
				      "what no area takes; this kernel keeps no list of it");
	} else if (!tree_is_known(s)) {
		return survey_coverage(s, VMATLAS_COVERAGE_SKIPPED, SUBJECT,
			"because vmlinux has no type struct vmap_area (no debug info?)");
	} else {
		err = read_free_tree(s, f);
	}
	return err ? err : compare_lists(s);
}

const struct surveyor survey_free = {
	.name = "free",
	.what = VMATLAS_SURVEY_FREE,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = free_area_run,
};
