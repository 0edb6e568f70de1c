/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A platform's own numbers: what is read, and what is said of a line that makes no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "bootlog/platform_file.h"

static struct platform *parse(const char *text)
{
	struct platform *p = NULL;
	struct vmatlas_error *err = platform_parse(text, strlen(text), "board", &p);

	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	return p;
}

static void refuses(const char *text, const char *message)
{
	struct platform *p = NULL;
	struct vmatlas_error *err = platform_parse(text, strlen(text), "board", &p);

	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FORMAT);
	assert_string_equal(vmatlas_error_message(err), message);
	vmatlas_error_free(err);
}

static void ranges_become_claims(void **state)
{
	struct platform *p = parse("# a board\n\n"
				   "DMA\t0xfde00000-0xffe00000  mach/memory.h, line 3\r\n"
				   "  vmalloc d8800000 - e0000000\n"
				   "vmalloc_min=0xd8000000\n");

	(void)state;
	assert_int_equal(p->claims.nr, 2);
	assert_int_equal(p->claims.v[0].kind, VMATLAS_KIND_DMA);
	assert_int_equal(p->claims.v[0].range.first, 0xfde00000);
	assert_int_equal(p->claims.v[0].range.last, 0xffdfffff);
	assert_string_equal(p->claims.v[0].source, "board:3 (mach/memory.h, line 3)");
	assert_int_equal(p->claims.v[1].kind, VMATLAS_KIND_VMALLOC_SPACE);
	assert_string_equal(p->claims.v[1].source, "board:4");
	assert_int_equal(p->vmalloc_min, 0xd8000000);
	assert_int_equal(p->vmalloc_min_at, 5);
	platform_free(p);
}

static void headers_names_are_known(void **state)
{
	struct platform *p = parse("consistent ffc00000-ffe00000\ndirect-map c0000000-d0000000\n"
				   ".text c0008000-c0400000\nuart f8000000-f8010000\n");

	(void)state;
	assert_int_equal(p->claims.v[0].kind, VMATLAS_KIND_DMA);
	assert_string_equal(p->claims.v[0].name, "DMA");
	assert_int_equal(p->claims.v[1].kind, VMATLAS_KIND_DIRECT_MAP);
	assert_string_equal(p->claims.v[1].name, "lowmem");
	assert_true(p->claims.v[2].flags & VMATLAS_CLAIM_NESTED);
	assert_int_equal(p->claims.v[3].kind, VMATLAS_KIND_OTHER);
	assert_false(p->claims.v[3].flags & VMATLAS_CLAIM_NESTED);
	platform_free(p);
}

static void a_range_may_end_at_the_top(void **state)
{
	struct platform *p = parse("vector ffff0000-0\nhole ffffffffff000000-0\n"
				   "all ffff0000-100000000\n");

	(void)state;
	assert_int_equal(p->claims.v[0].range.last, 0xffffffff);
	assert_int_equal(p->claims.v[1].range.last, UINT64_MAX);
	assert_int_equal(p->claims.v[2].range.last, 0xffffffff);
	platform_free(p);
}

static void wrong_lines_are_reported_by_number(void **state)
{
	(void)state;
	refuses("", "board: no line NAME START-END, nor vmalloc_min=ADDRESS");
	refuses("# only this\n", "board: no line NAME START-END, nor vmalloc_min=ADDRESS");
	refuses("\nDMA\n", "board:2: 'DMA' is not NAME START-END (hex, the end exclusive)");
	refuses("DMA 12 34\n",
		"board:1: 'DMA 12 34' is not NAME START-END (hex, the end exclusive)");
	refuses("DMA 12-34k\n",
		"board:1: 'DMA 12-34k' is not NAME START-END (hex, the end exclusive)");
	refuses("DMA 2000-1000\n", "board:1: DMA: end 0x1000 is not above start 0x2000");
	refuses("DMA 2000-2000\n", "board:1: DMA: end 0x2000 is not above start 0x2000");
	refuses("high_memory=1\n",
		"board:1: 'high_memory=1' is no setting; vmalloc_min=ADDRESS is");
	refuses("vmalloc_min=now\n", "board:1: 'now' is no address (hex)");
	refuses("vmalloc_min=1\nvmalloc_min=2\n", "board:2: vmalloc_min was set in line 1");
	refuses("a 1-2\n\x80\n", "board:2: byte 0x80 is no text");
	refuses("anamethatisfarlongerthananyregionofakernelis 1-2\n",
		"board:1: a name of 44 letters");
}

static void nothing_is_without_bound(void **state)
{
	_cleanup_(str_done) struct str many = { 0 }, wide = { 0 };

	(void)state;
	for (int i = 1; i <= 257; i++)
		str_addf(&many, "a %x-%x\n", i * 16, i * 16 + 16);
	refuses(str_text(&many), "board:257: more than 256 ranges");
	for (int i = 0; i < 1001; i++)
		str_addf(&wide, "#");
	refuses(str_text(&wide), "board:1: a line of 1001 bytes");
}

static void a_file_is_named(void **state)
{
	struct platform *p = NULL;
	struct vmatlas_error *err = platform_read_file("/nowhere/board", &p);

	(void)state;
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_SYSTEM);
	assert_non_null(strstr(vmatlas_error_message(err), "/nowhere/board"));
	vmatlas_error_free(err);
	err = platform_read_file("/dev/zero", &p);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_FORMAT);
	vmatlas_error_free(err);
	err = platform_read_file("/", &p);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_SYSTEM);
	vmatlas_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_become_claims),
		cmocka_unit_test(headers_names_are_known),
		cmocka_unit_test(a_range_may_end_at_the_top),
		cmocka_unit_test(wrong_lines_are_reported_by_number),
		cmocka_unit_test(nothing_is_without_bound),
		cmocka_unit_test(a_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
