/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dump is read with a record, written small, and read back: mem/read_log.c, extract/write_core.c. */
#include "make_dump.h"

#include <fcntl.h>

static uint8_t pattern[0x4000];

static void fill_pattern(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i * 7 + (i >> 8) + 1;
}

/* RAM with a hole, a segment that is cut off in a page, and one with no bytes at all. */
static const struct seg segs[] = {
	{ PT_LOAD, 0, 0x1000, pattern, 0x2000, 0x2000 },
	{ PT_LOAD, 0, 0x4000, pattern + 0x2000, 0x800, 0x1000 },
	{ PT_LOAD, 0, 0x10000, NULL, 0, 0x3000 },
};

static const struct elf_make usual = {
	.bits = 64, .type = ET_CORE, .machine = EM_X86_64, .segs = segs, .nr = ARRAY_SIZE(segs),
};

static struct mem *open_recording(const struct bytes *b)
{
	const struct mem_opts opts = { .record = true };
	struct file f = file_of(b->p, b->len);
	struct mem *mem = NULL;

	assert_null(mem_open(f.path, &opts, &mem));
	close(f.fd);
	return mem;
}

static void read_some(struct mem *mem, uint64_t addr, size_t len)
{
	uint8_t buf[0x3000];

	assert_true(len <= sizeof(buf));
	assert_null(mem_read(mem, MEM_PHYSICAL, addr, buf, len));
}

/* What was recorded so far, written and opened; *ret_size: of the file. */
static struct mem *written(struct mem *mem, unsigned int bits, bool big, bool recording)
{
	const struct mem_opts opts = { .record = recording };
	struct file f = file_of("", 0);
	struct mem *small = NULL;
	struct vmatlas_error *err;
	uint64_t size = 0;

	err = core_write(f.fd, "small", mem, mem->info.machine, bits, big, 1795406753, &size);
	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	assert_int_equal(lseek(f.fd, 0, SEEK_END), size);
	assert_true(mem_is_extract(f.path));
	err = mem_open(f.path, &opts, &small);
	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	close(f.fd);
	return small;
}

static void expect_same(struct mem *a, struct mem *b, uint64_t addr, size_t len)
{
	uint8_t x[0x3000], y[0x3000];

	assert_null(mem_read(a, MEM_PHYSICAL, addr, x, len));
	assert_null(mem_read(b, MEM_PHYSICAL, addr, y, len));
	assert_memory_equal(x, y, len);
}

static void what_was_read_reads_back_in_every_class_and_order(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct elf_make m = usual;
		struct mem *mem, *small;
		struct bytes b;

		m.bits = i & 1 ? 32 : 64;
		m.big = i & 2;
		m.machine = i & 1 ? EM_ARM : EM_PPC64;
		b = make_elf(&m);
		mem = open_recording(&b);
		read_some(mem, 0x1ffd, 8);	/* over a page's end */
		read_some(mem, 0x47f0, 16);
		small = written(mem, m.bits, m.big, false);
		assert_string_equal(small->info.format, "ELF, extract");
		assert_true(small->info.is_extract);
		assert_int_equal(small->info.bits, m.bits);
		assert_int_equal(small->info.big_endian, m.big);
		assert_int_equal(small->info.machine, m.machine);
		assert_int_equal(small->info.taken, 1795406753);
		assert_int_equal(small->info.max_paddr, mem->info.max_paddr);
		expect_same(mem, small, 0x1ffd, 8);
		expect_same(mem, small, 0x47f0, 16);
		expect_fault(small, MEM_PHYSICAL, 0x1ffc, 8, "not kept in this extract");
		expect_fault(small, MEM_PHYSICAL, 0x2005, 1, "not kept in this extract");
		mem_free(small);
		mem_free(mem);
		bytes_done(&b);
	}
}

/* The bug that was: the rest of such a page passed for zeros. */
static void what_the_dump_refused_is_refused_with_its_words(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_recording(&b), *small;
	static const uint64_t at[] = { 0x47f8, 0x4800, 0x3000, 0x10008, 0x20000 };

	(void)state;
	read_some(mem, 0x4000, 0x100);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		uint8_t buf[16];
		struct vmatlas_error *err = mem_read(mem, MEM_PHYSICAL, at[i], buf, sizeof(buf));

		assert_non_null(err);
		vmatlas_error_free(err);
	}
	small = written(mem, 64, false, false);
	expect_same(mem, small, 0x4000, 0x100);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		struct vmatlas_error *err, *again;
		uint8_t buf[16];

		err = mem_read(mem, MEM_PHYSICAL, at[i], buf, sizeof(buf));
		again = mem_read(small, MEM_PHYSICAL, at[i], buf, sizeof(buf));
		assert_non_null(again);
		assert_string_equal(vmatlas_error_message(err), vmatlas_error_message(again));
		vmatlas_error_free(err);
		vmatlas_error_free(again);
	}
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
}

static void an_extract_of_an_extract_is_the_same(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_recording(&b), *once, *twice;
	const struct mem_record_page *const *pages[2];
	size_t nr[2];

	(void)state;
	read_some(mem, 0x1003, 0x17);
	read_some(mem, 0x2f00, 0x100);
	once = written(mem, 64, false, true);
	read_some(once, 0x1003, 0x17);
	read_some(once, 0x2f00, 0x100);
	twice = written(once, 64, false, false);
	assert_null(mem_record_pages(mem->record, &pages[0], &nr[0]));
	assert_null(mem_record_pages(once->record, &pages[1], &nr[1]));
	assert_int_equal(nr[0], 2);
	assert_int_equal(nr[1], 2);
	for (size_t i = 0; i < 2; i++)
		assert_memory_equal(pages[0][i], pages[1][i], sizeof(*pages[0][i]));
	assert_int_equal(mem_record_bytes(once->record), 0x117);
	assert_int_equal(twice->info.nr_segments, once->info.nr_segments);
	mem_free(twice);
	mem_free(once);
	mem_free(mem);
	bytes_done(&b);
}

static void what_the_dump_describes_stays_described(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_recording(&b), *small;
	uint64_t described = 0, held = 0;

	(void)state;
	read_some(mem, 0x2000, 1);
	small = written(mem, 64, false, false);
	for (size_t i = 0; i < small->info.nr_segments; i++) {
		described += small->info.segments[i].size;
		held += small->info.segments[i].file_size;
	}
	assert_int_equal(described, 0x2000 + 0x1000 + 0x3000);
	/* one byte is known: less than a page of the file holds it */
	assert_true(held >= 1 && held < 0x1000);
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
}

static void segments_need_not_begin_with_a_page(void **state)
{
	static const struct seg ragged[] = {
		{ PT_LOAD, 0, 0x1100, pattern, 0x700, 0x700 },
		{ PT_LOAD, 0, 0x1a00, pattern + 0x700, 0x900, 0x900 },
	};
	const struct elf_make m = { .bits = 32, .type = ET_CORE, .machine = EM_ARM,
				    .segs = ragged, .nr = 2 };
	struct bytes b = make_elf(&m);
	struct mem *mem = open_recording(&b), *small;

	(void)state;
	read_some(mem, 0x1100, 0x700);
	read_some(mem, 0x1a00, 0x900);
	small = written(mem, 32, false, false);
	assert_int_equal(small->info.nr_segments, 2);
	assert_int_equal(small->info.segments[0].paddr, 0x1100);
	assert_int_equal(small->info.segments[1].file_size, 0x900);
	expect_same(mem, small, 0x1100, 0x700);
	expect_same(mem, small, 0x1a00, 0x900);
	expect_fault(small, MEM_PHYSICAL, 0x17ff, 2, "not kept");
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
}

static void memory_above_4_gib_makes_it_64_bits_wide(void **state)
{
	static const struct seg high[] = { { PT_LOAD, 0, 0x240000000, pattern, 0x1000, 0x1000 } };
	const struct elf_make m = { .bits = 64, .type = ET_CORE, .machine = EM_ARM,
				    .segs = high, .nr = 1 };
	struct bytes b = make_elf(&m);
	struct mem *mem = open_recording(&b), *small;

	(void)state;
	read_some(mem, 0x240000010, 0x20);
	small = written(mem, 32, false, false);
	assert_int_equal(small->info.bits, 64);
	expect_same(mem, small, 0x240000010, 0x20);
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
}

/* Every other page: more program headers than fit into e_phnum. */
static void many_pieces_are_counted_the_long_way(void **state)
{
	enum { NR = 33000 };
	const uint64_t size = (uint64_t)NR * 2 * MEM_RECORD_PAGE;
	struct mem mem = { .record = mem_record_new() };
	const struct mem_segment all = { .paddr = 0, .vaddr = 0, .size = size };
	struct mem *small;

	(void)state;
	mem.info.machine = EM_X86_64;
	mem.info.segments = &all;
	mem.info.nr_segments = 1;
	for (uint64_t i = 0; i < NR; i++) {
		const uint64_t word = i + 1;

		assert_null(mem_record_add(mem.record, (NR - 1 - i) * 2 * MEM_RECORD_PAGE + 8,
					   &word, sizeof(word)));
	}
	small = written(&mem, 64, false, false);
	assert_int_equal(small->info.nr_segments, 2 * NR);
	for (uint64_t i = 0; i < NR; i += 977) {
		const uint64_t word = i + 1;

		expect_bytes(small, MEM_PHYSICAL, (NR - 1 - i) * 2 * MEM_RECORD_PAGE + 8, &word,
			     sizeof(word));
	}
	mem_free(small);
	mem_record_free(mem.record);
}

static void notes_and_cpus_come_along(void **state)
{
	static const char info[] = "OSRELEASE=6.1.0\nPAGESIZE=4096\n";
	struct bytes notes = { .big = false }, b;
	struct mem *mem, *small;

	(void)state;
	put_qemu_note(&notes);
	put_note(&notes, "VMCOREINFO", 0, info, strlen(info));
	const struct seg with[] = {
		{ PT_NOTE, 0, 0, notes.p, notes.len, 0 },
		{ PT_LOAD, 0, 0x1000, pattern, 0x1000, 0x1000 },
	};
	const struct elf_make m = { .bits = 64, .type = ET_CORE, .machine = EM_X86_64,
				    .segs = with, .nr = 2 };
	b = make_elf(&m);
	mem = open_recording(&b);
	small = written(mem, 64, false, false);
	assert_string_equal(small->info.vmcoreinfo, info);
	assert_int_equal(small->info.nr_cpus, 1);
	assert_memory_equal(small->info.cpus, mem->info.cpus, sizeof(*mem->info.cpus));
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
	bytes_done(&notes);
}

static void a_truncated_dump_stays_truncated(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem, *small;

	(void)state;
	b.len -= 0x900;		/* the second segment, and a part of the first */
	mem = open_recording(&b);
	assert_int_not_equal(mem->info.truncated_at, 0);
	read_some(mem, 0x1000, 8);
	small = written(mem, 64, false, false);
	assert_int_equal(small->info.truncated_at, mem->info.truncated_at);
	assert_int_equal(small->info.expected_size, mem->info.expected_size);
	mem_free(small);
	mem_free(mem);
	bytes_done(&b);
}

static void what_a_search_passes_by_is_not_kept(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_recording(&b);

	(void)state;
	mem->record_paused = true;
	read_some(mem, 0x1000, 0x2000);
	mem->record_paused = false;
	read_some(mem, 0x1010, 4);
	assert_int_equal(mem_record_bytes(mem->record), 4);
	mem_free(mem);
	bytes_done(&b);
}

static void a_full_disk_is_an_error(void **state)
{
	struct bytes b = make_elf(&usual);
	struct mem *mem = open_recording(&b);
	const int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	uint64_t size = 77;

	(void)state;
	if (fd < 0)
		skip();
	expect_error(core_write(fd, "DIR/vmcore", mem, EM_X86_64, 64, false, 0, &size),
		     VMATLAS_ERROR_SYSTEM, "DIR/vmcore: ");
	assert_int_equal(size, 77);
	close(fd);
	mem_free(mem);
	bytes_done(&b);
}

static void other_files_are_no_extracts(void **state)
{
	struct bytes b = make_elf(&usual);
	struct file f = file_of(b.p, b.len), text = file_of("VMATLAS", 7);

	(void)state;
	assert_false(mem_is_extract(f.path));
	assert_false(mem_is_extract(text.path));
	assert_false(mem_is_extract("/nonexistent"));
	assert_false(mem_is_extract("/"));
	close(f.fd);
	close(text.fd);
	bytes_done(&b);
}

static void equal_faults_are_kept_once(void **state)
{
	struct mem_record *r = mem_record_new();
	struct vmatlas_error *err = error_fault(VMATLAS_PHYSICAL, 0x1000, "filtered out");
	const struct mem_record_fault *faults;
	size_t nr;

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		assert_null(mem_record_fault(r, 0x1000 + i % 512 * 8, 8, err));
	faults = mem_record_faults(r, &nr);
	assert_int_equal(nr, 1);	/* it names the block */
	assert_int_equal(faults[0].paddr, 0x1000);
	assert_int_equal(faults[0].len, 4096);
	assert_string_equal(faults[0].reason, "filtered out");
	vmatlas_error_free(err);
	mem_record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_reads_back_in_every_class_and_order),
		cmocka_unit_test(what_the_dump_refused_is_refused_with_its_words),
		cmocka_unit_test(an_extract_of_an_extract_is_the_same),
		cmocka_unit_test(what_the_dump_describes_stays_described),
		cmocka_unit_test(segments_need_not_begin_with_a_page),
		cmocka_unit_test(memory_above_4_gib_makes_it_64_bits_wide),
		cmocka_unit_test(many_pieces_are_counted_the_long_way),
		cmocka_unit_test(notes_and_cpus_come_along),
		cmocka_unit_test(a_truncated_dump_stays_truncated),
		cmocka_unit_test(what_a_search_passes_by_is_not_kept),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(other_files_are_no_extracts),
		cmocka_unit_test(equal_faults_are_kept_once),
	};

	fill_pattern();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
