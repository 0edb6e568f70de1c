// SPDX-License-Identifier: GPL-2.0
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>
#include <uapi/asm/vsyscall.h>

#include "oracle.h"

/* The kernel's half is the same in every process. */
pgd_t *kernel_pgd(unsigned long va)
{
	return pgd_offset(current->active_mm, va);
}

void put_arch(struct seq_file *m)
{
	unsigned long pgtable_levels = pgtable_l5_enabled() ? 5 : 4;
	unsigned long PHYS_OFFSET = 0;

	MACRO(m, MODULES_VADDR);
	MACRO(m, MODULES_END);
	MACRO(m, PUD_SIZE);
	MACRO(m, pgtable_levels);
	MACRO(m, PHYS_OFFSET);
	MACRO(m, VMEMMAP_START);
	MACRO(m, __START_KERNEL_map);
	MACRO(m, KERNEL_IMAGE_SIZE);
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_TOP);
	MACRO(m, CPU_ENTRY_AREA_BASE);
	MACRO(m, CPU_ENTRY_AREA_PER_CPU);
	MACRO(m, CPU_ENTRY_AREA_MAP_SIZE);
	MACRO(m, LDT_BASE_ADDR);
	MACRO(m, LDT_END_ADDR);
#ifdef CONFIG_X86_ESPFIX64	/* cloud kernels are built without X86_16BIT */
	MACRO(m, ESPFIX_BASE_ADDR);
#endif
#ifdef CONFIG_EFI
	MACRO(m, EFI_VA_START);
	MACRO(m, EFI_VA_END);
#else
	ABSENT(m, EFI_VA_START);
	ABSENT(m, EFI_VA_END);
#endif
	MACRO(m, VSYSCALL_ADDR);
#ifdef CONFIG_KASAN
	MACRO(m, KASAN_SHADOW_START);
	MACRO(m, KASAN_SHADOW_END);
#else
	ABSENT(m, KASAN_SHADOW_START);
	ABSENT(m, KASAN_SHADOW_END);
#endif
	/* Last physical address of the direct map; renamed and backported at will. */
	put_variable(m, "physmem_end");
	put_variable(m, "direct_map_physmem_end");
	put_variable(m, "phys_base");
	/* How far into their region modules begin; since 6.10 that is execmem's. */
	put_variable(m, "module_load_offset");
}
