/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes searched for in all of memory: by the page tables, run by run, or by physical address
 * as the dump's own headers describe it. What is read is no answer, so extracts do not keep it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/compare.h"
#include "base/range.h"
#include "kernel/pgtable/walk.h"
#include "map/byte_pattern.h"
#include "map/vmatlas_internal.h"

enum { SEARCH_CHUNK = 1 << 20, SEARCH_PAGE = 4096 };

struct memory_search {
	struct vmatlas *atlas;
	const struct vmatlas_search *ask;
	struct byte_pattern pattern;
	struct vmatlas_search_stats stats;
	uint8_t *buf;			/* the last bytes that were searched, then a chunk */
	size_t kept;			/* how many of them, which end at: */
	uint64_t next;
	bool stopped;
};

static void search_bytes(struct memory_search *s, uint64_t addr, size_t len)
{
	const size_t total = s->kept + len;
	const uint64_t base = addr - s->kept;
	size_t at = 0;

	while ((at = byte_pattern_find(&s->pattern, s->buf, total, at, base)) != SIZE_MAX) {
		s->stats.nr_hits++;
		if (s->ask->hit(s->ask->arg, base + at)) {
			s->stats.stopped = s->stopped = true;
			return;
		}
		at += s->pattern.align;
	}
	s->kept = MIN(total, s->pattern.len - 1);
	memmove(s->buf, s->buf + total - s->kept, s->kept);
	s->next = addr + len;
	s->stats.searched += len;
}

/* What the dump does not hold; the first reason stands for all. */
static struct vmatlas_error *skip_bytes(struct memory_search *s, uint64_t len,
					struct vmatlas_error *fault)
{
	s->kept = 0;
	s->stats.unread += len;
	if (!s->stats.why[0])
		s->stats.why = strings_add(s->atlas->strings,
					   fault ? error_reason(fault) : "not in the dump");
	vmatlas_error_free(fault);
	return s->stats.why ? NULL : error_no_memory();
}

static bool search_goes_on(struct memory_search *s)
{
	if (!s->stopped && s->ask->cancelled && s->ask->cancelled(s->ask->arg))
		s->stats.cancelled = s->stopped = true;
	return !s->stopped;
}

/* A chunk, and where it is not there as a whole its pages. */
static struct vmatlas_error *search_run(struct memory_search *s, uint64_t addr, uint64_t phys,
					uint64_t len)
{
	struct vmatlas_error *err = NULL;
	uint64_t pages_until = phys;

	while (!err && len && search_goes_on(s)) {
		const size_t most = phys < pages_until ? SEARCH_PAGE : SEARCH_CHUNK;
		const size_t n = MIN(len, most - (phys & (most - 1)));

		if (addr != s->next)
			s->kept = 0;
		err = mem_read(s->atlas->kernel->mem, MEM_PHYSICAL, phys, s->buf + s->kept, n);
		if (error_is(err, VMATLAS_ERROR_FAULT) && most > SEARCH_PAGE) {
			vmatlas_error_free(err);
			err = NULL;
			pages_until = phys + n;
			continue;
		}
		if (!err)
			search_bytes(s, addr, n);
		else if (error_is(err, VMATLAS_ERROR_FAULT))
			err = skip_bytes(s, n, err);
		addr += n;
		phys += n;
		len -= n;
	}
	return err;
}

/* ---- By virtual address ---- */

static struct vmatlas_error *search_mapping(void *arg, const struct mapping *m)
{
	struct memory_search *s = arg;
	const uint64_t len = m->range.last - m->range.first + 1;

	if (!search_goes_on(s))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "stopped");
	switch (m->state) {
	case MAPPING_LEAVES:
		return search_run(s, m->range.first, m->phys, len);
	case MAPPING_SHARED:
		s->stats.shared += len;
		return NULL;
	case MAPPING_UNREAD:
		s->stats.unread_tables++;
		return NULL;
	case MAPPING_BAD:
		return NULL;
	}
	return NULL;
}

static struct vmatlas_error *search_virtual(struct memory_search *s)
{
	_cleanup_(mapping_walk_freep) struct mapping_walk *w = NULL;
	struct kernel *k = s->atlas->kernel;
	struct vmatlas_range range = s->ask->range;
	struct vmatlas_error *err = mapping_walk_new(k, search_mapping, s, &w);
	struct vmatlas_range space;

	if (err)
		return err;
	space = mapping_space(k);
	/* the first page of a 32-bit space is never mapped */
	space.first = MAX(space.first, (uint64_t)SEARCH_PAGE);
	range.first = MAX(range.first, space.first);
	range.last = MIN(range.last, space.last);
	if (range.first > range.last)
		return NULL;
	return mapping_walk_range(w, range);
}

/* ---- By physical address ---- */

static int segments_by_address(const void *a, const void *b)
{
	const struct mem_segment *x = a, *y = b;

	return compare_u64(x->paddr, y->paddr);
}

/* *pos: what lies below it was searched, or is in no segment. */
static struct vmatlas_error *search_segment(struct memory_search *s, const struct mem_segment *seg,
					    uint64_t *pos)
{
	const struct vmatlas_range range = s->ask->range;
	const uint64_t in_file = seg->paddr + seg->file_size;
	const uint64_t start = MAX(seg->paddr, range.first);
	const uint64_t first = MAX(start, *pos);
	uint64_t end = seg->paddr + seg->size;
	struct vmatlas_error *err = NULL;

	if (range.last + 1 && end > range.last + 1)
		end = range.last + 1;
	if (first >= end)
		return NULL;
	if (first < in_file)
		err = search_run(s, first, first, MIN(end, in_file) - first);
	if (!err && !s->stopped && end > in_file)
		err = skip_bytes(s, end - MAX(first, in_file), NULL);
	*pos = end;
	return err;
}

static struct vmatlas_error *search_physical(struct memory_search *s)
{
	const struct mem_info *info = &s->atlas->kernel->mem->info;
	_cleanup_(freep) struct mem_segment *sorted = calloc(info->nr_segments + 1, sizeof(*sorted));
	struct vmatlas_error *err = NULL;
	uint64_t pos = 0;
	size_t nr = 0;

	if (!sorted)
		return error_no_memory();
	for (size_t i = 0; i < info->nr_segments; i++)
		if (info->segments[i].paddr != UINT64_MAX && info->segments[i].size &&
		    info->segments[i].paddr + info->segments[i].size > info->segments[i].paddr)
			sorted[nr++] = info->segments[i];
	if (!nr)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"this kind of dump does not say which physical memory it has");
	qsort(sorted, nr, sizeof(*sorted), segments_by_address);
	for (size_t i = 0; !err && !s->stopped && i < nr; i++)
		err = search_segment(s, &sorted[i], &pos);
	return err;
}

/* ---- */

static struct vmatlas_error *search_check(const struct vmatlas_search *ask)
{
	const uint32_t align = ask->align;

	if (ask->size < sizeof(*ask) || !ask->hit || !ask->bytes)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "a search without its question");
	if (!ask->nr_bytes || ask->nr_bytes > BYTE_PATTERN_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%" PRIu32 " bytes to search for: 1 to %d will do", ask->nr_bytes,
			BYTE_PATTERN_MAX);
	if (align & (align - 1) || align > SEARCH_PAGE)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"alignment %" PRIu32 " is not a power of two up to 4096", align);
	return NULL;
}

/* A masked copy: bits that may be anything are 0 in it. */
static uint8_t *masked_bytes(const struct vmatlas_search *ask)
{
	uint8_t *bytes = malloc(ask->nr_bytes);

	for (uint32_t i = 0; bytes && i < ask->nr_bytes; i++)
		bytes[i] = ask->bytes[i] & (ask->mask ? ask->mask[i] : 0xff);
	return bytes;
}

struct vmatlas_error *vmatlas_search(struct vmatlas *atlas, const struct vmatlas_search *ask,
				     struct vmatlas_search_stats *ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);
	_cleanup_(freep) uint8_t *bytes = NULL, *buf = NULL;
	struct memory_search s = { .atlas = atlas, .ask = ask, .stats = { .why = "" } };
	bool paused;

	if (!err)
		err = search_check(ask);
	if (err)
		return err;
	bytes = masked_bytes(ask);
	buf = malloc(SEARCH_CHUNK + BYTE_PATTERN_MAX);
	if (!bytes || !buf)
		return error_no_memory();
	s.buf = buf;
	s.pattern = (struct byte_pattern){
		.bytes = bytes, .mask = ask->mask, .len = ask->nr_bytes, .align = ask->align ?: 1,
	};
	byte_pattern_prepare(&s.pattern);
	paused = atlas->kernel->mem->record_paused;
	atlas->kernel->mem->record_paused = true;
	err = ask->space == VMATLAS_PHYSICAL ? search_physical(&s) : search_virtual(&s);
	atlas->kernel->mem->record_paused = paused;
	if (s.stopped) {
		vmatlas_error_free(err);
		err = NULL;
	}
	return err ? err : api_give(ret, ret->size, &s.stats, sizeof(s.stats));
}
