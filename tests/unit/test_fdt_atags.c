/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "kernel/ram/fdt_atags.h"

static uint8_t blob[8192];

static void cells(void *fdt, const char *prop, const uint32_t *v, size_t nr)
{
	uint8_t raw[64];

	for (size_t i = 0; i < nr; i++)
		for (size_t b = 0; b < 4; b++)
			raw[4 * i + b] = (uint8_t)(v[i] >> (24 - 8 * b));
	assert_int_equal(fdt_property(fdt, prop, raw, (int)(4 * nr)), 0);
}

#define CELLS(fdt, prop, ...)                                                   \
	do {                                                                    \
		const uint32_t v_[] = { __VA_ARGS__ };                          \
		cells(fdt, prop, v_, sizeof(v_) / sizeof(v_[0]));               \
	} while (0)

static void memory_node(const char *name, uint32_t at, uint32_t size, const char *status)
{
	fdt_begin_node(blob, name);
	fdt_property_string(blob, "device_type", "memory");
	CELLS(blob, "reg", at, size);
	if (status)
		fdt_property_string(blob, "status", status);
	fdt_end_node(blob);
}

/* A Raspberry Pi 1 as its boot loader describes it, and something more. */
static void make_tree(void)
{
	fdt_create(blob, sizeof(blob));
	fdt_add_reservemap_entry(blob, 0, 0x1000);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	CELLS(blob, "#address-cells", 1);
	CELLS(blob, "#size-cells", 1);
	fdt_property_string(blob, "model", "Raspberry Pi Model B+");
	memory_node("memory@0", 0, 0x1c000000, NULL);
	memory_node("memory@40000000", 0x40000000, 0x1000000, "disabled");
	memory_node("memory@50000000", 0x50000000, 0, "okay");
	fdt_begin_node(blob, "reserved-memory");
	CELLS(blob, "#address-cells", 2);
	CELLS(blob, "#size-cells", 1);
	fdt_begin_node(blob, "gpu@1b000000");
	CELLS(blob, "reg", 0, 0x1b000000, 0x1000000);
	fdt_property(blob, "no-map", NULL, 0);
	fdt_end_node(blob);
	fdt_begin_node(blob, "linux,cma");
	CELLS(blob, "size", 0x4000000);
	fdt_end_node(blob);
	fdt_end_node(blob);
	fdt_begin_node(blob, "chosen");
	fdt_property_string(blob, "bootargs", "console=ttyAMA0 vmalloc=640M");
	CELLS(blob, "linux,initrd-start", 0x8000000);
	CELLS(blob, "linux,initrd-end", 0x8100000);
	fdt_end_node(blob);
	fdt_end_node(blob);
	assert_int_equal(fdt_finish(blob), 0);
}

static void range_is(const struct firmware *f, size_t i, enum firmware_role role,
		     uint64_t first, uint64_t last, const char *name)
{
	assert_true(i < f->ranges.nr);
	assert_int_equal(f->ranges.v[i].role, role);
	assert_int_equal(f->ranges.v[i].phys.first, first);
	assert_int_equal(f->ranges.v[i].phys.last, last);
	assert_string_equal(f->ranges.v[i].name, name);
}

static void a_device_tree_tells_ram_and_what_lies_in_it(void **state)
{
	struct firmware f = { 0 };

	(void)state;
	make_tree();
	assert_int_equal(firmware_fdt_size(blob), fdt_totalsize(blob));
	assert_null(firmware_parse_fdt(blob, fdt_totalsize(blob), &f));
	assert_int_equal(f.ranges.nr, 4);
	range_is(&f, 0, FIRMWARE_RAM, 0, 0x1bffffff, "/memory@0");
	range_is(&f, 1, FIRMWARE_RESERVED, 0, 0xfff, "/memreserve/");
	range_is(&f, 2, FIRMWARE_RESERVED, 0x1b000000, 0x1bffffff,
		 "/reserved-memory/gpu@1b000000");
	assert_true(f.ranges.v[2].no_map);
	range_is(&f, 3, FIRMWARE_INITRD, 0x8000000, 0x80fffff, "initrd");
	assert_string_equal(f.command_line, "console=ttyAMA0 vmalloc=640M");
	assert_string_equal(f.model, "Raspberry Pi Model B+");
	firmware_done(&f);
}

static void room_behind_a_device_tree_is_not_needed(void **state)
{
	static uint32_t roomy[0x20000 / 4];
	uint8_t *bytes = (uint8_t *)roomy;
	struct firmware f = { 0 };
	uint64_t used;

	(void)state;
	make_tree();
	assert_int_equal(fdt_open_into(blob, roomy, sizeof(roomy)), 0);
	used = firmware_fdt_used(bytes);
	assert_int_equal(firmware_fdt_size(bytes), sizeof(roomy));
	assert_true(used < fdt_totalsize(blob) + 0x100);
	memset(bytes + used, 0, sizeof(roomy) - used);
	assert_null(firmware_parse_fdt(roomy, sizeof(roomy), &f));
	assert_int_equal(f.ranges.nr, 4);
	assert_string_equal(f.command_line, "console=ttyAMA0 vmalloc=640M");
	firmware_done(&f);
}

static void an_old_device_tree_is_needed_whole(void **state)
{
	(void)state;
	make_tree();
	fdt_set_version(blob, 16);
	assert_int_equal(firmware_fdt_used(blob), fdt_totalsize(blob));
	make_tree();
	fdt_set_off_mem_rsvmap(blob, fdt_off_dt_struct(blob) + 8);
	assert_int_equal(firmware_fdt_used(blob), fdt_totalsize(blob));
	make_tree();
	fdt_set_size_dt_strings(blob, UINT32_MAX);
	assert_int_equal(firmware_fdt_used(blob), fdt_totalsize(blob));
}

static void a_damaged_device_tree_is_refused_or_harmless(void **state)
{
	(void)state;
	srand(2);
	for (int round = 0; round < 500; round++) {
		struct firmware f = { 0 };
		size_t size;

		make_tree();
		size = fdt_totalsize(blob);
		for (int i = 0; i < 3; i++)
			blob[(size_t)rand() % size] = (uint8_t)rand();
		vmatlas_error_free(firmware_parse_fdt(blob, size, &f));
		firmware_done(&f);
	}
}

static void sizes_beyond_reason_are_no_device_tree(void **state)
{
	const uint8_t huge[8] = { 0xd0, 0x0d, 0xfe, 0xed, 0xff, 0xff, 0xff, 0xff };
	const uint8_t tiny[8] = { 0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 8 };
	const uint8_t other[8] = { 0xf0, 0xde, 0xfd, 0xe7, 0, 0, 1, 0 };

	(void)state;
	assert_int_equal(firmware_fdt_size(huge), 0);
	assert_int_equal(firmware_fdt_size(tiny), 0);
	assert_int_equal(firmware_fdt_size(other), 0);
}

/* ---- ATAGs ---- */

static const uint32_t tags[] = {
	5, 0x54410001, 1, 4096, 0,			/* CORE */
	4, 0x54410002, 0x10000000, 0x40000000,		/* MEM: size, start */
	4, 0x54410002, 0x08000000, 0x60000000,
	4, 0x54420005, 0x41000000, 0x00200000,		/* INITRD2: start, size */
	4, 0x54410009, 0x3d6d656d, 0x004d3436,		/* CMDLINE "mem=64M" */
	0, 0,
	4, 0x54410002, 0x08000000, 0x70000000,		/* behind the end */
};

static size_t make_tags(uint8_t *raw)
{
	for (size_t i = 0; i < sizeof(tags) / 4; i++)
		for (size_t b = 0; b < 4; b++)
			raw[4 * i + b] = (uint8_t)(tags[i] >> 8 * b);
	return sizeof(tags);
}

static void atags_tell_banks_and_command_line(void **state)
{
	struct firmware f = { 0 };
	uint8_t raw[256];
	size_t len = make_tags(raw);

	(void)state;
	assert_null(firmware_parse_atags(raw, len, false, &f));
	assert_int_equal(f.ranges.nr, 3);
	range_is(&f, 0, FIRMWARE_RAM, 0x40000000, 0x4fffffff, "ATAG_MEM");
	range_is(&f, 1, FIRMWARE_RAM, 0x60000000, 0x67ffffff, "ATAG_MEM");
	range_is(&f, 2, FIRMWARE_INITRD, 0x41000000, 0x411fffff, "initrd");
	assert_string_equal(f.command_line, "mem=64M");
	firmware_done(&f);
}

static void poisoned_memory_is_no_atag_list(void **state)
{
	static const uint8_t poison[16] = {0xf0, 0xde, 0xfd, 0xe7,
					   0xf0, 0xde, 0xfd, 0xe7};
	struct firmware f = { 0 };
	struct vmatlas_error *err = firmware_parse_atags(poison, 16, false, &f);

	(void)state;
	assert_true(error_is(err, VMATLAS_ERROR_CORRUPT));
	vmatlas_error_free(err);
	err = firmware_parse_atags(poison, 4, false, &f);
	assert_true(error_is(err, VMATLAS_ERROR_CORRUPT));
	vmatlas_error_free(err);
	firmware_done(&f);
}

static void atags_that_run_over_their_page_end_there(void **state)
{
	uint8_t raw[256];
	size_t len = make_tags(raw);

	(void)state;
	for (size_t cut = 8; cut < len; cut += 4) {
		struct firmware f = { 0 };
		uint8_t *exact = malloc(cut);

		assert_non_null(exact);
		memcpy(exact, raw, cut);
		assert_null(firmware_parse_atags(exact, cut, false, &f));
		firmware_done(&f);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_tree_tells_ram_and_what_lies_in_it),
		cmocka_unit_test(room_behind_a_device_tree_is_not_needed),
		cmocka_unit_test(an_old_device_tree_is_needed_whole),
		cmocka_unit_test(a_damaged_device_tree_is_refused_or_harmless),
		cmocka_unit_test(sizes_beyond_reason_are_no_device_tree),
		cmocka_unit_test(atags_tell_banks_and_command_line),
		cmocka_unit_test(poisoned_memory_is_no_atag_list),
		cmocka_unit_test(atags_that_run_over_their_page_end_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
