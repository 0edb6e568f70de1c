/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where assembly has no call frame information: struct pt_regs on the stack
 * (asm/ptrace.h of each CPU), frame pointers, and the functions where a stack begins.
 */
#include "arch/unwind_rules.h"

enum { NO_FP = 255 };

/* ---- x86 ---- */

/* System V ABI, AMD64 supplement, figure 3.36: rbx, rcx and rdx stand elsewhere. */
static const uint8_t dwarf_x86_64[] = { 0, 3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* asm/segment.h: __KERNEL_CS and __KERNEL_DS; of user mode the lowest two bits are 3 */
static enum arch_mode mode_x86_64(const uint64_t *words)
{
	const uint64_t cs = words[17], ss = words[20];

	if (cs == 0x10 && (ss == 0x18 || ss == 0))
		return ARCH_MODE_KERNEL;
	return (cs & 3) == 3 && (ss & 3) == 3 && cs < 0x100 && ss < 0x100 ? ARCH_MODE_USER
									   : ARCH_MODE_NONE;
}

static const char *const entries_x86_64[] = {
	"ret_from_fork", "entry_SYSCALL_64", "entry_SYSCALL_compat", "entry_SYSENTER_compat",
	"entry_INT80_compat", "asm_int80_emulation", "secondary_startup_64", "common_startup_64",
	"start_cpu0", NULL,
};

/* asm/irq_stack.h, call_on_stack(): "popq %rsp" follows the call */
const struct arch_unwind unwind_x86_64 = {
	.dwarf = dwarf_x86_64, .nr_dwarf = 16, .sp = 7, .fp = NO_FP,
	.nr_pt_regs = 21, .pt_regs_mode = mode_x86_64, .pop_sp = 0x5c, .entries = entries_x86_64,
};

static const char *const entries_i386[] = {
	"ret_from_fork", "entry_INT80_32", "entry_SYSENTER_32", "startup_32_smp", "start_cpu0", NULL,
};

const struct arch_unwind unwind_i386 = {
	.nr_dwarf = 8, .sp = 4, .fp = NO_FP, .entries = entries_i386,
};

/* ---- ARM ---- */

/* uapi/asm/ptrace.h: the mode in the lowest five bits of cpsr; SVC_MODE, USR_MODE */
static enum arch_mode mode_arm(const uint64_t *words)
{
	switch (words[16] & 0x1f) {
	case 0x13: return ARCH_MODE_KERNEL;
	case 0x10: return ARCH_MODE_USER;
	default: return ARCH_MODE_NONE;
	}
}

static bool is_sp_or_lr(uint32_t reg)
{
	return (reg & 15) == 13 || (reg & 15) == 14;
}

/* ARM Architecture Reference Manual, A5: by bits 27:25; when in doubt, no */
static bool keeps_return_arm(uint32_t instruction)
{
	const uint32_t rn = instruction >> 16 & 15, rd = instruction >> 12 & 15;

	if ((instruction & 0x0fffff00) == 0x0320f000)	/* nop, wfi */
		return true;
	if (instruction >> 28 == 15)			/* barriers */
		return (instruction & 0x0e000000) != 0x0a000000;
	switch (instruction >> 25 & 7) {
	case 4: return !is_sp_or_lr(rn) && !(instruction & 0xe000);	/* ldm, stm */
	case 5: return false;						/* b, bl */
	case 6: return false;
	case 7: return !is_sp_or_lr(rd);				/* mcr, mrc */
	default: return !is_sp_or_lr(rn) && !is_sp_or_lr(rd) && rd != 15;
	}
}

static const char *const entries_arm[] = {
	"ret_from_fork", "ret_fast_syscall", "__ret_fast_syscall", "__entry_text_start",
	"ret_to_user", NULL,
};

const struct arch_unwind unwind_arm = {
	.nr_dwarf = 15, .sp = 13, .lr = 14, .fp = NO_FP, .keeps_return = keeps_return_arm,
	.nr_pt_regs = 17, .pt_regs_mode = mode_arm,
	.entries = entries_arm,
};

/* ---- arm64 ---- */

/* uapi/asm/ptrace.h: PSR_MODE_EL0t, EL1t, EL1h, EL2t, EL2h; bit 4 would be AArch32, of user mode */
static enum arch_mode mode_arm64(const uint64_t *words)
{
	switch (words[33] & 0x1f) {
	case 4: case 5: case 8: case 9: return ARCH_MODE_KERNEL;
	case 0: case 0x10: return ARCH_MODE_USER;
	default: return ARCH_MODE_NONE;
	}
}

static const char *const entries_arm64[] = {
	"ret_from_fork", "el0t_64_", "el0t_32_", "el0_sync", "el0_irq", "ret_to_user",
	"__primary_switched", "__secondary_switched", NULL,
};

const struct arch_unwind unwind_arm64 = {
	.nr_dwarf = 32, .sp = 31, .fp = 29, .nr_pt_regs = 34, .pt_regs_mode = mode_arm64,
	.entries = entries_arm64,
};

/* ---- RISC-V ---- */

static const char *const entries_riscv64[] = {
	"ret_from_fork", "ret_from_exception", "ret_from_syscall", "handle_exception",
	"_start_kernel", "secondary_start_sbi", ".Lsecondary_", NULL,
};

const struct arch_unwind unwind_riscv64 = {
	.nr_dwarf = 32, .sp = 2, .fp = NO_FP, .entries = entries_riscv64,
};
