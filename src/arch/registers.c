/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * General registers: their names in the order of gdb's target descriptions
 * (gdb/features), their place in NT_PRSTATUS (uapi/asm/ptrace.h of each CPU,
 * user_regs_struct of x86), and what switch_to() keeps of a task that does not run.
 */
#include "arch/arch.h"
#include "arch/unwind_rules.h"
#include "base/array.h"

#define R8(n, word) { (n), 8, (word) }
#define R4(n, word) { (n), 4, (word) }

/* gdb insists on these (i386/64bit-core.xml), which the kernel's notes do not have. */
#define NO_WORD REGISTER_NOT_IN_NOTE
#define FPU_REGISTERS							      \
	{ "st0", 10, NO_WORD }, { "st1", 10, NO_WORD }, { "st2", 10, NO_WORD },	      \
	{ "st3", 10, NO_WORD }, { "st4", 10, NO_WORD }, { "st5", 10, NO_WORD },	      \
	{ "st6", 10, NO_WORD }, { "st7", 10, NO_WORD }, R4("fctrl", NO_WORD),	      \
	R4("fstat", NO_WORD), R4("ftag", NO_WORD), R4("fiseg", NO_WORD),	      \
	R4("fioff", NO_WORD), R4("foseg", NO_WORD), R4("fooff", NO_WORD), R4("fop", NO_WORD)

/* ---- x86 ---- */

static const struct arch_register x86_64[] = {
	R8("rax", 10), R8("rbx", 5), R8("rcx", 11), R8("rdx", 12), R8("rsi", 13), R8("rdi", 14),
	R8("rbp", 4), R8("rsp", 19), R8("r8", 9), R8("r9", 8), R8("r10", 7), R8("r11", 6),
	R8("r12", 3), R8("r13", 2), R8("r14", 1), R8("r15", 0), R8("rip", 16), R4("eflags", 18),
	R4("cs", 17), R4("ss", 20), R4("ds", 23), R4("es", 24), R4("fs", 25), R4("gs", 26),
	FPU_REGISTERS, R8("fs_base", 21), R8("gs_base", 22),
};

static const struct arch_register i386[] = {
	R4("eax", 6), R4("ecx", 1), R4("edx", 2), R4("ebx", 0), R4("esp", 15), R4("ebp", 5),
	R4("esi", 3), R4("edi", 4), R4("eip", 12), R4("eflags", 14), R4("cs", 13), R4("ss", 16),
	R4("ds", 7), R4("es", 8), R4("fs", 9), R4("gs", 10), FPU_REGISTERS,
};

static const struct arch_gdb_feature gdb_x86_64[] = {
	{ "org.gnu.gdb.i386.core", 0 }, { "org.gnu.gdb.i386.segments", ARRAY_SIZE(x86_64) - 2 },
};
static const struct arch_gdb_feature gdb_i386[] = { { "org.gnu.gdb.i386.core", 0 } };
static const struct arch_gdb_feature gdb_arm[] = { { "org.gnu.gdb.arm.core", 0 } };
static const struct arch_gdb_feature gdb_arm64[] = { { "org.gnu.gdb.aarch64.core", 0 } };
static const struct arch_gdb_feature gdb_riscv64[] = { { "org.gnu.gdb.riscv.cpu", 0 } };

#define GDB(arch, features)						      \
	.gdb_arch = (arch), .gdb_features = (features), .nr_gdb_features = ARRAY_SIZE(features)

/* struct inactive_task_frame, arch/x86/include/asm/switch_to.h, 4.9 */
static const struct arch_saved_register x86_64_saved[] = {
	{ "rbx", "bx", 0 }, { "rbp", "bp", 0 }, { "r12", "r12", 0 }, { "r13", "r13", 0 },
	{ "r14", "r14", 0 }, { "r15", "r15", 0 }, { "rip", "ret_addr", 0 },
};

static const struct arch_saved_register i386_saved[] = {
	{ "ebx", "bx", 0 }, { "ebp", "bp", 0 }, { "esi", "si", 0 }, { "edi", "di", 0 },
	{ "eip", "ret_addr", 0 },
};

const struct arch_registers registers_x86_64 = {
	.unwind = &unwind_x86_64,
	GDB("i386:x86-64", gdb_x86_64),
	.v = x86_64, .nr = ARRAY_SIZE(x86_64), .sp = "rsp", .pc = "rip",
	.saved_in = "thread.", .frame = "inactive_task_frame",
	.saved = x86_64_saved, .nr_saved = ARRAY_SIZE(x86_64_saved),
	.near = "copy_thread|copy_thread_tls",
};

const struct arch_registers registers_i386 = {
	.unwind = &unwind_i386,
	GDB("i386", gdb_i386),
	.v = i386, .nr = ARRAY_SIZE(i386), .sp = "esp", .pc = "eip",
	.saved_in = "thread.", .frame = "inactive_task_frame",
	.saved = i386_saved, .nr_saved = ARRAY_SIZE(i386_saved),
	.near = "copy_thread|copy_thread_tls",
};

/* ---- ARM: struct cpu_context_save, arch/arm/include/asm/thread_info.h ---- */

static const struct arch_register arm[] = {
	R4("r0", 0), R4("r1", 1), R4("r2", 2), R4("r3", 3), R4("r4", 4), R4("r5", 5), R4("r6", 6),
	R4("r7", 7), R4("r8", 8), R4("r9", 9), R4("r10", 10), R4("r11", 11), R4("r12", 12),
	R4("sp", 13), R4("lr", 14), R4("pc", 15), R4("cpsr", 16),
};

static const struct arch_saved_register arm_saved[] = {
	{ "r4", "r4", 0 }, { "r5", "r5", 0 }, { "r6", "r6", 0 }, { "r7", "r7", 0 },
	{ "r8", "r8", 0 }, { "r9", "r9", 0 }, { "r10", "sl", 0 }, { "r11", "fp", 0 },
	{ "sp", "sp", 0 }, { "pc", "pc", 0 },
};

const struct arch_registers registers_arm = {
	.unwind = &unwind_arm,
	GDB("arm", gdb_arm),
	.v = arm, .nr = ARRAY_SIZE(arm), .sp = "sp", .pc = "pc", .saved_in = "thread_info.cpu_context.",
	.saved = arm_saved, .nr_saved = ARRAY_SIZE(arm_saved),
	.mode_name = "cpsr", .mode = 0x93, .thumb_bit = 0x20,	/* SVC_MODE | PSR_I_BIT: uapi/asm/ptrace.h */
	.near = "copy_thread|copy_thread_tls",
};

/* ---- arm64: struct cpu_context, arch/arm64/include/asm/processor.h ---- */

static const struct arch_register arm64[] = {
	R8("x0", 0), R8("x1", 1), R8("x2", 2), R8("x3", 3), R8("x4", 4), R8("x5", 5), R8("x6", 6),
	R8("x7", 7), R8("x8", 8), R8("x9", 9), R8("x10", 10), R8("x11", 11), R8("x12", 12),
	R8("x13", 13), R8("x14", 14), R8("x15", 15), R8("x16", 16), R8("x17", 17), R8("x18", 18),
	R8("x19", 19), R8("x20", 20), R8("x21", 21), R8("x22", 22), R8("x23", 23), R8("x24", 24),
	R8("x25", 25), R8("x26", 26), R8("x27", 27), R8("x28", 28), R8("x29", 29), R8("x30", 30),
	R8("sp", 31), R8("pc", 32), R4("cpsr", 33),
};

static const struct arch_saved_register arm64_saved[] = {
	{ "x19", "x19", 0 }, { "x20", "x20", 0 }, { "x21", "x21", 0 }, { "x22", "x22", 0 },
	{ "x23", "x23", 0 }, { "x24", "x24", 0 }, { "x25", "x25", 0 }, { "x26", "x26", 0 },
	{ "x27", "x27", 0 }, { "x28", "x28", 0 }, { "x29", "fp", 0 }, { "sp", "sp", 0 },
	{ "pc", "pc", 0 },
};

const struct arch_registers registers_arm64 = {
	.unwind = &unwind_arm64,
	GDB("aarch64", gdb_arm64),
	.v = arm64, .nr = ARRAY_SIZE(arm64), .sp = "sp", .pc = "pc", .saved_in = "thread.cpu_context.",
	.saved = arm64_saved, .nr_saved = ARRAY_SIZE(arm64_saved),
	.near = "copy_thread|copy_thread_tls",
};

/* ---- RISC-V: struct thread_struct, arch/riscv/include/asm/processor.h ---- */

static const struct arch_register riscv64[] = {
	R8("zero", REGISTER_IS_ZERO), R8("ra", 1), R8("sp", 2), R8("gp", 3), R8("tp", 4),
	R8("t0", 5), R8("t1", 6), R8("t2", 7), R8("fp", 8), R8("s1", 9), R8("a0", 10),
	R8("a1", 11), R8("a2", 12), R8("a3", 13), R8("a4", 14), R8("a5", 15), R8("a6", 16),
	R8("a7", 17), R8("s2", 18), R8("s3", 19), R8("s4", 20), R8("s5", 21), R8("s6", 22),
	R8("s7", 23), R8("s8", 24), R8("s9", 25), R8("s10", 26), R8("s11", 27), R8("t3", 28),
	R8("t4", 29), R8("t5", 30), R8("t6", 31), R8("pc", 0),
};

static const struct arch_saved_register riscv64_saved[] = {
	{ "ra", "ra", 0 }, { "pc", "ra", 0 }, { "sp", "sp", 0 }, { "fp", "s", 0 },
	{ "s1", "s", 1 }, { "s2", "s", 2 }, { "s3", "s", 3 }, { "s4", "s", 4 }, { "s5", "s", 5 },
	{ "s6", "s", 6 }, { "s7", "s", 7 }, { "s8", "s", 8 }, { "s9", "s", 9 }, { "s10", "s", 10 },
	{ "s11", "s", 11 },
};

const struct arch_registers registers_riscv64 = {
	.unwind = &unwind_riscv64,
	GDB("riscv:rv64", gdb_riscv64),
	.v = riscv64, .nr = ARRAY_SIZE(riscv64), .sp = "sp", .pc = "pc", .saved_in = "thread.",
	.saved = riscv64_saved, .nr_saved = ARRAY_SIZE(riscv64_saved),
	.near = "copy_thread|copy_thread_tls",
};
