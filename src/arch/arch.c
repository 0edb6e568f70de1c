/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of CPUs. A new one is a file beside this and a line in the table. */
#include "arch/arch.h"

static const struct arch *const archs[] = {
	&arch_x86_64,
	&arch_i386,
	&arch_arm,
	&arch_arm64,
	&arch_riscv64,
};

const char arch_names[] = "x86-64, i386, 32-bit ARM, arm64 and riscv64";

const struct arch *arch_find(uint16_t machine, uint8_t bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (archs[i]->machine == machine && archs[i]->bits == bits)
			return archs[i];
	return NULL;
}
