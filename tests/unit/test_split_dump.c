/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps in several files: parts of a split kdump, raw images. */
#include "make_dump.h"

#include "mem/kdump_header.h"

enum { PARTS_MAX = 4 };

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

static struct file part(struct kdump_make m, uint32_t first, uint32_t end)
{
	struct bytes b;
	struct file f;

	m.split_first = first;
	m.split_end = end;
	b = make_kdump(&m);
	f = file_of(b.p, b.len);
	bytes_done(&b);
	return f;
}

static struct vmatlas_error *open_parts(const struct file *f, size_t nr, struct mem **ret)
{
	const struct mem_opts opts = { .tmpdir = "/tmp" };
	const char *paths[PARTS_MAX] = { NULL };
	struct vmatlas_error *err;

	for (size_t i = 0; i < nr; i++)
		paths[i] = f[i].path;
	err = mem_open_files(paths, nr, &opts, ret);
	for (size_t i = 0; i < nr; i++)
		close(f[i].fd);
	return err;
}

static struct mem *open_good_parts(const struct file *f, size_t nr)
{
	struct mem *mem = NULL;
	struct vmatlas_error *err = open_parts(f, nr, &mem);

	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	return mem;
}

static void expect_bad_parts(const struct file *f, size_t nr, const char *text)
{
	struct mem *mem = NULL;

	expect_error(open_parts(f, nr, &mem), VMATLAS_ERROR_ARGUMENT, text);
	assert_null(mem);
}

static void expect_page(struct mem *mem, uint64_t pfn)
{
	uint8_t want[4096];

	memset(want, pfn + 1, sizeof(want));
	expect_bytes(mem, MEM_PHYSICAL, pfn * 4096, want, sizeof(want));
}

static void parts_in_any_order_are_one_dump(void **state)
{
	const struct file f[] = { part(usual, 8, 10), part(usual, 10, 10), part(usual, 0, 2),
				  part(usual, 2, 8) };
	struct mem *mem = open_good_parts(f, 4);

	(void)state;
	assert_string_equal(mem->info.format, "kdump (zlib), split, 4 files");
	assert_null(mem->info.lacks);
	assert_int_equal(mem->info.truncated_at, 0);
	assert_int_equal(mem->info.max_paddr, 10 * 4096 - 1);
	assert_int_equal(mem->info.nr_segments, 2);
	expect_page(mem, 1);
	expect_page(mem, 2);
	expect_page(mem, 5);
	expect_page(mem, 8);
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "filtered");
	expect_fault(mem, MEM_PHYSICAL, 0x6000, 8, "no RAM");
	expect_fault(mem, MEM_PHYSICAL, 0xa000, 8, "beyond the last page");
	mem_free(mem);
}

static void a_part_that_is_missing_is_reported(void **state)
{
	const struct file f[] = { part(usual, 0, 2), part(usual, 8, 10) };
	struct mem *mem = open_good_parts(f, 2);

	(void)state;
	assert_string_equal(mem->info.lacks,
		"of this split dump the files with physical 0x2000-0x7fff were not given");
	expect_page(mem, 1);
	expect_page(mem, 8);
	expect_fault(mem, MEM_PHYSICAL, 0x2000, 8, "in a file of this split dump that was not");
	mem_free(mem);
}

static void one_part_alone_lacks_the_others(void **state)
{
	const struct file f = part(usual, 2, 6);
	struct mem *mem = open_good_parts(&f, 1);

	(void)state;
	assert_string_equal(mem->info.lacks, "of this split dump the files with physical "
			    "0x0-0x1fff, 0x6000-0x9fff were not given");
	mem_free(mem);
}

static void doubled_and_foreign_parts_are_refused(void **state)
{
	struct kdump_make later = usual, whole = usual;
	const struct file twice[] = { part(usual, 0, 6), part(usual, 2, 10) };
	struct file foreign[2], mixed[2];

	(void)state;
	expect_bad_parts(twice, 2, "same part of the split dump (physical 0x2000-0x5fff)");
	later.taken++;
	foreign[0] = part(usual, 0, 6);
	foreign[1] = part(later, 6, 10);
	expect_bad_parts(foreign, 2, "not a part of the same split dump");
	mixed[0] = part(usual, 0, 6);
	mixed[1] = part(whole, 0, 0);
	expect_bad_parts(mixed, 2, "whole dump");
}

static void a_truncated_part_says_which(void **state)
{
	struct file f[] = { part(usual, 0, 6), part(usual, 6, 10) };
	struct mem *mem;

	(void)state;
	assert_int_equal(ftruncate(f[1].fd, lseek(f[1].fd, 0, SEEK_END) - 100), 0);
	mem = open_good_parts(f, 2);
	assert_string_equal(mem->info.truncated_file, f[1].path);
	expect_page(mem, 1);
	expect_fault(mem, MEM_PHYSICAL, 0x8000, 8, "truncated");
	mem_free(mem);
}

/* ---- raw images ---- */

static uint8_t ram[3 * 4096];

static char *spec(char *buf, size_t size, const struct file *f, size_t nr, const uint64_t *addr)
{
	size_t len = 0;

	for (size_t i = 0; i < nr; i++)
		len += snprintf(buf + len, size - len, "%s%s@%#llx", i ? "," : "", f[i].path,
				(unsigned long long)addr[i]);
	return buf;
}

static struct vmatlas_error *open_raw(const struct file *f, size_t nr, const uint64_t *addr,
				      struct mem **ret)
{
	char buf[512] = "";
	struct vmatlas_error *err = mem_open(spec(buf, sizeof(buf), f, nr, addr), NULL, ret);

	for (size_t i = 0; i < nr; i++)
		close(f[i].fd);
	return err;
}

static void raw_images_lie_where_they_are_said_to(void **state)
{
	const struct file f[] = { file_of(ram, 5000), file_of(ram, sizeof(ram)) };
	const uint64_t addr[] = { 0x80002000, 0x40000000 };
	struct mem *mem = NULL;

	(void)state;
	assert_null(open_raw(f, 2, addr, &mem));
	assert_string_equal(mem->info.format,
			    "raw at 0x40000000-0x40002fff, 0x80002000-0x80003387");
	assert_int_equal(mem->info.nr_segments, 2);
	expect_bytes(mem, MEM_PHYSICAL, 0x40000ffc, ram + 0xffc, 5000);
	expect_bytes(mem, MEM_PHYSICAL, 0x80002000 + 4900, ram + 4900, 100);
	expect_fault(mem, MEM_PHYSICAL, 0x80002000 + 4900, 101, "none of the raw images");
	expect_fault(mem, MEM_PHYSICAL, 0x3ffffff8, 16, "none of the raw images");
	expect_fault(mem, MEM_VIRTUAL, 0x40000000, 8, "not stored by virtual");
	mem_free(mem);
}

static void one_raw_image_is_a_dump(void **state)
{
	const struct file f = file_of(ram, sizeof(ram));
	const uint64_t addr = 0;
	struct mem *mem = NULL;

	(void)state;
	assert_null(open_raw(&f, 1, &addr, &mem));
	assert_string_equal(mem->info.format, "raw at 0x0-0x2fff");
	expect_bytes(mem, MEM_PHYSICAL, 100, ram + 100, 8000);
	expect_fault(mem, MEM_PHYSICAL, 0x3000, 8, "not in the raw image");
	mem_free(mem);
}

static void images_that_overlap_or_wrap_are_refused(void **state)
{
	const uint64_t overlap[] = { 0x1000, 0x3fff }, wrap = UINT64_MAX - 0x2000;
	struct file f[2] = { file_of(ram, sizeof(ram)), file_of(ram, 1) };
	struct mem *mem = NULL;

	(void)state;
	expect_error(open_raw(f, 2, overlap, &mem), VMATLAS_ERROR_ARGUMENT,
		     "at 0x1000-0x3fff, ");
	f[0] = file_of(ram, sizeof(ram));
	expect_error(open_raw(f, 1, &wrap, &mem), VMATLAS_ERROR_ARGUMENT, "last address");
}

static void what_has_headers_is_no_raw_image(void **state)
{
	const struct file f[] = { part(usual, 0, 0) };
	const uint64_t addr[] = { 0x80000000 };
	struct mem *mem = NULL;

	(void)state;
	expect_error(open_raw(f, 1, addr, &mem), VMATLAS_ERROR_ARGUMENT,
		     "name it without @0x80000000");
}

static void raw_and_split_do_not_mix(void **state)
{
	const struct file f[] = { part(usual, 0, 6), file_of(ram, sizeof(ram)) };
	char raw[80];
	const char *paths[] = { f[0].path, raw };
	struct mem *mem = NULL;

	(void)state;
	snprintf(raw, sizeof(raw), "%s@0", f[1].path);
	expect_error(mem_open_files(paths, 2, NULL, &mem), VMATLAS_ERROR_ARGUMENT,
		     "is a raw image and");
	close(f[0].fd);
	close(f[1].fd);
}

static void an_empty_image_is_reported(void **state)
{
	const struct file f[] = { file_of(ram, 0) };
	const uint64_t addr[] = { 0 };
	struct mem *mem = NULL;

	(void)state;
	expect_error(open_raw(f, 1, addr, &mem), VMATLAS_ERROR_FORMAT, "file is empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_in_any_order_are_one_dump),
		cmocka_unit_test(a_part_that_is_missing_is_reported),
		cmocka_unit_test(one_part_alone_lacks_the_others),
		cmocka_unit_test(doubled_and_foreign_parts_are_refused),
		cmocka_unit_test(a_truncated_part_says_which),
		cmocka_unit_test(raw_images_lie_where_they_are_said_to),
		cmocka_unit_test(one_raw_image_is_a_dump),
		cmocka_unit_test(images_that_overlap_or_wrap_are_refused),
		cmocka_unit_test(what_has_headers_is_no_raw_image),
		cmocka_unit_test(raw_and_split_do_not_mix),
		cmocka_unit_test(an_empty_image_is_reported),
	};

	for (size_t i = 0; i < sizeof(ram); i++)
		ram[i] = i * 7 + i / 251;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
