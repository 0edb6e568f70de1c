/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel's symbol table packed anew: the same answers, from other tables. */
#include "make_kallsyms.h"

#include "kernel/symbols/kallsyms_pack.h"

#define MANY 700

/* Where the packed tables stand; the values stay where they were. */
#define PACKED 0xffffffff88000000ull

struct both {
	struct build *old;
	struct kallsyms_packed p;
};

static const struct str *packed_at(const struct both *b, uint64_t addr, uint64_t *ret_from)
{
	const struct str *const tables[] = { &b->p.num_syms, &b->p.names, &b->p.markers,
					     &b->p.token_table, &b->p.token_index };
	uint64_t start = PACKED;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (addr >= start && addr - start < tables[i]->len) {
			*ret_from = addr - start;
			return tables[i];
		}
		start += tables[i]->len;
	}
	*ret_from = addr - b->p.values_addr;
	return &b->p.values;
}

static struct vmatlas_error *read_packed(void *arg, uint64_t addr, void *buf, size_t len)
{
	const struct both *b = arg;
	uint64_t from;
	const struct str *table = packed_at(b, addr, &from);

	if (from > table->len || len > table->len - from)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing there");
	memcpy(buf, table->s + from, len);
	return NULL;
}

static struct kallsyms *open_packed(struct both *b)
{
	struct kallsyms_tables t = b->old->t;
	struct kallsyms *ks = NULL;

	t.read = read_packed;
	t.arg = b;
	t.num_syms = PACKED;
	t.names = t.num_syms + b->p.num_syms.len;
	t.markers = t.names + b->p.names.len;
	t.token_table = t.markers + b->p.markers.len;
	t.token_index = t.token_table + b->p.token_table.len;
	assert_null(kallsyms_open(&t, &ks));
	return ks;
}

static void pack(struct both *b, const struct entry *e, size_t nr)
{
	struct kallsyms *ks;

	build(b->old, e, nr);
	ks = open_ok(b->old);
	assert_null(kallsyms_pack(ks, &b->p));
	kallsyms_free(ks);
}

static void answers_are_the_same(struct both *b)
{
	struct kallsyms *old = open_ok(b->old), *new = open_packed(b);

	assert_int_equal(kallsyms_nr(new), kallsyms_nr(old));
	for (uint32_t i = 0; i < kallsyms_nr(old); i++) {
		char x[KALLSYMS_NAME_MAX], y[KALLSYMS_NAME_MAX], type_x, type_y;
		uint64_t at_x, at_y;

		assert_null(kallsyms_name(old, i, x, &type_x));
		assert_null(kallsyms_name(new, i, y, &type_y));
		assert_string_equal(x, y);
		assert_int_equal(type_x, type_y);
		assert_null(kallsyms_address(old, i, &at_x));
		assert_null(kallsyms_address(new, i, &at_y));
		assert_int_equal(at_x, at_y);
	}
	kallsyms_free(old);
	kallsyms_free(new);
}

static void done(struct both *b)
{
	kallsyms_packed_done(&b->p);
	test_free(b->old);
}

static void packed_tables_answer_in_every_form(void **state)
{
	static const enum form forms[] = { FROM_BASE, PERCPU, FROM_SELF, ADDRESSES };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct both b = { .old = fresh(forms[i]) };

		pack(&b, few, ARRAY_SIZE(few));
		answers_are_the_same(&b);
		done(&b);
	}
}

static void byte_order_is_the_kernels(void **state)
{
	struct both b = { .old = fresh(FROM_BASE) };

	(void)state;
	b.old->big_endian = true;
	pack(&b, few, ARRAY_SIZE(few));
	answers_are_the_same(&b);
	done(&b);
}

static void names_of_every_run_are_packed(void **state)
{
	static struct entry many[MANY];
	static char names[MANY][32];
	struct both b = { .old = fresh(FROM_BASE) };

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "Tsys_init_%zu", i);
		many[i] = (struct entry){ TEXT + i * 16, names[i] };
	}
	pack(&b, many, MANY);
	answers_are_the_same(&b);
	done(&b);
}

static void long_names_stay_long(void **state)
{
	struct entry e[] = { few[0], { TEXT + 0x10, NULL }, { TEXT + 0x20, "Tshort" } };
	struct both b = { .old = fresh(FROM_BASE) };
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[0] = 'T';
	name[sizeof(name) - 1] = '\0';
	e[1].name = name;
	pack(&b, e, ARRAY_SIZE(e));
	answers_are_the_same(&b);
	done(&b);
}

static void packing_twice_changes_nothing(void **state)
{
	struct both b = { .old = fresh(FROM_BASE) };
	struct kallsyms_packed again = { 0 };
	struct kallsyms *ks;

	(void)state;
	pack(&b, few, ARRAY_SIZE(few));
	ks = open_packed(&b);
	assert_null(kallsyms_pack(ks, &again));
	assert_int_equal(again.names.len, b.p.names.len);
	assert_memory_equal(again.names.s, b.p.names.s, again.names.len);
	assert_memory_equal(again.values.s, b.p.values.s, again.values.len);
	assert_int_equal(again.values_addr, b.p.values_addr);
	kallsyms_free(ks);
	kallsyms_packed_done(&again);
	done(&b);
}

static void names_that_cannot_be_read_are_not_packed(void **state)
{
	struct both b = { .old = fresh(FROM_BASE) };
	struct kallsyms *ks;
	struct vmatlas_error *err;

	(void)state;
	build(b.old, few, ARRAY_SIZE(few));
	ks = open_ok(b.old);
	b.old->used = 16;	/* the rest of the tables is gone */
	err = kallsyms_pack(ks, &b.p);
	assert_non_null(err);
	vmatlas_error_free(err);
	kallsyms_free(ks);
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packed_tables_answer_in_every_form),
		cmocka_unit_test(byte_order_is_the_kernels),
		cmocka_unit_test(names_of_every_run_are_packed),
		cmocka_unit_test(long_names_stay_long),
		cmocka_unit_test(packing_twice_changes_nothing),
		cmocka_unit_test(names_that_cannot_be_read_are_not_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
