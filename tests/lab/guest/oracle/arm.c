// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <asm/fixmap.h>

#include "oracle.h"

/* The kernel's part is the same in every process. */
pgd_t *kernel_pgd(unsigned long va)
{
	return pgd_offset(current->active_mm, va);
}

void put_arch(struct seq_file *m)
{
	MACRO(m, MODULES_VADDR);
	MACRO(m, MODULES_END);
	MACRO(m, CONFIG_PGTABLE_LEVELS);
	PHYSICAL(m, PHYS_OFFSET);
#ifdef CONFIG_HIGHMEM
	MACRO(m, PKMAP_BASE);
	MACRO(m, LAST_PKMAP);
#else
	ABSENT(m, PKMAP_BASE);
	ABSENT(m, LAST_PKMAP);
#endif
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_END);
	MACRO(m, FIXADDR_TOP);
	MACRO(m, FDT_FIXED_BASE);
	MACRO(m, FDT_FIXED_SIZE);
	MACRO(m, PCI_IO_VIRT_BASE);
	MACRO(m, VECTORS_BASE);
	MACRO(m, VMALLOC_OFFSET);
	MACRO(m, TASK_SIZE);
}
