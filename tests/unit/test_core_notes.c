/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "make_dump.h"

#include "mem/core_notes.h"

static struct note_facts facts_of(const struct bytes *b)
{
	struct note_facts f = { 0 };

	assert_null(note_facts_add(&f, b->p, b->len, b->big));
	return f;
}

static void notes_are_walked_in_both_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct bytes b = { .big = big };
		struct note_walk w;
		struct note n;

		put_note(&b, "CORE", 1, "abcdef", 6);
		put_note(&b, "X", 77, "", 0);
		put_note(&b, "", 0, "z", 1);
		w = (struct note_walk){ .p = b.p, .len = b.len, .big_endian = big };
		assert_true(note_next(&w, &n));
		assert_true(note_is(&n, "CORE"));
		assert_false(note_is(&n, "COR"));
		assert_false(note_is(&n, "CORES"));
		assert_int_equal(n.desc_size, 6);
		assert_memory_equal(n.desc, "abcdef", 6);
		assert_true(note_next(&w, &n));
		assert_int_equal(n.type, 77);
		assert_int_equal(n.desc_size, 0);
		assert_true(note_next(&w, &n));
		assert_int_equal(n.desc[0], 'z');
		assert_false(note_next(&w, &n));
		assert_false(note_next(&w, &n));
		bytes_done(&b);
	}
}

static void a_name_needs_no_terminator(void **state)
{
	const struct note n = { .name = "QEMUx", .name_size = 4 };

	(void)state;
	assert_true(note_is(&n, "QEMU"));
	assert_false(note_is(&n, "QEMUx"));
}

static void padding_of_the_last_note_may_be_missing(void **state)
{
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	put_note(&b, "VMCOREINFO", 0, "A=1\nB=2\n?", 9);
	b.len -= 3;
	f = facts_of(&b);
	assert_int_equal(f.vmcoreinfo_size, 9);
	assert_string_equal(f.vmcoreinfo, "A=1\nB=2\n?");
	note_facts_done(&f);
	bytes_done(&b);
}

static void a_note_that_runs_out_of_the_buffer_ends_the_walk(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put_note(&b, "VMCOREINFO", 0, "A=1\n", 4);
	put_qemu_note(&b);
	for (size_t len = 0; len < b.len; len++) {
		_cleanup_(freep) uint8_t *exact = malloc(len ? len : 1);
		struct note_facts f = { 0 };

		memcpy(exact, b.p, len);
		assert_null(note_facts_add(&f, exact, len, false));
		assert_int_equal(f.cpus.nr, 0);
		assert_int_equal(!!f.vmcoreinfo, len >= 12 + 12 + 4);
		note_facts_done(&f);
	}
	bytes_done(&b);
}

static void huge_sizes_end_the_walk(void **state)
{
	struct bytes b = { 0 };
	struct note_walk w;
	struct note n;

	(void)state;
	bytes_put(&b, 0, NULL, 64);
	for (int which = 0; which < 2; which++) {
		for (uint64_t size = 0xffffffe0; size <= 0xffffffff; size++) {
			bytes_num(&b, which * 4, 4, size);
			w = (struct note_walk){ .p = b.p, .len = b.len };
			assert_false(note_next(&w, &n));
		}
		bytes_num(&b, which * 4, 4, 0);
	}
	bytes_done(&b);
}

static void zero_notes_of_cpus_that_never_stopped_are_stepped_over(void **state)
{
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	bytes_put(&b, 0, NULL, 24);
	put_note(&b, "VMCOREINFO", 0, "A=1\n", 4);
	f = facts_of(&b);
	assert_string_equal(f.vmcoreinfo, "A=1\n");
	note_facts_done(&f);
	bytes_done(&b);
}

static void the_first_vmcoreinfo_counts(void **state)
{
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	put_note(&b, "VMCOREINFO", 0, "", 0);
	put_note(&b, "VMCOREINFO_XEN", 0, "XEN=1\n", 6);
	put_note(&b, "VMCOREINFO", 0, "FIRST=1\n", 8);
	put_note(&b, "VMCOREINFO", 0, "SECOND=1\n", 9);
	f = facts_of(&b);
	assert_string_equal(f.vmcoreinfo, "FIRST=1\n");
	note_facts_done(&f);
	bytes_done(&b);
}

/* Word n of the note holds 0x1000 + n. */
static void qemu_state_is_where_qemu_puts_it(void **state)
{
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	put_qemu_note(&b);
	f = facts_of(&b);
	assert_int_equal(f.cpus.nr, 1);
	assert_int_equal(f.cpus.v[0].ip, 0x1000 + 17);
	assert_int_equal(f.cpus.v[0].idt_base, 0x1000 + 48);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(f.cpus.v[0].cr[i], 0x1000 + 49 + i);
	note_facts_done(&f);
	bytes_done(&b);
}

static void qemu_state_of_another_version_is_left_alone(void **state)
{
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	put_qemu_note(&b);
	bytes_num(&b, 12 + 8, 4, 2);
	f = facts_of(&b);
	assert_int_equal(f.cpus.nr, 0);
	note_facts_done(&f);
	bytes_num(&b, 12 + 8, 4, 1);
	bytes_num(&b, 12 + 8 + 4, 4, 100);
	f = facts_of(&b);
	assert_int_equal(f.cpus.nr, 0);
	note_facts_done(&f);
	bytes_done(&b);
}

static void registers_tell_the_machine(void **state)
{
	struct note_facts f = { .prstatus_size = 148 };

	(void)state;
	assert_int_equal(note_machine(&f, false), EM_ARM);
	f.prstatus_size = 392;
	assert_int_equal(note_machine(&f, false), EM_AARCH64);
	f.prstatus_size = 1;
	assert_int_equal(note_machine(&f, false), 0);
}

static void registers_of_a_cpu_are_kept(void **state)
{
	/* struct elf_prstatus of x86-64: 27 registers from byte 112 on, rip 16, rsp 19 */
	uint8_t raw[336] = { 0 }, made[NOTE_PRSTATUS_MAX];
	struct bytes b = { 0 };
	struct note_facts f;

	(void)state;
	raw[112 + 16 * 8] = 0x34;
	raw[112 + 16 * 8 + 7] = 0xff;
	raw[112 + 19 * 8 + 1] = 0x12;
	put_note(&b, "CORE", 1, (const char *)raw, sizeof(raw));
	memset(raw + 112, 0, 27 * 8);
	put_note(&b, "CORE", 1, (const char *)raw, sizeof(raw));	/* never stopped */
	put_note(&b, "CORE", 1, (const char *)raw, 100);		/* whose is that? */
	f = facts_of(&b);
	assert_int_equal(f.regs.nr, 1);
	assert_int_equal(f.regs.v[0].pc, 0xff00000000000034);
	assert_int_equal(f.regs.v[0].sp, 0x1200);
	assert_int_equal(f.regs.v[0].lr, 0);
	assert_int_equal(f.regs.v[0].nr_words, 0);	/* as an old extract has it */
	note_prstatus_make(&f.regs.v[0], false, made);
	assert_int_equal(made[112 + 16 * 8], 0x34);
	assert_int_equal(made[112 + 19 * 8 + 1], 0x12);
	note_facts_done(&f);
	bytes_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_are_walked_in_both_orders),
		cmocka_unit_test(a_name_needs_no_terminator),
		cmocka_unit_test(padding_of_the_last_note_may_be_missing),
		cmocka_unit_test(a_note_that_runs_out_of_the_buffer_ends_the_walk),
		cmocka_unit_test(huge_sizes_end_the_walk),
		cmocka_unit_test(zero_notes_of_cpus_that_never_stopped_are_stepped_over),
		cmocka_unit_test(the_first_vmcoreinfo_counts),
		cmocka_unit_test(registers_of_a_cpu_are_kept),
		cmocka_unit_test(qemu_state_is_where_qemu_puts_it),
		cmocka_unit_test(qemu_state_of_another_version_is_left_alone),
		cmocka_unit_test(registers_tell_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
