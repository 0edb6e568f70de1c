/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "make_dump.h"

static uint8_t pattern[16384];

static void fill_pattern(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i * 7 + (i >> 8);
}

/* Two runs of RAM with a hole between, and a third that is only half in the file. */
static const struct seg segs[] = {
	{ PT_LOAD, 0, 0x1000, pattern, 0x2000, 0x2000 },
	{ PT_LOAD, 0, 0x4000, pattern + 0x2000, 0x1000, 0x1000 },
	{ PT_LOAD, 0, 0x8000, pattern + 0x3000, 0x800, 0x1000 },
};

static const struct elf_make usual = {
	.bits = 64, .type = ET_CORE, .machine = EM_X86_64, .segs = segs, .nr = 3,
};

static void physical_reads_work_in_every_class_and_order(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct elf_make m = usual;
		struct bytes b;
		struct mem *mem;

		m.bits = i & 1 ? 32 : 64;
		m.big = i & 2;
		m.machine = i & 1 ? EM_ARM : EM_PPC64;
		b = make_elf(&m);
		mem = open_good(&b);
		assert_string_equal(mem->info.format, "ELF");
		assert_int_equal(mem->info.bits, m.bits);
		assert_int_equal(mem->info.big_endian, m.big);
		assert_int_equal(mem->info.machine, m.machine);
		assert_int_equal(mem->info.max_paddr, 0x8fff);
		assert_int_equal(mem->info.nr_segments, 3);
		assert_true(mem->info.has_physical);
		assert_false(mem->info.has_virtual);
		expect_bytes(mem, MEM_PHYSICAL, 0x1000, pattern, 0x2000);
		expect_bytes(mem, MEM_PHYSICAL, 0x1ffd, pattern + 0xffd, 8);
		expect_bytes(mem, MEM_PHYSICAL, 0x4abc, pattern + 0x2abc, 1);
		mem_free(mem);
		bytes_done(&b);
	}
}

static void holes_and_left_out_pages_are_reported_apart(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_good(&b);

	(void)state;
	expect_fault(mem, MEM_PHYSICAL, 0xff8, 8, "0xff8: not in the dump");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "not in the dump");
	expect_fault(mem, MEM_PHYSICAL, 0x2ffc, 8, "0x3000: not in the dump");
	expect_fault(mem, MEM_PHYSICAL, 0x8800, 8, "left out of the dump");
	expect_fault(mem, MEM_PHYSICAL, 0x87fc, 8, "0x8800: left out");
	expect_fault(mem, MEM_PHYSICAL, UINT64_MAX - 7, 8, "not in the dump");
	expect_fault(mem, MEM_PHYSICAL, UINT64_MAX - 6, 8, "beyond the last address");
	expect_bytes(mem, MEM_PHYSICAL, 0x8000, pattern + 0x3000, 0x800);
	mem_free(mem);
	bytes_done(&b);
}

/* kexec's RAM ends where firmware says, not at a page. */
static void a_block_that_is_there_in_part_can_be_read_in_part(void **state)
{
	static const struct seg ragged[] = {
		{ PT_LOAD, 0, 0x1234, pattern, 0x100, 0x100 },
		{ PT_LOAD, 0, 0x1334, pattern + 0x100, 0x100, 0x100 },
	};
	struct elf_make m = usual;
	struct bytes b;
	struct mem *mem;

	(void)state;
	m.segs = ragged;
	m.nr = 2;
	b = make_elf(&m);
	mem = open_good(&b);
	expect_bytes(mem, MEM_PHYSICAL, 0x1234, pattern, 0x200);
	expect_bytes(mem, MEM_PHYSICAL, 0x1330, pattern + 0xfc, 8);
	expect_fault(mem, MEM_PHYSICAL, 0x1230, 8, "0x1230: not in the dump");
	expect_fault(mem, MEM_PHYSICAL, 0x1430, 8, "0x1434: not in the dump");
	mem_free(mem);
	bytes_done(&b);
}

/* kexec describes the kernel's text twice; makedumpfile may leave one of them out. */
static void of_overlapping_segments_the_one_with_bytes_is_read(void **state)
{
	static const struct seg over[] = {
		{ PT_LOAD, 0, 0x0000, pattern, 0x100, 0x10000 },
		{ PT_LOAD, 0, 0x5000, pattern + 0x1000, 0x1000, 0x1000 },
		{ PT_LOAD, 0, 0x5800, NULL, 0, 0x100 },
		{ PT_LOAD, 0, 0x7000, pattern + 0x2000, 0x1000, 0x1000 },
	};
	struct elf_make m = usual;
	struct bytes b;
	struct mem *mem;

	(void)state;
	m.segs = over;
	m.nr = 4;
	b = make_elf(&m);
	mem = open_good(&b);
	expect_bytes(mem, MEM_PHYSICAL, 0x80, pattern + 0x80, 0x80);
	expect_bytes(mem, MEM_PHYSICAL, 0x5000, pattern + 0x1000, 0x1000);
	expect_bytes(mem, MEM_PHYSICAL, 0x7000, pattern + 0x2000, 0x1000);
	expect_fault(mem, MEM_PHYSICAL, 0x6000, 8, "left out");
	expect_fault(mem, MEM_PHYSICAL, 0xfff0, 8, "left out");
	expect_fault(mem, MEM_PHYSICAL, 0x10000, 8, "not in the dump");
	mem_free(mem);
	bytes_done(&b);
}

static void many_segments_are_counted_the_long_way(void **state)
{
	enum { NR = 70000 };
	struct seg *many = calloc(NR, sizeof(*many));
	struct elf_make m = usual;
	struct bytes b;
	struct mem *mem;

	(void)state;
	for (size_t i = 0; i < NR; i++)
		many[i] = (struct seg){ PT_LOAD, 0, (NR - i) * 0x8000ull,
					pattern + i % 1000, i % 7 == 0 ? 16 : 0, 16 };
	m.segs = many;
	m.nr = NR;
	m.xnum = true;
	for (m.bits = 32; m.bits <= 64; m.bits += 32) {
		b = make_elf(&m);
		mem = open_good(&b);
		assert_int_equal(mem->info.nr_segments, NR);
		expect_bytes(mem, MEM_PHYSICAL, (NR - 700) * 0x8000ull, pattern + 700, 16);
		expect_fault(mem, MEM_PHYSICAL, (NR - 701) * 0x8000ull, 4, "left out");
		mem_free(mem);
		bytes_done(&b);
	}
	free(many);
}

static void notes_are_read(void **state)
{
	struct bytes notes = { 0 }, b;
	struct elf_make m = usual;
	struct mem *mem;

	(void)state;
	put_note(&notes, "CORE", NT_PRSTATUS, NULL, 336);
	put_note(&notes, "", 0, NULL, 0);
	put_qemu_note(&notes);
	put_qemu_note(&notes);
	put_note(&notes, "VMCOREINFO", 0, "A=1\n", 4);
	const struct seg with_notes[] = {
		{ PT_NOTE, 0, 0, notes.p, notes.len, 0 },
		{ PT_LOAD, 0, 0, pattern, 0x1000, 0x1000 },
	};
	m.segs = with_notes;
	m.nr = 2;
	b = make_elf(&m);
	mem = open_good(&b);
	assert_string_equal(mem->info.vmcoreinfo, "A=1\n");
	assert_int_equal(mem->info.vmcoreinfo_size, 4);
	assert_int_equal(mem->info.nr_cpus, 2);
	assert_int_equal(mem->info.cpus[1].cr[3], 0x1034);
	expect_bytes(mem, MEM_PHYSICAL, 0, pattern, 0x1000);
	mem_free(mem);
	bytes_done(&notes);
	bytes_done(&b);
}

static void a_cut_file_keeps_what_it_has(void **state)
{
	struct bytes b = make_elf(&usual);
	const size_t whole = b.len;
	struct mem *mem;

	(void)state;
	b.len -= 0x800 + 0x1800;	/* the third, the second, half a page */
	mem = open_good(&b);
	assert_int_equal(mem->info.truncated_at, b.len);
	assert_int_equal(mem->info.expected_size, whole);
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, pattern, 0x1800);
	expect_fault(mem, MEM_PHYSICAL, 0x27fc, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x4000, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "not in the dump");
	mem_free(mem);
	bytes_done(&b);
}

static void every_cut_opens_or_is_refused(void **state)
{
	(void)state;
	for (unsigned int bits = 32; bits <= 64; bits += 32) {
		struct elf_make m = usual;
		const size_t head = bits == 64 ? 64 + 3 * 56 : 52 + 3 * 32;
		struct bytes b;

		m.bits = bits;
		b = make_elf(&m);
		for (size_t len = 4; len < head; len++)
			expect_refused(b.p, len, VMATLAS_ERROR_FORMAT, "truncated in its");
		for (size_t len = head; len < b.len; len += 501) {
			struct vmatlas_error *err;
			struct mem *mem = open_bytes(b.p, len, &err);

			assert_non_null(mem);
			assert_int_equal(mem->info.truncated_at, len);
			mem_free(mem);
		}
		bytes_done(&b);
	}
}

static void what_is_not_a_dump_is_named(void **state)
{
	struct elf_make m = usual;
	struct bytes b;

	(void)state;
	expect_refused("", 0, VMATLAS_ERROR_FORMAT, "file is empty");
	expect_refused("hello", 5, VMATLAS_ERROR_FORMAT, "not a dump in a known format");
	expect_refused("\x1f\x8b\x08 ", 4, VMATLAS_ERROR_FORMAT, "gunzip");
	expect_refused("QEVM\0\0\0\3", 8, VMATLAS_ERROR_FORMAT, "dump-guest-memory");
	m.type = ET_EXEC;
	b = make_elf(&m);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "ELF executable such as vmlinux");
	bytes_done(&b);
	m.type = ET_REL;
	b = make_elf(&m);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "ELF object");
	bytes_done(&b);
	m.type = ET_CORE;
	m.nr = 0;
	b = make_elf(&m);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "holds no memory");
	bytes_done(&b);
}

static void what_is_not_a_file_is_named(void **state)
{
	struct mem *mem = NULL;

	(void)state;
	expect_error(mem_open("/tmp", NULL, &mem), VMATLAS_ERROR_FORMAT, "is a directory");
	expect_error(mem_open("/dev/null", NULL, &mem), VMATLAS_ERROR_FORMAT,
		     "neither a file nor a disk");
	expect_error(mem_open("/nowhere/vmcore", NULL, &mem), VMATLAS_ERROR_SYSTEM,
		     "/nowhere/vmcore: No such file");
	assert_null(mem);
}

static void damaged_headers_are_refused(void **state)
{
	struct bytes b = make_elf(&usual);

	(void)state;
	bytes_num(&b, 54, 2, 8);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "program headers of 8 bytes");
	bytes_num(&b, 54, 2, 56);
	bytes_num(&b, 64 + 8, 8, UINT64_MAX - 5);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "damaged program header 0");
	bytes_num(&b, 32, 8, UINT64_MAX - 5);
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "in its program headers");
	b.p[4] = 9;
	expect_refused(b.p, b.len, VMATLAS_ERROR_FORMAT, "class 9");
	bytes_done(&b);
}

/* A copy of /proc/kcore is virtual where it has no physical address. */
static void a_copied_kcore_is_read_by_virtual_address(void **state)
{
	static const struct seg kcore[] = {
		{ PT_LOAD, 0xffffc90000000000, UINT64_MAX, pattern, 0x1000, 0x1000 },
		{ PT_LOAD, 0xffff888000001000, 0x1000, pattern + 0x1000, 0x1000, 0x1000 },
	};
	struct elf_make m = usual;
	struct bytes b;
	struct mem *mem;

	(void)state;
	m.segs = kcore;
	m.nr = 2;
	b = make_elf(&m);
	mem = open_good(&b);
	assert_true(mem->info.has_virtual);
	assert_true(mem->info.has_physical);
	assert_int_equal(mem->info.max_paddr, 0x1fff);
	expect_bytes(mem, MEM_VIRTUAL, 0xffffc90000000010, pattern + 0x10, 0x100);
	expect_bytes(mem, MEM_VIRTUAL, 0xffff888000001000, pattern + 0x1000, 0x100);
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, pattern + 0x1000, 0x100);
	mem_free(mem);
	bytes_done(&b);
}

static void blocks_are_read_once(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_good(&b);
	const uint64_t before = mem->info.nr_reads, bytes = mem->info.bytes_read;
	uint8_t got[64];

	(void)state;
	for (unsigned int i = 0; i < 60; i++)
		expect_bytes(mem, MEM_PHYSICAL, 0x1000 + i * 64, pattern + i * 64, 64);
	assert_int_equal(mem->info.nr_reads, before + 1);
	assert_int_equal(mem->info.bytes_read, bytes + 4096);
	assert_null(mem_read(mem, MEM_PHYSICAL, 0, got, 0));
	mem_free(mem);
	bytes_done(&b);
}

static void long_reads_cross_everything(void **state)
{
	enum { SIZE = 300000 };
	uint8_t *big = malloc(SIZE);
	struct seg seg = { PT_LOAD, 0, 0x12345, big, SIZE, SIZE };
	struct elf_make m = usual;
	struct bytes b;
	struct mem *mem;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		big[i] = i * 31 + (i >> 12);
	m.segs = &seg;
	m.nr = 1;
	b = make_elf(&m);
	mem = open_good(&b);
	expect_bytes(mem, MEM_PHYSICAL, 0x12345, big, SIZE);
	expect_bytes(mem, MEM_PHYSICAL, 0x12345 + 5000, big + 5000, 100000);
	mem_free(mem);
	bytes_done(&b);
	free(big);
}

static void probe_knows_dumps_from_images(void **state)
{
	struct elf_make m = usual;
	struct bytes b = make_elf(&m);
	struct file f = file_of(b.p, b.len);

	(void)state;
	assert_true(mem_probe(f.fd));
	close(f.fd);
	b.p[16] = ET_EXEC;
	f = file_of(b.p, b.len);
	assert_false(mem_probe(f.fd));
	close(f.fd);
	f = file_of("KDUMP   ", 8);
	assert_true(mem_probe(f.fd));
	close(f.fd);
	f = file_of("makedumpfile\0\0\0\0", 16);
	assert_true(mem_probe(f.fd));
	close(f.fd);
	f = file_of("", 0);
	assert_false(mem_probe(f.fd));
	close(f.fd);
	bytes_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(physical_reads_work_in_every_class_and_order),
		cmocka_unit_test(holes_and_left_out_pages_are_reported_apart),
		cmocka_unit_test(a_block_that_is_there_in_part_can_be_read_in_part),
		cmocka_unit_test(of_overlapping_segments_the_one_with_bytes_is_read),
		cmocka_unit_test(many_segments_are_counted_the_long_way),
		cmocka_unit_test(notes_are_read),
		cmocka_unit_test(a_cut_file_keeps_what_it_has),
		cmocka_unit_test(every_cut_opens_or_is_refused),
		cmocka_unit_test(what_is_not_a_dump_is_named),
		cmocka_unit_test(what_is_not_a_file_is_named),
		cmocka_unit_test(damaged_headers_are_refused),
		cmocka_unit_test(a_copied_kcore_is_read_by_virtual_address),
		cmocka_unit_test(blocks_are_read_once),
		cmocka_unit_test(long_reads_cross_everything),
		cmocka_unit_test(probe_knows_dumps_from_images),
	};

	fill_pattern();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
