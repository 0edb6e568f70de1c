/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BTF, made: what is read back is what was asked, of this program and of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "unit/image_copy.h"

typedef unsigned long test_array[3];
typedef const volatile struct test_pair test_qualified;
enum test_unsigned { TEST_200 = 200, TEST_TOP = 0xffffffff };
enum { TEST_MINUS = -7 };

struct test_pair {
	long a, b;
};

struct test_struct {
	char c;
	union {
		int u;
		struct {
			short s1, s2;
		};
	};
	struct test_pair pair, pairs[4];
	test_array arrays[2];
	int dims[2][3][4];
	unsigned int bits : 3;
	test_qualified qualified;
	void (*call)(int);
	enum test_unsigned e;
	signed char tiny;
	_Bool truth;
	struct test_struct *next[7];
	struct {
		struct {
			uint16_t deep[5];
		} in;
	} out;
	int flexible[];
};

__attribute__((noinline)) long test_anchor(const struct test_struct *t, test_qualified *q);
__attribute__((noinline)) long test_other(const struct test_struct *t);

long test_anchor(const struct test_struct *t, test_qualified *q)
{
	return t->c + q->a + (t->e == TEST_200) + (t->u == TEST_MINUS);
}

long test_other(const struct test_struct *t)
{
	return t->tiny;
}

#define NEAR "no_such_function|test_anchor"
#define S "test_struct"

static const struct image_need needs[] = {
	{ NEAR, S, "" }, { NEAR, S, "c" }, { NEAR, S, "u" }, { NEAR, S, "s2" },
	{ NEAR, S, "pair" }, { NEAR, S, "pair.b" }, { NEAR, S, "pairs" },
	{ NEAR, S, "pairs[]" }, { NEAR, S, "pairs[].b" }, { NEAR, S, "arrays" },
	{ NEAR, S, "arrays[]" }, { NEAR, S, "arrays[][]" }, { NEAR, S, "dims" },
	{ NEAR, S, "dims[]" }, { NEAR, S, "dims[][]" }, { NEAR, S, "dims[][][]" },
	{ NEAR, S, "bits" }, { NEAR, S, "qualified.b" }, { NEAR, S, "call" },
	{ NEAR, S, "e" }, { NEAR, S, "tiny" }, { NEAR, S, "truth" }, { NEAR, S, "next" },
	{ NEAR, S, "next[]" }, { NEAR, S, "out.in.deep[]" }, { NEAR, S, "flexible" },
	{ NEAR, S, "flexible[]" }, { NEAR, S, "nothing" }, { NEAR, S, "pair.nothing" },
	{ "test_other", S, "out.in" }, { "test_other", S, "truth" },
	{ NEAR, "test_qualified", "b" }, { NEAR, "test_array", "" },
	{ NEAR, "test_array", "[]" }, { NEAR, "test_nothing", "x" },
	{ "no_such_function", "test_pair", "" }, { NEAR, "TEST_200", NULL },
	{ NEAR, "TEST_TOP", NULL }, { NEAR, "TEST_MINUS", NULL },
	{ NEAR, "TEST_NOTHING", NULL }, { "no_such_function", "TEST_200", NULL },
	/* a function, but of a file without debug information */
	{ "_start|test_anchor", "test_pair", "b" },
};

/* Sparser lists: what is not looked into must keep its size and sign, too. */
static const struct image_need few[] = {
	{ NEAR, S, "pairs" }, { NEAR, S, "arrays" }, { NEAR, S, "dims" },
	{ NEAR, S, "next" }, { NEAR, S, "flexible" }, { NEAR, S, "out" },
	{ NEAR, "test_array", "" }, { NEAR, "test_pair", "" },
};

/* ---- Comparing ---- */

struct answer {
	uint32_t code;
	struct image_member m;
	int64_t value;
};

static struct answer ask(struct image *image, const struct image_need *n)
{
	struct answer a;

	memset(&a, 0, sizeof(a));
	a.code = code_of(n->member ? image_member(image, n->near, n->name, n->member, &a.m) :
				     image_enumerator(image, n->near, n->name, &a.value));
	return a;
}

static void check_same(struct image *a, struct image *b, const struct image_need *n)
{
	const struct answer x = ask(a, n), y = ask(b, n);

	if (x.code != y.code || x.value != y.value || x.m.offset != y.m.offset ||
	    x.m.size != y.m.size || x.m.count != y.m.count ||
	    x.m.is_signed != y.m.is_signed || x.m.is_pointer != y.m.is_pointer)
		fail_msg("%s.%s: error %u offset %d size %d count %d, and not "
			 "error %u offset %d size %d count %d", n->name,
			 n->member ? n->member : "", y.code, (int)y.m.offset, (int)y.m.size,
			 (int)y.m.count, x.code, (int)x.m.offset, (int)x.m.size,
			 (int)x.m.count);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

/* BTF of @image, and its answers beside @image's own; and the BTF of that BTF. */
static void check_made(const char *path, const struct image_need *n, size_t nr)
{
	struct image *image = NULL, *with = NULL;
	char name[] = "/tmp/vmatlas-test-XXXXXX";
	void *made = NULL, *again = NULL;
	size_t size = 0, size_again = 0;

	close(mkstemp(name));
	assert_ok(image_open(path, &image));
	if (!image_info(image)->has_debug_info) {
		image_free(image);
		skip();
	}
	assert_ok(image_make_btf(image, n, nr, &made, &size));
	write_file(name, made, size);
	assert_ok(image_open(path, &with));
	assert_ok(image_use_types(with, name));
	assert_true(strstr(image_info(with)->types_from, "BTF of ") != NULL);
	for (size_t i = 0; i < nr; i++)
		check_same(image, with, &n[i]);
	assert_ok(image_make_btf(with, n, nr, &again, &size_again));
	assert_int_equal(size_again, size);
	assert_memory_equal(again, made, size);
	unlink(name);
	free(made);
	free(again);
	image_free(image);
	image_free(with);
}

static void btf_made_of_dwarf_gives_its_answers(void **state)
{
	(void)state;
	check_made(SELF, needs, ARRAY_SIZE(needs));
	check_made(SELF, few, ARRAY_SIZE(few));
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		check_made(SELF, &needs[i], 1);
	check_made(SELF, needs, 0);
}

static void btf_is_made_for_other_cpus(void **state)
{
	static const char *const names[] = { "arm", "arm-big-endian", "dwarf4" };
	static const struct image_need of_thing[] = {
		{ "anchor", "thing", "" }, { "anchor", "thing", "pairs[].b" },
		{ "anchor", "thing", "pairs" }, { "anchor", "thing_t", "inner" },
		{ "anchor", "thing", "next" }, { "anchor", "thing", "u" },
		{ "anchor", "THING_LAST", NULL }, { "anchor", "nothing", "" },
	};
	char path[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%.*s/../fuzz/corpus/vmlinux/%s",
			 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, names[i]);
		if (access(path, R_OK))
			skip();
		check_made(path, of_thing, ARRAY_SIZE(of_thing));
	}
}

/* ---- Where functions differ ---- */

static void functions_that_differ_get_a_flavour_each(void **state)
{
	static const struct image_need n[] = {
		{ "test_anchor", "log", "x" }, { "test_other", "log", "x" },
		{ "main", "log", "y" }, { "test_anchor", "FIRST", NULL },
		{ "test_other", "FIRST", NULL }, { "main", "SECOND", NULL },
	};
	struct btf *btf = btf__new_empty();
	char name[] = "/tmp/vmatlas-test-XXXXXX", name2[] = "/tmp/vmatlas-test-XXXXXX";
	struct image *image = NULL, *with = NULL;
	void *made = NULL;
	const void *raw;
	uint32_t len;
	size_t size;

	(void)state;
	const int i = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	btf__add_struct(btf, "log", 8);
	btf__add_field(btf, "x", i, 0, 0);
	btf__add_struct(btf, "log___test_other", 16);
	btf__add_field(btf, "x", i, 64, 0);
	btf__add_field(btf, "y", i, 96, 0);
	btf__add_fwd(btf, "log___main", BTF_FWD_STRUCT);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "FIRST", 1);
	btf__add_enum_value(btf, "FIRST___test_other", 2);
	btf__add_enum_value(btf, "SECOND", -3);
	raw = btf__raw_data(btf, &len);
	close(mkstemp(name));
	write_file(name, raw, len);
	assert_ok(image_open(SELF, &image));
	assert_ok(image_use_types(image, name));
	assert_ok(image_make_btf(image, n, ARRAY_SIZE(n), &made, &size));
	close(mkstemp(name2));
	write_file(name2, made, size);
	assert_ok(image_open(SELF, &with));
	assert_ok(image_use_types(with, name2));
	for (size_t j = 0; j < ARRAY_SIZE(n); j++)
		check_same(image, with, &n[j]);
	assert_int_equal(ask(with, &n[1]).m.offset, 8);
	assert_int_equal(ask(with, &n[2]).code, VMATLAS_ERROR_NOT_FOUND);
	assert_int_equal(ask(with, &n[4]).value, 2);
	unlink(name);
	unlink(name2);
	btf__free(btf);
	free(made);
	image_free(image);
	image_free(with);
}

static void asked(void *arg, const struct image_need *need)
{
	(void)need;
	++*(int *)arg;
}

static void a_watcher_hears_questions_but_not_our_own(void **state)
{
	struct image *image = NULL;
	void *made = NULL;
	size_t size;
	int nr = 0;

	(void)state;
	assert_ok(image_open(SELF, &image));
	image_watch(image, asked, &nr);
	ask(image, &needs[0]);
	assert_int_equal(nr, 1);
	vmatlas_error_free(image_make_btf(image, needs, ARRAY_SIZE(needs), &made, &size));
	assert_int_equal(nr, 1);
	ask(image, &needs[0]);
	assert_int_equal(nr, 2);
	free(made);
	image_free(image);
}

/* ---- Types of another file ---- */

/* This program, with its DWARF hidden and a section .BTF at the end of the file. */
static void write_with_btf(struct copy *c, const void *btf, size_t size)
{
	Elf64_Ehdr *eh = (void *)c->bytes;
	Elf64_Shdr *sh = (void *)(c->bytes + eh->e_shoff), *names = &sh[eh->e_shstrndx];

	for (size_t i = 0; i < eh->e_shnum; i++) {
		char *name = (char *)c->bytes + names->sh_offset + sh[i].sh_name;

		if (strcmp(name, ".debug_aranges"))
			continue;
		strcpy(name, ".BTF");
		sh[i].sh_offset = c->size;
		sh[i].sh_size = size;
		sh[i].sh_flags = 0;
	}
	c->bytes = realloc(c->bytes, c->size + size);
	assert_non_null(c->bytes);
	memcpy(c->bytes + c->size, btf, size);
	c->size += size;
	copy_hide(c, ".debug_info");
	copy_write(c, c->size);
}

static void btf_in_vmlinux_stands_in_for_dwarf(void **state)
{
	struct image *image = NULL, *with = NULL, *bare = NULL;
	struct copy c = copy_new(), none = copy_new();
	void *made = NULL;
	size_t size = 0;

	(void)state;
	assert_ok(image_open(SELF, &image));
	if (sizeof(void *) != 8 || !image_section(image, ".debug_aranges"))
		skip();
	assert_ok(image_make_btf(image, needs, ARRAY_SIZE(needs), &made, &size));
	write_with_btf(&c, made, size);
	assert_ok(image_open(c.path, &with));
	assert_true(image_info(with)->has_debug_info);
	assert_string_equal(image_info(with)->types_from, "BTF");

	/* And for a third one, which has no types at all, both kinds of file will do. */
	copy_hide(&none, ".debug_info");
	copy_write(&none, none.size);
	assert_ok(image_open(none.path, &bare));
	assert_string_equal(image_info(bare)->types_from, "");
	assert_ok(image_use_types(bare, c.path));
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
		check_same(image, with, &needs[i]);
		check_same(image, bare, &needs[i]);
	}
	assert_ok(image_use_types(bare, SELF));
	assert_string_equal(image_info(bare)->types_from, "DWARF of " SELF);
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		check_same(image, bare, &needs[i]);
	image_free(image);
	image_free(with);
	image_free(bare);
	free(made);
	copy_done(&c);
	copy_done(&none);
}

static void files_without_types_are_refused(void **state)
{
	struct copy none = copy_new();
	struct image *image = NULL;

	(void)state;
	copy_hide(&none, ".debug_info");
	copy_write(&none, none.size);
	assert_ok(image_open(SELF, &image));
	assert_int_equal(code_of(image_use_types(image, none.path)), VMATLAS_ERROR_FORMAT);
	assert_int_equal(code_of(image_use_types(image, __FILE__)), VMATLAS_ERROR_FORMAT);
	assert_int_equal(code_of(image_use_types(image, "/nowhere")), VMATLAS_ERROR_SYSTEM);
	write_file(none.path, "\xeb", 1);
	assert_int_equal(code_of(image_use_types(image, none.path)), VMATLAS_ERROR_FORMAT);

	/* BTF of the other byte order shows only when it is asked. */
	write_file(none.path, "\xeb\x9f\1\0\0\0\0\x18" "\0\0\0\0\0\0\0\0"
		   "\0\0\0\0\0\0\0\1", 25);
	assert_ok(image_use_types(image, none.path));
	assert_int_equal(ask(image, &needs[0]).code, VMATLAS_ERROR_MISMATCH);
	image_free(image);
	copy_done(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(btf_made_of_dwarf_gives_its_answers),
		cmocka_unit_test(btf_is_made_for_other_cpus),
		cmocka_unit_test(functions_that_differ_get_a_flavour_each),
		cmocka_unit_test(a_watcher_hears_questions_but_not_our_own),
		cmocka_unit_test(btf_in_vmlinux_stands_in_for_dwarf),
		cmocka_unit_test(files_without_types_are_refused),
	};

	test_anchor(&(struct test_struct){ .c = 5 }, &(test_qualified){ 1, 2 });
	test_other(&(struct test_struct){ .c = 5 });
	return cmocka_run_group_tests(tests, NULL, NULL);
}
