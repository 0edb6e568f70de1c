/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbols of a module, found as find_kallsyms_symbol() finds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/symbols/module_symbols.h"

#define TEXT 0xffffffffc0380000ull
#define END (TEXT + 0x1000)

static const char strings[] = "\0init\0work\0$a\0.L12\0L0\1\0alias\0ghost";
enum {
	NONE = 0, INIT = 1, WORK = 6, DOLLAR = 11, LOCAL = 14, L0 = 19, ALIAS = 23,
	GHOST = 29,
};

static Elf64_Sym symtab[8];
static Elf32_Sym symtab32[8];

static void sym(unsigned int i, uint32_t name, uint64_t value, uint16_t section)
{
	symtab[i] = (Elf64_Sym){
		.st_name = name, .st_value = value, .st_shndx = section,
	};
	symtab32[i] = (Elf32_Sym){
		.st_name = name, .st_value = value, .st_shndx = section,
		.st_info = ELF32_ST_INFO(STB_LOCAL, STT_FUNC),
	};
}

static int setup(void **state)
{
	(void)state;
	memset(symtab, 0, sizeof(symtab));
	memset(symtab32, 0, sizeof(symtab32));
	sym(1, INIT, TEXT + 0x10, 1);
	sym(2, WORK, TEXT + 0x200, 1);
	return 0;
}

static const struct modsyms *table(size_t nr)
{
	static struct modsyms s;

	s = (struct modsyms){
		.symtab = (uint8_t *)symtab, .strtab = (char *)strings, .nr = nr,
		.strtab_size = sizeof(strings) - 1, .is_64bit = true,
	};
	return &s;
}

static void finds(size_t nr, uint64_t addr, const char *name, uint64_t start,
		  uint64_t next)
{
	struct modsym found;

	assert_true(modsyms_find(table(nr), addr, END, &found));
	assert_string_equal(found.name, name);
	assert_int_equal(found.start, start);
	assert_int_equal(found.next, next);
}

static void the_nearest_symbol_below_wins(void **state)
{
	(void)state;
	finds(3, TEXT + 0x10, "init", TEXT + 0x10, TEXT + 0x200);
	finds(3, TEXT + 0x1ff, "init", TEXT + 0x10, TEXT + 0x200);
}

static void the_last_reaches_to_the_end_of_text(void **state)
{
	(void)state;
	finds(3, TEXT + 0x300, "work", TEXT + 0x200, END);
}

static void below_all_there_is_none(void **state)
{
	struct modsym found;

	(void)state;
	assert_false(modsyms_find(table(3), TEXT, END, &found));
	assert_false(modsyms_find(table(1), TEXT + 0x100, END, &found));
	assert_false(modsyms_find(table(0), TEXT + 0x100, END, &found));
}

static void of_aliases_the_first_wins(void **state)
{
	(void)state;
	sym(3, ALIAS, TEXT + 0x200, 1);
	finds(4, TEXT + 0x200, "work", TEXT + 0x200, END);
}

static void marks_in_the_code_are_no_names(void **state)
{
	(void)state;
	sym(3, DOLLAR, TEXT + 0x20, 1);
	sym(4, LOCAL, TEXT + 0x30, 1);
	sym(5, L0, TEXT + 0x40, 1);
	sym(6, NONE, TEXT + 0x50, 1);
	finds(7, TEXT + 0x100, "init", TEXT + 0x10, TEXT + 0x200);
}

static void undefined_symbols_are_nowhere(void **state)
{
	(void)state;
	sym(3, GHOST, TEXT + 0x80, SHN_UNDEF);
	finds(4, TEXT + 0x100, "init", TEXT + 0x10, TEXT + 0x200);
}

static void names_outside_the_strings_are_skipped(void **state)
{
	(void)state;
	sym(3, 5000, TEXT + 0x80, 1);
	finds(4, TEXT + 0x100, "init", TEXT + 0x10, TEXT + 0x200);
}

static void thumb_functions_lose_their_mark(void **state)
{
	const struct modsyms s = {
		.symtab = (uint8_t *)symtab32, .strtab = (char *)strings, .nr = 3,
		.strtab_size = sizeof(strings) - 1, .has_thumb = true,
	};
	struct modsym found;

	(void)state;
	sym(1, INIT, 0xbf000011, 1);
	sym(2, WORK, 0xbf000201, 1);
	assert_true(modsyms_find(&s, 0xbf000010, 0xbf001000, &found));
	assert_string_equal(found.name, "init");
	assert_int_equal(found.start, 0xbf000010);
	assert_int_equal(found.next, 0xbf000200);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_nearest_symbol_below_wins),
		TEST(the_last_reaches_to_the_end_of_text),
		TEST(below_all_there_is_none),
		TEST(of_aliases_the_first_wins),
		TEST(marks_in_the_code_are_no_names),
		TEST(undefined_symbols_are_nowhere),
		TEST(names_outside_the_strings_are_skipped),
		TEST(thumb_functions_lose_their_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
