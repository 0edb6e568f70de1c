/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pages a kdump describes, which it holds, and where their data lies: to
 * say of a page that is not there whether it was filtered out, lost with the
 * end of the file, or never RAM.
 *
 * Two bitmaps (RAM; dumped), then a descriptor for each dumped page in order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "mem/kdump_bitmap.h"

enum {
	TAIL_DESCS = 512,		/* descriptors looked at for the file's end */
	RUNS_MAX = 4096,
};

static unsigned int count_bits(const uint8_t *p, size_t len)
{
	unsigned int n = 0;
	uint64_t word;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		n += __builtin_popcountll(word);
	}
	for (; len > 0; p++, len--)
		n += __builtin_popcount(*p);
	return n;
}

/*
 * A part of a bitmap. Not asked of a cut-off flattened file whether it came:
 * has_bits() did, and makedumpfile never writes the bits behind the last page.
 */
static struct vmatlas_error *read_bits(const struct pagemap *map, const struct bitmap *b,
				       uint64_t pos, uint8_t *buf, size_t len)
{
	struct vmatlas_error *err;
	size_t got;

	err = file_read_some(map->mem, map->fd, b->offset + pos, buf, len, &got);
	if (!err && got < len)
		err = vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"file is truncated: its map of pages is missing");
	return err;
}

/* Have chunk number @chunk of @b at hand. */
static struct vmatlas_error *bitmap_load(struct pagemap *map, struct bitmap *b,
					 uint64_t chunk)
{
	const uint64_t pos = chunk * PAGEMAP_CHUNK;
	struct vmatlas_error *err;

	if (b->chunk == chunk)
		return NULL;
	b->chunk = UINT64_MAX;
	err = read_bits(map, b, pos, b->bytes,
			MIN(map->bytes - pos, (uint64_t)PAGEMAP_CHUNK));
	if (!err)
		b->chunk = chunk;
	return err;
}

static struct vmatlas_error *test(struct pagemap *map, struct bitmap *b, uint64_t pfn,
				  bool *ret)
{
	struct vmatlas_error *err = bitmap_load(map, b, pfn / 8 / PAGEMAP_CHUNK);

	if (!err)
		*ret = b->bytes[pfn / 8 % PAGEMAP_CHUNK] >> pfn % 8 & 1;
	return err;
}

static void bitmap_place(struct pagemap *map)
{
	const struct diskdump_head *head = map->head;
	const uint64_t all = (uint64_t)head->bitmap_blocks * head->block_size;
	/* A diskdump has but one bitmap: then it covers no more than the pages. */
	const bool two = head->max_mapnr <= all / 2 * 8;

	map->bytes = two ? all / 2 : all;
	map->ram.offset = (1 + (uint64_t)head->sub_blocks) * head->block_size;
	map->dumped.offset = map->ram.offset + (two ? map->bytes : 0);
	map->descs = map->ram.offset + all;
	map->ram.chunk = map->dumped.chunk = UINT64_MAX;
}

static struct vmatlas_error *count_pages(struct pagemap *map)
{
	const size_t nr_chunks = (map->bytes + PAGEMAP_CHUNK - 1) / PAGEMAP_CHUNK;
	uint8_t bytes[16 * PAGEMAP_CHUNK];
	struct vmatlas_error *err;

	map->before = calloc(nr_chunks, sizeof(*map->before));
	if (!map->before)
		return error_no_memory();
	for (uint64_t pos = 0; pos < map->bytes; pos += sizeof(bytes)) {
		const size_t len = MIN((uint64_t)sizeof(bytes), map->bytes - pos);

		err = read_bits(map, &map->dumped, pos, bytes, len);
		if (err)
			return err;
		for (size_t i = 0; i < len; i += PAGEMAP_CHUNK) {
			map->before[(pos + i) / PAGEMAP_CHUNK] = map->nr_dumped;
			map->nr_dumped +=
				count_bits(bytes + i, MIN(len - i, (size_t)PAGEMAP_CHUNK));
		}
	}
	return NULL;
}

/* The bits that count; with it, the file reaches up to the descriptors. */
static bool has_bits(const struct pagemap *map, const struct bitmap *b)
{
	const uint64_t nr = MIN(map->head->max_mapnr, map->bytes * 8);

	return file_holds(map->mem, b->offset, (nr + 7) / 8) &&
	       map->mem->file_size >= b->offset + map->bytes;
}

struct vmatlas_error *pagemap_init(struct pagemap *map, struct mem *mem, int fd,
				   const struct diskdump_head *head)
{
	struct vmatlas_error *err;

	*map = (struct pagemap){ .mem = mem, .fd = fd, .head = head };
	bitmap_place(map);
	if (!has_bits(map, &map->ram) || !has_bits(map, &map->dumped))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated before the pages begin; copy the dump again");
	err = count_pages(map);
	if (err)
		pagemap_done(map);
	return err;
}

void pagemap_done(struct pagemap *map)
{
	free(map->before);
	map->before = NULL;
}

struct vmatlas_error *pagemap_state(struct pagemap *map, uint64_t pfn,
				    enum page_state *ret)
{
	const struct diskdump_head *head = map->head;
	bool dumped = false, ram = false;
	struct vmatlas_error *err;

	if (pfn >= head->max_mapnr || pfn / 8 >= map->bytes) {
		*ret = PAGE_BEYOND;
		return NULL;
	}
	if (head->split && (pfn < head->first_pfn || pfn >= head->end_pfn)) {
		*ret = PAGE_ELSEWHERE;
		return NULL;
	}
	err = test(map, &map->dumped, pfn, &dumped);
	if (!err && !dumped)
		err = test(map, &map->ram, pfn, &ram);
	if (!err)
		*ret = dumped ? PAGE_PRESENT : ram ? PAGE_FILTERED : PAGE_HOLE;
	return err;
}

/* How many pages are dumped before @pfn. */
static struct vmatlas_error *bitmap_rank(struct pagemap *map, uint64_t pfn, uint64_t *ret)
{
	const uint64_t chunk = pfn / 8 / PAGEMAP_CHUNK;
	const size_t whole = pfn / 8 % PAGEMAP_CHUNK;
	struct vmatlas_error *err;
	uint8_t part;

	err = bitmap_load(map, &map->dumped, chunk);
	if (err)
		return err;
	part = map->dumped.bytes[whole] & ((1u << pfn % 8) - 1);
	*ret = map->before[chunk] + count_bits(map->dumped.bytes, whole) +
	       count_bits(&part, 1);
	return NULL;
}

/* Files of a split dump have whole bitmaps but only their own descriptors. */
static struct vmatlas_error *desc_index(struct pagemap *map, uint64_t pfn, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint64_t before = 0;

	err = bitmap_rank(map, pfn, ret);
	if (!err && map->head->split)
		err = bitmap_rank(map, map->head->first_pfn, &before);
	if (!err)
		*ret -= before;
	return err;
}

struct vmatlas_error *pagemap_data_state(struct pagemap *map, uint64_t pfn,
					 enum page_state *ret)
{
	uint8_t bytes[DISKDUMP_DESC_SIZE];
	struct diskdump_desc desc;
	struct vmatlas_error *err;
	uint64_t index = 0, pos;

	err = desc_index(map, pfn, &index);
	if (err)
		return err;
	pos = map->descs + index * DISKDUMP_DESC_SIZE;
	*ret = PAGE_LOST;
	if (!file_holds(map->mem, pos, sizeof(bytes)))
		return NULL;
	err = file_read(map->mem, map->fd, pos, bytes, sizeof(bytes));
	if (err)
		return err;
	desc = diskdump_desc_parse(map->head, bytes);
	if (desc.offset == 0 && desc.size == 0)
		*ret = PAGE_UNWRITTEN;
	else if (file_holds(map->mem, desc.offset, desc.size))
		*ret = PAGE_PRESENT;
	return NULL;
}

/*
 * Pages are written in order, so the last descriptors know where the file ends.
 * But pages of zeros share one place near the front: where all the last ones
 * name one place, nothing is known.
 */
static uint64_t last_byte(const struct diskdump_head *head, const uint8_t *p, size_t size,
			  bool *ret_sure)
{
	uint64_t low = UINT64_MAX, high = 0, end = 0;

	for (size_t i = 0; i < size; i += DISKDUMP_DESC_SIZE) {
		const struct diskdump_desc d = diskdump_desc_parse(head, p + i);

		if (d.offset > INT64_MAX)
			continue;
		low = MIN(low, d.offset);
		high = MAX(high, d.offset);
		end = MAX(end, d.offset + d.size);
	}
	*ret_sure = low < high || size <= DISKDUMP_DESC_SIZE;
	return end;
}

/* A part of a split dump describes its own pages alone. */
static struct vmatlas_error *count_descs(struct pagemap *map, uint64_t *ret)
{
	const struct diskdump_head *head = map->head;
	struct vmatlas_error *err;
	uint64_t before = 0;

	*ret = map->nr_dumped;
	if (!head->split)
		return NULL;
	*ret = 0;
	if (head->first_pfn >= MIN(head->end_pfn, map->bytes * 8))
		return NULL;
	err = bitmap_rank(map, head->first_pfn, &before);
	*ret = map->nr_dumped;
	if (!err && head->end_pfn < map->bytes * 8)
		err = bitmap_rank(map, head->end_pfn, ret);
	*ret -= before;
	return err;
}

struct vmatlas_error *pagemap_expected(struct pagemap *map, uint64_t *ret, bool *ret_sure)
{
	uint8_t bytes[TAIL_DESCS * DISKDUMP_DESC_SIZE];
	uint64_t nr = 0, end;
	struct vmatlas_error *err = count_descs(map, &nr);
	const size_t size = MIN(nr, (uint64_t)TAIL_DESCS) * DISKDUMP_DESC_SIZE;

	if (err)
		return err;
	*ret = end = map->descs + nr * DISKDUMP_DESC_SIZE;
	*ret_sure = nr == 0;
	if (nr == 0 || !file_holds(map->mem, end - size, size))
		return NULL;
	err = file_read(map->mem, map->fd, end - size, bytes, size);
	if (!err)
		*ret = MAX(end, last_byte(map->head, bytes, size, ret_sure));
	return err;
}

/* ---- runs of RAM ---- */

struct runs {
	VEC(struct mem_segment) list;
	uint64_t block_size;
	uint64_t first;			/* of the run that is open */
	bool open, too_many;
};

static struct vmatlas_error *close_run(struct runs *r, uint64_t end)
{
	struct mem_segment *s;

	r->open = false;
	r->too_many = r->list.nr >= RUNS_MAX;
	if (r->too_many)
		return NULL;
	s = vec_push(&r->list);
	if (!s)
		return error_no_memory();
	*s = (struct mem_segment){
		.paddr = r->first * r->block_size,
		.vaddr = UINT64_MAX,
		.size = (end - r->first) * r->block_size,
		.file_size = (end - r->first) * r->block_size,
		.file_offset = UINT64_MAX,
		.held = (end - r->first) * r->block_size,
	};
	return NULL;
}

/* The pages @pfn to @end - 1, whose bits begin at @p. */
static struct vmatlas_error *add_bits(struct runs *r, const uint8_t *p, uint64_t pfn,
				      uint64_t end)
{
	struct vmatlas_error *err = NULL;

	for (uint64_t i = 0; !err && pfn + i < end; i++) {
		const bool is_ram = p[i / 8] >> i % 8 & 1;

		if (is_ram && !r->open)
			r->first = pfn + i;
		else if (!is_ram && r->open)
			err = close_run(r, pfn + i);
		r->open = is_ram;
	}
	return err;
}

/* Most words are all RAM or all hole, and change nothing. */
static struct vmatlas_error *add_chunk(struct runs *r, const uint8_t *p, uint64_t pfn,
				       uint64_t end)
{
	struct vmatlas_error *err = NULL;
	uint64_t word;

	for (; !err && pfn < end && !r->too_many; pfn += 64, p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (word != (r->open ? UINT64_MAX : 0) || end - pfn < 64)
			err = add_bits(r, p, pfn, MIN(end, pfn + 64));
	}
	return err;
}

static struct vmatlas_error *find_runs(struct pagemap *map, struct runs *r, uint64_t end)
{
	const uint64_t step = PAGEMAP_CHUNK * 8;
	struct vmatlas_error *err = NULL;

	for (uint64_t pfn = 0; !err && pfn < end && !r->too_many; pfn += step) {
		err = bitmap_load(map, &map->ram, pfn / step);
		if (!err)
			err = add_chunk(r, map->ram.bytes, pfn, MIN(end, pfn + step));
	}
	if (!err && r->open)
		err = close_run(r, end);
	return err;
}

struct vmatlas_error *pagemap_segments(struct pagemap *map, struct mem_segment **ret,
				       size_t *ret_nr)
{
	const uint64_t end = MIN(map->head->max_mapnr, map->bytes * 8);
	struct runs r = { .block_size = map->head->block_size };
	struct vmatlas_error *err;

	err = find_runs(map, &r, end);
	if (!err && r.too_many) {	/* a broken bitmap; say nothing of holes */
		r.list.nr = 0;
		r.first = 0;
		err = close_run(&r, end);
	}
	if (err) {
		vec_done(&r.list);
		return err;
	}
	*ret = r.list.v;
	*ret_nr = r.list.nr;
	return NULL;
}
