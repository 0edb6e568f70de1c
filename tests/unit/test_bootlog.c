/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bootlog/bootlog.h"
#include "kernel/printk/log_events.h"

static struct bootlog *parse(const char *text)
{
	struct bootlog *log = NULL;

	assert_null(bootlog_parse(text, strlen(text), "log", &log));
	assert_non_null(log);
	return log;
}

static void row_is(const struct bootlog *log, size_t i, const char *name, uint32_t kind,
		   uint64_t first, uint64_t last)
{
	const struct vmatlas_claim *c = bootlog_claim_next(log, &i);

	assert_non_null(c);
	assert_string_equal(c->name, name);
	assert_int_equal(c->kind, kind);
	assert_int_equal(c->layer, VMATLAS_LAYER_DECLARED);
	assert_true(c->flags & VMATLAS_CLAIM_FROM_LOG);
	assert_int_equal(c->range.first, first);
	assert_int_equal(c->range.last, last);
}

static size_t nr_claims(const struct bootlog *log)
{
	size_t i = 0, nr = 0;

	while (bootlog_claim_next(log, &i))
		nr++;
	return nr;
}

static size_t nr_complaints(const struct bootlog *log)
{
	size_t nr = 0;

	for (size_t i = 0; i < log->rows.nr; i++)
		nr += log->rows.v[i].complaint != NULL;
	return nr;
}

/* As a blog quotes it: a board with 384 of its 512 MiB in use. */
#define SEED                                                                    \
	"```sh\n"                                                               \
	"Memory: 384MB = 384MB total\n"                                         \
	"Memory: 385876k/385876k available, 7340k reserved, 0K highmem\n"       \
	"Virtual kernel memory layout:\n"                                       \
	"    vector  : 0xffff0000 - 0xffff1000   (   4 kB)\n"                   \
	"    fixmap  : 0xfff00000 - 0xfffe0000   ( 896 kB)\n"                   \
	"    DMA     : 0xfde00000 - 0xffe00000   (  32 MB)\n"                   \
	"    vmalloc : 0xd8800000 - 0xe0000000   ( 120 MB)\n"                   \
	"    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n"                   \
	"    modules : 0xbf000000 - 0xc0000000   (  16 MB)\n"                   \
	"      .init : 0xc0008000 - 0xc0021000   ( 100 kB)\n"                   \
	"      .text : 0xc0021000 - 0xc036b000   (3368 kB)\n"                   \
	"      .data : 0xc0384000 - 0xc03b05c0   ( 178 kB)\n"                   \
	"```\n\n- The .modules, .init sections: see 0xc0008000 - 0x\n"

static void a_quoted_table_is_read_row_by_row(void **state)
{
	struct bootlog *log = parse(SEED);

	(void)state;
	assert_true(log->has_table);
	assert_int_equal(log->style, BOOTLOG_STYLE_ARM);
	assert_int_equal(nr_claims(log), 9);
	assert_int_equal(nr_complaints(log), 0);
	row_is(log, 0, "vector", VMATLAS_KIND_VECTORS, 0xffff0000, 0xffff0fff);
	row_is(log, 1, "fixmap", VMATLAS_KIND_FIXMAP, 0xfff00000, 0xfffdffff);
	row_is(log, 2, "DMA", VMATLAS_KIND_DMA, 0xfde00000, 0xffdfffff);
	row_is(log, 3, "vmalloc", VMATLAS_KIND_VMALLOC_SPACE, 0xd8800000, 0xdfffffff);
	row_is(log, 4, "lowmem", VMATLAS_KIND_DIRECT_MAP, 0xc0000000, 0xd7ffffff);
	row_is(log, 5, "modules", VMATLAS_KIND_MODULE_SPACE, 0xbf000000, 0xbfffffff);
	row_is(log, 8, ".data", VMATLAS_KIND_SECTION, 0xc0384000, 0xc03b05bf);
	assert_true(log->rows.v[8].claim.flags & VMATLAS_CLAIM_NESTED);
	assert_false(log->rows.v[5].claim.flags & VMATLAS_CLAIM_NESTED);
	assert_string_equal(log->rows.v[0].claim.source, "log:5");
	assert_int_equal(log->memory_total, 384ull << 20);
	bootlog_free(log);
}

static void timestamps_levels_and_syslog_heads_are_skipped(void **state)
{
	static const char *const heads[] = {
		"", "[    0.000000] ", "<5>[    0.000000] ", "<6>",
		"[    0.000000][    T0] ",
		"Nov 23 03:38:00 board kernel: [    0.000000] ", "5,12,0,-;", "> ",
		"[Mon Nov 23 03:38:00 2026] ", "2026-11-23T03:38:00 board kernel: ",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct bootlog *log;

		snprintf(text, sizeof(text),
			 "%sVirtual kernel memory layout:\n"
			 "%s    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\r\n"
			 "%sMachine: SMDKV210\n", heads[i], heads[i], heads[i]);
		log = parse(text);
		assert_int_equal(nr_claims(log), 1);
		assert_string_equal(log->machine, "SMDKV210");
		bootlog_free(log);
	}
}

static void the_i386_table_is_known_by_its_title(void **state)
{
	struct bootlog *log = parse(
		"virtual kernel memory layout:\n"
		"    fixmap  : 0xfff15000 - 0xfffff000   ( 936 kB)\n"
		"  cpu_entry : 0xffc00000 - 0xffe29000   (2212 kB)\n"
		"    pkmap   : 0xff800000 - 0xffc00000   (4096 kB)\n"
		"    vmalloc : 0xf7ffe000 - 0xff7fe000   ( 120 MB)\n"
		"    lowmem  : 0xc0000000 - 0xf77fe000   ( 887 MB)\n"
		"      .init : 0xc1c2a000 - 0xc1d0f000   ( 916 kB)\n"
		"      .data : 0xc17a1000 - 0xc1c1e000   (4596 kB)\n"
		"      .text : 0xc1000000 - 0xc17a1000   (7812 kB)\n"
		"Checking if this processor honours the WP bit\n");

	(void)state;
	assert_int_equal(log->style, BOOTLOG_STYLE_I386);
	assert_int_equal(nr_claims(log), 8);
	assert_int_equal(nr_complaints(log), 0);
	row_is(log, 1, "cpu entry area", VMATLAS_KIND_CPU_ENTRY, 0xffc00000, 0xffe28fff);
	bootlog_free(log);
}

static void the_arm64_table_has_a_row_without_a_name(void **state)
{
	struct bootlog *log = parse(
		"Virtual kernel memory layout:\n"
		"    modules : 0xffff000000000000 - 0xffff000008000000   (   128 MB)\n"
		"    vmalloc : 0xffff000008000000 - 0xffff7dffbfff0000   (129022 GB)\n"
		"      .text : 0xffff000008080000 - 0xffff000008ad0000   ( 10560 KB)\n"
		"    fixed   : 0xffff7dfffe7fd000 - 0xffff7dfffec00000   (  4108 KB)\n"
		"    PCI I/O : 0xffff7dfffee00000 - 0xffff7dffffe00000   (    16 MB)\n"
		"    vmemmap : 0xffff7e0000000000 - 0xffff800000000000   (  2048 GB maximum)\n"
		"              0xffff7e0000000000 - 0xffff7e0001000000   (    16 MB actual)\n"
		"    memory  : 0xffff800000000000 - 0xffff800040000000   (  1024 MB)\n");

	(void)state;
	assert_int_equal(log->style, BOOTLOG_STYLE_64BIT);
	assert_int_equal(nr_complaints(log), 0);
	row_is(log, 4, "PCI I/O", VMATLAS_KIND_PCI_IO, 0xffff7dfffee00000,
	       0xffff7dffffdfffff);
	assert_string_equal(log->rows.v[log->rows.nr - 1].claim.name, "memory");
	assert_int_equal(log->rows.v[log->rows.nr - 1].claim.range.last, 0xffff80003fffffff);
	bootlog_free(log);
}

static void hashed_addresses_are_no_claims(void **state)
{
	struct bootlog *log = parse(
		"Virtual kernel memory layout:\n"
		"    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n"
		"      .text : 0x(ptrval) - 0x(ptrval)   (9216 kB)\n"
		"      .init : 0x(ptrval) - 0x(ptrval)   (1024 kB)\n"
		"    modules : 0xbf000000 - 0xc0000000   (  16 MB)\n");

	(void)state;
	assert_int_equal(log->rows.nr, 4);
	assert_int_equal(nr_claims(log), 2);
	assert_int_equal(nr_complaints(log), 0);
	bootlog_free(log);
}

static void a_size_that_contradicts_its_addresses_is_reported(void **state)
{
	struct bootlog *log = parse(
		"Virtual kernel memory layout:\n"
		"    vmalloc : 0xd8800000 - 0xe0000000   ( 119 MB)\n"
		"    lowmem  : 0xc0000000 - 0xbf000000   ( 384 MB)\n"
		"    modules : 0xbf000000 - 0xc0000000   (  16 MB)\n");

	(void)state;
	assert_int_equal(nr_complaints(log), 2);
	assert_true(log->rows.v[0].size_contradicts);
	assert_non_null(strstr(log->rows.v[0].complaint, "120 MiB"));
	assert_false(log->rows.v[1].has_claim);
	assert_int_equal(nr_claims(log), 2);
	bootlog_free(log);
}

static void the_table_ends_where_other_lines_begin(void **state)
{
	struct bootlog *log = parse(
		"Virtual kernel memory layout:\n"
		"    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n"
		"\n"
		"    modules : 0xbf000000 - 0xc0000000   (  16 MB)\n"
		"SLUB: HWalign=64, Order=0-3\n"
		"    foo : 0x10000000 - 0x20000000\n");

	(void)state;
	assert_int_equal(nr_claims(log), 2);
	bootlog_free(log);
	/* without a title only rows that surely are rows */
	log = parse("foo : 0x10000000 - 0x20000000 (1 MB)\n"
		    "vmalloc : 0xd8800000 - 0xe0000000 ( 120 MB)\n");
	assert_int_equal(nr_claims(log), 1);
	bootlog_free(log);
}

static void cut_is(const char *text, enum bootlog_cut_kind kind, uint64_t first,
		   uint64_t last)
{
	struct bootlog *log = parse(text);

	assert_int_equal(log->cuts.nr, 1);
	assert_int_equal(log->cuts.v[0].kind, kind);
	assert_true(log->cuts.v[0].has_range);
	assert_int_equal(log->cuts.v[0].lost.first, first);
	assert_int_equal(log->cuts.v[0].lost.last, last);
	bootlog_free(log);
}

static void every_form_of_truncating_is_understood(void **state)
{
	(void)state;
	/* 2.6.28 to 3.15: the last byte */
	cut_is("Truncating RAM at 40000000-5fffffff to -57ffffff (vmalloc region overlap).",
	       BOOTLOG_CUT_TRUNCATED, 0x58000000, 0x5fffffff);
	cut_is("its log began `Truncating RAM at 40000000-5fffffff to -57ffffff (vmalloc "
	       "region overlap)` with `mem=512M`", BOOTLOG_CUT_TRUNCATED, 0x58000000,
	       0x5fffffff);
	cut_is("<5>[    0.000000] Truncating RAM at 80000000-9fffffff to -976fffff (vmalloc "
	       "region overlap).", BOOTLOG_CUT_TRUNCATED, 0x97700000, 0x9fffffff);
	/* 3.16 to 4.4: one past it */
	cut_is("Truncating RAM at 0x40000000-0x80000000 to -0x6f800000",
	       BOOTLOG_CUT_TRUNCATED, 0x6f800000, 0x7fffffff);
	cut_is("Truncating RAM at 0x0000000080000000-0x0000000280000000 to "
	       "-0x00000000af800000", BOOTLOG_CUT_TRUNCATED, 0xaf800000, 0x27fffffff);
}

static void every_form_of_ignoring_is_understood(void **state)
{
	(void)state;
	cut_is("Ignoring RAM at 60000000-6fffffff (vmalloc region overlap).",
	       BOOTLOG_CUT_IGNORED, 0x60000000, 0x6fffffff);
	cut_is("Ignoring RAM at 100000000-13fffffff (!CONFIG_HIGHMEM).",
	       BOOTLOG_CUT_IGNORED, 0x100000000, 0x13fffffff);
	cut_is("Ignoring RAM at 0x60000000-0x70000000 (!CONFIG_HIGHMEM)",
	       BOOTLOG_CUT_IGNORED, 0x60000000, 0x6fffffff);
	cut_is("[    0.000000] Ignoring RAM at 0x17000000-0x1c000000",
	       BOOTLOG_CUT_IGNORED, 0x17000000, 0x1bffffff);
	cut_is("Ignoring memory below PHYS_OFFSET: 0x10000000-0x20000000",
	       BOOTLOG_CUT_OTHER, 0x10000000, 0x1fffffff);
}

static void cuts_for_other_reasons_are_reported_apart(void **state)
{
	struct bootlog *log = parse(
		"NR_BANKS too low, ignoring memory at 0x60000000\n"
		"Truncating memory at 0xc0000000 to fit in 32-bit physical address "
		"space\n"
		"Ignoring memory at 0x140000000 outside 32-bit physical address space\n");

	(void)state;
	assert_int_equal(log->cuts.nr, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(log->cuts.v[i].kind, BOOTLOG_CUT_OTHER);
		assert_false(log->cuts.v[i].has_range);
	}
	bootlog_free(log);
}

static void a_message_printed_twice_counts_once(void **state)
{
	struct bootlog *log = parse("Ignoring RAM at 0x17000000-0x1c000000\n"
				    "[    0.000000] Ignoring RAM at 0x17000000-0x1c000000\n");

	(void)state;
	assert_int_equal(log->cuts.nr, 1);
	bootlog_free(log);
}

static void remarks_are_kept_as_they_stand(void **state)
{
	static const char *const remarks[] = {
		"Consider using a HIGHMEM enabled kernel.",
		"vmalloc area too small, limiting to 16MB",
		"vmalloc area is too big, limiting to 968MB",
		"vmalloc area is too small, limiting to 16MiB",
		"BUG: mapping for 0x10000000 at 0xd0000000 out of vmalloc space",
		"BUG: mapping for 0x10000000 at 0xd0000000 overlaps vmalloc space",
		"BUG: not creating mapping for 0x10000000 at 0xb0000000 in user region",
		"HIGHMEM is not supported with VIPT aliasing cache, ignoring high memory",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++) {
		char text[128];
		struct bootlog *log;

		snprintf(text, sizeof(text), "[    0.000000] %s\n", remarks[i]);
		log = parse(text);
		assert_int_equal(log->remarks.nr, 1);
		assert_string_equal(log->remarks.v[0].text, remarks[i]);
		bootlog_free(log);
	}
}

static void places_of_initrd_and_cma_are_known(void **state)
{
	struct bootlog *log = parse(
		"Reserved memory: created CMA memory pool at 0x13000000, size 64 MiB\n"
		"cma: Reserved 16 MiB at 0x2e800000\n"
		"cma: CMA: reserved 16 MiB at 3f000000\n"
		"INITRD: 0x1a000000+0x00800000 is not a memory region - disabling "
		"initrd\n");

	(void)state;
	assert_int_equal(log->places.nr, 4);
	assert_int_equal(log->places.v[0].phys.last, 0x16ffffff);
	assert_int_equal(log->places.v[1].phys.first, 0x2e800000);
	assert_int_equal(log->places.v[2].phys.first, 0x3f000000);
	assert_string_equal(log->places.v[3].name, "initrd");
	assert_int_equal(log->places.v[3].phys.last, 0x1a7fffff);
	assert_int_equal(log->remarks.nr, 1);
	bootlog_free(log);
}

static void memory_lines_of_both_eras_are_read(void **state)
{
	struct bootlog *log = parse(
		"Memory: 290744K/376832K available (9216K kernel code, 1045K rwdata, "
		"20552K reserved, 65536K cma-reserved, 61440K highmem)\n");

	(void)state;
	assert_int_equal(log->memory_total, 376832ull << 10);
	assert_true(log->has_highmem);
	assert_int_equal(log->memory_highmem, 61440ull << 10);
	bootlog_free(log);
	log = parse("Memory: 256MB 128MB = 384MB total\n"
		    "Memory: 385876k/385876k available, 7340k reserved, 0K highmem\n");
	assert_int_equal(log->memory_total, 384ull << 20);
	assert_int_equal(log->memory_highmem, 0);
	bootlog_free(log);
}

static void the_data_cache_is_reported_from_other_caches(void **state)
{
	struct bootlog *log =
		parse("CPU: VIPT aliasing data cache, unknown instruction cache\n");

	(void)state;
	assert_int_equal(log->aliasing, 1);
	bootlog_free(log);
	log = parse("CPU: PIPT / VIPT nonaliasing data cache, VIPT aliasing instruction "
		    "cache\n");
	assert_int_equal(log->aliasing, 0);
	bootlog_free(log);
	log = parse("CPU: ARMv7 Processor [412fc0f1] revision 1 (ARMv7), cr=10c5387d\n");
	assert_int_equal(log->aliasing, -1);
	bootlog_free(log);
}

static void of_several_boots_the_last_with_a_table_is_reported(void **state)
{
	static const char old[] = "Linux version 3.0.1 (a@b)\n"
				  "Truncating RAM at 40000000-5fffffff to -57ffffff (x)\n"
				  "Virtual kernel memory layout:\n"
				  "    lowmem  : 0xc0000000 - 0xd8000000   ( 384 MB)\n";
	static const char new[] = "Linux version 3.0.2 (a@b)\n"
				  "Virtual kernel memory layout:\n"
				  "    lowmem  : 0xc0000000 - 0xe0000000   ( 512 MB)\n";
	static const char bare[] = "Linux version 3.0.3 (a@b)\n"
				   "Kernel command line: mem=64M\n";
	char text[1024];
	struct bootlog *log;

	(void)state;
	snprintf(text, sizeof(text), "%s%s%s", old, new, bare);
	log = parse(text);
	assert_int_equal(log->nr_boots, 3);
	assert_int_equal(log->boot, 2);
	assert_string_equal(log->release, "3.0.2");
	assert_int_equal(log->cuts.nr, 0);
	assert_null(log->command_line);
	row_is(log, 0, "lowmem", VMATLAS_KIND_DIRECT_MAP, 0xc0000000, 0xdfffffff);
	bootlog_free(log);
}

static void command_line_words_are_parsed_as_the_kernel_does(void **state)
{
	struct bootlog_param mem[4];
	uint64_t v = 0;

	(void)state;
	assert_int_equal(cmdline_mem("mem=512M", mem, 4), 1);
	assert_int_equal(mem[0].size, 512ull << 20);
	assert_false(mem[0].has_start);
	assert_int_equal(cmdline_mem("a mem=256M@0x40000000 mem=0x1000k@1G x", mem, 4),
			 2);
	assert_int_equal(mem[0].start, 0x40000000);
	assert_int_equal(mem[1].size, 0x1000ull << 10);
	assert_int_equal(mem[1].start, 0x40000000);
	assert_int_equal(cmdline_mem("mem=1 mem=2 mem=3 mem=4 mem=5", mem, 4), 5);
	assert_int_equal(cmdline_mem("crashmem=5M xmem=1 mem=nopentium", mem, 4), 0);
	assert_int_equal(cmdline_mem("foo=\"a mem=5M\" -- mem=6M", mem, 4), 0);
	assert_true(cmdline_vmalloc("vmalloc=128M quiet vmalloc=640M", &v));
	assert_int_equal(v, 640ull << 20);
	assert_false(cmdline_vmalloc("vmalloc= xvmalloc=5", &v));
	assert_false(cmdline_vmalloc("vmalloc=99999999999999999999G", &v));
}

static void any_bytes_are_accepted(void **state)
{
	static const char junk[] =
		"\0\xff\x1b[31mMemory: \xff\nTruncating RAM at \0-\n"
		"Virtual kernel memory layout:\n : 0x - 0x\n\x80 : 1 - 2\n";
	struct bootlog *log = NULL;

	(void)state;
	assert_null(bootlog_parse(junk, sizeof(junk) - 1, "junk", &log));
	assert_int_equal(nr_claims(log), 0);
	assert_int_equal(log->cuts.nr, 0);
	assert_true(log->title_at);
	assert_false(log->has_table);
	bootlog_free(log);
	log = NULL;
	assert_null(bootlog_parse("", 0, "empty", &log));
	assert_false(log->has_table);
	assert_false(bootlog_has_news(log));
	bootlog_free(log);
}

static void nothing_a_terminal_obeys_gets_through(void **state)
{
	struct bootlog *log =
		parse("Ignoring RAM at 0x17000000-0x1c000000 \x1b]0;x\x07\n");

	(void)state;
	assert_null(strchr(log->cuts.v[0].text, '\x1b'));
	assert_null(strchr(log->cuts.v[0].text, '\x07'));
	bootlog_free(log);
}

static void endless_repetition_takes_no_endless_memory(void **state)
{
	char *text = malloc(200 * 100);
	size_t len = 0;
	struct bootlog *log;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 200; i++)
		len += (size_t)sprintf(text + len,
				       "Ignoring RAM at 0x%x000000-0x%x000000\n", i + 16,
				       i + 17);
	log = parse(text);
	assert_int_equal(log->cuts.nr, 64);
	bootlog_free(log);
	free(text);
}

static void a_file_without_a_word_about_memory_is_refused(void **state)
{
	char path[] = "/tmp/vmatlas-test-XXXXXX";
	int fd = mkstemp(path);
	struct printk_log *records = NULL;
	struct bootlog *log = NULL;
	struct vmatlas_error *err;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hello\n", 6), 6);
	close(fd);
	err = saved_log_read(path, &log, &records);
	assert_true(error_is(err, VMATLAS_ERROR_FORMAT));
	assert_null(log);
	vmatlas_error_free(err);
	unlink(path);
	err = saved_log_read(path, &log, &records);
	assert_true(error_is(err, VMATLAS_ERROR_SYSTEM));
	vmatlas_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quoted_table_is_read_row_by_row),
		cmocka_unit_test(timestamps_levels_and_syslog_heads_are_skipped),
		cmocka_unit_test(the_i386_table_is_known_by_its_title),
		cmocka_unit_test(the_arm64_table_has_a_row_without_a_name),
		cmocka_unit_test(hashed_addresses_are_no_claims),
		cmocka_unit_test(a_size_that_contradicts_its_addresses_is_reported),
		cmocka_unit_test(the_table_ends_where_other_lines_begin),
		cmocka_unit_test(every_form_of_truncating_is_understood),
		cmocka_unit_test(every_form_of_ignoring_is_understood),
		cmocka_unit_test(cuts_for_other_reasons_are_reported_apart),
		cmocka_unit_test(a_message_printed_twice_counts_once),
		cmocka_unit_test(remarks_are_kept_as_they_stand),
		cmocka_unit_test(places_of_initrd_and_cma_are_known),
		cmocka_unit_test(memory_lines_of_both_eras_are_read),
		cmocka_unit_test(the_data_cache_is_reported_from_other_caches),
		cmocka_unit_test(of_several_boots_the_last_with_a_table_is_reported),
		cmocka_unit_test(command_line_words_are_parsed_as_the_kernel_does),
		cmocka_unit_test(any_bytes_are_accepted),
		cmocka_unit_test(nothing_a_terminal_obeys_gets_through),
		cmocka_unit_test(endless_repetition_takes_no_endless_memory),
		cmocka_unit_test(a_file_without_a_word_about_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
