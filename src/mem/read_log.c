/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash of pages, each with a map of the bytes that were read; see mem.h. */
#include <string.h>

#include "base/array.h"
#include "base/compare.h"
#include "base/hash.h"
#include "mem/mem_internal.h"

/* Every page table entry may be missing; when it is that bad, words no longer help. */
enum { FAULTS_MAX = 1 << 16, REASONS_MAX = 256 };

struct mem_record {
	VEC(struct mem_record_page *) pages;	/* in order of arrival, or sorted */
	struct hash known;			/* of their addresses: index into pages */
	VEC(struct mem_record_fault) faults;	/* likewise; reasons are those below */
	VEC(char *) reasons;
	bool is_full;				/* of faults */
};

struct mem_record *mem_record_new(void)
{
	return calloc(1, sizeof(struct mem_record));
}

void mem_record_free(struct mem_record *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->pages.nr; i++)
		free(r->pages.v[i]);
	for (size_t i = 0; i < r->reasons.nr; i++)
		free(r->reasons.v[i]);
	vec_done(&r->pages);
	vec_done(&r->faults);
	vec_done(&r->reasons);
	hash_done(&r->known);
	free(r);
}

/* After sorting: pages have other indices. */
static bool rehash(struct mem_record *r)
{
	bool is_new, ok = true;

	hash_done(&r->known);
	for (size_t i = 0; i < r->pages.nr && ok; i++)
		ok = hash_add(&r->known, r->pages.v[i]->paddr, &is_new);
	return ok;
}

static struct mem_record_page *get_page(struct mem_record *r, uint64_t paddr)
{
	const size_t known = hash_find(&r->known, paddr);
	struct mem_record_page **kept, *page;
	bool is_new;

	if (known < r->pages.nr)
		return r->pages.v[known];
	page = calloc(1, sizeof(*page));
	kept = page ? vec_push(&r->pages) : NULL;
	if (!kept) {
		free(page);
		return NULL;
	}
	page->paddr = paddr;
	*kept = page;
	return hash_add(&r->known, paddr, &is_new) ? page : NULL;
}

struct vmatlas_error *mem_record_add(struct mem_record *r, uint64_t paddr, const void *bytes,
				     size_t len)
{
	const uint8_t *from = bytes;

	while (len) {
		const size_t at = paddr % MEM_RECORD_PAGE;
		const size_t n = MIN(len, MEM_RECORD_PAGE - at);
		struct mem_record_page *page = get_page(r, paddr - at);

		if (!page)
			return error_no_memory();
		memcpy(page->bytes + at, from, n);
		for (size_t i = at; i < at + n; i++)
			page->known[i / 8] |= 1u << i % 8;
		paddr += n;
		from += n;
		len -= n;
	}
	return NULL;
}

static int read_log_by_address(const void *a, const void *b)
{
	const struct mem_record_page *x = *(struct mem_record_page *const *)a;
	const struct mem_record_page *y = *(struct mem_record_page *const *)b;

	return compare_u64(x->paddr, y->paddr);
}

struct vmatlas_error *mem_record_pages(struct mem_record *r,
				       const struct mem_record_page *const **ret, size_t *ret_nr)
{
	if (r->pages.nr)
		qsort(r->pages.v, r->pages.nr, sizeof(*r->pages.v), read_log_by_address);
	if (!rehash(r))
		return error_no_memory();
	*ret = (const struct mem_record_page *const *)r->pages.v;
	*ret_nr = r->pages.nr;
	return NULL;
}

uint64_t mem_record_bytes(const struct mem_record *r)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < r->pages.nr; i++)
		for (size_t b = 0; b < sizeof(r->pages.v[i]->known); b++)
			nr += __builtin_popcount(r->pages.v[i]->known[b]);
	return nr;
}

/* ---- Faults ---- */

/* A dump has few reasons; each is kept once. NULL: out of memory. */
static const char *intern(struct mem_record *r, const char *reason)
{
	char **kept;

	for (size_t i = 0; i < r->reasons.nr; i++)
		if (!strcmp(r->reasons.v[i], reason) || i + 1 == REASONS_MAX)
			return r->reasons.v[i];
	kept = vec_push(&r->reasons);
	if (!kept)
		return NULL;
	*kept = strdup(reason);
	if (!*kept)
		r->reasons.nr--;
	return *kept;
}

static int by_place(const void *a, const void *b)
{
	const struct mem_record_fault *x = a, *y = b;

	return compare_u64(x->paddr, y->paddr) ?: compare_u64(x->len, y->len);
}

/* One question is asked again and again: of equal ones, the first stays. */
const struct mem_record_fault *mem_record_faults(struct mem_record *r, size_t *ret_nr)
{
	size_t nr = 0;

	if (r->faults.nr)
		qsort(r->faults.v, r->faults.nr, sizeof(*r->faults.v), by_place);
	for (size_t i = 0; i < r->faults.nr; i++)
		if (!nr || by_place(&r->faults.v[nr - 1], &r->faults.v[i]))
			r->faults.v[nr++] = r->faults.v[i];
	r->faults.nr = nr;
	*ret_nr = nr;
	return r->faults.v;
}

/*
 * Which bytes the error is about: backends that know only whole blocks name the
 * block, the others the first byte that is not there.
 */
static struct mem_record_fault read_log_place(uint64_t paddr, size_t len,
					      const struct vmatlas_error *err)
{
	struct mem_record_fault f = { paddr, len, error_reason(err) };
	uint32_t space;
	uint64_t said;

	if (!vmatlas_error_address(err, &space, &said) || space != VMATLAS_PHYSICAL)
		return f;
	if (said == align_down(paddr, MEM_BLOCK))
		return (struct mem_record_fault){ said, MEM_BLOCK, f.reason };
	if (said >= paddr && said - paddr < len)
		return (struct mem_record_fault){ said, len - (said - paddr), f.reason };
	return f;
}

struct vmatlas_error *mem_record_fault(struct mem_record *r, uint64_t paddr, size_t len,
				       const struct vmatlas_error *err)
{
	struct mem_record_fault f = read_log_place(paddr, len, err), *kept;
	size_t nr = r->faults.nr;

	if (nr >= FAULTS_MAX && !r->is_full) {
		mem_record_faults(r, &nr);
		r->is_full = nr > FAULTS_MAX / 2;
	}
	if (r->is_full)
		return NULL;
	f.reason = intern(r, f.reason);
	kept = f.reason ? vec_push(&r->faults) : NULL;
	if (!kept)
		return error_no_memory();
	*kept = f;
	return NULL;
}
