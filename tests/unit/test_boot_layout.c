/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"

static int take_text(void *arg, const char *text, size_t len)
{
	str_add(arg, text, len);
	return 0;
}

/* arch/x86/mm/init_32.c of 5.4: no rounding up, and .data is all behind the text. */
static void i386_has_a_form_of_its_own(void **state)
{
	static const char wanted[] =
		"virtual kernel memory layout:\n"
		"    fixmap  : 0xffd38000 - 0xfffff000   (2844 kB)\n"
		"  cpu_entry : 0xff400000 - 0xff961000   (5508 kB)\n"
		"    pkmap   : 0xfec00000 - 0xff000000   (4096 kB)\n"
		"    vmalloc : 0xf73fe000 - 0xfebfe000   ( 120 MB)\n"
		"    lowmem  : 0xc0000000 - 0xf6bfe000   ( 875 MB)\n"
		"      .init : 0xd1bc9000 - 0xd1ca5000   ( 880 kB)\n"
		"      .data : 0xd1819ca0 - 0xd1bb4c80   (3691 kB)\n"
		"      .text : 0xd1000000 - 0xd1819ca0   (8295 kB)\n";
	struct vmatlas *atlas = fake_atlas();
	struct str out = { 0 };

	(void)state;
	fake_atlas_kernel(atlas, 4)->arch = &arch_i386;
	fake_region(atlas, VMATLAS_KIND_DIRECT_MAP, "lowmem", 0xc0000000, 0xf6bfe000, 0);
	fake_region(atlas, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0xf73fe000, 0xfebfe000, 0);
	fake_region(atlas, VMATLAS_KIND_MODULE_SPACE, "modules", 0xf73fe000, 0xfebfe000,
		    VMATLAS_CLAIM_NESTED);
	fake_region(atlas, VMATLAS_KIND_PKMAP, "pkmap", 0xfec00000, 0xff000000, 0);
	fake_region(atlas, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", 0xff400000, 0xff961000, 0);
	fake_region(atlas, VMATLAS_KIND_FIXMAP, "fixmap", 0xffd38000, 0xfffff000, 0);
	fake_region(atlas, VMATLAS_KIND_SECTION, ".text", 0xd1000000, 0xd1819ca0, 0);
	fake_region(atlas, VMATLAS_KIND_SECTION, ".data", 0xd1a94000, 0xd1bb4c80, 0);
	fake_region(atlas, VMATLAS_KIND_SECTION, ".init", 0xd1bc9000, 0xd1ca5000, 0);
	assert_null(atlas_seal(atlas));
	assert_null(vmatlas_boot_layout(atlas, take_text, &out));
	assert_string_equal(str_text(&out), wanted);
	str_done(&out);
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(i386_has_a_form_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
