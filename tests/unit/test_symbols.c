/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbols: tables written here, and the table of this very program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/image_copy.h"

/* ---- Tables ---- */

struct build {
	uint8_t entries[4096];
	char strings[4096];
	size_t nr, used;
	bool is_64, be, has_thumb;
};

static void put(uint8_t *to, uint64_t v, size_t size, bool be)
{
	for (size_t i = 0; i < size; i++)
		to[be ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* @name: offset of it in the strings. */
static void add_at(struct build *b, uint32_t name, uint8_t info, uint16_t section,
		   uint64_t value, uint64_t size)
{
	uint8_t *e = b->entries + b->nr++ * (b->is_64 ? 24 : 16);

	put(e, name, 4, b->be);
	if (b->is_64) {
		e[4] = info;
		put(e + 6, section, 2, b->be);
		put(e + 8, value, 8, b->be);
		put(e + 16, size, 8, b->be);
	} else {
		put(e + 4, value, 4, b->be);
		put(e + 8, size, 4, b->be);
		e[12] = info;
		put(e + 14, section, 2, b->be);
	}
}

static uint32_t string(struct build *b, const char *text)
{
	const uint32_t at = (uint32_t)(b->used ? b->used : 1);

	strcpy(b->strings + at, text);
	b->used = at + strlen(text) + 1;
	return at;
}

enum {
	LOCAL_DATA = STB_LOCAL << 4 | STT_OBJECT,
	GLOBAL_DATA = STB_GLOBAL << 4 | STT_OBJECT,
	LOCAL_CODE = STB_LOCAL << 4 | STT_FUNC,
	GLOBAL_CODE = STB_GLOBAL << 4 | STT_FUNC,
};

static void add(struct build *b, const char *name, uint8_t info, uint64_t value,
		uint64_t size)
{
	add_at(b, string(b, name), info, 1, value, size);
}

static struct wanted want(const char *name)
{
	return (struct wanted){ .name = (char *)(uintptr_t)name, .len = strlen(name),
				.key = symtab_key(name, strlen(name)) };
}

static void scan(const struct build *b, struct wanted *w, size_t nr)
{
	const struct symtab t = {
		.entries = { b->entries, b->nr * (b->is_64 ? 24 : 16) },
		.strings = { (const uint8_t *)b->strings, b->used },
		.is_64 = b->is_64, .big_endian = b->be, .has_thumb = b->has_thumb,
	};

	assert_ok(symtab_scan(&t, w, nr));
}

static void symtab_finds_names_in_every_layout(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct build b = { .is_64 = i & 1, .be = i & 2 };
		struct wanted w[] = { want("vmap_nodes"), want("a"), want("nowhere") };

		add(&b, "vmap_area_list", LOCAL_DATA, 0x1000, 16);
		add(&b, "vmap_nodes", LOCAL_DATA, 0x80002000, 8);
		add(&b, "a", GLOBAL_CODE, 0x3000, 5);
		scan(&b, w, 3);
		assert_int_equal(w[0].found.nr, 1);
		assert_int_equal(w[0].found.v[0].symbol.addr, 0x80002000);
		assert_int_equal(w[0].found.v[0].symbol.size, 8);
		assert_false(w[0].found.v[0].symbol.is_function);
		assert_int_equal(w[1].found.nr, 1);
		assert_true(w[1].found.v[0].symbol.is_function);
		assert_int_equal(w[2].found.nr, 0);
		assert_true(w[2].looked);
		vec_done(&w[0].found);
		vec_done(&w[1].found);
	}
}

/* Linkers store "list" as the end of "vmap_area_list". */
static void symtab_reads_names_that_share_their_end(void **state)
{
	struct build b = { .is_64 = true };
	struct wanted w[] = { want("list"), want("vmap_area_list") };
	const uint32_t at = string(&b, "vmap_area_list");

	(void)state;
	add_at(&b, at, LOCAL_DATA, 1, 0x10, 1);
	add_at(&b, at + 10, LOCAL_DATA, 1, 0x20, 2);
	scan(&b, w, 2);
	assert_int_equal(w[0].found.v[0].symbol.addr, 0x20);
	assert_int_equal(w[1].found.v[0].symbol.addr, 0x10);
	assert_int_equal(w[0].found.nr + w[1].found.nr, 2);
	vec_done(&w[0].found);
	vec_done(&w[1].found);
}

static void symtab_takes_suffixes_but_no_pieces(void **state)
{
	static const char *const same[] = {
		"markers", "markers.0", "markers.llvm.123", "markers.isra.0.constprop.1",
		"markers.lto_priv.7",
	};
	static const char *const other[] = {
		"markers.cold", "markers.part.0", "markers_end", "markers.", "markers.0x",
		"markers.llvm", "xmarkers", "marker",
	};
	struct build b = { .is_64 = true };
	struct wanted w = want("markers");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		add(&b, same[i], LOCAL_DATA, 0x1000 + i, i + 1);
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		add(&b, other[i], LOCAL_DATA, 0x2000 + i, i + 100);
	scan(&b, &w, 1);
	assert_int_equal(w.found.nr, ARRAY_SIZE(same));
	for (size_t i = 0; i < w.found.nr; i++) {
		assert_int_equal(w.found.v[i].symbol.addr, 0x1000 + i);
		assert_int_equal(w.found.v[i].is_exact, i == 0);
	}
	vec_done(&w.found);
}

static void symtab_clears_the_thumb_bit_of_arm_functions_only(void **state)
{
	struct build b = { .has_thumb = true };
	struct wanted w[] = { want("code"), want("data") };

	(void)state;
	add(&b, "code", GLOBAL_CODE, 0xc0100001, 4);
	add(&b, "data", GLOBAL_DATA, 0xc0200001, 4);
	scan(&b, w, 2);
	assert_int_equal(w[0].found.v[0].symbol.addr, 0xc0100000);
	assert_true(w[0].found.v[0].symbol.is_thumb);
	assert_int_equal(w[1].found.v[0].symbol.addr, 0xc0200001);
	assert_false(w[1].found.v[0].symbol.is_thumb);
	vec_done(&w[0].found);
	vec_done(&w[1].found);
}

static void symtab_passes_over_what_is_no_definition(void **state)
{
	struct build b = { .is_64 = true };
	struct wanted w = want("thing.c");

	(void)state;
	add_at(&b, string(&b, "thing.c"), STB_LOCAL << 4 | STT_FILE, SHN_ABS, 0, 0);
	add_at(&b, string(&b, "thing.c"), GLOBAL_DATA, SHN_UNDEF, 0, 0);
	add_at(&b, string(&b, "thing.c"), GLOBAL_DATA, SHN_ABS, 42, 0);
	scan(&b, &w, 1);
	assert_int_equal(w.found.nr, 1);
	assert_true(w.found.v[0].symbol.is_absolute);
	vec_done(&w.found);
}

static void symtab_remembers_a_bounded_number_of_namesakes(void **state)
{
	struct build b = { .is_64 = true };
	struct wanted w = want("__func__");
	const uint32_t at = string(&b, "__func__");

	(void)state;
	for (size_t i = 0; i < 160; i++)
		add_at(&b, at, LOCAL_DATA, 1, i, i);
	scan(&b, &w, 1);
	assert_true(w.found.nr > 0 && w.found.nr < 100);
	vec_done(&w.found);
}

static void symtab_survives_names_that_end_nowhere(void **state)
{
	struct build b = { .is_64 = true };
	struct wanted w[] = { want("tail"), want("tai") };

	(void)state;
	add(&b, "first", LOCAL_DATA, 1, 1);
	add(&b, "tail", LOCAL_DATA, 2, 1);
	b.used--;	/* the last name loses its end */
	add_at(&b, UINT32_MAX, LOCAL_DATA, 1, 3, 1);
	add_at(&b, (uint32_t)b.used, LOCAL_DATA, 1, 4, 1);
	scan(&b, w, 2);
	assert_int_equal(w[0].found.nr + w[1].found.nr, 0);
}

static void key_ends_at_the_end_and_at_a_dot(void **state)
{
	(void)state;
	assert_int_equal(symtab_key("abc\0xyz", 8), symtab_key("abc", 3));
	assert_int_equal(symtab_key("abc.123", 7), symtab_key("abc", 3));
	assert_int_equal(symtab_key("", 1), 0);
	assert_int_equal(symtab_key(".x", 2), 0);
	assert_true(symtab_key("abcdefgh", 8) == symtab_key("abcdefghi", 9));
	assert_true(symtab_key("abcdefgh", 8) != symtab_key("abcdefg", 7));
	/* 0x2d and 0x2f stand beside the dot, 0x80 and 0x01 beside the end. */
	assert_true(symtab_key("a-b/c\x80" "d\x01", 8) != symtab_key("a", 1));
}

/* ---- This program ---- */

#ifdef __clang__
#define INNER "image_test_function.image_test_inner"
#else
#define INNER "image_test_inner"
#endif
int image_test_global = 1;
static volatile int image_test_static = 2;
__attribute__((noinline)) int image_test_function(void);

int image_test_function(void)
{
	static volatile int image_test_inner = 3;

	return image_test_inner + image_test_static;
}

static void image_answers_by_name(void **state)
{
	static const char *const names[] = { "image_test_global",
					     "image_test_function|x" };
	struct image *image = NULL;
	struct image_symbol s;

	(void)state;
	assert_ok(image_open(SELF, &image));
	assert_ok(image_prefetch(image, names, ARRAY_SIZE(names)));
	assert_ok(image_symbol(image, "image_test_global", 0, &s));
	assert_int_equal(s.size, sizeof(int));
	assert_ok(image_symbol(image, "image_test_function", 0, &s));
	assert_true(s.is_function);
	assert_ok(image_symbol(image, "image_test_static", 0, &s));
	/* gcc calls it "image_test_inner.0". */
	assert_ok(image_symbol(image, INNER, 0, &s));
	assert_int_equal(s.size, sizeof(int));
	assert_int_equal(code_of(image_symbol(image, "image_test_nothing", 0, &s)),
			 VMATLAS_ERROR_NOT_FOUND);
	assert_int_equal(code_of(image_symbol(image, "", 0, &s)), VMATLAS_ERROR_NOT_FOUND);
	assert_int_equal(image_test_function(), 5);
	image_free(image);
}

static const uint8_t image_test_bytes[8] __attribute__((used)) = "atlas!!";

static void image_reads_what_the_file_holds(void **state)
{
	struct image *image = NULL;
	struct image_symbol s;
	uint8_t buf[8];

	(void)state;
	assert_ok(image_open(SELF, &image));
	assert_ok(image_symbol(image, "image_test_bytes", 0, &s));
	assert_ok(image_read(image, s.addr, buf, sizeof(buf)));
	assert_memory_equal(buf, image_test_bytes, sizeof(buf));
	assert_int_equal(code_of(image_read(image, UINT64_MAX - 3, buf, 8)),
			 VMATLAS_ERROR_FAULT);
	assert_int_equal(code_of(image_read(image, 1ull << 60, buf, 8)),
			 VMATLAS_ERROR_FAULT);
	image_free(image);
}

/* As in a separate debug file, whose segments speak of another file's bytes. */
static void image_reads_nothing_from_sections_without_bytes(void **state)
{
	struct copy c = copy_new();
	struct image *image = NULL;
	struct image_symbol s;
	uint8_t buf[8];

	(void)state;
	assert_ok(image_open(SELF, &image));
	assert_ok(image_symbol(image, "image_test_bytes", 0, &s));
	Elf64_Ehdr *eh = (void *)c.bytes;
	Elf64_Shdr *sh = (void *)(c.bytes + eh->e_shoff);
	for (size_t i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_flags & SHF_ALLOC && s.addr - sh[i].sh_addr < sh[i].sh_size)
			sh[i].sh_type = SHT_NOBITS;
	image_free(image);
	copy_write(&c, c.size);
	assert_ok(image_open(c.path, &image));
	assert_int_equal(code_of(image_read(image, s.addr, buf, sizeof(buf))),
			 VMATLAS_ERROR_FAULT);
	image_free(image);
	copy_done(&c);
}

static void image_reads_remote_files_by_copying(void **state)
{
	struct image *image = NULL;
	struct image_symbol s;

	(void)state;
	assert_ok(image_open_how(SELF, true, &image));
	assert_ok(image_symbol(image, "image_test_function", 0, &s));
	assert_true(s.is_function);
	image_free(image);
}

/* ---- What is no vmlinux ---- */

static void expect(const char *path, uint32_t code, const char *words)
{
	struct image *image = NULL;
	struct vmatlas_error *err = image_open(path, &image);

	assert_non_null(err);
	assert_null(image);
	assert_int_equal(vmatlas_error_code(err), code);
	if (!strstr(vmatlas_error_message(err), words))
		fail_msg("'%s' is not in '%s'", words, vmatlas_error_message(err));
	vmatlas_error_free(err);
}

static void image_says_why_it_cannot_open(void **state)
{
	struct copy c = copy_new();

	(void)state;
	expect("/nonexistent/vmlinux", VMATLAS_ERROR_SYSTEM, "No such file");
	expect("/", VMATLAS_ERROR_FORMAT, "is a directory");
	expect("/dev/null", VMATLAS_ERROR_FORMAT, "is a device");
	copy_write(&c, 0);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is empty");
	copy_write(&c, 3);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is not an ELF file");
	copy_write(&c, 20);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is truncated");
	copy_write(&c, c.size / 2);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is truncated");
	c.bytes[16] = ET_CORE;
	copy_write(&c, c.size);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is a core dump");
	c.bytes[16] = ET_REL;
	copy_write(&c, c.size);
	expect(c.path, VMATLAS_ERROR_FORMAT, "is an object file");
	memcpy(c.bytes + 0x202, "HdrS", 4);
	c.bytes[0] = 'M';
	copy_write(&c, c.size);
	expect(c.path, VMATLAS_ERROR_FORMAT, "bzImage");
	copy_done(&c);
}

static void image_needs_a_symbol_table(void **state)
{
	struct copy c = copy_new();

	(void)state;
	copy_hide(&c, ".symtab");
	copy_write(&c, c.size);
	expect(c.path, VMATLAS_ERROR_FORMAT, "has no symbol table");
	copy_done(&c);
}

static void build_id_is_found_among_other_notes(void **state)
{
	static const uint8_t le[] = {
		4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 'X', 'e', 'n', 0, 1, 2, 3, 4,
		4, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
		9, 8, 7, 6, 5, 0, 0, 0,
	};
	const struct bytes all = { le, sizeof(le) };
	size_t at = 0, size = 0;

	(void)state;
	assert_true(notes_build_id(&all, 4, false, &at, &size));
	assert_int_equal(at, 36);
	assert_int_equal(size, 5);
	for (size_t len = 0; len < sizeof(le) - 3; len++)
		assert_false(notes_build_id(&(struct bytes){ le, len }, 4, false, &at,
					    &size));
	assert_false(notes_build_id(&all, 4, true, &at, &size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symtab_finds_names_in_every_layout),
		cmocka_unit_test(symtab_reads_names_that_share_their_end),
		cmocka_unit_test(symtab_takes_suffixes_but_no_pieces),
		cmocka_unit_test(symtab_clears_the_thumb_bit_of_arm_functions_only),
		cmocka_unit_test(symtab_passes_over_what_is_no_definition),
		cmocka_unit_test(symtab_remembers_a_bounded_number_of_namesakes),
		cmocka_unit_test(symtab_survives_names_that_end_nowhere),
		cmocka_unit_test(key_ends_at_the_end_and_at_a_dot),
		cmocka_unit_test(image_answers_by_name),
		cmocka_unit_test(image_reads_what_the_file_holds),
		cmocka_unit_test(image_reads_nothing_from_sections_without_bytes),
		cmocka_unit_test(image_reads_remote_files_by_copying),
		cmocka_unit_test(image_says_why_it_cannot_open),
		cmocka_unit_test(image_needs_a_symbol_table),
		cmocka_unit_test(build_id_is_found_among_other_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
