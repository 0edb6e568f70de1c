/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several files that are one dump: the parts of a kdump that makedumpfile --split
 * wrote, or raw images of several banks of RAM. Each is opened as it would be
 * alone; what is read is asked of the one that answers for the address. In any
 * order: they are sorted here, so that all reports are the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "mem/mem_internal.h"

struct split_dump {
	struct mem **part;		/* by address, owned */
	size_t nr;
	char *format;
};

static const struct mem_ops mem_split_ops, mem_raws_ops;

static void split_dump_free(struct split_dump *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->nr; i++)
		mem_free(set->part[i]);
	free(set->part);
	free(set->format);
	free(set);
}
DEFINE_FREEP(split_dump, split_dump_free)

/* ---- which addresses a part answers for ---- */

/* False: none at all, as the last parts of a small dump have it. */
static bool part_range(const struct mem *part, struct vmatlas_range *ret)
{
	const struct mem_info *info = &part->info;
	const uint64_t first = part->info.is_raw ? part->raw_at : info->part_first;
	const uint64_t size = part->info.is_raw ? part->file_size : info->part_end - first;

	*ret = (struct vmatlas_range){ first, first + (size - 1) };
	return size > 0 && (part->info.is_raw || info->part_end > first);
}

static int split_by_address(const void *a, const void *b)
{
	const struct mem *const *x = a, *const *y = b;
	struct vmatlas_range r, s;
	const bool some = part_range(*x, &r), more = part_range(*y, &s);

	if (some != more)	/* those without pages stand last */
		return some ? -1 : 1;
	if (r.first != s.first)
		return r.first < s.first ? -1 : 1;
	return strcmp((*x)->path, (*y)->path);
}

/* ---- do they belong together? ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* makedumpfile writes all but the range into each part alike. */
static bool same_dump(const struct mem_info *a, const struct mem_info *b)
{
	return a->bits == b->bits && a->big_endian == b->big_endian &&
	       a->page_size == b->page_size && a->max_paddr == b->max_paddr &&
	       a->taken == b->taken && !strcmp(a->uts_release, b->uts_release) &&
	       !strcmp(a->uts_node, b->uts_node) &&
	       !strcmp(a->uts_machine, b->uts_machine) &&
	       same_text(a->vmcoreinfo, b->vmcoreinfo);
}

static struct vmatlas_error *check_kinds(const struct split_dump *set)
{
	const struct mem *first = set->part[0];

	for (size_t i = 0; i < set->nr; i++) {
		const struct mem *part = set->part[i], *other = i ? first : set->part[1];

		if (!part->info.is_raw && !part->info.is_part)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"%s is a whole dump, and %s was given with it; name one dump",
				part->path, other->path);
		if (part->info.is_raw != first->info.is_raw)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"%s is a raw image and %s part of a split dump; name one dump",
				part->info.is_raw ? part->path : first->path,
				part->info.is_raw ? first->path : part->path);
		if (!part->info.is_raw && !same_dump(&part->info, &first->info))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"%s is not a part of the same split dump as %s: their headers "
				"differ", part->path, first->path);
	}
	return NULL;
}

/* After sorting. */
static struct vmatlas_error *check_overlaps(const struct split_dump *set)
{
	struct vmatlas_range a, b;

	for (size_t i = 0; i + 1 < set->nr; i++) {
		const struct mem *x = set->part[i], *y = set->part[i + 1];

		if (!part_range(x, &a) || !part_range(y, &b) || a.last < b.first)
			continue;
		if (x->info.is_raw)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"raw images overlap: %s is at 0x%" PRIx64 "-0x%" PRIx64 ", %s at "
				"0x%" PRIx64 "-0x%" PRIx64, x->path, a.first, a.last, y->path, b.first,
				b.last);
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%s and %s hold the same part of the split dump (physical 0x%" PRIx64
			"-0x%" PRIx64 "); name each part once", x->path, y->path, b.first,
			MIN(a.last, b.last));
	}
	return NULL;
}

static void add_gap(struct str *s, uint64_t first, uint64_t end)
{
	if (first < end)
		str_addf(s, "%s0x%" PRIx64 "-0x%" PRIx64, s->len ? ", " : "", first, end - 1);
}

/* @part: @nr of them, sorted. */
static struct vmatlas_error *find_gaps(struct mem *const *part, size_t nr, const char **ret)
{
	_cleanup_(str_done) struct str gaps = { 0 };
	uint64_t next = 0;

	for (size_t i = 0; i < nr; i++) {
		struct vmatlas_range r;

		if (!part_range(part[i], &r))
			continue;
		add_gap(&gaps, next, r.first);
		next = MAX(next, r.last + 1);
	}
	add_gap(&gaps, next, part[0]->info.max_paddr + 1);
	if (!gaps.len)
		return NULL;
	if (asprintf((char **)ret, "of this split dump the files with physical %s were not given",
		     str_text(&gaps)) >= 0)
		return NULL;
	*ret = NULL;
	return error_no_memory();
}

struct vmatlas_error *set_lacks(const struct mem *part, const char **ret)
{
	struct mem *const alone = (struct mem *)part;

	return find_gaps(&alone, 1, ret);
}

/* ---- what the dump as a whole says ---- */

static char *split_name_of(const struct split_dump *set)
{
	struct str s = { 0 };

	str_addf(&s, "%s and %zu more", set->part[0]->path, set->nr - 1);
	return str_take(&s);
}

static char *split_describe(const struct split_dump *set)
{
	enum { SHOWN = 8 };
	struct str s = { 0 };

	str_addf(&s, "%s", set->part[0]->info.format);
	if (!set->part[0]->info.is_raw)
		str_addf(&s, ", split, %zu files", set->nr);
	for (size_t i = 1; i < set->nr && set->part[0]->info.is_raw && i < SHOWN; i++) {
		const struct mem_segment *seg = set->part[i]->info.segments;

		str_addf(&s, ", 0x%" PRIx64 "-0x%" PRIx64, seg->paddr,
			 seg->paddr + (seg->size - 1));
	}
	if (set->part[0]->info.is_raw && set->nr > SHOWN)
		str_addf(&s, " and %zu more", set->nr - SHOWN);
	return str_take(&s);
}

/* Raw images: one segment each. Parts of a kdump: each has the map of all of RAM. */
static struct vmatlas_error *join_segments(struct mem *mem, const struct split_dump *set)
{
	struct mem_segment *all = calloc(set->nr, sizeof(*all));

	if (!all)
		return error_no_memory();
	for (size_t i = 0; i < set->nr; i++)
		all[i] = set->part[i]->info.segments[0];
	mem->info.segments = all;
	mem->info.nr_segments = set->nr;
	mem->info.max_paddr = set->part[set->nr - 1]->info.max_paddr;
	return NULL;
}

static struct vmatlas_error *split_fill_info(struct mem *mem, struct split_dump *set)
{
	struct mem_info *info = &mem->info, *first = &set->part[0]->info;

	set->format = split_describe(set);
	mem->path = split_name_of(set);
	if (!set->format || !mem->path)
		return error_no_memory();
	*info = *first;
	info->lacks = NULL;		/* the part's own; ours is told later */
	first->vmcoreinfo = NULL;	/* these are ours now */
	first->cpus = NULL;
	first->regs = NULL;
	if (set->part[0]->info.is_raw)
		info->segments = NULL;	/* they are joined later */
	else
		first->segments = NULL;
	info->path = mem->path;
	info->format = set->format;
	info->bytes_read = info->nr_reads = 0;
	for (size_t i = 0; i < set->nr; i++) {
		const struct mem_info *part = &set->part[i]->info;

		info->bytes_read += part->bytes_read;
		info->nr_reads += part->nr_reads;
		if (!part->truncated_at)
			continue;
		info->truncated_at = part->truncated_at;
		info->expected_size = part->expected_size;
		info->truncated_file = part->path;
	}
	return NULL;
}

/* ---- opening ---- */

static struct vmatlas_error *split_open_parts(struct split_dump *set,
					      const struct inputs *in,
					      const struct mem_opts *opts)
{
	struct mem_opts alone = *opts;

	alone.record = false;		/* the set as a whole does that */
	set->part = calloc(in->list.nr, sizeof(*set->part));
	if (!set->part)
		return error_no_memory();
	for (size_t i = 0; i < in->list.nr; i++) {
		struct vmatlas_error *err;

		err = mem_open_input(&in->list.v[i], &alone, &set->part[i]);
		if (err)
			return err;
		set->nr++;
	}
	return NULL;
}

/* Hands the set over to @mem, with all that it says. */
static struct vmatlas_error *open_set(struct mem *mem, const struct inputs *in)
{
	_cleanup_(split_dump_freep) struct split_dump *set = calloc(1, sizeof(*set));
	struct vmatlas_error *err;

	if (!set)
		return error_no_memory();
	err = split_open_parts(set, in, &mem->opts);
	if (!err)
		err = check_kinds(set);
	if (err)
		return err;
	qsort(set->part, set->nr, sizeof(*set->part), split_by_address);
	err = check_overlaps(set);
	if (!err)
		err = split_fill_info(mem, set);
	if (!err)
		err = set->part[0]->info.is_raw ? join_segments(mem, set) :
			find_gaps(set->part, set->nr, &mem->info.lacks);
	if (err)
		return err;
	mem->ops = set->part[0]->info.is_raw ? &mem_raws_ops : &mem_split_ops;
	mem->priv = take(set);
	return NULL;
}

struct vmatlas_error *mem_open_set(const struct inputs *in, const struct mem_opts *opts,
				   struct mem **ret)
{
	_cleanup_(mem_freep) struct mem *mem = calloc(1, sizeof(*mem));
	struct vmatlas_error *err;

	if (mem)
		mem->cache = mem_cache_new();
	if (!mem || !mem->cache)
		return error_no_memory();
	mem->opts = *opts;
	err = mem_record_start(mem);
	if (!err)
		err = open_set(mem, in);
	if (err)
		return err;
	*ret = take(mem);
	return NULL;
}

/* ---- reading ---- */

static struct mem *find_part(const struct split_dump *set, uint64_t addr,
			     uint64_t *ret_left)
{
	for (size_t i = 0; i < set->nr; i++) {
		struct vmatlas_range r;

		if (!part_range(set->part[i], &r) || addr < r.first || addr > r.last)
			continue;
		*ret_left = r.last - addr;
		return set->part[i];
	}
	return NULL;
}

static struct vmatlas_error *nobody(const struct mem *mem, uint64_t addr)
{
	const bool beyond = addr > mem->info.max_paddr;

	if (mem->ops == &mem_raws_ops)
		return error_fault(VMATLAS_PHYSICAL, addr, "in none of the raw images");
	return error_fault(VMATLAS_PHYSICAL, addr, "%s",
		beyond ? "not in the dump: it lies beyond the last page of memory" :
			 "in a file of this split dump that was not given");
}

/* The piece at @addr that one part answers for. */
static struct vmatlas_error *split_read_piece(struct mem *mem, uint64_t addr, void *buf,
					      size_t *len)
{
	const struct split_dump *set = mem->priv;
	struct vmatlas_error *err;
	uint64_t left, bytes, reads;
	struct mem *part = find_part(set, addr, &left);

	if (!part)
		return nobody(mem, addr);
	*len = MIN((uint64_t)*len - 1, left) + 1;
	bytes = part->info.bytes_read;
	reads = part->info.nr_reads;
	err = part->ops->read(part, MEM_PHYSICAL, addr, buf, *len);
	mem->info.bytes_read += part->info.bytes_read - bytes;
	mem->info.nr_reads += part->info.nr_reads - reads;
	return err;
}

static struct vmatlas_error *split_set_read(struct mem *mem, enum mem_space space,
					    uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err = NULL;
	uint8_t *to = buf;

	(void)space;	/* there is only one, mem_read() sees to it */
	while (!err && len > 0) {
		size_t n = len;

		err = split_read_piece(mem, addr, to, &n);
		addr += n;
		to += n;
		len -= n;
	}
	return err;
}

static void set_close(struct mem *mem)
{
	split_dump_free(mem->priv);
}

static const struct mem_ops mem_split_ops = {
	.name = "split",
	.read = split_set_read,
	.close = set_close,
};

static const struct mem_ops mem_raws_ops = {
	.name = "raw images",
	.read = split_set_read,
	.close = set_close,
	.run = 16,
	.ragged = true,
};
