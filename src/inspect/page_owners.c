/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: does each page that vmalloc() allocated belong to one area alone? By the
 * areas' arrays of pages, and by what each struct page says of itself. Areas of other
 * kinds map pages that others own, and are not asked.
 *
 * One bit for each frame: the cost grows with the number of pages, whatever their order,
 * and struct pages are read in a row.
 * Not on the plugin contract: it reads struct pages by the hundred thousand, in blocks, and says what an
 * extract keeps of them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "inspect/page_owners.h"
#include "kernel/lookup.h"
#include "kernel/pgtable/translate.h"
#include "kernel/vmalloc/vmap_area.h"

#define CHUNK 512			/* pointers of an array read at a time */
#define LEAF_BITS 15			/* frames for which there is a bitmap, or none */
#define LEAF_WORDS (1u << (LEAF_BITS - 6))
#define MAX_LEAVES (1u << 17)		/* 16 TiB in pages of 4 KiB */
#define MAX_KEPT (1u << 14)		/* struct pages that an extract keeps: 1 MiB */
#define MAX_PAGES (1u << 26)		/* looked at: 256 GiB in pages of 4 KiB */

static void page_owners_done(struct page_owners *o)
{
	for (size_t i = 0; i < o->leaves.nr; i++)
		free(o->leaves.v[i]);
	vec_done(&o->leaves);
	frames_free(o->frames);
}

/* Pages that vmalloc() took for this area; it is the only one that may name them. */
static bool owns_pages(const struct page_owners *o, const struct vmatlas_claim *claim)
{
	const struct vmatlas_area *a = claim->area;

	return a && claim->kind == VMATLAS_KIND_VMALLOC && a->pages && a->nr_pages &&
	       !(a->vm_flags & VM_UNINITIALIZED) && !(claim->flags & VMATLAS_CLAIM_UNREADABLE) &&
	       a->nr_pages <= vmatlas_range_size(&claim->range) >> o->k->page_shift;
}

/* ---- Arrays of pages ---- */

static struct vmatlas_error *
each_pointer(struct page_owners *o, const struct vmatlas_claim *claim, page_owner_fn *fn)
{
	const struct vmatlas_area *a = claim->area;
	const size_t ptr = o->k->ptr_size;
	struct vmatlas_error *err = NULL;
	uint8_t raw[CHUNK * 8];

	if (!kernel_is_pointer(o->k, a->pages))
		return NULL;		/* told by the page tables' judge */
	for (uint64_t i = 0; i < a->nr_pages && !err; i++) {
		const uint64_t at = i % CHUNK;

		if (!at)
			err = kernel_read(o->k, (a->pages + i * ptr) & o->k->va_mask, raw,
					  MIN(a->nr_pages - i, (uint64_t)CHUNK) * ptr);
		if (!err)
			err = fn(o, claim, i, kernel_address(o->k,
				bytes_uint(raw + at * ptr, ptr, o->k->big_endian)));
	}
	if (!error_is_kernel_trouble(err))
		return err;
	o->nr_unread++;
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *each_area(struct page_owners *o, page_owner_fn *fn)
{
	struct vmatlas_error *err = NULL;

	vmatlas_for_each_claim(c, o->atlas, VMATLAS_LAYER_RECORDED)
		if (!err && owns_pages(o, c))
			err = each_pointer(o, c, fn);
	return err;
}

/* The frame that the struct page at @page is of; false: it is none. */
static bool frame_of(const struct page_owners *o, uint64_t page, uint64_t *ret)
{
	const uint64_t offset = (page - o->frames->base) & o->k->va_mask;

	*ret = offset / o->frames->page_size;
	if (offset % o->frames->page_size || *ret >> LEAF_BITS >= MAX_LEAVES)
		return false;
	return !o->frames->nr || (*ret >= o->frames->first &&
				  *ret - o->frames->first < o->frames->nr);
}

static uint64_t *leaf_of(struct page_owners *o, uint64_t pfn)
{
	const size_t at = pfn >> LEAF_BITS;

	while (o->leaves.nr <= at) {
		uint64_t **slot = vec_push(&o->leaves);

		if (!slot)
			return NULL;
		*slot = NULL;
	}
	if (!o->leaves.v[at])
		o->leaves.v[at] = calloc(LEAF_WORDS, sizeof(uint64_t));
	return o->leaves.v[at];
}

static void suspect(struct page_owners *o, uint64_t page, uint64_t pfn, enum page_fault why)
{
	for (size_t i = 0; i < o->nr_suspects && o->nr_suspects < MAX_SUSPECTS; i++)
		if (o->suspects[i].page == page)
			return;
	o->nr_all++;
	o->nr_unreferenced += why == PAGE_UNREFERENCED;
	if (o->nr_suspects < MAX_SUSPECTS)
		o->suspects[o->nr_suspects++] =
			(struct page_suspect){ .page = page, .pfn = pfn, .why = why };
}

/* An entry may be NULL where vrealloc() gave pages back. */
static struct vmatlas_error *mark(struct page_owners *o, const struct vmatlas_claim *claim,
				  uint64_t index, uint64_t page)
{
	uint64_t pfn, *leaf, bit;

	(void)claim;
	(void)index;
	if (!page || o->nr_pages >= MAX_PAGES) {
		o->nr_left_out += page != 0;
		return NULL;
	}
	o->nr_pages++;
	if (!frame_of(o, page, &pfn)) {
		suspect(o, page, 0, PAGE_NO_FRAME);
		return NULL;
	}
	leaf = leaf_of(o, pfn);
	if (!leaf)
		return error_no_memory();
	leaf += (pfn & ((1u << LEAF_BITS) - 1)) >> 6;
	bit = 1ull << (pfn & 63);
	if (*leaf & bit)
		suspect(o, page, pfn, PAGE_TWO_AREAS);
	*leaf |= bit;
	return NULL;
}

/* ---- What struct pages say ---- */

/* Whole pages of the kernel's text, which is never given back, unlike what follows it. */
static struct vmatlas_error *find_text(struct page_owners *o)
{
	const uint64_t page = 1ull << o->k->page_shift;
	struct vmatlas_error *err;
	uint64_t from = 0, to = 0;

	err = lookup_symbol(o->k, "_stext", &from);
	if (!err)
		err = lookup_symbol(o->k, "_etext", &to);
	if (err && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	if (err || to <= from)
		return NULL;
	o->text_from = (from + o->k->image_delta + page - 1) >> o->k->page_shift;
	o->text_to = (to + o->k->image_delta) >> o->k->page_shift;
	return NULL;
}

/*
 * What a finding rests on is kept for an extract: the struct page, what frames_read() asks
 * beside it, and the tables that lead there, which the translation cache would hide.
 */
static struct vmatlas_error *keep_frame(struct page_owners *o, uint64_t pfn)
{
	const bool paused = o->k->mem->record_paused;
	struct vmatlas_error *err;
	struct walk walk;
	struct frame r;

	o->k->mem->record_paused = o->was_paused;
	err = kernel_walk(o->k, frames_page(o->frames, pfn), &walk);
	if (!err)
		err = frames_read(o->frames, pfn, &r);
	o->k->mem->record_paused = paused;
	return err;
}

/*
 * What the frame says that a page of vmalloc() cannot be. Neither slabs nor free pages are
 * referenced, so that the rest without a reference is on its way to the free lists: those
 * of a CPU, which struct page does not name.
 */
static bool frame_fault(const struct frame *r, enum page_fault *ret)
{
	static const enum page_fault faults[] = {
		[FRAME_FREE] = PAGE_FREE, [FRAME_SLAB] = PAGE_SLAB_OBJECTS,
		[FRAME_TABLE] = PAGE_TABLE, [FRAME_ANON] = PAGE_ANON,
		[FRAME_CACHE] = PAGE_CACHE,
	};

	*ret = r->use < ARRAY_SIZE(faults) ? faults[r->use] : PAGE_TWO_AREAS;
	if (*ret == PAGE_TWO_AREAS && r->refcount == 0 && r->use != FRAME_TAIL)
		*ret = PAGE_UNREFERENCED;
	return *ret != PAGE_TWO_AREAS;
}

/* The head of a compound page speaks for its tails, which have no count of their own. */
static struct vmatlas_error *read_whole(struct page_owners *o, uint64_t pfn, struct frame *ret)
{
	struct vmatlas_error *err = frames_read(o->frames, pfn, ret);
	uint64_t head;

	if (err || ret->use != FRAME_TAIL || !frame_of(o, ret->head, &head) || head >= pfn)
		return err;
	return frames_read(o->frames, head, ret);
}

/* What it says with more than one glance. */
static struct vmatlas_error *judge_slowly(struct page_owners *o, uint64_t pfn)
{
	struct vmatlas_error *err;
	enum page_fault fault;
	struct frame r;

	if (o->nr_slow++ >= MAX_SLOW)
		return NULL;
	err = read_whole(o, pfn, &r);
	if (err || !frame_fault(&r, &fault))
		return err;
	suspect(o, frames_page(o->frames, pfn), pfn, fault);
	err = keep_frame(o, pfn);
	return err || r.pfn == pfn ? err : keep_frame(o, r.pfn);
}

static bool is_text(const struct page_owners *o, uint64_t pfn)
{
	return pfn - o->text_from < o->text_to - o->text_from;
}

/* The frame @pfn, whose struct page is @raw. */
static struct vmatlas_error *judge_frame(struct page_owners *o, uint64_t pfn, const uint8_t *raw)
{
	o->nr_judged++;
	if (is_text(o, pfn)) {
		suspect(o, frames_page(o->frames, pfn), pfn, PAGE_TEXT);
		return NULL;
	}
	return frames_is_plain(o->frames, raw) ? NULL : judge_slowly(o, pfn);
}

/* Not all of them can be read: one by one. A large dump's extract holds those of findings alone. */
static struct vmatlas_error *judge_one_by_one(struct page_owners *o, uint64_t pfn, uint64_t bits)
{
	struct vmatlas_error *err = NULL;
	uint8_t raw[FRAMES_PAGE_MAX] = { 0 };

	for (; bits && !err; bits &= bits - 1) {
		const uint64_t frame = pfn + (unsigned int)__builtin_ctzll(bits);

		if (!is_text(o, frame))
			err = kernel_read(o->k, frames_page(o->frames, frame), raw,
					  o->frames->page_size);
		if (!err)
			err = judge_frame(o, frame, raw);
		if (!error_is(err, VMATLAS_ERROR_FAULT))
			continue;
		o->nr_structs_unread++;
		vmatlas_error_free(err);
		err = NULL;
	}
	return err;
}

/* The struct pages of 64 frames, of which @bits are wanted. */
static struct vmatlas_error *judge_word(struct page_owners *o, uint64_t pfn, uint64_t bits)
{
	const uint64_t size = o->frames->page_size;
	const unsigned int first = (unsigned int)__builtin_ctzll(bits);
	const unsigned int nr = 64 - (unsigned int)__builtin_clzll(bits) - first;
	uint8_t raw[64 * FRAMES_PAGE_MAX];
	struct vmatlas_error *err;

	err = kernel_read(o->k, frames_page(o->frames, pfn + first), raw, nr * size);
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);
		return judge_one_by_one(o, pfn, bits);
	}
	for (unsigned int i = 0; i < nr && !err; i++)
		if (bits >> (first + i) & 1)
			err = judge_frame(o, pfn + first + i, raw + i * size);
	if (!error_is(err, VMATLAS_ERROR_FAULT))
		return err;
	o->nr_structs_unread++;
	vmatlas_error_free(err);
	return NULL;
}

static struct vmatlas_error *judge_structs(struct page_owners *o)
{
	struct vmatlas_error *err = find_text(o);

	for (size_t l = 0; l < o->leaves.nr && !err; l++)
		for (size_t w = 0; o->leaves.v[l] && w < LEAF_WORDS && !err; w++)
			if (o->leaves.v[l][w])
				err = judge_word(o, (l << LEAF_BITS) + w * 64, o->leaves.v[l][w]);
	return err;
}

/* Where the struct pages are many, an extract keeps those of findings alone. */
static struct vmatlas_error *judge_frames(struct page_owners *o)
{
	struct vmatlas_error *err;

	o->was_paused = o->k->mem->record_paused;
	o->k->mem->record_paused |= o->nr_pages > MAX_KEPT;
	err = judge_structs(o);
	o->k->mem->record_paused = o->was_paused;
	return err;
}

/* ---- Verdict ---- */

static struct vmatlas_error *find_owner(struct page_owners *o, const struct vmatlas_claim *claim,
					uint64_t index, uint64_t page)
{
	for (size_t i = 0; i < o->nr_suspects; i++) {
		struct page_suspect *s = &o->suspects[i];

		if (s->page != page || s->nr_owners >= ARRAY_SIZE(s->owner))
			continue;
		s->owner[s->nr_owners].claim = claim;
		s->owner[s->nr_owners++].index = index;
	}
	return NULL;
}

static const char *const fault_texts[] = {
	[PAGE_TWO_AREAS] = "is named twice by areas that own their pages",
	[PAGE_NO_FRAME] = "is no struct page of any frame",
	[PAGE_TEXT] = "is part of the kernel's text",
	[PAGE_FREE] = "is in the buddy allocator's lists of free pages",
	[PAGE_SLAB_OBJECTS] = "is a slab's",
	[PAGE_TABLE] = "is a page table",
	[PAGE_ANON] = "is anonymous memory of a process",
	[PAGE_CACHE] = "is in the page cache",
	[PAGE_UNREFERENCED] = "was freed: its reference count is 0",
};

static void report_suspect(struct page_owners *o, const struct page_suspect *s)
{
	const struct vmatlas_claim *claim = s->owner[0].claim;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	_cleanup_(str_done) struct str what = { 0 };

	if (!claim)
		return;			/* the dump changed: not possible in a file */
	fmt_area(o->atlas, claim, &what);
	for (size_t i = 0; i < s->nr_owners; i++) {
		_cleanup_(str_done) struct str owner = { 0 };

		fmt_area(o->atlas, s->owner[i].claim, &owner);
		evidence_range(&evidence, i ? "and area" : "area", s->owner[i].claim->range,
			       "%s, its page %" PRIu64, str_text(&owner), s->owner[i].index);
	}
	evidence_addr(&evidence, "struct page", s->page, "%s", fmt_record(o->atlas, s->page).s);
	if (s->why != PAGE_NO_FRAME)
		evidence_phys(&evidence, "physical", s->pfn << o->k->page_shift, "%#" PRIx64,
			      s->pfn << o->k->page_shift);
	ctx_report(o->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR,
		.code = "page-shared", .where = &claim->range, .record = claim->area->vm_struct,
		EVIDENCE(&evidence),
		.advice = "a page was freed twice, freed while it was in use, or the array was "
			  "overwritten: what is written to one owner shows up in the other",
	}, "page %" PRIu64 " of %s %s", s->owner[0].index, str_text(&what), fault_texts[s->why]);
}

/* Where many have no reference, this kernel's vmalloc() takes pages without one. */
static void forget_unreferenced(struct page_owners *o)
{
	size_t nr = 0;

	if (o->nr_unreferenced <= o->nr_judged / 4)
		return;
	for (size_t i = 0; i < o->nr_suspects; i++)
		if (o->suspects[i].why != PAGE_UNREFERENCED)
			o->suspects[nr++] = o->suspects[i];
	o->nr_suspects = nr;
	o->nr_all -= o->nr_unreferenced;
}

/* Is @claim an owner of the suspects from MAX_TOLD to @last, there before its owner @nr? */
static bool was_named(const struct page_owners *o, size_t last, size_t nr,
		      const struct vmatlas_claim *claim)
{
	for (size_t i = MAX_TOLD; i <= last; i++)
		for (size_t j = 0; j < (i < last ? o->suspects[i].nr_owners : nr); j++)
			if (o->suspects[i].owner[j].claim == claim)
				return true;
	return false;
}

/* Those that are not told one by one: how many, and whose they are, each area once. */
static void report_rest(struct page_owners *o)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	const struct vmatlas_claim *first = o->suspects[MAX_TOLD].owner[0].claim;
	size_t nr = 0;

	if (!first)
		return;
	for (size_t i = MAX_TOLD; i < o->nr_suspects; i++)
		for (size_t j = 0; j < o->suspects[i].nr_owners && nr < MAX_TOLD; j++) {
			const struct vmatlas_claim *claim = o->suspects[i].owner[j].claim;
			_cleanup_(str_done) struct str owner = { 0 };

			if (was_named(o, i, j, claim))
				continue;
			fmt_area(o->atlas, claim, &owner);
			evidence_range(&evidence, nr++ ? "and area" : "area", claim->range, "%s",
				       str_text(&owner));
		}
	ctx_report(o->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-shared",
		.where = &first->range, .record = first->area->vm_struct, EVIDENCE(&evidence),
	}, "%" PRIu64 " more pages of areas belong to somebody else as well", o->nr_all - MAX_TOLD);
}

static void cover(struct page_owners *o)
{
	const char *subject = "owners of pages";

	if (o->nr_structs_unread)
		vmatlas_ctx_coverage(o->job, VMATLAS_COVERAGE_SKIPPED, subject, "of %" PRIu64
			" pages, whose struct pages are not in the dump", o->nr_structs_unread);
	if (o->nr_slow > MAX_SLOW || o->nr_left_out)
		vmatlas_ctx_coverage(o->job, VMATLAS_COVERAGE_SKIPPED, subject,
			"of %" PRIu64 " pages, for there are too many", o->nr_left_out +
			(o->nr_slow > MAX_SLOW ? o->nr_slow - MAX_SLOW : 0));
	else if (o->nr_judged && !o->nr_structs_unread)
		vmatlas_ctx_coverage(o->job, VMATLAS_COVERAGE_FULL, subject, "%" PRIu64 " pages",
				     o->nr_judged);
}

static struct vmatlas_error *judge_pages(struct page_owners *o)
{
	struct vmatlas_error *err = each_area(o, mark);

	if (!err && o->nr_pages)
		err = judge_frames(o);
	forget_unreferenced(o);
	if (!err && o->nr_suspects)
		err = each_area(o, find_owner);
	for (size_t i = 0; i < o->nr_suspects && i < MAX_TOLD && !err; i++)
		report_suspect(o, &o->suspects[i]);
	if (!err && o->nr_suspects > MAX_TOLD)
		report_rest(o);
	if (!err && o->nr_pages)
		cover(o);
	return err;
}

/* A live kernel frees and allocates while it is read. Why frames are unknown is told. */
static struct vmatlas_error *page_owners_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(page_owners_done) struct page_owners o = {
		.job = job, .atlas = atlas, .k = atlas->kernel,
	};
	struct vmatlas_error *err;

	if (!o.k || o.k->mem->info.live)
		return NULL;
	err = frames_open(o.k, &o.frames);
	if (!err && o.frames->known && o.frames->page_size <= FRAMES_PAGE_MAX)
		err = judge_pages(&o);
	return err;
}

const struct vmatlas_plugin inspector_page_owners = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "owners",
	.summary = "pages of areas that belong to somebody else as well",
	.inspect = page_owners_inspect,
};
