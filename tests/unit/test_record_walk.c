/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inspect/record_walk.c: a plugin's walks, over healthy and damaged lists and trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"
#include "fake_kernel.h"

#define BASE 0xffff888000000000ull
#define LINK 0x10			/* of the member in its record */
#define RECORD(i) (BASE + 0x1000 + (uint64_t)(i) * 0x40)
#define NODE(i) (RECORD(i) + LINK)
#define HEAD (BASE + 0x100)

struct walk_bench {
	struct fake f;
	struct vmatlas atlas;
	struct inspector in;
	struct resolved res;
	struct vmatlas_plugin_ctx ctx;
};

static void bench_init(struct walk_bench *b)
{
	memset(b, 0, sizeof(*b));
	fake_init(&b->f, BASE, 8);
	b->atlas.kernel = &b->f.k;
	b->res = (struct resolved){ .found = true, .offset = LINK, .size = 16 };
	b->in.res = &b->res;
	b->in.plugin.nr_lookups = 1;
	b->ctx = (struct vmatlas_plugin_ctx){ .atlas = &b->atlas, .by = &b->in };
}

static void put(struct walk_bench *b, uint64_t addr, uint64_t value)
{
	fake_put(&b->f, addr, value, 8);
}

/* Walk to the end; the numbers of the records, as digits. */
static struct vmatlas_error *walk(struct walk_bench *b, enum vmatlas_walk_kind kind, uint64_t max,
				  char ret[static 64])
{
	struct vmatlas_walk w;
	uint64_t record;
	size_t n = 0;

	vmatlas_walk_start(&w, &b->ctx, kind, HEAD, 0, max);
	while (n < 63 && vmatlas_walk_next(&w, &record))
		ret[n++] = (char)('0' + (record - RECORD(0)) / 0x40);
	ret[n] = '\0';
	return vmatlas_walk_end(&w);
}

static void make_list(struct walk_bench *b, int nr)
{
	for (int i = 0; i <= nr; i++) {
		const uint64_t at = i ? NODE(i) : HEAD;

		put(b, at, i < nr ? NODE(i + 1) : HEAD);
		put(b, at + 8, i == 1 ? HEAD : i ? NODE(i - 1) : nr ? NODE(nr) : HEAD);
	}
}

static void a_list_gives_its_records_not_its_links(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	make_list(&b, 3);
	assert_null(walk(&b, VMATLAS_WALK_LIST, 3, got));
	assert_string_equal(got, "123");
	make_list(&b, 0);
	assert_null(walk(&b, VMATLAS_WALK_LIST, 3, got));
	assert_string_equal(got, "");
	fake_done(&b.f);
}

static void a_list_ends_at_its_bound(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	make_list(&b, 3);
	assert_error(walk(&b, VMATLAS_WALK_LIST, 2, got), VMATLAS_ERROR_CORRUPT, "more than 2");
	assert_string_equal(got, "12");
	fake_done(&b.f);
}

static void a_loop_in_a_list_is_found_by_the_back_link(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	make_list(&b, 3);
	put(&b, NODE(3), NODE(2));
	assert_error(walk(&b, VMATLAS_WALK_LIST, 100, got), VMATLAS_ERROR_CORRUPT, "points back");
	assert_string_equal(got, "123");
	fake_done(&b.f);
}

static void make_hlist(struct walk_bench *b, int nr)
{
	uint64_t from = HEAD;

	for (int i = 1; i <= nr; i++) {
		put(b, from, NODE(i));
		put(b, NODE(i) + 8, from);
		from = NODE(i);
	}
	put(b, from, 0);
}

static void an_hlist_ends_with_null_and_has_no_loops(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	make_hlist(&b, 4);
	assert_null(walk(&b, VMATLAS_WALK_HLIST, 100, got));
	assert_string_equal(got, "1234");
	put(&b, NODE(4), NODE(1));
	assert_error(walk(&b, VMATLAS_WALK_HLIST, 100, got), VMATLAS_ERROR_CORRUPT, "points back");
	put(&b, NODE(4), 0x1234);
	assert_error(walk(&b, VMATLAS_WALK_HLIST, 100, got), VMATLAS_ERROR_CORRUPT,
		     "no kernel pointer");
	fake_done(&b.f);
}

/* Without back links, wherever the loop begins and however long it is. */
static void a_chain_that_runs_in_a_circle_ends(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	for (int back = 0; back <= 9; back++) {
		bench_init(&b);
		make_hlist(&b, 9);
		put(&b, NODE(9), back ? NODE(back) : 0);
		if (back)
			assert_error(walk(&b, VMATLAS_WALK_CHAIN, 1000, got),
				     VMATLAS_ERROR_CORRUPT, "circle");
		else
			assert_null(walk(&b, VMATLAS_WALK_CHAIN, 1000, got));
		assert_memory_equal(got, "123456789", 9);
		fake_done(&b.f);
	}
}

static void put_node(struct walk_bench *b, int i, int parent, int left, int right)
{
	put(b, NODE(i), (parent ? NODE(parent) : 0) | (i & 1));	/* the colour */
	put(b, NODE(i) + 8, right ? NODE(right) : 0);
	put(b, NODE(i) + 16, left ? NODE(left) : 0);
}

/*       4
 *    2     6
 *  1  3  5   7     */
static void make_tree(struct walk_bench *b)
{
	put(b, HEAD, NODE(4));
	put_node(b, 4, 0, 2, 6);
	put_node(b, 2, 4, 1, 3);
	put_node(b, 6, 4, 5, 7);
	for (int leaf = 1; leaf <= 7; leaf += 2)
		put_node(b, leaf, leaf < 4 ? 2 : 6, 0, 0);
}

static void a_tree_is_walked_in_order(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	assert_null(walk(&b, VMATLAS_WALK_RBTREE, 100, got));
	assert_string_equal(got, "");
	make_tree(&b);
	assert_null(walk(&b, VMATLAS_WALK_RBTREE, 100, got));
	assert_string_equal(got, "1234567");
	assert_error(walk(&b, VMATLAS_WALK_RBTREE, 6, got), VMATLAS_ERROR_CORRUPT, "more than 6");
	fake_done(&b.f);
}

static void a_child_that_names_another_parent_is_corrupt(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	make_tree(&b);
	put_node(&b, 7, 6, 0, 4);		/* a loop to the root */
	assert_error(walk(&b, VMATLAS_WALK_RBTREE, 100, got), VMATLAS_ERROR_CORRUPT, "parent");
	assert_string_equal(got, "1234567");
	make_tree(&b);
	put_node(&b, 1, 2, 2, 0);		/* and one below itself */
	assert_error(walk(&b, VMATLAS_WALK_RBTREE, 100, got), VMATLAS_ERROR_CORRUPT, "parent");
	fake_done(&b.f);
}

static void a_walk_without_its_lookup_says_so(void **state)
{
	struct walk_bench b;
	char got[64];

	(void)state;
	bench_init(&b);
	b.res.found = false;
	assert_error(walk(&b, VMATLAS_WALK_LIST, 9, got), VMATLAS_ERROR_NOT_FOUND, "lookup 0");
	fake_done(&b.f);
}

/* ---- Values ---- */

static void a_bit_field_is_its_bits(void **state)
{
	struct walk_bench b;
	uint64_t value = 0;

	(void)state;
	bench_init(&b);
	b.res = (struct resolved){ .found = true, .offset = 2, .size = 2, .bit_size = 15 };
	put(&b, RECORD(1), 0x8123ffff);
	assert_null(vmatlas_ctx_read(&b.ctx, 0, RECORD(1), &value));
	assert_int_equal(value, 0x123);
	b.res.bit_shift = 15;
	b.res.bit_size = 1;
	assert_null(vmatlas_ctx_read(&b.ctx, 0, RECORD(1), &value));
	assert_int_equal(value, 1);
	fake_done(&b.f);
}

static void an_array_has_bounds(void **state)
{
	struct walk_bench b;
	uint64_t value = 0;

	(void)state;
	bench_init(&b);
	b.res = (struct resolved){ .found = true, .offset = 8, .size = 12, .count = 3 };
	put(&b, RECORD(1) + 16, 77);
	assert_null(vmatlas_ctx_read_element(&b.ctx, 0, RECORD(1), 2, &value));
	assert_int_equal(value, 77);
	assert_error(vmatlas_ctx_read_element(&b.ctx, 0, RECORD(1), 3, &value),
		     VMATLAS_ERROR_ARGUMENT, "element 3 of an array of 3");
	assert_error(vmatlas_ctx_read(&b.ctx, 0, RECORD(1), &value), VMATLAS_ERROR_ARGUMENT,
		     "12 bytes is no integer");
	fake_done(&b.f);
}

static void text_ends_at_its_nul_or_where_the_buffer_does(void **state)
{
	struct walk_bench b;
	char text[8];

	(void)state;
	bench_init(&b);
	memcpy(b.f.bytes + sizeof(b.f.bytes) - 4, "abc", 4);	/* no page follows */
	memset(text, '#', sizeof(text));
	assert_null(vmatlas_read_string(&b.atlas, BASE + sizeof(b.f.bytes) - 4, text, 4));
	assert_string_equal(text, "abc");
	memcpy(b.f.bytes + 64, "long text", 10);
	assert_null(vmatlas_read_string(&b.atlas, BASE + 64, text, sizeof(text)));
	assert_string_equal(text, "long te");
	fake_done(&b.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_gives_its_records_not_its_links),
		cmocka_unit_test(a_list_ends_at_its_bound),
		cmocka_unit_test(a_loop_in_a_list_is_found_by_the_back_link),
		cmocka_unit_test(an_hlist_ends_with_null_and_has_no_loops),
		cmocka_unit_test(a_chain_that_runs_in_a_circle_ends),
		cmocka_unit_test(a_tree_is_walked_in_order),
		cmocka_unit_test(a_child_that_names_another_parent_is_corrupt),
		cmocka_unit_test(a_walk_without_its_lookup_says_so),
		cmocka_unit_test(a_bit_field_is_its_bits),
		cmocka_unit_test(an_array_has_bounds),
		cmocka_unit_test(text_ends_at_its_nul_or_where_the_buffer_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
