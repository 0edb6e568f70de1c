/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an extract says of itself; see extract_notes.h. Trusts nothing that it reads. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compare.h"
#include "base/array.h"
#include "mem/mem_internal.h"
#include "mem/extract_notes.h"

/* Bounds for hostile notes; a read is refused block by block. */
enum { FAULTS_MAX = 1 << 20, FAULT_LINE = 512 };

struct fault {
	uint64_t addr, len;
	char *reason;
};

struct kept {
	struct extents *runs;
	VEC(struct fault) faults;	/* by address once sealed */
};

struct kept *extract_note_new(void)
{
	struct kept *k = calloc(1, sizeof(*k));

	if (k)
		k->runs = extents_new();
	if (k && !k->runs) {
		free(k);
		k = NULL;
	}
	return k;
}

void extract_note_free(struct kept *k)
{
	if (!k)
		return;
	extents_free(k->runs);
	for (size_t i = 0; i < k->faults.nr; i++)
		free(k->faults.v[i].reason);
	vec_done(&k->faults);
	free(k);
}

/* ---- Facts ---- */

void extract_note_facts_make(const struct extract_note_facts *facts, struct str *ret)
{
	str_addf(ret, "TAKEN=%" PRIu64 "\nNODE=%s\n", facts->taken, facts->node);
	if (facts->truncated_at)
		str_addf(ret, "TRUNCATED=%" PRIu64 " of %" PRIu64 "\n", facts->truncated_at,
			 facts->expected_size);
}

void extract_note_facts_parse(const uint8_t *desc, size_t len, struct extract_note_facts *ret)
{
	char text[256], *at, *line;

	snprintf(text, sizeof(text), "%.*s", (int)MIN(len, sizeof(text) - 1),
		 (const char *)desc);
	for (at = text; (line = strsep(&at, "\n"));) {
		sscanf(line, "TAKEN=%" SCNu64, &ret->taken);
		sscanf(line, "NODE=%64[^\n]", ret->node);
		if (sscanf(line, "TRUNCATED=%" SCNu64 " of %" SCNu64, &ret->truncated_at,
			   &ret->expected_size) == 1)
			ret->truncated_at = 0;
	}
}

/* ---- Runs of real bytes ---- */

static void put_number(struct str *s, uint64_t value)
{
	do {
		const char byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

		str_add(s, &byte, 1);
		value >>= 7;
	} while (value);
}

static bool get_number(const uint8_t **p, const uint8_t *end, uint64_t *ret)
{
	*ret = 0;
	for (unsigned int shift = 0; *p < end && shift < 64; shift += 7) {
		const uint8_t byte = *(*p)++;

		*ret |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool extract_note_is_known(const struct mem_record_page *page, size_t at)
{
	return page->known[at / 8] >> at % 8 & 1;
}

/* Behind the last byte of the run that goes on at @at, be it known or not. */
static size_t run_end(const struct mem_record_page *page, size_t at)
{
	const bool known = extract_note_is_known(page, at);

	while (at < MEM_RECORD_PAGE && extract_note_is_known(page, at) == known)
		at++;
	return at;
}

struct run_writer {
	struct str *out;
	uint64_t done;			/* all below is written */
	uint64_t start, end;		/* the run that may still grow */
};

static void flush_run(struct run_writer *w)
{
	if (w->end == w->start)
		return;
	put_number(w->out, w->start - w->done);
	put_number(w->out, w->end - w->start);
	w->done = w->start = w->end;
}

static void extract_note_add_run(struct run_writer *w, uint64_t start, uint64_t end)
{
	if (start != w->end) {
		flush_run(w);
		w->start = start;
	}
	w->end = end;
}

void extract_note_runs_make(const struct mem_record_page *const *pages, size_t nr, struct str *ret)
{
	struct run_writer w = { .out = ret };

	for (size_t i = 0; i < nr; i++) {
		for (size_t at = 0, next; at < MEM_RECORD_PAGE; at = next) {
			next = run_end(pages[i], at);
			if (extract_note_is_known(pages[i], at))
				extract_note_add_run(&w, pages[i]->paddr + at,
						     pages[i]->paddr + next);
		}
	}
	flush_run(&w);
}

struct vmatlas_error *extract_note_runs_parse(struct kept *k, const uint8_t *desc, size_t len)
{
	const uint8_t *p = desc, *end = desc + len;
	uint64_t at = 0, gap, size;

	while (p < end) {
		if (!get_number(&p, end, &gap) || !get_number(&p, end, &size) ||
		    gap > UINT64_MAX - at || size > UINT64_MAX - at - gap)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"damaged extract: its list of kept bytes makes no sense");
		if (!extents_add(k->runs, at + gap, size))
			return error_no_memory();
		at += gap + size;
	}
	return NULL;
}

/* ---- Faults ---- */

void extract_note_faults_make(const struct mem_record_fault *faults, size_t nr, struct str *ret)
{
	for (size_t i = 0; i < nr; i++)
		str_addf(ret, "%" PRIx64 " %" PRIx64 " %s\n", faults[i].paddr, faults[i].len,
			 faults[i].reason);
}

static struct vmatlas_error *extract_note_parse_line(struct kept *k, const char *line)
{
	struct fault f = { 0 }, *to;
	int skip = 0;

	if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &f.addr, &f.len, &skip) < 2 || !skip ||
	    !f.len || f.len > MEM_BLOCK)
		return NULL;	/* the words are lost, not the bytes */
	if (k->faults.nr >= FAULTS_MAX)
		return NULL;
	to = vec_push(&k->faults);
	if (!to)
		return error_no_memory();
	*to = f;
	to->reason = strdup(line + skip);
	return to->reason ? NULL : error_no_memory();
}

struct vmatlas_error *extract_note_faults_parse(struct kept *k, const uint8_t *desc, size_t len)
{
	struct vmatlas_error *err = NULL;

	while (len && !err) {
		const uint8_t *newline = memchr(desc, '\n', len);
		const size_t size = newline ? (size_t)(newline - desc) : len;
		char line[FAULT_LINE];

		snprintf(line, sizeof(line), "%.*s", (int)MIN(size, sizeof(line) - 1),
			 (const char *)desc);
		err = extract_note_parse_line(k, line);
		desc += size + (newline != NULL);
		len -= size + (newline != NULL);
	}
	return err;
}

static int extract_note_by_addr(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	return compare_u64(x->addr, y->addr) ?: compare_u64(x->len, y->len);
}

/* ---- Questions ---- */

void extract_note_seal(struct kept *k)
{
	extents_seal(k->runs);
	if (k->faults.nr)
		qsort(k->faults.v, k->faults.nr, sizeof(*k->faults.v),
		      extract_note_by_addr);
}

bool extract_note_holds(const struct kept *k, uint64_t addr, uint64_t len)
{
	return extents_hold(k->runs, addr, len);
}

/* Number of faults that start below @addr. */
static size_t faults_below(const struct kept *k, uint64_t addr)
{
	size_t first = 0, nr = k->faults.nr;

	while (nr > 0) {
		const size_t half = nr / 2;

		if (k->faults.v[first + half].addr >= addr) {
			nr = half;
		} else {
			first += half + 1;
			nr -= half + 1;
		}
	}
	return first;
}

/* The one for the same question, or else the nearest that it runs into. */
static const struct fault *find_fault(const struct kept *k, uint64_t addr, uint64_t len)
{
	const size_t at = faults_below(k, addr);

	if (at < k->faults.nr && k->faults.v[at].addr == addr)
		return &k->faults.v[at];
	for (size_t i = at; i > 0 && addr - k->faults.v[i - 1].addr < MEM_BLOCK; i--)
		if (addr - k->faults.v[i - 1].addr < k->faults.v[i - 1].len)
			return &k->faults.v[i - 1];
	if (at < k->faults.nr && k->faults.v[at].addr - addr < len)
		return &k->faults.v[at];
	return NULL;
}

struct vmatlas_error *extract_note_refuse(const struct kept *k, uint64_t addr, uint64_t len)
{
	const struct fault *f = find_fault(k, addr, len);

	return error_fault(VMATLAS_PHYSICAL, f ? f->addr : addr, "%s", f ? f->reason :
			   "not kept in this extract: nothing asked for it");
}
