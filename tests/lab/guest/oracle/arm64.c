// SPDX-License-Identifier: GPL-2.0
#include <linux/pgtable.h>
#include <asm/fixmap.h>
#include <asm/memory.h>
#include <asm/pgtable-hwdef.h>
#include <asm/sysreg.h>

#include "oracle.h"

/*
 * The kernel's table is no process's: TTBR1 has its physical address, between the ASID
 * and the CnP bit.
 */
pgd_t *kernel_pgd(unsigned long va)
{
	pgd_t *table = (pgd_t *)symbol("swapper_pg_dir");

	if (!table)
		table = __va(read_sysreg(ttbr1_el1) & GENMASK_ULL(47, 1));
	return pgd_offset_pgd(table, va);
}

/* Each of these came, went or became another CPU feature's between 5.10 and 7.2. */
static void put_optional(struct seq_file *m)
{
#ifdef VMEMMAP_END
	MACRO(m, VMEMMAP_END);
#else
	ABSENT(m, VMEMMAP_END);
#endif
#ifdef FIXADDR_TOT_START
	MACRO(m, FIXADDR_TOT_START);
#else
	ABSENT(m, FIXADDR_TOT_START);
#endif
#ifdef BPF_JIT_REGION_START
	MACRO(m, BPF_JIT_REGION_START);
	MACRO(m, BPF_JIT_REGION_END);
#else
	ABSENT(m, BPF_JIT_REGION_START);
	ABSENT(m, BPF_JIT_REGION_END);
#endif
#if defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)
	MACRO(m, KASAN_SHADOW_START);
	MACRO(m, KASAN_SHADOW_END);
#else
	ABSENT(m, KASAN_SHADOW_START);
	ABSENT(m, KASAN_SHADOW_END);
#endif
}

void put_arch(struct seq_file *m)
{
	/* Fewer than compiled in where the CPU has not the 52 bits. */
	unsigned long pgtable_levels = ARM64_HW_PGTABLE_LEVELS(vabits_actual);
	/* VMEMMAP_START is that of the largest VA; this is what the CPU's VA leaves of it. */
	void *vmemmap_used = virt_to_page(_PAGE_OFFSET(vabits_actual));

	MACRO(m, MODULES_VADDR);
	MACRO(m, MODULES_END);
	MACRO(m, PUD_SIZE);
	MACRO(m, PGDIR_SIZE);
	MACRO(m, CONFIG_PGTABLE_LEVELS);
	MACRO(m, pgtable_levels);
	MACRO(m, PHYS_OFFSET);
	MACRO(m, PAGE_END);
	MACRO(m, VMEMMAP_START);
	MACRO(m, vmemmap);
	MACRO(m, vmemmap_used);
	MACRO(m, PCI_IO_START);
	MACRO(m, PCI_IO_END);
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_TOP);
	MACRO(m, KIMAGE_VADDR);
	MACRO(m, VA_BITS);
	MACRO(m, VA_BITS_MIN);
	MACRO(m, vabits_actual);
	MACRO(m, memstart_addr);
	MACRO(m, kimage_voffset);
	MACRO(m, TASK_SIZE);
	put_optional(m);
	put_variable(m, "kimage_vaddr");
	/* Where modules really go: one window, or since 6.5 two. */
	put_variable(m, "module_alloc_base");
	put_variable(m, "module_direct_base");
	put_variable(m, "module_plt_base");
}
