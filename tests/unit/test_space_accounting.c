/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ledger and the search in it against a space of pages, each labelled by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/alloc_sim.h"
#include "base/range.h"
#include "fake_atlas.h"

enum { NR_PAGES = 400, ROUNDS = 300 };

#define PAGE 0x1000ull
#define BASE 0xffffc90000000000ull
#define AT(page) (BASE + (page) * PAGE)

static uint32_t dice(uint32_t sides)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

struct space {
	struct vmatlas *atlas;
	uint8_t label[NR_PAGES];	/* enum va_use */
};

static void add_area(struct space *s, size_t from, size_t to, bool busy)
{
	struct area *a = vec_push(&s->atlas->records->areas);

	assert_non_null(a);
	a->state = busy ? AREA_BUSY : AREA_UNPURGED;
	a->claim = (struct vmatlas_claim){
		.size = sizeof(a->claim), .layer = VMATLAS_LAYER_RECORDED,
		.kind = busy ? VMATLAS_KIND_VMALLOC : VMATLAS_KIND_UNPURGED,
		.range = { AT(from), AT(to) - 1 }, .record = AT(from) ^ 0xabc, .name = "",
		.source = "", .flags = VMATLAS_CLAIM_PRIMARY,
	};
	if (busy && to - from > 1)
		s->label[to - 1] = VA_GUARD;
}

static void add_free(struct space *s, size_t from, size_t to)
{
	struct tree_area *a = vec_push(&s->atlas->records->free->tree.v);

	assert_non_null(a);
	a->range = (struct vmatlas_range){ AT(from), AT(to) - 1 };
	a->record = AT(from) ^ 0xdef;
}

static void add_run(struct space *s, enum va_use what, size_t from, size_t to)
{
	struct pooled *p;

	memset(s->label + from, what, to - from);
	if (what == VA_BUSY || what == VA_UNPURGED)
		add_area(s, from, to, what == VA_BUSY);
	if (what == VA_FREE)
		add_free(s, from, to);
	if (what == VA_POOLED) {
		p = vec_push(&s->atlas->records->free->pooled);
		assert_non_null(p);
		p->range = (struct vmatlas_range){ AT(from), AT(to) - 1 };
		p->record = AT(from) ^ 0x123;
	}
}

/* Any shape will do: the middle of what is left is the top. */
static uint32_t grow_tree(struct vmap_area_tree *t, size_t from, size_t to,
			  uint32_t parent)
{
	const size_t mid = from + dice((uint32_t)(to - from) + (to == from));
	struct tree_area *a = from < to ? &t->v.v[mid] : NULL;

	if (!a)
		return 0;
	a->parent = parent;
	a->left = grow_tree(t, from, mid, (uint32_t)mid + 1);
	a->right = grow_tree(t, mid + 1, to, (uint32_t)mid + 1);
	a->subtree_max = vmatlas_range_size(&a->range);
	if (a->left)
		a->subtree_max = MAX(a->subtree_max, t->v.v[a->left - 1].subtree_max);
	if (a->right)
		a->subtree_max = MAX(a->subtree_max, t->v.v[a->right - 1].subtree_max);
	return (uint32_t)mid + 1;
}

static void make(struct space *s, bool with_losses)
{
	static const enum va_use whats[] = {
		VA_BUSY, VA_FREE, VA_UNPURGED, VA_POOLED, VA_LOST,
	};
	enum va_use last = VA_GUARD;
	struct free_records *f = calloc(1, sizeof(*f));

	s->atlas = fake_atlas();
	fake_atlas_kernel(s->atlas, 8);
	s->atlas->kernel->arch = &arch_arm64;	/* one whose end is exclusive */
	assert_non_null(f);
	s->atlas->records->free = f;
	s->atlas->records->areas_complete = f->pools_read = true;
	f->state = FREE_IN_TREE;
	for (size_t at = 0; at < NR_PAGES;) {
		const size_t to = MIN(at + 1 + dice(12), (size_t)NR_PAGES);
		const enum va_use what = whats[dice(with_losses ? 5 : 4)];

		if (what == last && (what == VA_FREE || what == VA_LOST))
			continue;
		add_run(s, what, at, to);
		last = what;
		at = to;
	}
	f->tree.top = grow_tree(&f->tree, 0, f->tree.v.nr, 0);
	fake_region(s->atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", AT(0), AT(NR_PAGES), 0);
	for (size_t i = 0; i < s->atlas->records->areas.nr; i++)
		s->atlas->records->areas.v[i].order = (uint32_t)i;
	assert_null(atlas_seal(s->atlas));
	assert_null(space_account(s->atlas));
}

static uint64_t labelled(const struct space *s, enum va_use what)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < NR_PAGES; i++)
		bytes += s->label[i] == what ? PAGE : 0;
	return bytes;
}

static void every_byte_is_in_one_column(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		const struct space_usage *l;
		struct space s;

		make(&s, true);
		l = space_usage(s.atlas, VMATLAS_KIND_VMALLOC_SPACE);
		assert_non_null(l);
		assert_int_equal(l->pub.busy, labelled(&s, VA_BUSY));
		assert_int_equal(l->pub.guard, labelled(&s, VA_GUARD));
		assert_int_equal(l->pub.unpurged, labelled(&s, VA_UNPURGED));
		assert_int_equal(l->pub.pooled, labelled(&s, VA_POOLED));
		assert_int_equal(l->pub.free, labelled(&s, VA_FREE));
		assert_int_equal(l->pub.lost, labelled(&s, VA_LOST));
		vmatlas_close(s.atlas);
	}
}

static bool is_label(const struct space *s, size_t page, bool purged)
{
	const uint8_t l = s->label[page];

	return l == VA_FREE || (purged && (l == VA_UNPURGED || l == VA_POOLED));
}

/* The lowest place by hand; 0: none. */
static uint64_t by_hand(const struct space *s, size_t pages, size_t align, bool purged)
{
	for (size_t at = 0; at + pages <= NR_PAGES; at++) {
		size_t n = 0;

		while (n < pages && is_label(s, at + n, purged))
			n++;
		if (n == pages && AT(at) % (align * PAGE) == 0)
			return AT(at);
	}
	return 0;
}

static void the_lowest_hole_is_found(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		const size_t pages = 1 + dice(11);
		struct alloc_request r = {
			.bytes = pages * PAGE, .align = 1, .length = pages * PAGE,
			.start = AT(0), .end = AT(NR_PAGES),
		};
		struct vmatlas_range got = { 0 };
		uint64_t want;
		struct space s;

		make(&s, false);
		want = by_hand(&s, pages, 1, false);
		assert_int_equal(alloc_search(s.atlas, &r, &got), want != 0);
		assert_true(!want || got.first == want);
		want = by_hand(&s, pages, 1, true);
		assert_int_equal(alloc_search_purged(s.atlas, &r, &got), want != 0);
		assert_true(!want || got.first == want);
		vmatlas_close(s.atlas);
	}
}

/* With room to align sought for, a lower hole that fits by luck may be passed by. */
static void an_aligned_place_is_one(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		const size_t pages = 1 + dice(4), align = 1u << (1 + dice(2));
		struct alloc_request r = {
			.bytes = pages * PAGE, .align = align * PAGE,
			.length = (pages + align) * PAGE - 1,
			.start = AT(dice(NR_PAGES)), .end = AT(NR_PAGES),
		};
		struct vmatlas_range got;
		struct space s;

		make(&s, false);
		if (alloc_search(s.atlas, &r, &got)) {
			assert_int_equal(got.first % r.align, 0);
			assert_true(got.first >= r.start && got.last < r.end);
			for (size_t i = 0; i < pages; i++)
				assert_true(is_label(&s, (got.first - BASE) / PAGE + i, false));
		}
		vmatlas_close(s.atlas);
	}
}

/* Sizes that were overwritten may hide a hole; they must not lead in circles. */
static void wrong_sizes_end_the_search(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct alloc_request r = {
			.bytes = 4 * PAGE, .align = 4 * PAGE, .length = 8 * PAGE - 1,
			.start = AT(dice(NR_PAGES)), .end = AT(NR_PAGES),
		};
		struct vmatlas_range got;
		struct space s;
		struct vmap_area_tree *t;

		make(&s, false);
		t = &s.atlas->records->free->tree;
		for (size_t i = 0; i < t->v.nr; i++)
			if (!dice(3))
				t->v.v[i].subtree_max = dice(2) ? UINT64_MAX : 0;
		if (alloc_search(s.atlas, &r, &got))
			assert_int_equal(got.first % r.align, 0);
		vmatlas_close(s.atlas);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_in_one_column),
		cmocka_unit_test(the_lowest_hole_is_found),
		cmocka_unit_test(an_aligned_place_is_one),
		cmocka_unit_test(wrong_sizes_end_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
