/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of CPUs. A new one is a file beside this and a line in the table. */
#include <elf.h>

#include "arch/arch.h"
#include "base/array.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258	/* since binutils 2.37 */
#endif

static const struct arch *const archs[] = {
	&arch_x86_64,
	&arch_i386,
	&arch_arm,
	&arch_arm64,
	&arch_riscv64,
};

const char arch_names[] = "x86-64, i386, 32-bit ARM, arm64 and riscv64";

/* ELF machines that run Linux, in words; see <elf.h>. */
static const struct {
	uint16_t machine;
	const char *name;
} machine_names[] = {
	{ EM_X86_64, "x86-64" }, { EM_386, "i386" }, { EM_ARM, "32-bit ARM" },
	{ EM_AARCH64, "arm64" }, { EM_RISCV, "RISC-V" }, { EM_PPC64, "PowerPC 64" },
	{ EM_PPC, "PowerPC" }, { EM_S390, "s390" }, { EM_MIPS, "MIPS" },
	{ EM_SPARC, "SPARC" }, { EM_SPARCV9, "SPARC 64" }, { EM_SPARC32PLUS, "SPARC" },
	{ EM_IA_64, "Itanium" }, { EM_68K, "m68k" }, { EM_PARISC, "PA-RISC" },
	{ EM_SH, "SuperH" }, { EM_ALPHA, "Alpha" }, { 0x9026, "Alpha" },
	{ EM_LOONGARCH, "LoongArch" }, { EM_XTENSA, "Xtensa" }, { EM_MICROBLAZE, "MicroBlaze" },
	{ EM_ALTERA_NIOS2, "Nios II" }, { EM_OPENRISC, "OpenRISC" }, { EM_CSKY, "C-SKY" },
	{ EM_ARCV2, "ARC" }, { EM_ARC_COMPACT, "ARC" }, { 164, "Hexagon" },
};

const char *arch_machine_name(uint16_t machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine_names); i++)
		if (machine_names[i].machine == machine)
			return machine_names[i].name;
	return NULL;
}

bool arch_machine_supported(uint16_t machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (archs[i]->machine == machine)
			return true;
	return false;
}

const struct arch *arch_find(uint16_t machine, uint8_t bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (archs[i]->machine == machine && archs[i]->bits == bits)
			return archs[i];
	return NULL;
}
