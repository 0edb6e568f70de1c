/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kallsyms tables, compiled here the way scripts/kallsyms.c does it, and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/kallsyms.h"

#define TABLES 0xffffffff82000000ull	/* where the tables lie */
#define TEXT 0xffffffff81000000ull
#define ROOM (1u << 20)

enum form { FROM_BASE, PERCPU, FROM_SELF, ABSOLUTE, ADDRESSES };

struct entry {
	uint64_t addr;
	const char *name;		/* type letter first */
};

struct build {
	uint8_t mem[ROOM];
	size_t used;
	enum form form;
	bool big_endian, old;		/* old: counts and markers are longs */
	uint8_t ptr_size;
	struct kallsyms_tables t;
};

static struct vmatlas_error *read_build(void *arg, uint64_t addr, void *buf, size_t len)
{
	const struct build *b = arg;
	const uint64_t mask = b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX;
	const uint64_t from = addr - (TABLES & mask);

	if (from > b->used || len > b->used - from)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing there");
	memcpy(buf, b->mem + from, len);
	return NULL;
}

static void put(struct build *b, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		b->mem[b->used + (b->big_endian ? size - 1 - i : i)] = v >> 8 * i;
	b->used += size;
}

static uint64_t here(struct build *b)
{
	b->used = (b->used + 7) & ~(size_t)7;
	return (TABLES + b->used) & (b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX);
}

/* One name, as tokens: 0x80 is "sys_", 0x81 "init"; letters are themselves. */
static size_t compress(const char *name, uint8_t *out)
{
	size_t n = 0;

	while (*name) {
		if (!strncmp(name, "sys_", 4)) {
			out[n++] = 0x80;
			name += 4;
		} else if (!strncmp(name, "init", 4)) {
			out[n++] = 0x81;
			name += 4;
		} else {
			out[n++] = (uint8_t)*name++;
		}
	}
	return n;
}

static void put_names(struct build *b, const struct entry *e, size_t nr,
		      uint64_t *markers)
{
	b->t.names = here(b);
	for (size_t i = 0; i < nr; i++) {
		uint8_t tokens[1024];
		const size_t len = compress(e[i].name, tokens);

		if (i % 256 == 0)
			markers[i / 256] = (TABLES + b->used - b->t.names) & UINT32_MAX;
		if (len > 0x7f) {
			put(b, (len & 0x7f) | 0x80, 1);
			put(b, len >> 7, 1);
		} else {
			put(b, len, 1);
		}
		memcpy(b->mem + b->used, tokens, len);
		b->used += len;
	}
}

static void put_tokens(struct build *b)
{
	uint16_t at[256];
	const uint64_t table = here(b);
	const size_t start = b->used;

	b->t.token_table = table;
	for (unsigned int i = 0; i < 256; i++) {
		at[i] = b->used - start;
		if (i == 0x80 || i == 0x81)
			b->used += sprintf((char *)b->mem + b->used, "%s",
					   i == 0x80 ? "sys_" : "init");
		else if (i > ' ' && i < 0x7f)
			put(b, i, 1);
		put(b, 0, 1);
	}
	b->t.token_index = here(b);
	for (unsigned int i = 0; i < 256; i++)
		put(b, at[i], 2);
}

static void put_values(struct build *b, const struct entry *e, size_t nr)
{
	const uint64_t base = TEXT;

	if (b->form == ADDRESSES)
		b->t.addresses = here(b);
	else
		b->t.offsets = b->t.offsets_at = here(b);
	for (size_t i = 0; i < nr; i++) {
		const uint64_t at = TABLES + b->used;

		if (b->form == ADDRESSES)
			put(b, e[i].addr, b->ptr_size);
		else if (b->form == FROM_SELF)
			put(b, e[i].addr - at, 4);
		else if (b->form == PERCPU && e[i].addr >= base)
			put(b, base - 1 - e[i].addr, 4);
		else
			put(b, e[i].addr - (b->form == FROM_BASE ? base : 0), 4);
	}
	b->t.has_base = b->form == FROM_BASE || b->form == PERCPU;
	b->t.base = base & (b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX);
}

static void build(struct build *b, const struct entry *e, size_t nr)
{
	const size_t count_size = b->old ? b->ptr_size : 4;
	const uint64_t mask = b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX;
	uint64_t markers[64] = { 0 };

	b->t = (struct kallsyms_tables){
		.read = read_build, .arg = b, .ptr_size = b->ptr_size,
		.big_endian = b->big_endian,
		.image = { TEXT & mask, (TABLES + ROOM) & mask },
	};
	b->t.num_syms = here(b);
	put(b, nr, count_size);
	put_names(b, e, nr, markers);
	b->t.markers = here(b);
	for (size_t i = 0; i < (nr + 255) / 256; i++)
		put(b, markers[i], count_size);
	put_tokens(b);
	put_values(b, e, nr);
	here(b);
}

static struct build *fresh(enum form form)
{
	struct build *b = test_calloc(1, sizeof(*b));

	b->form = form;
	b->ptr_size = 8;
	return b;
}

static struct kallsyms *open_ok(struct build *b)
{
	struct kallsyms *ks = NULL;
	struct vmatlas_error *err = kallsyms_open(&b->t, &ks);

	if (err)
		print_error("%s\n", vmatlas_error_message(err));
	assert_null(err);
	return ks;
}

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

static const struct entry few[] = {
	{ TEXT, "T_stext" }, { TEXT, "T_text" }, { TEXT + 0x40, "tsys_open" },
	{ TEXT + 0x100, "Tinit_sys_init" }, { TEXT + 0x180, "T_etext" },
};

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
	refuses(b, VMATLAS_ERROR_MISSING);
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
