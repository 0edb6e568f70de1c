/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said about RAM where only a boot log is given: through the public door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <vmatlas.h>

#define ROWS                                                                    \
	"    vector  : 0xffff0000 - 0xffff1000   (   4 kB)\n"                   \
	"    fixmap  : 0xfff00000 - 0xfffe0000   ( 896 kB)\n"                   \
	"    DMA     : 0xfde00000 - 0xffe00000   (  32 MB)\n"                   \
	"    vmalloc : 0xd8800000 - 0xe0000000   ( 120 MB)\n"                   \
	"    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n"                   \
	"    modules : 0xbf000000 - 0xc0000000   (  16 MB)\n"                   \
	"      .init : 0xc0008000 - 0xc0021000   ( 100 kB)\n"
#define TABLE "Virtual kernel memory layout:\n" ROWS
#define CUT "Truncating RAM at 40000000-5fffffff to -57ffffff (vmalloc region overlap).\n"

static struct vmatlas *judge(const char *log)
{
	char path[] = "/tmp/vmatlas-test-XXXXXX";
	int fd = mkstemp(path);
	VMATLAS_OPTS(vmatlas_open_opts, opts, .boot_log = path);
	struct vmatlas *atlas = NULL;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, log, strlen(log)), strlen(log));
	close(fd);
	assert_null(vmatlas_open(&opts, &atlas));
	unlink(path);
	assert_null(vmatlas_survey(atlas, VMATLAS_SURVEY_ALL));
	assert_null(vmatlas_inspect(atlas));
	return atlas;
}

static const struct vmatlas_finding *find(struct vmatlas *atlas, const char *code)
{
	const struct vmatlas_finding *f = NULL;

	while ((f = vmatlas_finding_next(atlas, f)))
		if (!strcmp(f->code, code))
			return f;
	return NULL;
}

static size_t nr_findings(struct vmatlas *atlas, uint32_t at_least)
{
	const struct vmatlas_finding *f = NULL;
	size_t nr = 0;

	while ((f = vmatlas_finding_next(atlas, f)))
		nr += f->severity >= at_least;
	return nr;
}

static bool is_checked(struct vmatlas *atlas)
{
	const struct vmatlas_coverage *c = NULL;

	while ((c = vmatlas_coverage_next(atlas, c)))
		if (c->state == VMATLAS_COVERAGE_SKIPPED)
			return false;
	return true;
}

static void says(const char *text, const char *word)
{
	if (!strstr(text, word))
		fail_msg("\"%s\" is not said in:\n%s", word, text);
}

static void says_in_evidence(const struct vmatlas_finding *f, const char *word)
{
	for (size_t i = 0; i < f->nr_evidence; i++)
		if (strstr(f->evidence[i].text, word))
			return;
	fail_msg("\"%s\" is not said in the evidence", word);
}

static void the_table_alone_is_a_note(void **state)
{
	struct vmatlas *atlas = judge(TABLE);
	const struct vmatlas_finding *f = find(atlas, "lowmem-at-limit");

	(void)state;
	assert_non_null(f);
	assert_int_equal(f->severity, VMATLAS_SEVERITY_NOTE);
	assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_WARNING), 0);
	says_in_evidence(f, "0xe0000000 - 0x08000000 = 0xd8000000");
	assert_false(is_checked(atlas));
	vmatlas_close(atlas);
}

static void with_its_log_line_ram_is_missing(void **state)
{
	struct vmatlas *atlas = judge(CUT "Kernel command line: mem=512M\n" TABLE);
	const struct vmatlas_finding *f = find(atlas, "ram-ignored");

	(void)state;
	assert_non_null(f);
	assert_int_equal(f->severity, VMATLAS_SEVERITY_WARNING);
	assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_NOTE), 1);
	says(f->message, "128 MiB of 512 MiB");
	says_in_evidence(f, "0x58000000-0x5fffffff, 128 MiB");
	says_in_evidence(f, "mem=512M");
	says_in_evidence(f, "(vmalloc region overlap)");
	says_in_evidence(f, "no vmalloc= keeps all RAM: 0 MiB");
	says(f->advice, "HIGHMEM");
	assert_true(is_checked(atlas));
	vmatlas_close(atlas);
}

static void without_mem_the_log_line_suffices(void **state)
{
	struct vmatlas *atlas = judge(CUT TABLE);

	(void)state;
	says(find(atlas, "ram-ignored")->message, "128 MiB of 512 MiB");
	vmatlas_close(atlas);
}

static void mem_without_the_log_line_suffices_for_the_amount(void **state)
{
	struct vmatlas *atlas = judge("Kernel command line: mem=512M\n" TABLE);
	const struct vmatlas_finding *f = find(atlas, "ram-ignored");

	(void)state;
	assert_non_null(f);
	says_in_evidence(f, "where it lies is not known");
	vmatlas_close(atlas);
}

static void an_initrd_in_lost_ram_is_named(void **state)
{
	struct vmatlas *atlas = judge(CUT TABLE "INITRD: 0x58800000+0x00400000 is not a "
				      "memory region - disabling initrd\n");
	const struct vmatlas_finding *f = find(atlas, "ram-ignored");

	(void)state;
	says_in_evidence(f, "initrd 0x58800000-0x58bfffff");
	vmatlas_close(atlas);
}

static void highmem_loses_nothing(void **state)
{
	struct vmatlas *atlas = judge(
		TABLE "    pkmap   : 0xbee00000 - 0xbf000000   (   2 MB)\n");

	(void)state;
	assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_NOTE), 0);
	assert_true(is_checked(atlas));
	vmatlas_close(atlas);
}

static void lowmem_below_its_limit_was_not_cut(void **state)
{
	static const char table[] =
		"Virtual kernel memory layout:\n"
		"    vector  : 0xffff0000 - 0xffff1000   (   4 kB)\n"
		"    vmalloc : 0xd0800000 - 0xe0000000   ( 248 MB)\n"
		"    lowmem  : 0xc0000000 - 0xd0000000   ( 256 MB)\n";
	struct vmatlas *atlas = judge(table);
	char text[512];

	(void)state;
	assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_NOTE), 0);
	assert_false(is_checked(atlas)); /* who knows which vmalloc= it had */
	vmatlas_close(atlas);
	snprintf(text, sizeof(text), "Kernel command line: quiet\n%s", table);
	atlas = judge(text);
	assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_NOTE), 0);
	assert_true(is_checked(atlas));
	vmatlas_close(atlas);
}

static void a_moved_row_overlaps(void **state)
{
	struct vmatlas *atlas = judge(
		"Virtual kernel memory layout:\n"
		"    vector  : 0xffff0000 - 0xffff1000   (   4 kB)\n"
		"    vmalloc : 0xd7800000 - 0xe0000000   ( 136 MB)\n"
		"    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n");

	(void)state;
	assert_non_null(find(atlas, "region-overlap"));
	vmatlas_close(atlas);
}

static void a_row_that_contradicts_itself_is_found(void **state)
{
	struct vmatlas *atlas = judge(
		"Virtual kernel memory layout:\n"
		"    vmalloc : 0xd8800000 - 0xe0000000   ( 121 MB)\n"
		"    lowmem  : 0xc0000000 - 0xd0000000   ( 256 MB)\n");

	(void)state;
	assert_non_null(find(atlas, "bounds-disagree"));
	vmatlas_close(atlas);
}

static void kernels_of_today_print_no_table(void **state)
{
	struct vmatlas *atlas = judge(
		"[    0.000000] Linux version 6.1.0-50-rpi (a@b)\n"
		"[    0.000000] CPU: VIPT aliasing data cache, unknown instruction cache\n"
		"[    0.000000] Ignoring RAM at 0x17000000-0x1c000000\n"
		"[    0.000000] Consider using a HIGHMEM enabled kernel.\n"
		"[    0.000000] Kernel command line: console=ttyAMA0 vmalloc=640M\n");
	const struct vmatlas_finding *f = find(atlas, "ram-ignored");

	(void)state;
	assert_non_null(f);
	says_in_evidence(f, "0x17000000-0x1bffffff, 80 MiB");
	says_in_evidence(f, "HIGHMEM would not help");
	says(f->advice, "vmalloc=560M");
	vmatlas_close(atlas);
}

static void other_cpus_are_left_alone(void **state)
{
	static const char *const logs[] = {
		"Kernel command line: console=ttyS0\nMemory: 4K/8K available (2K)\n",
		"virtual kernel memory layout:\n"
		"    vmalloc : 0xf8000000 - 0xff7fe000   ( 119 MB)\n"
		"    lowmem  : 0xc0000000 - 0xf77fe000   ( 887 MB)\n",
		"Virtual kernel memory layout:\n"
		"    vmalloc : 0xffff000008000000 - 0xffff7dffbfff0000   (129022 GB)\n"
		"    memory  : 0xffff800000000000 - 0xffff800040000000   (  1024 MB)\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct vmatlas *atlas = judge(logs[i]);

		assert_int_equal(nr_findings(atlas, VMATLAS_SEVERITY_NOTE), 0);
		assert_true(is_checked(atlas));
		vmatlas_close(atlas);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_alone_is_a_note),
		cmocka_unit_test(with_its_log_line_ram_is_missing),
		cmocka_unit_test(without_mem_the_log_line_suffices),
		cmocka_unit_test(mem_without_the_log_line_suffices_for_the_amount),
		cmocka_unit_test(an_initrd_in_lost_ram_is_named),
		cmocka_unit_test(highmem_loses_nothing),
		cmocka_unit_test(lowmem_below_its_limit_was_not_cut),
		cmocka_unit_test(a_moved_row_overlaps),
		cmocka_unit_test(a_row_that_contradicts_itself_is_found),
		cmocka_unit_test(kernels_of_today_print_no_table),
		cmocka_unit_test(other_cpus_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
