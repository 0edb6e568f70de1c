/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kallsyms tables, compiled here and read back. */
#include "make_kallsyms.h"

static void finds(struct kallsyms *ks, uint64_t addr, const char *name, uint64_t start,
		  uint64_t next)
{
	char text[KALLSYMS_NAME_MAX], type;
	struct kallsym sym;

	assert_null(kallsyms_find(ks, addr, &sym));
	assert_int_equal(sym.start, start);
	assert_int_equal(sym.next, next);
	assert_null(kallsyms_name(ks, sym.index, text, &type));
	assert_int_equal(type, name[0]);
	assert_string_equal(text, name + 1);
}

static void check_few(struct build *b)
{
	struct kallsyms *ks;

	build(b, few, ARRAY_SIZE(few));
	ks = open_ok(b);
	assert_int_equal(kallsyms_nr(ks), ARRAY_SIZE(few));
	finds(ks, TEXT + 0x41, "tsys_open", TEXT + 0x40, TEXT + 0x100);
	finds(ks, TEXT + 0xff, "tsys_open", TEXT + 0x40, TEXT + 0x100);
	finds(ks, TEXT + 0x100, "Tinit_sys_init", TEXT + 0x100, TEXT + 0x180);
	kallsyms_free(ks);
	test_free(b);
}

static void offsets_count_from_the_base(void **state)
{
	(void)state;
	check_few(fresh(FROM_BASE));
}

static void offsets_count_from_themselves_where_there_is_no_base(void **state)
{
	(void)state;
	check_few(fresh(FROM_SELF));
}

static void addresses_may_be_stored_whole(void **state)
{
	(void)state;
	check_few(fresh(ADDRESSES));
}

static void counts_were_longs_once(void **state)
{
	struct build *b = fresh(ADDRESSES);

	(void)state;
	b->old = true;
	check_few(b);
}

static void byte_order_is_minded(void **state)
{
	struct build *b = fresh(FROM_BASE);

	(void)state;
	b->big_endian = true;
	b->old = true;
	check_few(b);
}

static void first_alias_wins_and_reaches_the_next_address(void **state)
{
	struct build *b = fresh(FROM_BASE);
	struct kallsyms *ks;

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	ks = open_ok(b);
	finds(ks, TEXT + 0x3f, "T_stext", TEXT, TEXT + 0x40);
	kallsyms_free(ks);
	test_free(b);
}

static void nothing_follows_the_last_symbol(void **state)
{
	struct build *b = fresh(FROM_BASE);
	struct kallsyms *ks;

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	ks = open_ok(b);
	finds(ks, TEXT + 0x5000, "T_etext", TEXT + 0x180, 0);
	finds(ks, TEXT - 1, "T_stext", TEXT, TEXT + 0x40);
	kallsyms_free(ks);
	test_free(b);
}

static void percpu_symbols_are_absolute(void **state)
{
	static const struct entry e[] = {
		{ 0, "A__per_cpu_start" }, { 0x1000, "Acpu_debug" }, { TEXT, "T_stext" },
		{ TEXT + 0x20, "tsys_read" }, { TEXT + 0x90, "b_end" },
	};
	struct build *b = fresh(PERCPU);
	struct kallsyms *ks;

	(void)state;
	build(b, e, ARRAY_SIZE(e));
	ks = open_ok(b);
	finds(ks, 0x1010, "Acpu_debug", 0x1000, TEXT);
	finds(ks, TEXT + 0x8f, "tsys_read", TEXT + 0x20, TEXT + 0x90);
	kallsyms_free(ks);
	test_free(b);
}

static void stored_addresses_slide_but_percpu_ones_do_not(void **state)
{
	static const struct entry e[] = {
		{ 0x1000, "Acpu_debug" }, { TEXT, "T_stext" },
		{ TEXT + 0x20, "tsys_read" },
	};
	struct build *b = fresh(ADDRESSES);
	struct kallsyms *ks;

	(void)state;
	build(b, e, ARRAY_SIZE(e));
	b->t.slide = 0x1c000000;
	b->t.image.first += 0x1c000000;
	ks = open_ok(b);
	finds(ks, 0x1000, "Acpu_debug", 0x1000, TEXT + 0x1c000000);
	finds(ks, TEXT + 0x1c000001, "T_stext", TEXT + 0x1c000000, TEXT + 0x1c000020);
	kallsyms_free(ks);
	test_free(b);
}

static void offsets_of_32_bits_may_be_addresses(void **state)
{
	static const struct entry e[] = {
		{ 0x81000000, "T_stext" }, { 0x81000100, "tinit" },
		{ 0x81000200, "T_etext" },
	};
	struct build *b = fresh(ABSOLUTE);
	struct kallsyms *ks;

	(void)state;
	b->ptr_size = 4;
	build(b, e, ARRAY_SIZE(e));
	ks = open_ok(b);
	finds(ks, 0x81000180, "tinit", 0x81000100, 0x81000200);
	kallsyms_free(ks);
	test_free(b);
}

static void long_names_have_two_bytes_of_length(void **state)
{
	char name[400];
	struct entry e[] = {
		{ TEXT, "T_stext" }, { TEXT + 0x10, name }, { TEXT + 0x20, "tsys_after" },
	};
	struct build *b = fresh(FROM_BASE);
	struct kallsyms *ks;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[0] = 't';
	name[sizeof(name) - 1] = '\0';
	build(b, e, ARRAY_SIZE(e));
	ks = open_ok(b);
	finds(ks, TEXT + 0x10, name, TEXT + 0x10, TEXT + 0x20);
	finds(ks, TEXT + 0x20, "tsys_after", TEXT + 0x20, 0);
	kallsyms_free(ks);
	test_free(b);
}

static void endless_names_are_cut(void **state)
{
	char name[700];
	struct entry e[] = { { TEXT, "T_stext" }, { TEXT + 0x10, name } };
	char text[KALLSYMS_NAME_MAX];
	struct build *b = fresh(FROM_BASE);
	struct kallsyms *ks;

	(void)state;
	memset(name, 'y', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	build(b, e, ARRAY_SIZE(e));
	ks = open_ok(b);
	assert_null(kallsyms_name(ks, 1, text, NULL));
	assert_int_equal(strlen(text), KALLSYMS_NAME_MAX - 1);
	kallsyms_free(ks);
	test_free(b);
}

static void markers_lead_to_names_far_in(void **state)
{
	static struct entry e[5000];
	static char name[5000][24];
	struct build *b = fresh(FROM_BASE);
	struct kallsyms *ks;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(e); i++) {
		snprintf(name[i], sizeof(name[i]), "tsys_call_%zu", i);
		e[i] = (struct entry){ TEXT + 0x10 * i, name[i] };
	}
	build(b, e, ARRAY_SIZE(e));
	ks = open_ok(b);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(e); i += 37)
		finds(ks, e[i].addr + 5, e[i].name, e[i].addr, e[i + 1].addr);
	kallsyms_free(ks);
	test_free(b);
}

/* ---- What makes no sense ---- */

static void refuses(struct build *b, uint32_t code)
{
	struct kallsyms *ks = NULL;
	struct vmatlas_error *err = kallsyms_open(&b->t, &ks);

	assert_int_equal(vmatlas_error_code(err), code);
	assert_null(ks);
	vmatlas_error_free(err);
	test_free(b);
}

static void tables_that_are_missing_are_missing(void **state)
{
	struct build *b = fresh(FROM_BASE);

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	b->t.offsets = 0;
	refuses(b, VMATLAS_ERROR_NOT_FOUND);
}

static void an_impossible_count_is_refused(void **state)
{
	struct build *b = fresh(FROM_BASE);

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	memset(b->mem + (b->t.num_syms - TABLES), 0xff, 4);
	refuses(b, VMATLAS_ERROR_CORRUPT);
}

static void a_token_outside_its_table_is_refused(void **state)
{
	struct build *b = fresh(FROM_BASE);

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	memset(b->mem + (b->t.token_index - TABLES) + 40, 0xff, 2);
	refuses(b, VMATLAS_ERROR_CORRUPT);
}

static void tables_of_another_kernel_are_refused(void **state)
{
	struct build *b = fresh(ADDRESSES);

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	memset(b->mem + (b->t.addresses - TABLES), 0, 8 * ARRAY_SIZE(few));
	refuses(b, VMATLAS_ERROR_CORRUPT);
}

static void unreadable_tables_are_a_fault(void **state)
{
	struct build *b = fresh(FROM_BASE);

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	b->used = 16;
	refuses(b, VMATLAS_ERROR_FAULT);
}

static void a_marker_outside_the_names_is_an_error(void **state)
{
	struct build *b = fresh(FROM_BASE);
	char text[KALLSYMS_NAME_MAX];
	struct vmatlas_error *err;
	struct kallsyms *ks;

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	ks = open_ok(b);
	memset(b->mem + (b->t.markers - TABLES), 0x7f, 4);
	err = kallsyms_name(ks, 1, text, NULL);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_CORRUPT);
	vmatlas_error_free(err);
	kallsyms_free(ks);
	test_free(b);
}

static void names_that_run_out_are_an_error(void **state)
{
	struct build *b = fresh(FROM_BASE);
	char text[KALLSYMS_NAME_MAX];
	struct vmatlas_error *err;
	struct kallsyms *ks;

	(void)state;
	build(b, few, ARRAY_SIZE(few));
	ks = open_ok(b);
	memset(b->mem + (b->t.names - TABLES), 0xff, 2);
	err = kallsyms_name(ks, 3, text, NULL);
	assert_int_equal(vmatlas_error_code(err), VMATLAS_ERROR_CORRUPT);
	vmatlas_error_free(err);
	kallsyms_free(ks);
	test_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_count_from_the_base),
		cmocka_unit_test(offsets_count_from_themselves_where_there_is_no_base),
		cmocka_unit_test(addresses_may_be_stored_whole),
		cmocka_unit_test(counts_were_longs_once),
		cmocka_unit_test(byte_order_is_minded),
		cmocka_unit_test(first_alias_wins_and_reaches_the_next_address),
		cmocka_unit_test(nothing_follows_the_last_symbol),
		cmocka_unit_test(percpu_symbols_are_absolute),
		cmocka_unit_test(stored_addresses_slide_but_percpu_ones_do_not),
		cmocka_unit_test(offsets_of_32_bits_may_be_addresses),
		cmocka_unit_test(long_names_have_two_bytes_of_length),
		cmocka_unit_test(endless_names_are_cut),
		cmocka_unit_test(markers_lead_to_names_far_in),
		cmocka_unit_test(tables_that_are_missing_are_missing),
		cmocka_unit_test(an_impossible_count_is_refused),
		cmocka_unit_test(a_token_outside_its_table_is_refused),
		cmocka_unit_test(tables_of_another_kernel_are_refused),
		cmocka_unit_test(unreadable_tables_are_a_fault),
		cmocka_unit_test(a_marker_outside_the_names_is_an_error),
		cmocka_unit_test(names_that_run_out_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
