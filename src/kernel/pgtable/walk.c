/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All page tables in one pass; see walk.h. What bounds it: no table is entered
 * twice at a level, no table is entered that the dump cannot hold, and there is a
 * limit to how many there are.
 */
#include <inttypes.h>
#include <string.h>

#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/pgtable/entry.h"
#include "kernel/pgtable/walk.h"
#include "kernel/pgtable/table_hash.h"

#define MAX_TABLES (1u << 20)		/* 4 GiB of them map 2 TiB by 4 KiB pages */
#define MAX_TABLE_SIZE (1u << 16)	/* arm64, pages of 64 KiB */
#define MAX_LEVELS 5

struct mapping_walk {
	struct kernel *k;
	const struct pt_format *f;
	mapping_fn *fn;
	void *arg;
	struct mapping run;		/* being gathered; empty range: none */
	struct table_memo memo;
	struct mapping_stats stats;
	struct vmatlas_range want;
	uint64_t max_paddr;		/* beyond it there is nothing; 0 unknown */
	uint64_t max_tables;
	uint8_t *raw[MAX_LEVELS];
};

/* A table being read: what is known of it, and where it hangs. */
struct walk_table {
	uint64_t phys;
	unsigned int level;
	uint64_t va;			/* the first address that it maps */
	uint64_t parent_addr, parent;	/* the entry that leads to it */
};

static const struct vmatlas_range nowhere = { 1, 0 };

struct vmatlas_range mapping_space(const struct kernel *k)
{
	const unsigned int bits = k->format ? k->format->kernel_bits : 0;

	if (k->ptr_size == 4)
		return (struct vmatlas_range){ 0, UINT32_MAX };
	return (struct vmatlas_range){ bits ? UINT64_MAX << bits : 0, UINT64_MAX };
}

const char *mapping_type_name(uint32_t attr)
{
	return attr & PT_UNCACHED ? "uncached" : attr & PT_DEVICE ? "device"
	     : attr & PT_WC ? "write-combining" : "cached";
}

/* ---- Runs ---- */

static struct vmatlas_error *pgtable_walk_flush(struct mapping_walk *w)
{
	struct mapping run = w->run;

	w->run.range = nowhere;
	return range_valid(run.range) ? w->fn(w->arg, &run) : NULL;
}

static bool continues(const struct mapping *run, const struct mapping *m)
{
	return run->state == MAPPING_LEAVES && m->state == MAPPING_LEAVES &&
	       run->range.last + 1 == m->range.first && run->attr == m->attr &&
	       run->shift == m->shift && run->level == m->level &&
	       run->phys + vmatlas_range_size(&run->range) == m->phys;
}

/* @m as far as it is wanted, behind what came before. */
static struct vmatlas_error *pgtable_walk_add(struct mapping_walk *w, struct mapping m)
{
	struct vmatlas_error *err;

	if (!range_overlaps(m.range, w->want))
		return NULL;
	if (m.range.first < w->want.first) {
		m.phys += m.state == MAPPING_LEAVES ? w->want.first - m.range.first : 0;
		m.range.first = w->want.first;
	}
	m.range.last = MIN(m.range.last, w->want.last);
	if (range_valid(w->run.range) && continues(&w->run, &m)) {
		w->run.range.last = m.range.last;
		return NULL;
	}
	err = pgtable_walk_flush(w);
	w->run = m;
	return err;
}

/* ---- Tables ---- */

/* All that the table maps; the root of 64-bit CPUs reaches down to address 0. */
static struct vmatlas_range reach(const struct mapping_walk *w,
				  const struct walk_table *t)
{
	const struct pt_level *l = &w->f->level[t->level];
	const unsigned int bits = l->shift + l->bits;

	return (struct vmatlas_range){
		t->va, t->va | (bits > 63 ? UINT64_MAX : (1ull << bits) - 1) };
}

static struct vmatlas_error *add_trouble(struct mapping_walk *w,
					 const struct walk_table *t,
					 enum mapping_state state, const char *why)
{
	w->stats.nr_unread += state == MAPPING_UNREAD;
	w->stats.nr_bad += state == MAPPING_BAD;
	return pgtable_walk_add(w, (struct mapping){ .range = reach(w, t),
						     .state = state,
						     .phys = t->phys,
						     .level = t->level,
						     .entry_addr = t->parent_addr,
						     .entry = t->parent,
						     .why = why });
}

/* A table that was walked at another address: what it maps is known. */
static struct vmatlas_error *add_shared(struct mapping_walk *w,
					const struct walk_table *t,
					const struct table_seen *seen)
{
	w->stats.nr_shared++;
	if (seen->is_empty)
		return NULL;
	return pgtable_walk_add(w, (struct mapping){ .range = reach(w, t),
						     .state = MAPPING_SHARED,
						     .phys = t->phys,
						     .level = t->level,
						     .attr = seen->attr,
						     .uniform = seen->is_uniform,
						     .shift = w->f->level[t->level].shift,
						     .first_seen = seen->va,
						     .entry_addr = t->parent_addr,
						     .entry = t->parent });
}

/* Sixteen entries say the same where a leaf is larger than what one entry maps. */
static struct vmatlas_error *add_leaf(struct mapping_walk *w, const struct walk_table *t,
				      size_t i, const struct pt_entry *e, uint64_t entry)
{
	const uint64_t span = pgtable_span(w->f, t->level), va = t->va + i * span;

	return pgtable_walk_add(
		w, (struct mapping){ .range = { va, va + (span - 1) },
				     .state = MAPPING_LEAVES,
				     .phys = e->phys | (va & ((1ull << e->shift) - 1)),
				     .attr = e->attr,
				     .shift = e->shift,
				     .level = t->level,
				     .entry_addr = pgtable_entry_addr(w->f, t->phys, i),
				     .entry = entry });
}

static struct vmatlas_error *read_raw(struct mapping_walk *w, const struct walk_table *t,
				      size_t size)
{
	uint8_t **raw = &w->raw[t->level];

	if (!*raw)
		*raw = malloc(size);
	if (!*raw)
		return error_no_memory();
	return mem_read(w->k->mem, MEM_PHYSICAL, t->phys, *raw, size);
}

/* Tables are mostly empty, and a pass is thousands of them. */
static bool pgtable_walk_is_zero(const struct mapping_walk *w, const struct walk_table *t,
				 size_t i)
{
	const uint8_t *raw = w->raw[t->level];
	uint64_t wide;
	uint32_t narrow;

	if (w->f->entry_size == 8) {
		memcpy(&wide, raw + 8 * i, 8);
		return !wide;
	}
	memcpy(&narrow, raw + 4 * i, 4);
	return !narrow;
}

static uint64_t entry_of(const struct mapping_walk *w, const struct walk_table *t,
			 size_t i)
{
	return pgtable_entry(w->k, w->raw[t->level] + i * w->f->entry_size);
}

static struct vmatlas_error *add_bad_entry(struct mapping_walk *w,
					   const struct walk_table *t, size_t i,
					   const char *why)
{
	const uint64_t span = pgtable_span(w->f, t->level), va = t->va + i * span;

	w->stats.nr_bad++;
	return pgtable_walk_add(
		w, (struct mapping){ .range = { va, va + (span - 1) },
				     .state = MAPPING_BAD,
				     .level = t->level,
				     .entry_addr = pgtable_entry_addr(w->f, t->phys, i),
				     .entry = entry_of(w, t, i),
				     .why = why });
}

static struct vmatlas_error *
walk_table(struct mapping_walk *w, const struct walk_table *t, struct table_seen *ret);

/* A leaf, or what a whole table maps, as part of what @whole maps. */
static void count_in(struct table_seen *whole, const struct table_seen *part)
{
	whole->is_uniform &= part->is_uniform;
	if (part->is_empty)
		return;
	if (whole->is_empty)
		whole->attr = part->attr;
	whole->is_uniform &= whole->attr == part->attr;
	whole->is_empty = false;
}

static struct vmatlas_error *walk_child(struct mapping_walk *w,
					const struct walk_table *t, size_t i,
					uint64_t phys, struct table_seen *ret)
{
	const struct walk_table child = {
		.phys = phys,
		.level = t->level + 1,
		.va = t->va + i * pgtable_span(w->f, t->level),
		.parent_addr = pgtable_entry_addr(w->f, t->phys, i),
		.parent = entry_of(w, t, i),
	};
	const struct table_seen *seen = table_memo_get(&w->memo, phys);

	*ret = (struct table_seen){ .is_empty = true };
	if (w->max_paddr && phys > w->max_paddr)
		return add_trouble(w, &child, MAPPING_BAD, "the table it leads to would lie above all memory");
	if (seen && seen->level != child.level)
		return add_trouble(w, &child, MAPPING_BAD, "the table it leads to serves at another level, too");
	if (seen && seen->va != child.va) {
		*ret = *seen;
		return add_shared(w, &child, seen);
	}
	if (!seen && w->stats.nr_tables >= w->max_tables) {
		w->stats.is_cut_short = true;
		return add_trouble(w, &child, MAPPING_UNREAD, "more page tables than any machine has");
	}
	return walk_table(w, &child, ret);
}

static struct vmatlas_error *walk_entry(struct mapping_walk *w,
					const struct walk_table *t, size_t i,
					struct table_seen *whole)
{
	struct table_seen part = { .is_empty = true };
	struct vmatlas_error *err = NULL;
	struct pt_entry e = { 0 };
	const uint64_t entry = entry_of(w, t, i);
	const char *why = NULL;

	switch (pgtable_step(w->f, t->level, entry, &e, &why)) {
	case PT_NONE:
		break;
	case PT_LEAF:
		part = (struct table_seen){ .attr = e.attr, .is_uniform = true };
		err = add_leaf(w, t, i, &e, entry);
		break;
	case PT_TABLE:
		err = walk_child(w, t, i, e.phys, &part);
		break;
	case PT_BAD:
		err = add_bad_entry(w, t, i, why);
		break;
	}
	count_in(whole, &part);
	return err;
}

/* What of the table is wanted: entries *ret_from and below *ret_to. */
static void pgtable_walk_wanted(const struct mapping_walk *w, const struct walk_table *t,
				size_t *ret_from, size_t *ret_to)
{
	const struct vmatlas_range all = reach(w, t);
	const uint8_t shift = w->f->level[t->level].shift;

	*ret_from = (MAX(all.first, w->want.first) - all.first) >> shift;
	*ret_to = ((MIN(all.last, w->want.last) - all.first) >> shift) + 1;
}

static struct vmatlas_error *pgtable_walk_remember(struct mapping_walk *w,
						   const struct walk_table *t,
						   struct table_seen *whole)
{
	struct table_seen *seen = table_memo_get(&w->memo, t->phys);

	if (!seen)
		seen = table_memo_add(&w->memo, t->phys);
	if (!seen)
		return error_no_memory();
	*seen = *whole;
	return NULL;
}

/* Recursion is as deep as the CPU has levels: five. */
static struct vmatlas_error *
walk_table(struct mapping_walk *w, const struct walk_table *t, struct table_seen *ret)
{
	const size_t nr = pgtable_entries(w->f, t->level);
	struct table_seen whole = {
		.phys = t->phys, .va = t->va, .level = t->level,
		.is_empty = true, .is_uniform = true,
	};
	struct vmatlas_error *err;
	size_t from, to;

	if (!range_overlaps(reach(w, t), w->want))
		return NULL;
	err = read_raw(w, t, nr * w->f->entry_size);
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);
		return add_trouble(w, t, MAPPING_UNREAD, "the table is not in the dump");
	}
	if (err)
		return err;
	w->stats.nr_tables++;
	/* known from now on: a table below may lead back here */
	err = pgtable_walk_remember(w, t, &whole);
	pgtable_walk_wanted(w, t, &from, &to);
	for (size_t i = from; i < to && !err; i++) {
		if (pgtable_walk_is_zero(w, t, i))
			whole.is_uniform = false;
		else
			err = walk_entry(w, t, i, &whole);
	}
	whole.is_uniform &= from == 0 && to == nr && !whole.is_empty;
	*ret = whole;
	return err ? err : pgtable_walk_remember(w, t, &whole);
}

/* ---- The door ---- */

/*
 * Above it there can be no table. The kernel's own max_pfn, and never the end of the dump,
 * which may have lost its end. ARM up to 3.12 counts from where its RAM begins.
 */
static struct vmatlas_error *end_of_memory(struct kernel *k, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint64_t at, max_pfn = 0;

	*ret = 0;
	err = lookup_symbol(k, "max_pfn", &at);
	if (!err)
		err = kernel_read_uint(k, at, k->ptr_size, &max_pfn);
	if (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (max_pfn && max_pfn < UINT64_MAX >> k->page_shift >> 1)
		*ret = MAX((max_pfn << k->page_shift) - 1, k->mem->info.max_paddr);
	if (*ret && k->ptr_size == 4)
		*ret += k->phys_base;
	return err;
}

struct vmatlas_error *mapping_walk_new(struct kernel *k, mapping_fn *fn, void *arg,
				       struct mapping_walk **ret)
{
	struct vmatlas_error *err;
	struct mapping_walk *w;

	if (!k->mem->info.has_physical)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"memory is stored by virtual address here, and page tables point to "
			"physical ones");
	if (!k->format)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "no page tables known");
	w = calloc(1, sizeof(*w));
	if (!w)
		return error_no_memory();
	w->k = k;
	w->f = k->format;
	w->fn = fn;
	w->arg = arg;
	w->run.range = nowhere;
	err = end_of_memory(k, &w->max_paddr);
	if (err) {
		mapping_walk_free(w);
		return err;
	}
	w->max_tables = MAX_TABLES;
	*ret = w;
	return NULL;
}

void mapping_walk_free(struct mapping_walk *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < MAX_LEVELS; i++)
		free(w->raw[i]);
	table_memo_done(&w->memo);
	free(w);
}

struct vmatlas_error *mapping_walk_range(struct mapping_walk *w, struct vmatlas_range range)
{
	const struct pt_level *top = &w->f->level[0];
	const unsigned int bits = top->shift + top->bits;
	const struct walk_table root = {
		.phys = w->k->pgd_phys,
		.va = w->k->ptr_size == 8 && bits < 64 ? UINT64_MAX << bits : 0,
	};
	struct table_seen seen;
	struct vmatlas_error *err;

	w->want = range;
	err = walk_table(w, &root, &seen);
	return err ? err : pgtable_walk_flush(w);
}

static struct vmatlas_error *read_only(void *arg, const struct mapping *m)
{
	(void)arg;
	(void)m;
	return NULL;
}

struct vmatlas_error *mapping_read_tables(struct kernel *k, uint64_t max,
					  struct mapping_stats *ret)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;
	struct vmatlas_error *err;

	*ret = (struct mapping_stats){ 0 };
	if (!k->format || !k->mem->info.has_physical)
		return NULL;
	err = mapping_walk_new(k, read_only, NULL, &w);
	if (err)
		return err;
	w->max_tables = MIN(max, (uint64_t)MAX_TABLES);
	err = mapping_walk_range(w, mapping_space(k));
	*ret = w->stats;
	return err;
}

const struct mapping_stats *mapping_walk_stats(const struct mapping_walk *w)
{
	return &w->stats;
}
