/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "make_dump.h"

#include "mem/kdump_header.h"

static const struct kdump_make usual = {
	.bits = 64,
	.version = 6,
	.block_size = 4096,
	.status = DISKDUMP_ZLIB,
	.pages = "-ppffp--pf",
	.machine = "x86_64",
	.release = "6.1.0-test",
	.taken = 1700000000,
	.vmcoreinfo = "OSRELEASE=6.1.0-test\n",
};

static void expect_page(struct mem *mem, uint64_t block_size, uint64_t pfn)
{
	uint8_t want[4096];

	memset(want, pfn + 1, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, pfn * block_size, want, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, (pfn + 1) * block_size - 100, want, 100);
}

static void expect_usual(const struct kdump_make *m, uint16_t machine)
{
	struct bytes b = make_kdump(m);
	struct mem *mem = open_good(&b);

	assert_int_equal(mem->info.machine, machine);
	assert_int_equal(mem->info.bits, m->bits);
	assert_int_equal(mem->info.big_endian, m->big);
	assert_int_equal(mem->info.page_size, m->block_size);
	assert_int_equal(mem->info.max_paddr, 10 * m->block_size - 1);
	assert_int_equal(mem->info.truncated_at, 0);
	assert_true(mem->info.has_physical);
	assert_false(mem->info.has_virtual);
	expect_page(mem, m->block_size, 1);
	expect_page(mem, m->block_size, 2);
	expect_page(mem, m->block_size, 5);
	expect_page(mem, m->block_size, 8);
	mem_free(mem);
	bytes_done(&b);
}

static void pages_of_every_layout_are_read(void **state)
{
	struct kdump_make m = usual;

	(void)state;
	expect_usual(&m, EM_X86_64);
	m.block_size = 65536;
	m.machine = "aarch64";
	expect_usual(&m, EM_AARCH64);
	m.block_size = 4096;
	m.bits = 32;
	m.machine = "i686";
	expect_usual(&m, EM_386);
	m.padded = true;
	m.machine = "armv7l";
	expect_usual(&m, EM_ARM);
	m.padded = false;
	m.bits = 64;
	m.big = true;
	m.machine = "s390x";
	expect_usual(&m, EM_S390);
}

/* 64-bit members lie elsewhere on ARM than on i386, and nothing says which it is. */
static void expect_notes(unsigned int bits, bool padded, const char *machine, size_t regs)
{
	struct kdump_make m = usual;
	struct bytes notes = { 0 }, b;
	struct mem *mem;

	put_note(&notes, "CORE", NT_PRSTATUS, NULL, regs);
	put_note(&notes, "VMCOREINFO", 0, "PAGESIZE=4096\n", 14);
	m.bits = bits;
	m.padded = padded;
	m.machine = machine;
	m.notes = &notes;
	b = make_kdump(&m);
	mem = open_good(&b);
	assert_string_equal(mem->info.vmcoreinfo, "PAGESIZE=4096\n");
	expect_page(mem, 4096, 8);
	mem_free(mem);
	bytes_done(&notes);
	bytes_done(&b);
}

static void notes_are_found_in_every_sub_header(void **state)
{
	(void)state;
	expect_notes(64, false, "x86_64", 336);
	expect_notes(32, false, "i686", 144);
	expect_notes(32, true, "armv7l", 148);
}

static void each_missing_page_says_why(void **state)
{
	struct bytes b = make_kdump(&usual);
	struct mem *mem = open_good(&b);

	(void)state;
	expect_fault(mem, MEM_PHYSICAL, 0, 8, "no RAM there");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "filtered out by makedumpfile");
	expect_fault(mem, MEM_PHYSICAL, 0x2ffc, 8, "0x3000: filtered out");
	expect_fault(mem, MEM_PHYSICAL, 0xa000, 8, "beyond the last page");
	expect_fault(mem, MEM_PHYSICAL, UINT64_MAX - 7, 8, "beyond the last page");
	expect_fault(mem, MEM_PHYSICAL, UINT64_MAX - 6, 8, "beyond the last address");
	expect_fault(mem, MEM_VIRTUAL, 0x1000, 8, "not stored by virtual address");
	mem_free(mem);
	bytes_done(&b);
}

static void runs_of_ram_are_segments(void **state)
{
	struct bytes b = make_kdump(&usual);
	struct mem *mem = open_good(&b);

	(void)state;
	assert_int_equal(mem->info.nr_segments, 2);
	assert_int_equal(mem->info.segments[0].paddr, 0x1000);
	assert_int_equal(mem->info.segments[0].size, 0x5000);
	assert_int_equal(mem->info.segments[1].paddr, 0x8000);
	assert_int_equal(mem->info.segments[1].size, 0x2000);
	mem_free(mem);
	bytes_done(&b);
}

static void long_bitmaps_have_whole_runs(void **state)
{
	struct kdump_make m = usual;
	char pages[100001];
	struct mem *mem;
	struct bytes b;

	(void)state;
	memset(pages, 'f', sizeof(pages));
	memset(pages + 130, '-', 70000);
	pages[100000] = '\0';
	pages[99999] = pages[40] = 'p';
	m.pages = pages;
	b = make_kdump(&m);
	mem = open_good(&b);
	assert_int_equal(mem->info.nr_segments, 2);
	assert_int_equal(mem->info.segments[0].size, 130 * 4096);
	assert_int_equal(mem->info.segments[1].paddr, 70130 * 4096);
	assert_int_equal(mem->info.max_paddr, 100000 * 4096 - 1);
	expect_page(mem, 4096, 99999);
	expect_fault(mem, MEM_PHYSICAL, 99998 * 4096, 1, "filtered out");
	mem_free(mem);
	bytes_done(&b);
}

static void headers_tell_who_and_when(void **state)
{
	struct bytes b = make_kdump(&usual);
	struct mem *mem = open_good(&b);

	(void)state;
	assert_string_equal(mem->info.format, "kdump (zlib)");
	assert_string_equal(mem->info.uts_release, "6.1.0-test");
	assert_string_equal(mem->info.uts_node, "testhost");
	assert_string_equal(mem->info.uts_machine, "x86_64");
	assert_int_equal(mem->info.taken, 1700000000);
	assert_string_equal(mem->info.vmcoreinfo, "OSRELEASE=6.1.0-test\n");
	assert_int_equal(mem->info.vmcoreinfo_size, 21);
	mem_free(mem);
	bytes_done(&b);
}

static void qemu_notes_in_the_sub_header_are_found(void **state)
{
	struct bytes notes = { 0 }, b;
	struct kdump_make m = usual;
	struct mem *mem;

	(void)state;
	put_qemu_note(&notes);
	m.notes = &notes;
	m.release = NULL;
	b = make_kdump(&m);
	mem = open_good(&b);
	assert_int_equal(mem->info.nr_cpus, 1);
	assert_int_equal(mem->info.cpus[0].cr[3], 0x1000 + 52);
	assert_int_equal(mem->info.machine, EM_X86_64);
	assert_string_equal(mem->info.uts_machine, "");
	mem_free(mem);
	bytes_done(&notes);
	bytes_done(&b);
}

/* QEMU writes "x86_64" there for every 64-bit guest. */
static void machine_of_a_qemu_dump_comes_from_its_registers(void **state)
{
	struct bytes notes = { 0 }, b;
	struct kdump_make m = usual;
	struct mem *mem;

	(void)state;
	put_note(&notes, "CORE", NT_PRSTATUS, NULL, 392);
	m.notes = &notes;
	m.release = NULL;
	b = make_kdump(&m);
	mem = open_good(&b);
	assert_int_equal(mem->info.machine, EM_AARCH64);
	mem_free(mem);
	bytes_done(&notes);
	bytes_done(&b);
}

static void a_cut_file_keeps_what_it_has(void **state)
{
	struct bytes b = make_kdump(&usual);
	const size_t whole = b.len;
	struct mem *mem;

	(void)state;
	b.len -= 4096 + 1000;		/* the last page and part of the one before */
	mem = open_good(&b);
	assert_int_equal(mem->info.truncated_at, b.len);
	assert_int_equal(mem->info.expected_size, whole);
	expect_page(mem, 4096, 1);
	expect_fault(mem, MEM_PHYSICAL, 0x5000, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x8000, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "filtered out");
	mem_free(mem);
	bytes_done(&b);
}

static void a_file_cut_in_its_headers_is_refused(void **state)
{
	struct bytes b = make_kdump(&usual);

	(void)state;
	for (size_t len = 8; len < 4 * 4096; len += 97)
		expect_refused(b.p, len, VMATLAS_ERROR_FORMAT, "truncated");
	bytes_done(&b);
}

static void every_cut_opens_or_is_refused(void **state)
{
	struct bytes b = make_kdump(&usual);
	struct vmatlas_error *err;
	uint8_t buf[4096];

	(void)state;
	for (size_t len = 1; len < b.len; len += 211) {
		struct mem *mem = open_bytes(b.p, len, &err);

		vmatlas_error_free(err);
		for (uint64_t p = 0; mem && p < 0xb000; p += 4096)
			vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, p, buf, 4096));
		mem_free(mem);
	}
	bytes_done(&b);
}

static void pages_that_did_not_fit_are_named_so(void **state)
{
	struct kdump_make m = usual;
	struct mem *mem;
	struct bytes b;

	(void)state;
	m.status |= DISKDUMP_INCOMPLETE;
	b = make_kdump(&m);
	memset(b.p + 4 * 4096 + 3 * 24, 0, 24);		/* descriptor of page 8 */
	mem = open_good(&b);
	assert_int_equal(mem->info.truncated_at, b.len);
	expect_page(mem, 4096, 5);
	expect_fault(mem, MEM_PHYSICAL, 0x8000, 8, "ran out of space");
	mem_free(mem);
	bytes_done(&b);
}

static void a_damaged_page_is_a_fault(void **state)
{
	struct bytes b = make_kdump(&usual);
	struct mem *mem;

	(void)state;
	b.p[4 * 4096 + 24 + 12] = DISKDUMP_ZLIB;	/* page 2 is not, in truth */
	mem = open_good(&b);
	expect_page(mem, 4096, 1);
	expect_fault(mem, MEM_PHYSICAL, 0x2000, 8, "damaged in the dump");
	mem_free(mem);
	bytes_done(&b);
}

static void a_part_of_a_split_dump_knows_it_is_one(void **state)
{
	struct kdump_make m = usual;
	struct mem *mem;
	struct bytes b;

	(void)state;
	m.split_first = 2;
	m.split_end = 6;
	b = make_kdump(&m);
	mem = open_good(&b);
	expect_page(mem, 4096, 2);
	expect_page(mem, 4096, 5);
	expect_fault(mem, MEM_PHYSICAL, 0x1000, 8, "another file of this split dump");
	expect_fault(mem, MEM_PHYSICAL, 0x8000, 8, "another file of this split dump");
	mem_free(mem);
	bytes_done(&b);
}

static void parts_outside_the_file_are_refused(void **state)
{
	struct bytes b = make_kdump(&usual);

	(void)state;
	bytes_num(&b, 4096 + 40, 8, 1 << 19);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "VMCOREINFO of 524288 bytes");
	bytes_num(&b, 4096 + 40, 8, UINT64_MAX);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "VMCOREINFO");
	bytes_num(&b, 4096 + 40, 8, 0);
	bytes_num(&b, 4096 + 48, 8, UINT64_MAX - 3);
	bytes_num(&b, 4096 + 56, 8, 8);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "notes");
	bytes_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_every_layout_are_read),
		cmocka_unit_test(notes_are_found_in_every_sub_header),
		cmocka_unit_test(each_missing_page_says_why),
		cmocka_unit_test(runs_of_ram_are_segments),
		cmocka_unit_test(long_bitmaps_have_whole_runs),
		cmocka_unit_test(headers_tell_who_and_when),
		cmocka_unit_test(qemu_notes_in_the_sub_header_are_found),
		cmocka_unit_test(machine_of_a_qemu_dump_comes_from_its_registers),
		cmocka_unit_test(a_cut_file_keeps_what_it_has),
		cmocka_unit_test(a_file_cut_in_its_headers_is_refused),
		cmocka_unit_test(every_cut_opens_or_is_refused),
		cmocka_unit_test(pages_that_did_not_fit_are_named_so),
		cmocka_unit_test(a_damaged_page_is_a_fault),
		cmocka_unit_test(a_part_of_a_split_dump_knows_it_is_one),
		cmocka_unit_test(parts_outside_the_file_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
