// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "oracle.h"

/*
 * kallsyms_lookup_name() is exported to no module, but /proc/kallsyms tells root where it
 * is. (A probe at it would, too, but not on riscv64.) Kernels without KALLSYMS_ALL answer
 * for functions only.
 */
static unsigned long lookup;
module_param(lookup, ulong, 0444);
MODULE_PARM_DESC(lookup, "address of kallsyms_lookup_name");

unsigned long symbol(const char *name)
{
	/* In Thumb code the lowest bit of a pointer to a function is set. */
	unsigned long (*lookup_name)(const char *name) =
		(void *)(lookup | IS_ENABLED(CONFIG_THUMB2_KERNEL));

	return lookup ? lookup_name(name) : 0;
}

void put_symbol(struct seq_file *m, const char *name)
{
	unsigned long address = symbol(name);

	if (address)
		seq_printf(m, "%s=0x%lx\n", name, address);
	else
		seq_printf(m, "%s=-\n", name);
}

void put_variable(struct seq_file *m, const char *name)
{
	unsigned long *variable = (unsigned long *)symbol(name);

	if (variable)
		seq_printf(m, "%s=0x%lx\n", name, *variable);
	else
		seq_printf(m, "%s=-\n", name);
}
