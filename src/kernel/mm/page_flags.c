/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a struct page says: flags by the names of enum pageflags, node and zone by the
 * bits above them (include/linux/page-flags-layout.h), what the frame is used for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/mm/memmap.h"

static const char *const flag_names[FRAMES_NR_FLAGS] = {
	"locked", "writeback", "referenced", "uptodate", "dirty", "lru", "head", "waiters",
	"active", "workingset", "error", "slab", "owner_priv_1", "owner_2", "arch_1",
	"arch_2", "arch_3", "reserved", "private", "private_2", "mappedtodisk", "reclaim",
	"swapbacked", "unevictable", "mlocked", "uncached", "hwpoison", "young", "idle",
	"dropbehind", "swapcache",
};

/* Flags that decide what a frame is used for, as they stand above. */
enum { LRU = 5, SLAB = 11, RESERVED = 17, SWAPBACKED = 22 };

static const char *const zone_names[FRAMES_NR_ZONES] = {
	"DMA", "DMA32", "NORMAL", "HIGHMEM", "MOVABLE", "DEVICE",
};

static int64_t enumerator(struct kernel *k, const char *near, const char *prefix,
			  const char *name, struct vmatlas_error **err)
{
	char whole[64];
	int64_t value = -1;

	if (*err)
		return -1;
	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	for (char *c = whole; !strcmp(prefix, "ZONE_") && *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c -= 'a' - 'A';
	*err = image_enumerator(k->image, near, whole, &value);
	if (error_is(*err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(take(*err));
		return -1;
	}
	return value;
}

static unsigned int bits_for(uint64_t nr)
{
	unsigned int bits = 0;

	while ((uint64_t)1 << bits < nr)
		bits++;
	return bits;
}

/* MAX_NUMNODES is the length of node_data[]; without NUMA there is none. */
static void find_node(struct frames *f)
{
	const char *text = vmcoreinfo_text(f->k->vmcoreinfo, "LENGTH(node_data)");
	uint64_t nr = f->res[NODE_DATA].size / f->k->ptr_size;

	f->node_shift = 8 * f->k->ptr_size;
	if (!f->res[NODE_DATA].found)
		return;
	if (!nr && text)
		nr = strtoull(text, NULL, 10);
	f->has_node = nr >= 1 && nr <= 1024 && !f->res[NODE_TABLE].found;
	if (f->has_node)
		f->node_shift -= bits_for(nr);
}

struct vmatlas_error *frames_learn(struct frames *f)
{
	struct vmatlas_error *err = lookup_resolve(f->k, frames_needs + SLAB_CACHE,
						  NR_FRAMES_NEEDS - SLAB_CACHE,
						  f->res + SLAB_CACHE);
	int64_t max;

	f->decodes = true;
	for (size_t i = 0; i < FRAMES_NR_FLAGS; i++)
		f->flag[i] = flag_names[i] ? enumerator(f->k, FRAMES_NEAR_USE, "PG_",
							flag_names[i], &err) : -1;
	for (size_t i = 0; i < FRAMES_NR_ZONES; i++)
		f->zone[i] = enumerator(f->k, FRAMES_NEAR_USE, "ZONE_", zone_names[i], &err);
	max = enumerator(f->k, FRAMES_NEAR_USE, "", "__MAX_NR_ZONES", &err);
	f->table_type = -1;
	if (!err)
		err = image_enumerator(f->k->image, FRAMES_NEAR_USE, "PGTY_table", &f->table_type);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(take(err));
		f->table_type = -1;
	}
	find_node(f);
	/* a zone is told where nodes are: sections of their own are not known here */
	if (max > 0 && max <= 8 && (f->has_node || !f->res[NODE_DATA].found)) {
		f->zone_width = bits_for(max);
		f->zone_shift = f->node_shift - f->zone_width;
	}
	return err;
}

static uint64_t member(const struct frames *f, size_t need, const uint8_t *page)
{
	const struct resolved *m = &f->res[need];

	if (!m->found || !m->size || m->size > 8 || m->offset > f->page_size ||
	    m->size > f->page_size - m->offset)
		return 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (m->size == 4 && !f->k->big_endian) {	/* most are, and there are many pages */
		uint32_t word;

		memcpy(&word, page + m->offset, sizeof(word));
		return word;
	}
#endif
	return bytes_uint(page + m->offset, m->size, f->k->big_endian);
}

/* Flags stand in the lowest bits; how many there are differs, and 20 have long been used. */
bool frames_is_plain(const struct frames *f, const uint8_t *raw)
{
	const size_t type = f->res[PAGE_TYPE].found ? PAGE_TYPE : PAGE_MAPCOUNT;
	const size_t count = f->res[PAGE_REFCOUNT].found ? PAGE_REFCOUNT : PAGE_COUNT;

	return (int32_t)member(f, count, raw) > 0 && (int32_t)member(f, type, raw) == -1 &&
	       !(member(f, PAGE_FLAGS, raw) & 0xffffff);
}

static bool has_flag(const struct frames *f, const struct frame *r, size_t flag)
{
	return f->flag[flag] >= 0 && f->flag[flag] < 64 && r->flags >> f->flag[flag] & 1;
}

/*
 * page_type until 6.10 is -1 with a bit cleared (PG_buddy 0x80), later a byte on top;
 * VMCOREINFO says how a free page looks in either, and 4.17 and before have -128 in
 * _mapcount (include/linux/page-flags.h).
 */
static bool has_type(const struct frames *f, const uint8_t *page, const char *key,
		     const char *name, uint32_t old)
{
	const uint32_t type = member(f, PAGE_TYPE, page);
	const char *text = vmcoreinfo_text(f->k->vmcoreinfo, key);
	uint32_t want = text ? (uint32_t)strtoll(text, NULL, 10) : 0;
	int64_t value;

	if (!f->res[PAGE_TYPE].found)
		return old && (uint32_t)member(f, PAGE_MAPCOUNT, page) == (uint32_t)-128;
	if (!want) {
		struct vmatlas_error *err = NULL;

		value = enumerator(f->k, FRAMES_NEAR_USE, "PGTY_", name, &err);
		vmatlas_error_free(err);
		want = value >= 0 ? (uint32_t)value << 24 : old;
	}
	if (!want)
		return false;
	return (want & 0xffffff) == 0 ? (type & 0xff000000) == want : type == want;
}

static bool page_is_free(const struct frames *f, const uint8_t *page)
{
	return has_type(f, page, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "buddy", (uint32_t)-129);
}

static bool is_slab(const struct frames *f, const uint8_t *page, const struct frame *r)
{
	if (f->flag[SLAB] >= 0)
		return has_flag(f, r, SLAB);
	return has_type(f, page, "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)", "slab", 0);
}

/* Which cache a slab belongs to; a detail. */
static void name_slab(const struct frames *f, const uint8_t *page, struct frame *r)
{
	const size_t need = f->res[SLAB_CACHE].found ? SLAB_CACHE : PAGE_SLAB;
	const uint64_t cache = kernel_address(f->k, member(f, need, page));
	_cleanup_(freep) char *name = NULL;
	struct vmatlas_error *err;
	uint64_t at = 0;

	if (!f->res[CACHE_NAME].found || !kernel_is_pointer(f->k, cache))
		return;
	err = kernel_read_ptr(f->k, cache + f->res[CACHE_NAME].offset, &at);
	if (!err && kernel_is_pointer(f->k, at))
		err = kernel_read_str(f->k, at, sizeof(r->owner) - 1, &name);
	if (!err && name)
		snprintf(r->owner, sizeof(r->owner), "%s", name);
	vmatlas_error_free(err);
}

/*
 * Bit 0 says tail; the rest is the head's address, since 7.0 also a mask that makes it
 * of the tail's own (include/linux/page-flags.h: compound_info).
 */
static uint64_t page_head_of(const struct frames *f, uint64_t page, uint64_t word)
{
	const uint64_t rest = kernel_address(f->k, word - 1);
	const uint64_t low = (~rest + 1) & f->k->va_mask;

	return (low & (low - 1)) == 0 ? page & rest : rest;
}

static void find_use(struct frames *f, const uint8_t *page, struct frame *r)
{
	const uint64_t head = member(f, f->res[PAGE_HEAD].found ? PAGE_HEAD : PAGE_HEAD_NEW,
				     page);
	const uint64_t mapping = member(f, PAGE_MAPPING, page);

	if (page_is_free(f, page)) {
		r->use = FRAME_FREE;
		r->order = MIN(member(f, PAGE_PRIVATE, page), (uint64_t)63);
	} else if (head & 1) {
		r->use = FRAME_TAIL;
		r->head = page_head_of(f, r->page, head);
	} else if (is_slab(f, page, r)) {
		r->use = FRAME_SLAB;
		name_slab(f, page, r);
	} else if (f->table_type >= 0 && f->res[PAGE_TYPE].found &&
		   (int64_t)(member(f, PAGE_TYPE, page) >> 24) == f->table_type) {
		r->use = FRAME_TABLE;
	} else if (has_flag(f, r, RESERVED)) {
		r->use = FRAME_RESERVED;
	} else if (kernel_is_pointer(f->k, mapping) &&
		   (has_flag(f, r, LRU) || has_flag(f, r, SWAPBACKED))) {
		r->use = mapping & 1 ? FRAME_ANON : FRAME_CACHE;
	}
}

static void report_flags(const struct frames *f, struct frame *r)
{
	size_t len = 0;

	for (size_t i = 0; i < FRAMES_NR_FLAGS; i++)
		if (has_flag(f, r, i) && len < sizeof(r->flags_text) - 16)
			len += snprintf(r->flags_text + len, sizeof(r->flags_text) - len,
					"%s%s", len ? "|" : "", flag_names[i]);
}

static void page_find_place(const struct frames *f, struct frame *r)
{
	static const char *const shown[FRAMES_NR_ZONES] = {
		"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device",
	};
	const uint64_t zone = f->zone_width ? r->flags >> f->zone_shift &
					      ((1ull << f->zone_width) - 1) : UINT64_MAX;

	r->has_node = f->has_node;
	r->node = f->has_node && f->node_shift < 64 ? r->flags >> f->node_shift : 0;
	for (size_t i = 0; i < FRAMES_NR_ZONES; i++)
		if (f->zone[i] == (int64_t)zone)
			r->zone = shown[i];
	r->has_zone = r->zone != NULL;
}

struct vmatlas_error *frames_decode(struct frames *f, const uint8_t *page,
				    struct frame *ret)
{
	ret->flags = member(f, PAGE_FLAGS, page);
	ret->refcount = (int32_t)member(f, f->res[PAGE_REFCOUNT].found ? PAGE_REFCOUNT
								    : PAGE_COUNT, page);
	ret->mapcount = (int32_t)member(f, PAGE_MAPCOUNT, page);
	page_find_place(f, ret);
	report_flags(f, ret);
	find_use(f, page, ret);
	return NULL;
}

const char *frame_use_name(uint32_t use)
{
	static const char *const names[] = {
		[FRAME_OTHER] = "in use", [FRAME_FREE] = "free", [FRAME_SLAB] = "slab",
		[FRAME_RESERVED] = "reserved", [FRAME_ANON] = "anonymous",
		[FRAME_CACHE] = "page cache", [FRAME_TAIL] = "tail",
		[FRAME_TABLE] = "page table",
	};

	return use < ARRAY_SIZE(names) ? names[use] : "";
}
