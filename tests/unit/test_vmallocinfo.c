/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/vmallocinfo from records made by hand, against lines as s_show() and
 * vmalloc_info_show() of mm/vmalloc.c format them. The file under test is
 * included, so that the kernel below it can be played.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/lookup.h"
#include "kernel/mm/page_numa.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/vmalloc/vmallocinfo.h"

static struct vmatlas_error *play_resolve(struct kernel *k,
					  const struct vmatlas_lookup *needs, size_t nr,
					  struct resolved *ret);
static struct vmatlas_error *play_name(struct kernel *k, uint64_t addr, struct str *out);
static struct vmatlas_error *play_open(struct kernel *k, struct pagenodes **ret);
static struct vmatlas_error *play_nodes(struct pagenodes *p,
					const struct vmatlas_area *area, struct str *out);
static size_t play_unread(const struct kernel *k);
static void play_free(struct pagenodes *p);

#define lookup_resolve play_resolve
#define kernel_symbol_name play_name
#define symnames_unread play_unread
#define pagenodes_open play_open
#define pagenodes_print play_nodes
#define pagenodes_free play_free
#include "kernel/vmalloc/vmallocinfo.c"

/* The kernel that is played. */
static struct {
	bool nodes, purge_llist, vmlist, flags, purge_list, rcu_head;
	bool numa, faults;
	uint8_t phys_size;
	size_t unread;
	struct kernel k;
	struct str text;
	size_t nr_calls, stop_after;
} play;

static struct vmatlas_error *play_resolve(struct kernel *k,
					  const struct vmatlas_lookup *needs, size_t nr,
					  struct resolved *ret)
{
	(void)k;
	(void)needs;
	memset(ret, 0, nr * sizeof(*ret));
	ret[NODES].found = play.nodes;
	ret[NR_NODES].found = play.nodes;
	ret[PURGE_LLIST].found = play.purge_llist;
	ret[AREA_FLAGS].found = play.flags;
	ret[VMLIST_LOCK].found = play.vmlist;
	ret[AREA_PURGE_LIST].found = play.purge_list;
	ret[AREA_RCU_HEAD].found = play.rcu_head;
	ret[PHYS_ADDR] = (struct resolved){ .found = true, .size = play.phys_size };
	return NULL;
}

static struct vmatlas_error *play_name(struct kernel *k, uint64_t addr, struct str *out)
{
	(void)k;
	str_addf(out, "f%" PRIx64 "+0x1/0x2", addr & 0xff);
	return NULL;
}

static size_t play_unread(const struct kernel *k)
{
	(void)k;
	return play.unread;
}

static struct vmatlas_error *play_open(struct kernel *k, struct pagenodes **ret)
{
	(void)k;
	if (play.numa)
		*ret = (struct pagenodes *)&play;
	return NULL;
}

static struct vmatlas_error *play_nodes(struct pagenodes *p,
					const struct vmatlas_area *area, struct str *out)
{
	(void)p;
	if (play.faults)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "no such page");
	if (area->nr_pages)
		str_addf(out, " N0=%" PRIu64, area->nr_pages);
	return NULL;
}

static void play_free(struct pagenodes *p)
{
	(void)p;
}

/* ---- Helpers ---- */

#define VMALLOC 0xffffc90000000000ull

static int setup(void **state)
{
	(void)state;
	memset(&play, 0, sizeof(play));
	play.phys_size = 8;
	play.k.ptr_size = 8;
	play.k.va_mask = UINT64_MAX;
	play.k.page_shift = 12;
	play.k.release = KERNEL_RELEASE(6, 1);
	play.k.records.areas_complete = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vec_done(&play.k.records.areas);
	str_done(&play.text);
	return 0;
}

static struct area *add(enum area_state state, uint64_t start, uint64_t size)
{
	struct area *a = vec_push(&play.k.records.areas);

	assert_non_null(a);
	a->state = state;
	a->order = (uint32_t)(a - play.k.records.areas.v);
	a->claim.range = (struct vmatlas_range){ start, start + size - 1 };
	return a;
}

static struct vmatlas_area *add_struct(uint64_t start, uint64_t size, uint64_t flags)
{
	struct area *a = add(AREA_BUSY, start, size);

	a->has_vm = true;
	a->rec.vm_struct = 0xffff888000001000;
	a->rec.vm_addr = start;
	a->rec.vm_size = size;
	a->rec.vm_flags = flags;
	return &a->rec;
}

static int keep(void *arg, const char *text, size_t len)
{
	(void)arg;
	str_add(&play.text, text, len);
	return ++play.nr_calls == play.stop_after;
}

static struct vmatlas_error *run(void)
{
	return kernel_vmallocinfo(&play.k, keep, NULL);
}

static void prints(const char *want)
{
	struct vmatlas_error *err = run();

	assert_null(err);
	assert_string_equal(str_text(&play.text), want);
}

/* ---- Rows ---- */

static void a_row_has_range_size_caller_pages_and_flags(void **state)
{
	struct vmatlas_area *a = add_struct(VMALLOC, 0x5000, VM_ALLOC);

	(void)state;
	a->caller = 0xab;
	a->nr_pages = 4;
	prints("0xffffc90000000000-0xffffc90000005000   20480"
	       " fab+0x1/0x2 pages=4 vmalloc\n");
}

static void a_row_may_be_bare(void **state)
{
	(void)state;
	add_struct(VMALLOC, 0x1000, 0);
	prints("0xffffc90000000000-0xffffc90000001000    4096\n");
}

static void flags_keep_the_kernels_order(void **state)
{
	(void)state;
	add_struct(VMALLOC, 0x1000, VM_IOREMAP | VM_SPARSE | VM_ALLOC | VM_MAP |
				    VM_USERMAP | VM_DMA_COHERENT | VM_NO_GUARD);
	prints("0xffffc90000000000-0xffffc90000001000    4096"
	       " ioremap sparse vmalloc vmap user dma-coherent\n");
}

static void bit_4_was_no_dma_before_5_4(void **state)
{
	(void)state;
	play.flags = play.purge_list = play.purge_llist = true;
	add_struct(VMALLOC, 0x1000, VM_ALLOC | VM_DMA_COHERENT);
	prints("0xffffc90000000000-0xffffc90000001000    4096 vmalloc\n");
}

static void bit_4_was_vpages_up_to_4_4(void **state)
{
	(void)state;
	play.flags = play.purge_list = play.rcu_head = true;
	play.k.release = KERNEL_RELEASE(4, 4);
	add_struct(VMALLOC, 0x1000, VM_ALLOC | VM_VPAGES);
	add_struct(VMALLOC + 0x2000, 0x1000, VM_ALLOC)->pages = VMALLOC;
	prints("0xffffc90000000000-0xffffc90000001000    4096 vmalloc vpages\n"
	       "0xffffc90000002000-0xffffc90000003000    4096 vmalloc\n");
}

static void large_sizes_push_the_column(void **state)
{
	(void)state;
	add_struct(VMALLOC, 0x40000000, VM_ALLOC);
	prints("0xffffc90000000000-0xffffc90040000000 1073741824 vmalloc\n");
}

static void phys_is_padded_to_its_type(void **state)
{
	(void)state;
	add_struct(VMALLOC, 0x2000, VM_IOREMAP)->phys = 0xfed00000;
	prints("0xffffc90000000000-0xffffc90000002000    8192"
	       " phys=0x00000000fed00000 ioremap\n");
}

static void phys_was_bare_before_4_14(void **state)
{
	(void)state;
	play.k.release = KERNEL_RELEASE(4, 9);
	add_struct(VMALLOC, 0x2000, VM_IOREMAP)->phys = 0xfed00000;
	prints("0xffffc90000000000-0xffffc90000002000    8192 phys=fed00000 ioremap\n");
}

static void addresses_of_32_bits_have_8_digits(void **state)
{
	(void)state;
	play.k.ptr_size = 4;
	play.k.va_mask = UINT32_MAX;
	play.phys_size = 4;
	add_struct(0xf0800000, 0x2000, VM_IOREMAP)->phys = 0x10000000;
	prints("0xf0800000-0xf0802000    8192 phys=0x10000000 ioremap\n");
}

static void sizes_of_32_bits_are_signed(void **state)
{
	(void)state;
	play.k.ptr_size = 4;
	play.k.va_mask = UINT32_MAX;
	add_struct(0x10000000, 0x80000000, VM_ALLOC);
	prints("0x10000000-0x90000000 -2147483648 vmalloc\n");
}

static void lpae_has_wide_phys(void **state)
{
	(void)state;
	play.k.ptr_size = 4;
	play.k.va_mask = UINT32_MAX;
	add_struct(0xf0800000, 0x2000, VM_IOREMAP)->phys = 0x840000000;
	prints("0xf0800000-0xf0802000    8192 phys=0x0000000840000000 ioremap\n");
}

static void an_area_may_end_at_the_top(void **state)
{
	(void)state;
	add(AREA_BUSY, 0xfffffffffffff000, 0x1000);
	prints("0xfffffffffffff000-0x0000000000000000    4096 vm_map_ram\n");
}

static void a_page_array_in_an_area_is_vpages(void **state)
{
	struct vmatlas_area *a;

	(void)state;
	/* nodes one after the other: not sorted by address */
	add_struct(VMALLOC + 0x100000, 0x2000, VM_ALLOC);
	a = add_struct(VMALLOC, 0x1000, VM_ALLOC);
	a->pages = VMALLOC + 0x101000;
	a = add_struct(VMALLOC + 0x2000, 0x1000, VM_ALLOC);
	a->pages = 0xffff888000200000;
	a = add_struct(VMALLOC + 0x4000, 0x1000, VM_ALLOC);
	a->pages = VMALLOC + 0x102000;
	prints("0xffffc90000100000-0xffffc90000102000    8192 vmalloc\n"
	       "0xffffc90000000000-0xffffc90000001000    4096 vmalloc vpages\n"
	       "0xffffc90000002000-0xffffc90000003000    4096 vmalloc\n"
	       "0xffffc90000004000-0xffffc90000005000    4096 vmalloc\n");
}

/* ---- Which rows there are ---- */

static void areas_without_vm_are_vm_map_ram(void **state)
{
	(void)state;
	add(AREA_BUSY, VMALLOC, 0x100000);
	prints("0xffffc90000000000-0xffffc90000100000 1048576 vm_map_ram\n");
}

static void since_6_3_only_with_the_flag(void **state)
{
	(void)state;
	play.flags = true;
	add(AREA_BUSY, VMALLOC, 0x100000)->rec.va_flags = VMAP_RAM;
	add(AREA_BUSY, VMALLOC + 0x200000, 0x100000);
	prints("0xffffc90000000000-0xffffc90000100000 1048576 vm_map_ram\n");
}

static void flags_beside_rcu_head_are_the_old_ones(void **state)
{
	(void)state;
	play.flags = play.rcu_head = true;
	play.k.release = KERNEL_RELEASE(4, 19);
	add(AREA_BUSY, VMALLOC, 0x100000);
	prints("0xffffc90000000000-0xffffc90000100000 1048576 vm_map_ram\n");
}

/* remove_vm_area() alone set the flag, up to 5.3 */
static void then_vm_unmap_ram_stays_what_it_was(void **state)
{
	(void)state;
	play.flags = play.purge_list = play.purge_llist = true;
	play.k.release = KERNEL_RELEASE(4, 19);
	add(AREA_UNPURGED, VMALLOC, 0x4000);
	add(AREA_UNPURGED, VMALLOC + 0x8000, 0x4000)->rec.va_flags = VM_LAZY_FREE;
	prints("0xffffc90000000000-0xffffc90000004000   16384 vm_map_ram\n"
	       "0xffffc90000008000-0xffffc9000000c000   16384 unpurged vm_area\n");
}

static void up_to_3_9_vmlist_is_all(void **state)
{
	(void)state;
	play.vmlist = play.flags = play.rcu_head = true;
	play.k.release = KERNEL_RELEASE(3, 8);
	play.k.ptr_size = 4;
	play.k.va_mask = UINT32_MAX;
	add_struct(0xf0000000, 0x2000, VM_ALLOC);
	play.k.records.areas.v[0].on_vmlist = 1;
	add_struct(0xf0004000, 0x2000, VM_ALLOC);
	add(AREA_BUSY, 0xf0008000, 0x4000);
	prints("0xf0000000-0xf0002000    8192 vmalloc\n");
}

static void from_3_10_to_3_12_there_were_rows_of_vm_map_ram(void **state)
{
	(void)state;
	play.flags = play.rcu_head = true;
	play.k.release = KERNEL_RELEASE(3, 10);
	add(AREA_BUSY, VMALLOC, 0x100000);
	add(AREA_UNPURGED, VMALLOC + 0x200000, 0x100000)->rec.va_flags = VM_LAZY_FREE;
	prints("0xffffc90000000000-0xffffc90000100000 1048576 vm_map_ram\n");
}

static void before_4_14_areas_without_vm_are_no_rows(void **state)
{
	(void)state;
	play.k.release = KERNEL_RELEASE(4, 4);
	add(AREA_BUSY, VMALLOC, 0x100000);
	add(AREA_UNPURGED, VMALLOC + 0x200000, 0x100000);
	prints("");
}

static void unpurged_areas_come_as_such(void **state)
{
	(void)state;
	add_struct(VMALLOC, 0x1000, VM_ALLOC);
	add(AREA_UNPURGED, VMALLOC + 0x8000, 0x5000);
	prints("0xffffc90000000000-0xffffc90000001000    4096 vmalloc\n"
	       "0xffffc90000008000-0xffffc9000000d000   20480 unpurged vm_area\n");
}

static void a_last_vm_map_ram_hid_them_up_to_5_10(void **state)
{
	(void)state;
	play.purge_llist = true;
	play.k.records.busy_ends_in_ram = true;
	play.k.release = KERNEL_RELEASE(5, 10);
	add(AREA_BUSY, VMALLOC, 0x1000);
	add(AREA_UNPURGED, VMALLOC + 0x8000, 0x5000);
	prints("0xffffc90000000000-0xffffc90000001000    4096 vm_map_ram\n");
}

static void early_areas_are_not_listed(void **state)
{
	(void)state;
	add(AREA_EARLY, VMALLOC, 0x1000);
	prints("");
}

static void unfinished_areas_are_rows_without_nodes(void **state)
{
	struct vmatlas_area *a = add_struct(VMALLOC, 0x2000, VM_ALLOC | VM_UNINITIALIZED);

	(void)state;
	play.numa = true;
	a->nr_pages = 1;
	prints("0xffffc90000000000-0xffffc90000002000    8192 pages=1 vmalloc\n");
}

static void with_vmap_nodes_unfinished_areas_are_no_rows(void **state)
{
	(void)state;
	play.nodes = true;
	add_struct(VMALLOC, 0x2000, VM_ALLOC | VM_UNINITIALIZED);
	prints("");
}

static void nodes_come_last(void **state)
{
	struct vmatlas_area *a = add_struct(VMALLOC, 0x3000, VM_ALLOC | VM_USERMAP);

	(void)state;
	play.numa = true;
	a->nr_pages = 2;
	prints("0xffffc90000000000-0xffffc90000003000   12288"
	       " pages=2 vmalloc user N0=2\n");
}

/* ---- What is missing ---- */

static void missing_nodes_cost_the_counts_alone(void **state)
{
	struct vmatlas_error *err;

	(void)state;
	play.numa = play.faults = true;
	add_struct(VMALLOC, 0x3000, VM_ALLOC)->nr_pages = 2;
	err = run();
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FAULT);
	assert_non_null(strstr(vmatlas_error_message(err), "1 rows lack their NUMA"));
	vmatlas_error_free(err);
	assert_string_equal(str_text(&play.text),
		"0xffffc90000000000-0xffffc90000003000   12288 pages=2 vmalloc\n");
}

static void an_unreadable_vm_struct_costs_its_row(void **state)
{
	struct vmatlas_error *err;

	(void)state;
	add(AREA_BUSY, VMALLOC, 0x3000)->rec.vm_struct = 0xffff888000001000;
	add_struct(VMALLOC + 0x4000, 0x1000, VM_MAP);
	err = run();
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FAULT);
	vmatlas_error_free(err);
	assert_string_equal(str_text(&play.text),
		"0xffffc90000004000-0xffffc90000005000    4096 vmap\n");
}

static void a_list_that_is_not_whole_is_reported(void **state)
{
	struct vmatlas_error *err;

	(void)state;
	play.k.records.areas_complete = false;
	add_struct(VMALLOC, 0x1000, VM_MAP);
	err = run();
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FAULT);
	assert_non_null(strstr(vmatlas_error_message(err), "not whole"));
	vmatlas_error_free(err);
	assert_string_equal(str_text(&play.text),
		"0xffffc90000000000-0xffffc90000001000    4096 vmap\n");
}

static void a_reader_may_have_enough(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 5000; i++)
		add_struct(VMALLOC + i * 0x2000, 0x1000, VM_ALLOC);
	play.stop_after = 2;
	assert_null(run());
	assert_int_equal(play.nr_calls, 2);
}

static void nothing_recorded_prints_nothing(void **state)
{
	(void)state;
	prints("");
	assert_int_equal(play.nr_calls, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_row_has_range_size_caller_pages_and_flags),
		TEST(a_row_may_be_bare),
		TEST(flags_keep_the_kernels_order),
		TEST(bit_4_was_no_dma_before_5_4),
		TEST(bit_4_was_vpages_up_to_4_4),
		TEST(large_sizes_push_the_column),
		TEST(phys_is_padded_to_its_type),
		TEST(phys_was_bare_before_4_14),
		TEST(addresses_of_32_bits_have_8_digits),
		TEST(sizes_of_32_bits_are_signed),
		TEST(lpae_has_wide_phys),
		TEST(an_area_may_end_at_the_top),
		TEST(a_page_array_in_an_area_is_vpages),
		TEST(areas_without_vm_are_vm_map_ram),
		TEST(since_6_3_only_with_the_flag),
		TEST(flags_beside_rcu_head_are_the_old_ones),
		TEST(then_vm_unmap_ram_stays_what_it_was),
		TEST(up_to_3_9_vmlist_is_all),
		TEST(from_3_10_to_3_12_there_were_rows_of_vm_map_ram),
		TEST(before_4_14_areas_without_vm_are_no_rows),
		TEST(unpurged_areas_come_as_such),
		TEST(a_last_vm_map_ram_hid_them_up_to_5_10),
		TEST(early_areas_are_not_listed),
		TEST(unfinished_areas_are_rows_without_nodes),
		TEST(with_vmap_nodes_unfinished_areas_are_no_rows),
		TEST(nodes_come_last),
		TEST(missing_nodes_cost_the_counts_alone),
		TEST(an_unreadable_vm_struct_costs_its_row),
		TEST(a_list_that_is_not_whole_is_reported),
		TEST(a_reader_may_have_enough),
		TEST(nothing_recorded_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
