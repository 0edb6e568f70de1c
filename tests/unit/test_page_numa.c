/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages to nodes, over a page array and struct pages made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/lookup.h"
#include "kernel/kernel.h"

static struct vmatlas_error *play_resolve(struct kernel *k,
					  const struct vmatlas_lookup *needs, size_t nr,
					  struct resolved *ret);
static struct vmatlas_error *play_read(struct kernel *k, uint64_t addr, void *buf,
				       size_t len);
static struct vmatlas_error *play_read_uint(struct kernel *k, uint64_t addr, size_t size,
					    uint64_t *ret);
static bool play_is_pointer(const struct kernel *k, uint64_t addr);
static const char *play_text(const struct vmcoreinfo *v, const char *key);

#define lookup_resolve play_resolve
#define kernel_read play_read
#define kernel_read_uint play_read_uint
#define kernel_is_pointer play_is_pointer
#define vmcoreinfo_text play_text
#include "kernel/mm/page_numa.c"

#define IDS 0xffffffff82000000ull	/* nr_node_ids */
#define VM 0xffff888000001000ull	/* a vm_struct: page_order at 40 */
#define ARRAY 0xffffc90000000000ull	/* a page array */
#define MAP 0xffffea0000000000ull	/* struct pages, 64 bytes each */
#define NR_PAGES 20032u	/* fills whole pages */

static struct {
	struct kernel k;
	uint32_t nr_ids, order;
	bool numa, in_table, no_map;
	uint64_t length;		/* of node_data[] */
	uint64_t page[NR_PAGES];	/* the array */
	uint8_t node[NR_PAGES];		/* of struct page number n */
	size_t nr_reads;
} play;

static struct vmatlas_error *play_resolve(struct kernel *k,
					  const struct vmatlas_lookup *needs, size_t nr,
					  struct resolved *ret)
{
	(void)k;
	(void)needs;
	memset(ret, 0, nr * sizeof(*ret));
	ret[NODE_DATA] = (struct resolved){ .found = play.numa, .size = play.length * 8 };
	ret[NR_NODE_IDS] = (struct resolved){ .found = true, .addr = IDS, .size = 4 };
	ret[NODE_TABLE].found = play.in_table;
	ret[PAGE_FLAGS] = (struct resolved){ .found = true, .size = 8 };
	ret[PAGE_ORDER] = (struct resolved){ .found = true, .offset = 40, .size = 4 };
	return NULL;
}

static bool play_is_pointer(const struct kernel *k, uint64_t addr)
{
	(void)k;
	return addr >> 47 == 0x1ffff;
}

static const char *play_text(const struct vmcoreinfo *v, const char *key)
{
	(void)v;
	(void)key;
	return NULL;
}

static struct vmatlas_error *play_read(struct kernel *k, uint64_t addr, void *buf,
				       size_t len)
{
	(void)k;
	play.nr_reads++;
	if (addr == IDS && len == 4) {
		memcpy(buf, &play.nr_ids, 4);
		return NULL;
	}
	if (addr == VM + 40 && len == 4) {
		memcpy(buf, &play.order, 4);
		return NULL;
	}
	if (addr >= ARRAY && addr + len <= ARRAY + sizeof(play.page)) {
		memcpy(buf, (uint8_t *)play.page + (addr - ARRAY), len);
		return NULL;
	}
	if (play.no_map || addr < MAP || addr + len > MAP + 64ull * NR_PAGES)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing there");
	for (size_t at = 0; at < len; at += 64) {
		const uint64_t node = play.node[(addr - MAP + at) / 64];
		const uint64_t flags = node << 54 | 0x1234;

		memcpy((uint8_t *)buf + at, &flags, sizeof(flags));
	}
	return NULL;
}

static struct vmatlas_error *play_read_uint(struct kernel *k, uint64_t addr, size_t size,
					    uint64_t *ret)
{
	uint32_t value;
	struct vmatlas_error *err = play_read(k, addr, &value, size);

	if (!err)
		*ret = value;
	return err;
}

static int reset(void **state)
{
	(void)state;
	memset(&play, 0, sizeof(play));
	play.k.ptr_size = 8;
	play.k.page_shift = 12;
	play.k.va_mask = UINT64_MAX;
	play.numa = true;
	play.nr_ids = 2;
	play.length = 1024;
	for (unsigned int i = 0; i < NR_PAGES; i++)
		play.page[i] = MAP + 64ull * i;
	return 0;
}

static struct vmatlas_error *count_pages(uint64_t nr, struct str *out)
{
	const struct vmatlas_area a = { .vm_struct = VM, .pages = ARRAY, .nr_pages = nr,
					.vm_size = (nr + 1) << 12 };
	_cleanup_(pagenodes_freep) struct pagenodes *p = NULL;

	assert_null(pagenodes_open(&play.k, &p));
	assert_non_null(p);
	return pagenodes_print(p, &a, out);
}

static void prints(uint64_t nr, const char *want)
{
	_cleanup_(str_done) struct str text = { 0 };

	assert_null(count_pages(nr, &text));
	assert_string_equal(str_text(&text), want);
}

static void fails(uint64_t nr, uint32_t code)
{
	_cleanup_(str_done) struct str text = { 0 };
	_cleanup_(vmatlas_error_freep) struct vmatlas_error *err = count_pages(nr, &text);

	assert_int_equal(vmatlas_error_code(err), code);
	assert_string_equal(str_text(&text), "");
}

static void pages_are_counted_by_node(void **state)
{
	(void)state;
	play.node[1] = play.node[7] = 1;
	prints(10, " N0=8 N1=2");
}

static void nodes_without_pages_are_silent(void **state)
{
	(void)state;
	memset(play.node, 1, sizeof(play.node));
	prints(3, " N1=3");
	prints(0, "");
}

static void one_node_needs_no_reading(void **state)
{
	(void)state;
	play.nr_ids = 1;
	prints(NR_PAGES, " N0=20032");
	assert_int_equal(play.nr_reads, 1);
}

static void long_arrays_are_read_in_runs(void **state)
{
	(void)state;
	play.node[NR_PAGES - 1] = 1;
	prints(NR_PAGES, " N0=20031 N1=1");
	/* nr_node_ids, the order, 3 runs, 64 struct pages at a time */
	assert_true(play.nr_reads <= 2 + 3 + NR_PAGES / 64 + 1);
}

static void large_pages_count_by_their_first(void **state)
{
	(void)state;
	play.order = 2;
	play.node[4] = play.node[1] = 1;
	prints(12, " N0=8 N1=4");
}

static void steps_may_be_larger_than_runs(void **state)
{
	(void)state;
	play.order = 14;
	play.node[1u << 14] = 1;
	prints(NR_PAGES, " N0=16384 N1=16384");
}

static void pages_may_be_anywhere(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 1000; i++)
		play.page[i] = MAP + 64ull * (i * 7919u % NR_PAGES);
	play.node[7919] = 1;
	prints(1000, " N0=999 N1=1");
}

static void kernels_without_numa_have_none(void **state)
{
	struct pagenodes *p = NULL;

	(void)state;
	play.numa = false;
	assert_null(pagenodes_open(&play.k, &p));
	assert_null(p);
}

static void struct_pages_that_are_missing_are_a_fault(void **state)
{
	(void)state;
	play.no_map = true;
	fails(4, VMATLAS_ERROR_FAULT);
}

static void a_node_that_does_not_exist_is_corrupt(void **state)
{
	(void)state;
	play.node[2] = 9;
	fails(4, VMATLAS_ERROR_CORRUPT);
}

static void what_is_no_pointer_is_no_page(void **state)
{
	(void)state;
	play.page[0] = 0x1000;
	fails(1, VMATLAS_ERROR_CORRUPT);
	play.page[0] = MAP + 3;
	fails(1, VMATLAS_ERROR_CORRUPT);
}

static void more_pages_than_room_are_not_counted(void **state)
{
	const struct vmatlas_area a = {
		.vm_struct = VM, .pages = ARRAY, .nr_pages = UINT64_MAX,
		.vm_size = 0x2000,
	};
	_cleanup_(pagenodes_freep) struct pagenodes *p = NULL;
	_cleanup_(vmatlas_error_freep) struct vmatlas_error *err = NULL;
	_cleanup_(str_done) struct str text = { 0 };

	(void)state;
	assert_null(pagenodes_open(&play.k, &p));
	err = pagenodes_print(p, &a, &text);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_CORRUPT);
}

static void an_absurd_order_is_corrupt(void **state)
{
	(void)state;
	play.order = 64;
	fails(4, VMATLAS_ERROR_CORRUPT);
}

static void nodes_elsewhere_than_in_flags_are_reported(void **state)
{
	(void)state;
	play.in_table = true;
	fails(4, VMATLAS_ERROR_CORRUPT);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_are_counted_by_node),
		TEST(nodes_without_pages_are_silent),
		TEST(one_node_needs_no_reading),
		TEST(long_arrays_are_read_in_runs),
		TEST(large_pages_count_by_their_first),
		TEST(steps_may_be_larger_than_runs),
		TEST(pages_may_be_anywhere),
		TEST(kernels_without_numa_have_none),
		TEST(struct_pages_that_are_missing_are_a_fault),
		TEST(a_node_that_does_not_exist_is_corrupt),
		TEST(what_is_no_pointer_is_no_page),
		TEST(more_pages_than_room_are_not_counted),
		TEST(an_absurd_order_is_corrupt),
		TEST(nodes_elsewhere_than_in_flags_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
