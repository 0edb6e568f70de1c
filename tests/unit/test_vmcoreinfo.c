/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/vmcoreinfo.h"

static struct vmcoreinfo *parse(const char *text)
{
	struct vmcoreinfo *v = NULL;

	assert_null(vmcoreinfo_parse(text, text ? strlen(text) : 0, &v));
	return v;
}

static void a_kernel_tells_about_itself(void **state)
{
	struct vmcoreinfo *v = parse("OSRELEASE=6.1.0-50-amd64\nPAGESIZE=4096\n"
				     "SYMBOL(init_uts_ns)=ffffffff82a12740\n"
				     "NUMBER(phys_base)=-1073741824\n"
				     "NUMBER(VMALLOC_START)=0xdf000000\n"
				     "KERNELOFFSET=2a000000\n");
	uint64_t value = 0;

	(void)state;
	assert_int_equal(vmcoreinfo_nr(v), 6);
	assert_string_equal(vmcoreinfo_text(v, "OSRELEASE"), "6.1.0-50-amd64");
	assert_true(vmcoreinfo_symbol(v, "init_uts_ns", &value));
	assert_int_equal(value, 0xffffffff82a12740);
	assert_true(vmcoreinfo_number(v, "phys_base", &value));
	assert_int_equal(value, 0xffffffffc0000000);
	assert_true(vmcoreinfo_number(v, "VMALLOC_START", &value));
	assert_int_equal(value, 0xdf000000);
	assert_true(vmcoreinfo_number(v, "PAGESIZE", &value));
	assert_int_equal(value, 4096);
	assert_true(vmcoreinfo_hex(v, "KERNELOFFSET", &value));
	assert_int_equal(value, 0x2a000000);
	vmcoreinfo_free(v);
}

static void what_is_not_there_is_not_found(void **state)
{
	struct vmcoreinfo *v = parse("NUMBER(a)=\nNUMBER(b)=12x\nNUMBER(c)=99999999999999999999\n"
				     "no equals sign\n=value without a key\nSYMBOL(d)=xyz\n");
	uint64_t value = 42;

	(void)state;
	assert_null(vmcoreinfo_text(v, "a"));
	assert_false(vmcoreinfo_number(v, "a", &value));
	assert_false(vmcoreinfo_number(v, "b", &value));
	assert_false(vmcoreinfo_number(v, "c", &value));
	assert_false(vmcoreinfo_symbol(v, "d", &value));
	assert_false(vmcoreinfo_symbol(v, "never", &value));
	assert_int_equal(value, 42);
	vmcoreinfo_free(v);
}

static void the_first_of_two_counts(void **state)
{
	struct vmcoreinfo *v = parse("KERNELOFFSET=1000\nKERNELOFFSET=2000\n");
	uint64_t value;

	(void)state;
	assert_true(vmcoreinfo_hex(v, "KERNELOFFSET", &value));
	assert_int_equal(value, 0x1000);
	vmcoreinfo_free(v);
}

static void a_lost_newline_costs_its_line_only(void **state)
{
	struct vmcoreinfo *v = parse("A=1\nLONG=2NUMBER(b)=3\nC=4");
	uint64_t value;

	(void)state;
	assert_true(vmcoreinfo_hex(v, "A", &value));
	assert_false(vmcoreinfo_number(v, "b", &value));
	assert_true(vmcoreinfo_hex(v, "C", &value));
	assert_int_equal(value, 4);
	vmcoreinfo_free(v);
}

static void nothing_is_vmcoreinfo_too(void **state)
{
	struct vmcoreinfo *v = parse(NULL);

	(void)state;
	assert_int_equal(vmcoreinfo_nr(v), 0);
	vmcoreinfo_free(v);
	v = parse("");
	assert_int_equal(vmcoreinfo_nr(v), 0);
	vmcoreinfo_free(v);
	vmcoreinfo_free(NULL);
}

static void a_zero_byte_ends_it(void **state)
{
	struct vmcoreinfo *v = NULL;

	(void)state;
	assert_null(vmcoreinfo_parse("A=1\n\0B=2\n", 9, &v));
	assert_int_equal(vmcoreinfo_nr(v), 1);
	vmcoreinfo_free(v);
}

static void an_endless_name_is_no_trouble(void **state)
{
	struct vmcoreinfo *v = parse("A=1\n");
	char name[300];
	uint64_t value;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(vmcoreinfo_number(v, name, &value));
	assert_false(vmcoreinfo_symbol(v, name, &value));
	vmcoreinfo_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_tells_about_itself),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(the_first_of_two_counts),
		cmocka_unit_test(a_lost_newline_costs_its_line_only),
		cmocka_unit_test(nothing_is_vmcoreinfo_too),
		cmocka_unit_test(a_zero_byte_ends_it),
		cmocka_unit_test(an_endless_name_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
