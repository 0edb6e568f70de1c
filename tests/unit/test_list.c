/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/list.h"
#include "fake_kernel.h"

#define BASE 0xffff888000000000ull
#define ENTRY(i) (BASE + (i) * 0x40)

/* A circular list of entries 1..@nr behind the head, entry 0. */
static void make_list(struct fake *f, uint64_t nr)
{
	const uint32_t ptr = f->k.ptr_size;

	for (uint64_t i = 0; i <= nr; i++) {
		fake_put(f, ENTRY(i), ENTRY((i + 1) % (nr + 1)), ptr);
		fake_put(f, ENTRY(i) + ptr, ENTRY((i + nr) % (nr + 1)), ptr);
	}
}

/* Walk to the end or to an error; how many entries came before it. */
static size_t walk(struct fake *f, uint64_t budget, struct vmatlas_error **ret)
{
	struct list_walk w;
	uint64_t node = 0;
	size_t n = 0;

	list_start(&w, &f->k, ENTRY(0), budget);
	while (!(*ret = list_next(&w, &node)) && node) {
		assert_int_equal(node, ENTRY(n + 1));
		n++;
	}
	return n;
}

static void a_list_comes_back_to_its_head(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 5);
	assert_int_equal(walk(&f, 1000, &err), 5);
	assert_null(err);
	fake_done(&f);
}

/* arm64 with KASAN: pointers carry the tag of what they point to, the head's has none. */
static void tags_do_not_break_a_list(void **state)
{
	const uint64_t tag = 0xf4ull << 56, mask = UINT64_MAX >> 8;
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 2);
	fake_put(&f, ENTRY(0), (ENTRY(1) & mask) | tag, 8);
	fake_put(&f, ENTRY(2) + 8, (ENTRY(1) & mask) | tag, 8);
	assert_int_equal(walk(&f, 1000, &err), 0);
	assert_non_null(err);
	vmatlas_error_free(err);
	f.k.has_tags = true;
	assert_int_equal(walk(&f, 1000, &err), 2);
	assert_null(err);
	fake_done(&f);
}

static void an_empty_list_points_to_itself(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 0);
	assert_int_equal(walk(&f, 1000, &err), 0);
	assert_null(err);
	fake_done(&f);
}

static void pointers_of_four_bytes_in_either_order(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct list_walk w;
		uint64_t node = 0;

		fake_init(&f, 0xc0000000, 4);
		f.k.big_endian = big;
		fake_put(&f, 0xc0000010, 0xc0000020, 4);
		fake_put(&f, 0xc0000014, 0xc0000020, 4);
		fake_put(&f, 0xc0000020, 0xc0000010, 4);
		fake_put(&f, 0xc0000024, 0xc0000010, 4);
		list_start(&w, &f.k, 0xc0000010, 10);
		assert_null(list_next(&w, &node));
		assert_int_equal(node, 0xc0000020);
		err = list_next(&w, &node);
		assert_null(err);
		assert_int_equal(node, 0);
		fake_done(&f);
	}
}

static void a_loop_is_seen_by_its_back_link(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 6);
	fake_put(&f, ENTRY(4), ENTRY(2), 8);
	assert_int_equal(walk(&f, 1000, &err), 4);
	assert_error(err, VMATLAS_ERROR_CORRUPT, "points back to");
	fake_done(&f);
}

static void without_back_links_the_budget_ends_a_loop(void **state)
{
	struct vmatlas_error *err = NULL;
	struct list_walk w;
	uint64_t node = 1;
	struct fake f;
	size_t n = 0;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 6);
	fake_put(&f, ENTRY(4), ENTRY(2), 8);
	list_start(&w, &f.k, ENTRY(0), 100);
	w.check_back = false;
	while (!err && node) {
		err = list_next(&w, &node);
		n++;
	}
	assert_int_equal(n, 101);
	assert_error(err, VMATLAS_ERROR_CORRUPT, "does not end");
	fake_done(&f);
}

static void a_wild_pointer_is_corrupt(void **state)
{
	static const uint64_t wild[] = { 0, 8, 0x00007fff12345678 };
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		fake_init(&f, BASE, 8);
		make_list(&f, 3);
		fake_put(&f, ENTRY(2), wild[i], 8);
		assert_int_equal(walk(&f, 1000, &err), 2);
		assert_error(err, VMATLAS_ERROR_CORRUPT, "no kernel pointer");
		fake_done(&f);
	}
}

static void a_page_that_is_not_there_is_no_corruption(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 3);
	fake_put(&f, ENTRY(3), 0xffff888012345678, 8);
	assert_int_equal(walk(&f, 1000, &err), 3);
	assert_error(err, VMATLAS_ERROR_FAULT, "list at 0xffff888000000000");
	fake_done(&f);
}

static void a_deleted_entry_is_reported_from_a_missing_page(void **state)
{
	struct vmatlas_error *err;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	make_list(&f, 3);
	/* LIST_POISON1 is no canonical kernel address on x86-64 */
	fake_put(&f, ENTRY(2), 0xdead000000000100, 8);
	assert_int_equal(walk(&f, 1000, &err), 2);
	assert_non_null(err);
	assert_true(error_is_kernel_trouble(err));
	vmatlas_error_free(err);
	fake_done(&f);
}

static void a_head_that_cannot_be_read_is_reported(void **state)
{
	struct list_walk w;
	uint64_t node = 42;
	struct fake f;

	(void)state;
	fake_init(&f, BASE, 8);
	list_start(&w, &f.k, 0xffff999000000000, 10);
	assert_error(list_next(&w, &node), VMATLAS_ERROR_FAULT, "0xffff999000000000");
	assert_int_equal(node, 42);
	fake_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_comes_back_to_its_head),
		cmocka_unit_test(tags_do_not_break_a_list),
		cmocka_unit_test(an_empty_list_points_to_itself),
		cmocka_unit_test(pointers_of_four_bytes_in_either_order),
		cmocka_unit_test(a_loop_is_seen_by_its_back_link),
		cmocka_unit_test(without_back_links_the_budget_ends_a_loop),
		cmocka_unit_test(a_wild_pointer_is_corrupt),
		cmocka_unit_test(a_page_that_is_not_there_is_no_corruption),
		cmocka_unit_test(a_deleted_entry_is_reported_from_a_missing_page),
		cmocka_unit_test(a_head_that_cannot_be_read_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
