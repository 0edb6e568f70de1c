// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>

#include "oracle.h"

/* The kernel's part is the same in every process. */
pgd_t *kernel_pgd(unsigned long va)
{
	return pgd_offset(current->active_mm, va);
}

/* MAXMEM takes __VMALLOC_RESERVE, which is not exported. */
static void put_maxmem(struct seq_file *m)
{
	unsigned int *reserve = (unsigned int *)symbol("__VMALLOC_RESERVE");

	if (reserve)
		seq_printf(m, "MAXMEM=0x%lx\n", VMALLOC_END - PAGE_OFFSET - *reserve);
	else
		ABSENT(m, MAXMEM);
}

void put_arch(struct seq_file *m)
{
	unsigned long PHYS_OFFSET = 0;

	MACRO(m, MODULES_VADDR);
	MACRO(m, MODULES_END);
	MACRO(m, CONFIG_PGTABLE_LEVELS);
	MACRO(m, PHYS_OFFSET);
	MACRO(m, TASK_SIZE);
	MACRO(m, VMALLOC_OFFSET);
	MACRO(m, PKMAP_BASE);
	MACRO(m, LAST_PKMAP);
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_TOT_START);
	MACRO(m, FIXADDR_TOP);
	MACRO(m, __FIXADDR_TOP);
	MACRO(m, CPU_ENTRY_AREA_BASE);
	MACRO(m, CPU_ENTRY_AREA_PER_CPU);
	MACRO(m, CPU_ENTRY_AREA_MAP_SIZE);
	MACRO(m, LDT_BASE_ADDR);
	MACRO(m, LDT_END_ADDR);
	put_maxmem(m);
	put_variable(m, "__VMALLOC_RESERVE");
	put_variable(m, "max_low_pfn");
	put_variable(m, "highstart_pfn");
	put_variable(m, "highend_pfn");
}
