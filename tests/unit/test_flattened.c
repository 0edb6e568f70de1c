/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "make_dump.h"

#include <sys/stat.h>

#include "mem/mem_internal.h"
#include "mem/flattened.h"

static uint8_t page[4][4096];

static const struct seg segs[] = {
	{ PT_LOAD, 0, 0x1000, page, sizeof(page), sizeof(page) },
};

static const struct elf_make core = {
	.bits = 64, .type = ET_CORE, .machine = EM_X86_64, .segs = segs, .nr = 1,
};

static const struct kdump_make kdump = {
	.bits = 64, .version = 6, .block_size = 4096, .pages = "-ppffp--pf",
	.machine = "x86_64", .release = "6.1", .status = 2,
};

static void fill_pages(void)
{
	for (size_t i = 0; i < 4; i++)
		memset(page[i], i + 1, sizeof(page[i]));
}

static struct flat_block block_of(int64_t offset, int64_t size, bool *ret_good)
{
	struct bytes b = { .big = true };
	struct flat_block block = { 0 };
	struct vmatlas_error *err;

	bytes_num(&b, 0, 8, offset);
	bytes_num(&b, 8, 8, size);
	err = flat_block_parse(b.p, 0, &block);
	assert_true(!err || error_is(err, VMATLAS_ERROR_FORMAT));
	*ret_good = !err;
	vmatlas_error_free(err);
	bytes_done(&b);
	return block;
}

static void headers_are_bounded(void **state)
{
	static const int64_t bad[][2] = {
		{ -2, 8 }, { INT64_MIN, 8 }, { 0, 0 }, { 0, -1 }, { 0, INT64_MIN },
		{ 0, INT64_MAX }, { INT64_MAX, 1 }, { INT64_MAX, INT64_MAX },
		{ 1ll << 48, 1 }, { (1ll << 48) - 1, 2 },
	};
	struct flat_block block;
	bool good;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		block_of(bad[i][0], bad[i][1], &good);
		assert_false(good);
	}
	block = block_of(0x123456789, 0x1000, &good);
	assert_true(good);
	assert_int_equal(block.offset, 0x123456789);
	assert_int_equal(block.size, 0x1000);
	assert_false(block.is_end);
	block = block_of(-1, -1, &good);
	assert_true(good && block.is_end);
}

static void expect_core(const struct bytes *flat, const char *format)
{
	struct mem *mem = open_good(flat);

	assert_string_equal(mem->info.format, format);
	assert_int_equal(mem->info.truncated_at, 0);
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, page, sizeof(page));
	mem_free(mem);
}

static void elf_dumps_are_rearranged(void **state)
{
	static const size_t steps[] = { 16, 1000, 4096, 5000, 1 << 20 };
	struct bytes b = make_elf(&core), f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		f = flatten(&b, steps[i]);
		expect_core(&f, "ELF, flattened");
		bytes_done(&f);
	}
	bytes_done(&b);
}

static void kdumps_are_rearranged(void **state)
{
	struct bytes b = make_kdump(&kdump), f = flatten(&b, 777);
	struct mem *mem = open_good(&f);
	uint8_t want[4096];

	(void)state;
	assert_string_equal(mem->info.format, "kdump (lzo), flattened");
	memset(want, 6, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, 0x5000, want, sizeof(want));
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "filtered out");
	mem_free(mem);
	bytes_done(&f);
	bytes_done(&b);
}

/* makedumpfile writes its headers again when it is done. */
static void the_last_of_two_blocks_wins(void **state)
{
	struct bytes b = make_elf(&core), f = { 0 };
	uint8_t zeros[4096] = { 0 };
	struct mem *mem;

	(void)state;
	flat_start(&f);
	flat_block(&f, 0, b.p, b.len);
	flat_block(&f, b.len - sizeof(page), zeros, 4096);
	flat_block(&f, b.len - sizeof(page) + 4096 + 10, "new", 3);
	flat_end(&f);
	mem = open_good(&f);
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, zeros, 4096);
	expect_bytes(mem, MEM_PHYSICAL, 0x200a, "new", 3);
	expect_bytes(mem, MEM_PHYSICAL, 0x200d, page[1], 100);
	mem_free(mem);
	bytes_done(&f);
	bytes_done(&b);
}

/* A raw disk that makedumpfile -F wrote to goes on behind the dump. */
static void what_follows_the_end_marker_is_ignored(void **state)
{
	struct bytes b = make_elf(&core), f = flatten(&b, 4096);

	(void)state;
	bytes_num(&f, f.len, 8, INT64_MIN);
	bytes_put(&f, f.len + 100000, NULL, 0);
	expect_core(&f, "ELF, flattened");
	bytes_done(&f);
	bytes_done(&b);
}

static void zeros_stay_holes(void **state)
{
	enum { SIZE = 8 << 20 };
	uint8_t *zeros = calloc(1, SIZE);
	struct mem mem = { .opts.tmpdir = "/tmp" };
	struct extents *extents = NULL;
	struct bytes f = { 0 };
	uint64_t wanted;
	struct stat st;
	struct file file;
	int fd = -1;

	(void)state;
	flat_start(&f);
	flat_block(&f, 0, "x", 1);
	flat_block(&f, 100, zeros, SIZE);
	flat_block(&f, 1ull << 40, zeros, SIZE);
	flat_end(&f);
	file = file_of(f.p, f.len);
	assert_null(rearrange(&mem, file.fd, f.len, &fd, &extents, &wanted));
	assert_null(extents);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_size, (1ull << 40) + SIZE);
	assert_true(st.st_blocks <= 64);
	close(fd);
	close(file.fd);
	bytes_done(&f);
	free(zeros);
}

static void a_cut_elf_keeps_what_came(void **state)
{
	struct bytes b = make_elf(&core), f = { 0 };
	const size_t data = b.len - sizeof(page);
	struct mem *mem;

	(void)state;
	flat_start(&f);
	flat_block(&f, 0, b.p, data + 4096);
	flat_block(&f, data + 3 * 4096, page[3], 4096);
	flat_block(&f, data + 4096, page[1], 4096);
	f.len -= 1000;
	mem = open_good(&f);
	assert_int_equal(mem->info.truncated_at, f.len);
	assert_true(mem->info.expected_size > f.len + 1000);
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, page[0], 4096);
	expect_bytes(mem, MEM_PHYSICAL, 0x4000, page[3], 4096);
	expect_bytes(mem, MEM_PHYSICAL, 0x2000, page[1], 3000);
	expect_fault(mem, MEM_PHYSICAL, 0x2000, 4096, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 1, "file is truncated");
	mem_free(mem);
	bytes_done(&f);
	bytes_done(&b);
}

/* Descriptor and data come in different blocks; each may be the one that is lost. */
static void a_cut_kdump_never_reads_zeros_for_pages(void **state)
{
	struct bytes b = make_kdump(&kdump), f = { 0 };
	const size_t descs = 4 * 4096, data = descs + 4 * 24;
	uint8_t want[4096];
	struct mem *mem;

	(void)state;
	flat_start(&f);
	flat_block(&f, 0, b.p, 500);
	flat_block(&f, 4096, b.p + 4096, 104);
	flat_block(&f, 8192, b.p + 8192, 2);		/* no more bits than pages */
	flat_block(&f, 12288, b.p + 12288, 2);
	flat_block(&f, descs, b.p + descs, 24);
	flat_block(&f, descs + 48, b.p + descs + 48, 48);
	flat_block(&f, data + 2 * 4096, b.p + data + 2 * 4096, 4096);
	flat_block(&f, data, b.p + data, 4096);
	mem = open_good(&f);
	assert_int_equal(mem->info.truncated_at, f.len);
	memset(want, 2, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, 0x1000, want, sizeof(want));
	memset(want, 6, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, 0x5000, want, sizeof(want));
	expect_fault(mem, MEM_PHYSICAL, 0x2000, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x8000, 8, "file is truncated");
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "filtered out");
	mem_free(mem);
	bytes_done(&f);
	bytes_done(&b);
}

static void every_cut_opens_or_is_refused(void **state)
{
	struct bytes b = make_kdump(&kdump), f = flatten(&b, 3000);
	struct vmatlas_error *err;
	uint8_t buf[4096], want[4096];

	(void)state;
	for (size_t len = 16; len < f.len; len += 509) {
		struct mem *mem = open_bytes(f.p, len, &err);

		vmatlas_error_free(err);
		for (uint64_t p = 0; mem && p < 0xb000; p += 4096) {
			err = mem_read(mem, MEM_PHYSICAL, p, buf, 4096);
			memset(want, (p >> 12) + 1, sizeof(want));
			if (!err)
				assert_memory_equal(buf, want, 4096);
			vmatlas_error_free(err);
		}
		mem_free(mem);
	}
	bytes_done(&f);
	bytes_done(&b);
}

static void a_damaged_stream_is_refused(void **state)
{
	struct bytes b = make_elf(&core), f = flatten(&b, 4096);

	(void)state;
	bytes_num(&f, 4096, 8, -5);
	expect_refused(f.p, f.len, VMATLAS_ERROR_FORMAT, "block at 0x1000 claims");
	bytes_num(&f, 24, 8, 9);
	expect_refused(f.p, f.len, VMATLAS_ERROR_FORMAT, "version 9");
	expect_refused(f.p, 20, VMATLAS_ERROR_FORMAT, "truncated in its flattened header");
	bytes_done(&f);
	f = flatten(&(struct bytes){ .p = (uint8_t *)"hello", .len = 5 }, 5);
	expect_refused(f.p, f.len, VMATLAS_ERROR_FORMAT, "flattened: is not a dump");
	bytes_done(&f);
	flat_start(&f);
	flat_end(&f);
	expect_refused(f.p, f.len, VMATLAS_ERROR_FORMAT, "file is empty");
	bytes_done(&f);
	bytes_done(&b);
}

static void a_bad_directory_is_named(void **state)
{
	const struct mem_opts opts = { .tmpdir = "/nowhere" };
	struct bytes b = make_elf(&core), f = flatten(&b, 4096);
	struct file file = file_of(f.p, f.len);
	struct mem *mem = NULL;

	(void)state;
	expect_error(mem_open(file.path, &opts, &mem), VMATLAS_ERROR_SYSTEM, "/nowhere");
	close(file.fd);
	bytes_done(&f);
	bytes_done(&b);
}

static void extents_merge_and_answer(void **state)
{
	struct extents *x = extents_new();

	(void)state;
	assert_true(extents_add(x, 100, 10));
	assert_true(extents_add(x, 500, 10));
	assert_true(extents_add(x, 110, 10));
	assert_true(extents_add(x, 505, 20));
	assert_true(extents_add(x, 0, 1));
	extents_seal(x);
	assert_true(extents_hold(x, 100, 20));
	assert_false(extents_hold(x, 100, 21));
	assert_false(extents_hold(x, 99, 2));
	assert_true(extents_hold(x, 500, 25));
	assert_true(extents_hold(x, 0, 1));
	assert_false(extents_hold(x, 1, 1));
	assert_false(extents_hold(x, 525, 1));
	extents_free(x);
	x = extents_new();
	extents_seal(x);
	assert_false(extents_hold(x, 0, 1));
	extents_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_bounded),
		cmocka_unit_test(elf_dumps_are_rearranged),
		cmocka_unit_test(kdumps_are_rearranged),
		cmocka_unit_test(the_last_of_two_blocks_wins),
		cmocka_unit_test(what_follows_the_end_marker_is_ignored),
		cmocka_unit_test(zeros_stay_holes),
		cmocka_unit_test(a_cut_elf_keeps_what_came),
		cmocka_unit_test(a_cut_kdump_never_reads_zeros_for_pages),
		cmocka_unit_test(every_cut_opens_or_is_refused),
		cmocka_unit_test(a_damaged_stream_is_refused),
		cmocka_unit_test(a_bad_directory_is_named),
		cmocka_unit_test(extents_merge_and_answer),
	};

	fill_pages();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
