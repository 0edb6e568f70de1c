/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BTF, read: blobs that libbpf made, and bytes that it would not make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "debuginfo/btf/btf_member.h"
#include "unit/image_copy.h"

#define NEAR "some_function"

/* ---- A blob and its reader ---- */

struct made {
	struct btf *btf;
	struct bytes raw;
	struct btf_blob *blob;
};

/* Types that every blob begins with. */
enum { INT = 1, CHAR, LONG, PTR, PAIR, NR_COMMON };

static struct made made_new(void)
{
	struct made m = { .btf = btf__new_empty() };

	assert_non_null(m.btf);
	assert_int_equal(btf__add_int(m.btf, "int", 4, BTF_INT_SIGNED), INT);
	assert_int_equal(btf__add_int(m.btf, "char", 1, 0), CHAR);
	assert_int_equal(btf__add_int(m.btf, "long", 8, BTF_INT_SIGNED), LONG);
	assert_int_equal(btf__add_ptr(m.btf, PAIR), PTR);
	assert_int_equal(btf__add_struct(m.btf, "pair", 16), PAIR);
	btf__add_field(m.btf, "a", LONG, 0, 0);
	btf__add_field(m.btf, "b", LONG, 64, 0);
	return m;
}

static void made_read(struct made *m, bool big_endian, uint8_t pointer_size)
{
	uint32_t size;

	assert_int_equal(btf__set_endianness(m->btf, big_endian), 0);
	m->raw.p = btf__raw_data(m->btf, &size);
	m->raw.len = size;
	assert_non_null(m->raw.p);
	assert_ok(btf_open(&m->raw, "test", pointer_size, &m->blob));
}

static void made_done(struct made *m)
{
	btf_free(m->blob);
	btf__free(m->btf);
}

static void check(struct made *m, const char *tag, const char *path,
		  struct image_member want)
{
	struct image_member got = { 0 };
	struct vmatlas_error *err = btf_member(m->blob, NEAR, tag, path, &got);

	if (err)
		fail_msg("%s.%s: %s", tag, path, vmatlas_error_message(err));
	if (got.offset != want.offset || got.size != want.size ||
	    got.count != want.count || got.is_signed != want.is_signed ||
	    got.is_pointer != want.is_pointer || got.bit_shift != want.bit_shift ||
	    got.bit_size != want.bit_size)
		fail_msg("%s.%s: offset %d size %d count %d %s %s", tag, path,
			 (int)got.offset, (int)got.size, (int)got.count,
			 got.is_signed ? "signed" : "", got.is_pointer ? "pointer" : "");
}

static uint32_t ask(struct made *m, const char *tag, const char *path)
{
	struct image_member got;

	return code_of(btf_member(m->blob, NEAR, tag, path, &got));
}

#define M(...) ((struct image_member){ __VA_ARGS__ })

/* ---- What libbpf can make ---- */

static void add_all(struct btf *btf)
{
	const int inner = btf__add_struct(btf, NULL, 8);

	btf__add_field(btf, "s1", INT, 0, 0);
	btf__add_field(btf, "s2", CHAR, 32, 0);
	const int either = btf__add_union(btf, NULL, 8);

	btf__add_field(btf, NULL, inner, 0, 0);
	btf__add_field(btf, "u", LONG, 0, 0);
	const int pairs = btf__add_array(btf, INT, PAIR, 4);
	const int pointers = btf__add_array(btf, INT, PTR, 7);
	const int flexible = btf__add_array(btf, INT, INT, 0);
	const int wrapped = btf__add_const(btf, btf__add_typedef(btf, "pair_t", PAIR));

	const int all = btf__add_struct(btf, "all", 200);

	btf__add_field(btf, NULL, either, 64, 0);
	btf__add_field(btf, "pair", wrapped, 128, 0);
	btf__add_field(btf, "pairs", pairs, 256, 0);
	btf__add_field(btf, "p", PTR, 768, 0);
	btf__add_field(btf, "next", pointers, 832, 0);
	btf__add_field(btf, "flexible", flexible, 1600, 0);
	btf__add_typedef(btf, "all_t", btf__add_const(btf, all));
}

static void check_all(struct made *m, uint64_t pointer)
{
	check(m, "all", "", M(.size = 200));
	check(m, "all_t", "u", M(.offset = 8, .size = 8, .is_signed = true));
	check(m, "all", "s1", M(.offset = 8, .size = 4, .is_signed = true));
	check(m, "all", "s2", M(.offset = 12, .size = 1));
	check(m, "all", "pair", M(.offset = 16, .size = 16));
	check(m, "all", "pair.b", M(.offset = 24, .size = 8, .is_signed = true));
	check(m, "all", "pairs", M(.offset = 32, .size = 64, .count = 4));
	check(m, "all", "pairs[]", M(.offset = 32, .size = 16));
	check(m, "all", "pairs[].b", M(.offset = 40, .size = 8, .is_signed = true));
	check(m, "all", "p", M(.offset = 96, .size = pointer, .is_pointer = true));
	check(m, "all", "next", M(.offset = 104, .size = 7 * pointer, .count = 7,
				  .is_pointer = true));
	check(m, "all", "flexible", M(.offset = 200, .is_signed = true));
	check(m, "all", "flexible[]", M(.offset = 200, .size = 4, .is_signed = true));
	check(m, "pair_t", "b", M(.offset = 8, .size = 8, .is_signed = true));
}

static void btf_reads_both_byte_orders_and_widths(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct made m = made_new();

		add_all(m.btf);
		made_read(&m, i & 1, i & 2 ? 4 : 8);
		check_all(&m, i & 2 ? 4 : 8);
		made_done(&m);
	}
}

static void btf_says_what_is_missing(void **state)
{
	static const struct {
		const char *tag, *path;
		uint32_t code;
	} c[] = {
		{ "nothing", "c", VMATLAS_ERROR_NOT_FOUND },
		{ "int", "", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "nothing", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "pair.nothing", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "pair[]", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "p.b", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "pairs[][]", VMATLAS_ERROR_NOT_FOUND },
		{ "all", "pair..b", VMATLAS_ERROR_ARGUMENT },
		{ "all", "pairs[", VMATLAS_ERROR_ARGUMENT },
		{ "declared", "c", VMATLAS_ERROR_NOT_FOUND },
	};
	struct made m = made_new();

	(void)state;
	add_all(m.btf);
	btf__add_fwd(m.btf, "declared", BTF_FWD_STRUCT);
	made_read(&m, false, 8);
	for (size_t i = 0; i < ARRAY_SIZE(c); i++)
		assert_int_equal(ask(&m, c[i].tag, c[i].path), c[i].code);
	made_done(&m);
}

static void dimensions_count_together_unless_a_typedef_parts_them(void **state)
{
	struct made m = made_new();
	const int three = btf__add_array(m.btf, INT, INT, 3);
	const int two = btf__add_array(m.btf, INT, three, 2);
	const int name = btf__add_typedef(m.btf, "three_t", three);
	const int parted = btf__add_array(m.btf, INT, name, 2);

	(void)state;
	btf__add_struct(m.btf, "arrays", 48);
	btf__add_field(m.btf, "flat", two, 0, 0);
	btf__add_field(m.btf, "parted", parted, 192, 0);
	made_read(&m, false, 8);
	check(&m, "arrays", "flat", M(.size = 24, .count = 6, .is_signed = true));
	check(&m, "arrays", "flat[]", M(.size = 12, .count = 3, .is_signed = true));
	check(&m, "arrays", "flat[][]", M(.size = 4, .is_signed = true));
	check(&m, "arrays", "parted",
	      M(.offset = 24, .size = 24, .count = 2, .is_signed = true));
	check(&m, "arrays", "parted[]",
	      M(.offset = 24, .size = 12, .count = 3, .is_signed = true));
	check(&m, "three_t", "[]", M(.size = 4, .is_signed = true));
	made_done(&m);
}

static void bit_fields_are_found_with_their_bits(void **state)
{
	struct made m = made_new();

	(void)state;
	btf__add_struct(m.btf, "bits", 8);
	btf__add_field(m.btf, "three", INT, 0, 3);
	btf__add_field(m.btf, "across", INT, 3, 15);
	btf__add_field(m.btf, "whole", INT, 32, 0);
	made_read(&m, false, 8);
	check(&m, "bits", "three", M(.size = 1, .bit_size = 3, .is_signed = true));
	check(&m, "bits", "across",
	      M(.size = 3, .bit_shift = 3, .bit_size = 15, .is_signed = true));
	check(&m, "bits", "whole", M(.offset = 4, .size = 4, .is_signed = true));
	made_done(&m);
}

static void the_largest_of_a_tag_is_meant_unless_there_is_a_flavour(void **state)
{
	struct made m = made_new();
	struct image_member got;

	(void)state;
	btf__add_struct(m.btf, "twin", 4);
	btf__add_typedef(m.btf, "twin", PAIR);
	btf__add_fwd(m.btf, "twin", BTF_FWD_STRUCT);
	btf__add_struct(m.btf, "twin", 12);
	btf__add_field(m.btf, "x", INT, 64, 0);
	btf__add_struct(m.btf, "twin", 8);
	btf__add_struct(m.btf, "twin___other_function", 2);
	btf__add_fwd(m.btf, "twin___third_function", BTF_FWD_STRUCT);
	made_read(&m, false, 8);
	check(&m, "twin", "x", M(.offset = 8, .size = 4, .is_signed = true));
	assert_ok(btf_member(m.blob, "other_function", "twin", "", &got));
	assert_int_equal(got.size, 2);
	assert_int_equal(code_of(btf_member(m.blob, "third_function", "twin", "", &got)),
			 VMATLAS_ERROR_NOT_FOUND);
	made_done(&m);
}

/* ---- Enums ---- */

static void check_enumerator(struct made *m, const char *function, const char *name,
			     int64_t want)
{
	int64_t v = 0;

	assert_ok(btf_enumerator(m->blob, function, name, &v));
	assert_int_equal(v, want);
}

static void enumerators_keep_their_sign_and_width(void **state)
{
	int64_t v;

	(void)state;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct made m = made_new();
		const int e = btf__add_enum(m.btf, "small", 4);

		btf__add_enum_value(m.btf, "MINUS", -7);
		btf__add_enum_value(m.btf, "FIVE", 5);
		const int u = btf__add_enum(m.btf, "top", 4);

		btf__add_enum_value(m.btf, "TOP", 0xffffffff);
		btf__add_enum64(m.btf, "wide", 8, false);
		btf__add_enum64_value(m.btf, "WIDE", 0x8000000000000000);
		btf__add_enum64(m.btf, "minus", 8, true);
		btf__add_enum64_value(m.btf, "MINUS_WIDE", (uint64_t)-3);
		btf__add_enum64_value(m.btf, "FIVE___other_function", 6);
		btf__add_struct(m.btf, "with", 8);
		btf__add_field(m.btf, "e", e, 0, 0);
		btf__add_field(m.btf, "u", u, 32, 0);
		made_read(&m, big_endian, 8);
		check_enumerator(&m, NEAR, "MINUS", -7);
		check_enumerator(&m, NEAR, "FIVE", 5);
		check_enumerator(&m, "other_function", "FIVE", 6);
		check_enumerator(&m, NEAR, "TOP", 0xffffffff);
		check_enumerator(&m, NEAR, "WIDE", INT64_MIN);
		check_enumerator(&m, NEAR, "MINUS_WIDE", -3);
		check(&m, "with", "e", M(.size = 4, .is_signed = true));
		check(&m, "with", "u", M(.offset = 4, .size = 4));
		assert_int_equal(code_of(btf_enumerator(m.blob, NEAR, "FIV", &v)),
				 VMATLAS_ERROR_NOT_FOUND);
		made_done(&m);
	}
}

/* ---- Bytes of other times ---- */

/* "\0" and names one after another; a header of @header bytes before all. */
static size_t put_blob(uint8_t *to, uint32_t header, const uint32_t *types, uint32_t words,
		       const char *names, uint32_t names_len, const uint8_t *layout,
		       uint32_t layout_len)
{
	const uint32_t types_len = words * 4;
	const uint32_t head[8] = { 0x0001eb9f, header, 0, types_len,
				   types_len, names_len, types_len + names_len, layout_len };

	memset(to, 0, header);
	memcpy(to, head, MIN(header, (uint32_t)sizeof(head)));
	to += header;
	memcpy(to, types, types_len);
	memcpy(to + types_len, names, names_len);
	if (layout_len)
		memcpy(to + types_len + names_len, layout, layout_len);
	return header + types_len + names_len + layout_len;
}

#define INFO(kind, flag, vlen) ((uint32_t)(kind) << 24 | (uint32_t)(flag) << 31 | (vlen))

static const char old_names[] = "\0int\0s\0a\0b\0e\0LOW";

/* Linux 4.18: bit-fields are narrow integers, enums do not say their sign. */
static void old_btf_is_understood(void **state)
{
	static const uint32_t types[] = {
		1, INFO(BTF_KIND_INT, 0, 0), 4, 1 << 24 | 32,
		1, INFO(BTF_KIND_INT, 0, 0), 4, 1 << 24 | 3,
		11, INFO(BTF_KIND_ENUM, 0, 1), 4, 13, (uint32_t)-2,
		5, INFO(BTF_KIND_STRUCT, 0, 3), 12, 7, 1, 0, 9, 2, 32, 11, 3, 64,
	};
	uint8_t raw[256];
	struct made m = { .raw.p = raw };

	(void)state;
	m.raw.len = put_blob(raw, 24, types, ARRAY_SIZE(types), old_names,
			     sizeof(old_names), NULL, 0);
	assert_ok(btf_open(&m.raw, "test", 8, &m.blob));
	check(&m, "s", "a", M(.size = 4, .is_signed = true));
	check(&m, "s", "e", M(.offset = 8, .size = 4, .is_signed = true));
	check_enumerator(&m, NEAR, "LOW", -2);
	check(&m, "s", "b", M(.offset = 4, .size = 1, .bit_size = 3, .is_signed = true));
	btf_free(m.blob);
}

/* Linux 7.2: a longer header, a kind of tomorrow, and more members than 16 bits say. */
static void new_btf_is_understood(void **state)
{
	enum { TOMORROW = 25, MEMBERS = 70000 };
	static uint32_t types[4 + 5 + 3 + 3 * MEMBERS] = {
		1, INFO(BTF_KIND_INT, 0, 0), 4, 1 << 24 | 32,
		0, INFO(TOMORROW, 0, 2), 0, 0xffff0000, 0x0000ffff,
		5, INFO(BTF_KIND_STRUCT, 0, MEMBERS), 4 * MEMBERS,
	};
	static uint8_t raw[sizeof(types) + 1024];
	uint8_t layout[4 * (TOMORROW + 1)] = { [4 * TOMORROW] = 4, 2 };
	struct made m = { .raw.p = raw };

	(void)state;
	for (uint32_t i = 0; i < MEMBERS; i++) {
		types[12 + 3 * i] = i + 1 < MEMBERS ? 7 : 9;
		types[12 + 3 * i + 1] = 1;
		types[12 + 3 * i + 2] = 32 * i;
	}
	m.raw.len = put_blob(raw, 32, types, ARRAY_SIZE(types), old_names,
			     sizeof(old_names), layout, sizeof(layout));
	assert_ok(btf_open(&m.raw, "test", 8, &m.blob));
	check(&m, "s", "b", M(.offset = 4 * (MEMBERS - 1), .size = 4, .is_signed = true));
	btf_free(m.blob);

	/* Without the layout nobody knows where the kind of tomorrow ends. */
	m.raw.len = put_blob(raw, 24, types, ARRAY_SIZE(types), old_names,
			     sizeof(old_names), NULL, 0);
	assert_int_equal(code_of(btf_open(&m.raw, "test", 8, &m.blob)),
			 VMATLAS_ERROR_FORMAT);
}

/* ---- Damage ---- */

static void types_that_hold_themselves_are_damage(void **state)
{
	static const uint32_t types[] = {
		/* 1: a typedef of itself; 2: an array of itself; 3: two of itself */
		5, INFO(BTF_KIND_TYPEDEF, 0, 0), 1,
		0, INFO(BTF_KIND_ARRAY, 0, 0), 0, 2, 2, 1000000,
		7, INFO(BTF_KIND_STRUCT, 0, 4), 8, 0, 3, 0, 0, 3, 0, 0, 3, 0, 9, 2, 0,
	};
	uint8_t raw[256];
	struct made m = { .raw.p = raw };

	(void)state;
	m.raw.len = put_blob(raw, 24, types, ARRAY_SIZE(types), old_names,
			     sizeof(old_names), NULL, 0);
	assert_ok(btf_open(&m.raw, "test", 8, &m.blob));
	assert_int_equal(ask(&m, "s", ""), VMATLAS_ERROR_FORMAT);
	assert_int_equal(ask(&m, "a", "nothing"), VMATLAS_ERROR_FORMAT);
	btf_free(m.blob);
}

static void damaged_btf_is_an_error_at_most(void **state)
{
	struct made m = made_new();
	uint32_t seed = 1;

	(void)state;
	add_all(m.btf);
	made_read(&m, false, 8);
	for (unsigned int i = 0; i < 3000; i++) {
		struct made n = { .raw.len = m.raw.len - (i % 7 ? 0 : i % m.raw.len) };
		uint8_t *p = malloc(n.raw.len);

		assert_non_null(p);
		memcpy(p, m.raw.p, n.raw.len);
		for (unsigned int j = 0; j <= i % 4; j++) {
			seed = seed * 1664525 + 1013904223;
			p[(seed >> 8) % n.raw.len] = (uint8_t)seed;
		}
		n.raw.p = p;
		if (!code_of(btf_open(&n.raw, "test", 8, &n.blob))) {
			ask(&n, "all", "pairs[].b");
			ask(&n, "all_t", "nothing");
			btf_free(n.blob);
		}
		free(p);
	}
	made_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(btf_reads_both_byte_orders_and_widths),
		cmocka_unit_test(btf_says_what_is_missing),
		cmocka_unit_test(dimensions_count_together_unless_a_typedef_parts_them),
		cmocka_unit_test(bit_fields_are_found_with_their_bits),
		cmocka_unit_test(the_largest_of_a_tag_is_meant_unless_there_is_a_flavour),
		cmocka_unit_test(enumerators_keep_their_sign_and_width),
		cmocka_unit_test(old_btf_is_understood),
		cmocka_unit_test(new_btf_is_understood),
		cmocka_unit_test(types_that_hold_themselves_are_damage),
		cmocka_unit_test(damaged_btf_is_an_error_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
