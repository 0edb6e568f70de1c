/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logs of kernels in trouble, as they were written; most are cut from real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "kernel/printk/log_events.h"

/* A record for each line, a millisecond apart. */
static void log_make(struct printk_log *log, const char *text)
{
	*log = (struct printk_log){ 0 };
	for (uint64_t n = 0; *text; n++) {
		size_t len = strcspn(text, "\n");
		struct log_record *rec = vec_push(&log->records);

		*rec = (struct log_record){ .seq = n, .ts_nsec = n * 1000000, .has_ts = true,
					    .text = log->text.len, .len = (uint32_t)len };
		str_add(&log->text, text, len);
		text += len + (text[len] != '\0');
	}
}

static void log_done(struct printk_log *log)
{
	vec_done(&log->records);
	str_done(&log->text);
}

static void shortages_of(const char *text, struct alloc_failures *ret)
{
	struct printk_log log;

	log_make(&log, text);
	*ret = (struct alloc_failures){ 0 };
	assert_null(alloc_failures_find(&log, ret));
	log_done(&log);
}

static struct oops oops_of(const char *text)
{
	struct oopses all = { 0 };
	struct printk_log log;
	struct oops first = { 0 };

	log_make(&log, text);
	assert_null(oopses_find(&log, &all));
	assert_int_equal(all.nr, 1);
	first = all.v.v[0];
	oopses_free(&all);
	log_done(&log);
	return first;
}

/* ---- Shortages ---- */

static void messages_of_a_kind_are_counted(void **state)
{
	struct alloc_failures s;

	(void)state;
	shortages_of("vmap allocation for size 1052672 failed: use vmalloc=<size> to increase size\n"
		     "something else\n"
		     "vmap allocation for size 69632 failed: use vmalloc=<size> to increase size.\n"
		     "alloc_vmap_area: 21 callbacks suppressed\n", &s);
	assert_int_equal(s.v.nr, 1);
	assert_int_equal(s.v.v[0].kind, FAILURE_SPACE);
	assert_int_equal(s.v.v[0].nr, 2);
	assert_int_equal(s.v.v[0].suppressed, 21);
	assert_int_equal(s.v.v[0].smallest, 69632);
	assert_int_equal(s.v.v[0].largest, 1052672);
	assert_int_equal(s.v.v[0].first_nsec, 0);
	assert_int_equal(s.v.v[0].last_nsec, 2000000);
	alloc_failures_free(&s);
}

/* 6.11 and later say where; x86 ends its space inclusively, ARM exclusively. */
static void ranges_keep_messages_apart(void **state)
{
	struct alloc_failures s;

	(void)state;
	shortages_of("vmalloc_node_range for size 12288 failed: Address range restricted to "
		     "0xf0800000 - 0xff800000\n"
		     "vmalloc_node_range for size 8192 failed: Address range restricted to "
		     "0xffffc90000000000 - 0xffffe8ffffffffff\n", &s);
	assert_int_equal(s.v.nr, 2);
	assert_true(s.v.v[0].has_range);
	assert_int_equal(s.v.v[0].range.first, 0xf0800000);
	assert_int_equal(s.v.v[0].range.last, 0xff7fffff);
	assert_int_equal(s.v.v[1].range.last, 0xffffe8ffffffffff);
	alloc_failures_free(&s);
}

static void the_backtrace_says_who_asked(void **state)
{
	struct alloc_failures s;

	(void)state;
	shortages_of("vmap allocation for size 4198400 failed: use vmalloc=<size> to increase size\n"
		     "insmod: vmalloc error: size 4194304, vm_struct allocation failed, "
		     "mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0\n"
		     "CPU: 0 PID: 95 Comm: insmod Tainted: G           OE      6.1.0-50-amd64 #1\n"
		     "Call Trace:\n"
		     " <TASK>\n"
		     " dump_stack_lvl+0x44/0x5c\n"
		     " warn_alloc+0x151/0x170\n"
		     " ? __get_vm_area_node+0x142/0x150\n"
		     " __vmalloc_node_range+0x2b8/0x880\n"
		     " ? leak_text.constprop.0+0x44/0x70 [troubles]\n"
		     " module_alloc+0x81/0xe0\n"
		     " leak_text.constprop.0+0x44/0x70 [troubles]\n"
		     " fill_modules+0x10/0x40 [troubles]\n", &s);
	assert_int_equal(s.v.nr, 2);
	assert_string_equal(s.v.v[0].asked_by, "");
	assert_int_equal(s.v.v[1].kind, FAILURE_SPACE);
	assert_int_equal(s.v.v[1].largest, 4194304);
	assert_string_equal(s.v.v[1].through, "module_alloc");
	assert_string_equal(s.v.v[1].asked_by, "leak_text.constprop.0 [troubles]");
	alloc_failures_free(&s);
}

static void so_does_that_of_arm(void **state)
{
	struct alloc_failures s;

	(void)state;
	shortages_of("insmod invoked oom-killer: gfp_mask=0x2cc2(GFP_KERNEL), order=0\n"
		     " unwind_backtrace from show_stack+0x18/0x1c\n"
		     " __alloc_pages from __vmalloc_node_range+0x3f8/0x670\n"
		     " __vmalloc_node_range from module_alloc+0xac/0xb0\n"
		     " module_alloc from leak_text.constprop.0+0x54/0x70 [troubles]\n"
		     " leak_text.constprop.0 [troubles] from fill_modules+0x14/0x44 [troubles]\n",
		     &s);
	assert_int_equal(s.v.nr, 1);
	assert_int_equal(s.v.v[0].kind, FAILURE_RAM);
	assert_string_equal(s.v.v[0].asked_by, "leak_text.constprop.0 [troubles]");
	alloc_failures_free(&s);
}

static void each_generation_has_its_words(void **state)
{
	static const struct { const char *text; enum alloc_failure_kind kind; uint64_t size; } all[] = {
		{ "allocation failed: out of vmalloc space - use vmalloc=<size> to increase size.",
		  FAILURE_SPACE, 0 },
		{ "swapper/0: vmalloc: allocation failure, allocated 4097114112 of 17179934720 bytes",
		  FAILURE_RAM, 17179934720 },
		{ "kworker/u16:2: vmalloc: allocation failure: 20480 bytes, mode:0xdc0(GFP_KERNEL)",
		  FAILURE_SPACE_OR_LIMIT, 20480 },
		{ "x: vmalloc size 4096 allocation failure: exceeds total pages, mode:0xcc0",
		  FAILURE_LIMIT, 4096 },
		{ "x: vmalloc size 8192 allocation failure: page order 0 allocation failed, mode:0x",
		  FAILURE_RAM, 8192 },
		{ "x: vmalloc error: size 1553158144, exceeds total pages, mode:0xcc0(GFP_KERNEL)",
		  FAILURE_LIMIT, 1553158144 },
		{ "x: vmalloc error: size 5, page order 9, failed to allocate pages, mode:0xcc0",
		  FAILURE_RAM, 5 },
		{ "x: vmalloc error: size 6, failed to allocated page array size 8, mode:0xcc0",
		  FAILURE_RAM, 6 },
		{ "percpu: allocation failed, size=4096 align=64 atomic=0, alloc from reserved "
		  "chunk failed", FAILURE_LIMIT, 4096 },
		{ "foo: Could not allocate 4096 bytes percpu data", FAILURE_LIMIT, 4096 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct alloc_failures s;

		shortages_of(all[i].text, &s);
		assert_int_equal(s.v.nr, 1);
		assert_int_equal(s.v.v[0].kind, all[i].kind);
		assert_int_equal(s.v.v[0].largest, all[i].size);
		alloc_failures_free(&s);
	}
}

static void an_ordinary_log_says_nothing(void **state)
{
	struct alloc_failures s;

	(void)state;
	shortages_of("Dentry cache hash table entries: 65536 (order: 7, 524288 bytes, vmalloc)\n"
		     "foo: Could not allocate 5 bytes of something\n"
		     "net_ratelimit: 10 callbacks suppressed\n", &s);
	assert_int_equal(s.v.nr, 0);
	assert_int_equal(s.suppressed, 0);
	alloc_failures_free(&s);
}

/* ---- Crashes ---- */

static void a_page_fault_of_x86(void **state)
{
	const struct oops o = oops_of(
		"BUG: unable to handle page fault for address: ffffd032c0398008\n"
		"#PF: supervisor write access in kernel mode\n"
		"#PF: error_code(0x0002) - not-present page\n"
		"Oops: 0002 [#1] PREEMPT SMP NOPTI\n"
		"CPU: 1 PID: 95 Comm: insmod Tainted: G           OE      6.1.0-50-amd64 #1\n"
		"RIP: 0010:write_behind+0x22/0x30 [troubles]\n"
		"RSP: 0018:ffffd032c03e3a80 EFLAGS: 00000246\n"
		"CR2: ffffd032c0398008 CR3: 000000000293a000 CR4: 00000000000006e0\n"
		"RIP: 0033:0x47fbe9\n"
		"RSP: 002b:00007ffe16c5e438 EFLAGS: 00000246 ORIG_RAX: 0000000000000139\n"
		"Modules linked in: loop dummy qemu_fw_cfg [last unloaded: leaver(OE)]\n"
		"Kernel panic - not syncing: Fatal exception\n"
		"---[ end Kernel panic - not syncing: Fatal exception ]---\n");

	(void)state;
	assert_true(o.fault.known);
	assert_int_equal(o.fault.value, 0xffffd032c0398008);
	assert_int_equal(o.access, OOPS_WRITE);
	assert_false(o.pc.known);
	assert_string_equal(o.pc.name, "write_behind+0x22/0x30 [troubles]");
	assert_int_equal(o.sp.value, 0xffffd032c03e3a80);
	assert_string_equal(o.comm, "insmod");
	assert_int_equal(o.pid, 95);
	assert_int_equal(o.cpu, 1);
	assert_string_equal(o.unloaded, "leaver");
	assert_string_equal(o.panic, "Kernel panic - not syncing: Fatal exception");
}

static void a_jump_into_nowhere(void **state)
{
	const struct oops o = oops_of(
		"BUG: unable to handle page fault for address: ffffffffc033a000\n"
		"#PF: supervisor instruction fetch in kernel mode\n"
		"Oops: 0010 [#1] PREEMPT SMP NOPTI\n"
		"RIP: 0010:0xffffffffc033a000\n");

	(void)state;
	assert_int_equal(o.access, OOPS_FETCH);
	assert_true(o.pc.known);
	assert_int_equal(o.pc.value, 0xffffffffc033a000);
}

static void an_oops_of_old_x86(void **state)
{
	const struct oops o = oops_of(
		"BUG: unable to handle kernel NULL pointer dereference at 0000000000000018\n"
		"IP: [<ffffffff8103a1b2>] foo_open+0x12/0x40 [foo]\n"
		"Oops: 0000 [#1] SMP \n"
		"RIP: 0010:[<ffffffff8103a1b2>]  [<ffffffff8103a1b2>] foo_open+0x12/0x40 [foo]\n"
		"RSP: 0018:ffff88003d9c5d28  EFLAGS: 00010246\n");

	(void)state;
	assert_int_equal(o.fault.value, 0x18);
	assert_true(o.pc.known);
	assert_int_equal(o.pc.value, 0xffffffff8103a1b2);
	assert_string_equal(o.pc.name, "foo_open+0x12/0x40 [foo]");
	assert_int_equal(o.sp.value, 0xffff88003d9c5d28);
}

/* arch/x86/kernel/process_32.c and dumpstack.c up to 4.13 */
static void an_oops_of_old_i386(void **state)
{
	const struct oops o = oops_of(
		"BUG: unable to handle kernel paging request at f899b670\n"
		"IP: [<c01de48c>] kobject_add+0x83/0xd7\n"
		"*pde = 00737067 \n"
		"Oops: 0002 [#1] SMP \n"
		"Pid: 8227, comm: modprobe Not tainted (2.6.32-5-686 #1) Bochs\n"
		"EIP: 0060:[<c01de48c>] EFLAGS: 00210286 CPU: 0\n"
		"EIP is at kobject_add+0x83/0xd7\n"
		"EAX: c038db78 EBX: c038db04 ECX: f899b670 EDX: f8a4a630\n"
		"ESI: c038db4c EDI: f8a4a614 EBP: c038db80 ESP: d7568f2c\n"
		" DS: 007b ES: 007b FS: 00d8 GS: 00e0 SS: 0068\n"
		"EIP: [<c01de48c>] kobject_add+0x83/0xd7 SS:ESP 0068:d7568f2c\n");

	(void)state;
	assert_int_equal(o.fault.value, 0xf899b670);
	assert_int_equal(o.pc.value, 0xc01de48c);
	assert_string_equal(o.pc.name, "kobject_add+0x83/0xd7");
	assert_int_equal(o.sp.value, 0xd7568f2c);
	assert_string_equal(o.comm, "modprobe");
	assert_int_equal(o.pid, 8227);
}

/* Without the line "IP:" there is a line of flags, and the name is below. */
static void eip_is_at(void **state)
{
	const struct oops o = oops_of(
		"BUG: unable to handle kernel paging request at virtual address f899b670\n"
		" printing eip:\n"
		"c01de48c\n"
		"Oops: 0002 [#1]\n"
		"CPU:    0\n"
		"EIP:    0060:[<c01de48c>]    Not tainted VLI\n"
		"EFLAGS: 00210286   (2.6.22) \n"
		"EIP is at kobject_add+0x83/0xd7\n");

	(void)state;
	assert_string_equal(o.pc.name, "kobject_add+0x83/0xd7");
	assert_true(o.fault.known);
	assert_int_equal(o.fault.value, 0xf899b670);
}

/* Cut from a kernel of 6.1. Nothing faults, and the only RIP is user space's. */
static void a_report_of_kasan(void **state)
{
	const struct oops o = oops_of(
		"BUG: KASAN: use-after-free in read_freed_slab+0x4a/0x60 [troubles]\n"
		"Read of size 1 at addr ffff8880021dd308 by task insmod/39\n"
		"\n"
		"CPU: 1 PID: 39 Comm: insmod Tainted: G           O       6.1.192-vmatlas #1 \n"
		"Call Trace:\n"
		" kasan_report+0xc7/0x100\n"
		"RIP: 0033:0x47fbe9\n"
		"RSP: 002b:00007fffa004a248 EFLAGS: 00000246 ORIG_RAX: 0000000000000139\n"
		"The buggy address belongs to the object at ffff8880021dd300\n"
		"Kernel panic - not syncing: KASAN: panic_on_warn set ...\n");

	(void)state;
	assert_true(o.is_kasan);
	assert_int_equal(o.fault.value, 0xffff8880021dd308);
	assert_int_equal(o.access, OOPS_READ);
	assert_false(o.pc.known);
	assert_string_equal(o.pc.name, "read_freed_slab+0x4a/0x60 [troubles]");
	assert_false(o.sp.known);
	assert_string_equal(o.comm, "insmod");
	assert_int_equal(o.pid, 39);
	assert_string_equal(o.panic, "Kernel panic - not syncing: KASAN: panic_on_warn set ...");
}

/* The addresses are hashed since 4.15: what counts is CR2. */
static void a_stack_that_ran_over_on_x86(void **state)
{
	const struct oops o = oops_of(
		"BUG: TASK stack guard page was hit at (____ptrval____) (stack is (____ptrval____))\n"
		"stack guard page: 0000 [#1] PREEMPT SMP NOPTI\n"
		"RIP: 0010:dig+0x2d/0x90 [troubles]\n"
		"RSP: 0018:ffffd37fc03b7d28 EFLAGS: 00000246\n"
		"CR2: ffffd37fc03b7d18 CR3: 00000000025fe000 CR4: 00000000000006e0\n"
		"Kernel panic - not syncing: Fatal exception in interrupt\n");

	(void)state;
	assert_true(o.is_stack);
	assert_int_equal(o.fault.value, 0xffffd37fc03b7d18);
}

static void a_stack_that_ran_over_on_arm(void **state)
{
	const struct oops o = oops_of(
		"Insufficient stack space to handle exception!\n"
		"Task stack:     [0xe0a88000..0xe0a8a000]\n"
		"IRQ stack:      [0xe0800000..0xe0802000]\n"
		"Internal error: kernel stack overflow: 0 [#1] SMP ARM\n"
		"CPU: 0 PID: 82 Comm: insmod Tainted: G           OE      6.1.0-50-armmp #1\n"
		"PC is at dig+0xc/0x90 [troubles]\n"
		"LR is at dig+0x60/0x90 [troubles]\n"
		"pc : [<bf00d00c>]    lr : [<bf00d060>]    psr: 000d0013\n"
		"sp : e0a87e10  ip : e0a88624  fp : 00c661d0\n"
		"Kernel panic - not syncing: Fatal exception\n");

	(void)state;
	assert_true(o.is_stack);
	assert_true(o.has_stack);
	assert_int_equal(o.stack.first, 0xe0a88000);
	assert_int_equal(o.stack.last, 0xe0a89fff);
	assert_int_equal(o.pc.value, 0xbf00d00c);
	assert_int_equal(o.lr.value, 0xbf00d060);
	assert_int_equal(o.sp.value, 0xe0a87e10);
	assert_string_equal(o.lr.name, "dig+0x60/0x90 [troubles]");
}

static void other_words_for_a_fault(void **state)
{
	static const struct { const char *text; uint64_t addr; } all[] = {
		{ "Unable to handle kernel paging request at virtual address e0a31128", 0xe0a31128 },
		{ "Unable to handle kernel NULL pointer dereference at virtual address 00000000 "
		  "when read", 0 },
		{ "Unable to handle kernel access to user memory outside uaccess routines at "
		  "virtual address 0000ffff8c2e0250", 0xffff8c2e0250 },
		{ "Unhandled fault: page domain fault (0x01b) at 0x00000048", 0x48 },
		{ "Unhandled prefetch abort: debug event (0x222) at 0xbf00d00c", 0xbf00d00c },
		{ "general protection fault, probably for non-canonical address "
		  "0x6b6b6b6b6b6b6b6b: 0000 [#1] PREEMPT SMP NOPTI", 0x6b6b6b6b6b6b6b6b },
		{ "BUG: unable to handle kernel paging request at f7e1c000", 0xf7e1c000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct oops o = oops_of(all[i].text);

		assert_true(o.fault.known);
		assert_int_equal(o.fault.value, all[i].addr);
	}
}

static void registers_of_riscv(void **state)
{
	const struct oops o = oops_of(
		"Unable to handle kernel paging request at virtual address ff20000000a31128\n"
		"Oops [#1]\n"
		"epc : read_freed+0x4c/0x58 [troubles]\n"
		" ra : read_freed+0x40/0x58 [troubles]\n"
		"epc : ffffffff0150a04c ra : ffffffff0150a040 sp : ff20000000a3bd10\n"
		"status: 0000000200000120 badaddr: ff20000000a31128 cause: 000000000000000d\n");

	(void)state;
	assert_int_equal(o.pc.value, 0xffffffff0150a04c);
	assert_int_equal(o.lr.value, 0xffffffff0150a040);
	assert_int_equal(o.sp.value, 0xff20000000a3bd10);
	assert_string_equal(o.pc.name, "read_freed+0x4c/0x58 [troubles]");
}

static void a_warning_is_no_crash(void **state)
{
	struct oopses all = { 0 };
	struct printk_log log;

	(void)state;
	log_make(&log, "------------[ cut here ]------------\n"
		       "WARNING: CPU: 0 PID: 1 at kernel/foo.c:12 foo+0x12/0x40\n"
		       "RIP: 0010:foo+0x12/0x40\n"
		       "RSP: 0018:ffff88003d9c5d28  EFLAGS: 00010246\n");
	assert_null(oopses_find(&log, &all));
	assert_int_equal(all.nr, 0);
	oopses_free(&all);
	log_done(&log);
}

static void of_many_the_last_is_kept(void **state)
{
	struct str text = { 0 };
	struct oopses all = { 0 };
	struct printk_log log;

	(void)state;
	for (unsigned int i = 0; i < 100; i++)
		str_addf(&text, "Unable to handle kernel paging request at virtual address %08x\n"
			 "Internal error: Oops: 7 [#%u] SMP ARM\n", i, i + 1);
	log_make(&log, str_text(&text));
	assert_null(oopses_find(&log, &all));
	assert_int_equal(all.nr, 100);
	assert_int_equal(all.v.nr, OOPS_MAX);
	assert_int_equal(all.v.v[OOPS_MAX - 1].fault.value, 99);
	oopses_free(&all);
	log_done(&log);
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_of_a_kind_are_counted),
		cmocka_unit_test(ranges_keep_messages_apart),
		cmocka_unit_test(the_backtrace_says_who_asked),
		cmocka_unit_test(so_does_that_of_arm),
		cmocka_unit_test(each_generation_has_its_words),
		cmocka_unit_test(an_ordinary_log_says_nothing),
		cmocka_unit_test(a_page_fault_of_x86),
		cmocka_unit_test(a_jump_into_nowhere),
		cmocka_unit_test(an_oops_of_old_x86),
		cmocka_unit_test(an_oops_of_old_i386),
		cmocka_unit_test(eip_is_at),
		cmocka_unit_test(a_report_of_kasan),
		cmocka_unit_test(a_stack_that_ran_over_on_x86),
		cmocka_unit_test(a_stack_that_ran_over_on_arm),
		cmocka_unit_test(other_words_for_a_fault),
		cmocka_unit_test(registers_of_riscv),
		cmocka_unit_test(a_warning_is_no_crash),
		cmocka_unit_test(of_many_the_last_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
