// SPDX-License-Identifier: GPL-2.0
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <asm/csr.h>
#include <asm/fixmap.h>

#include "oracle.h"

/* The kernel's half is the same in every process. */
pgd_t *kernel_pgd(unsigned long va)
{
	return pgd_offset(current->active_mm, va);
}

/*
 * The kernel has these two as functions of its own and exports
 * neither; here they are under their names for walks.c.
 */
p4d_t *p4d_offset(pgd_t *pgd, unsigned long va)
{
	p4d_t *(*theirs)(pgd_t *, unsigned long) = (void *)symbol("p4d_offset");

	return theirs ? theirs(pgd, va) : (p4d_t *)pgd;
}

pud_t *pud_offset(p4d_t *p4d, unsigned long va)
{
	pud_t *(*theirs)(p4d_t *, unsigned long) = (void *)symbol("pud_offset");

	return theirs ? theirs(p4d, va) : (pud_t *)p4d;
}

/* MODULES_VADDR and MODULES_END take symbols of the image, which are not exported. */
static void put_modules(struct seq_file *m)
{
	unsigned long start = symbol("_start"), end = symbol("_end");

	if (!start || !end) {
		ABSENT(m, MODULES_VADDR);
		ABSENT(m, MODULES_END);
		return;
	}
	seq_printf(m, "MODULES_VADDR=0x%lx\n", PFN_ALIGN(end) - SZ_2G);
	seq_printf(m, "MODULES_END=0x%lx\n", PFN_ALIGN(start));
}

static void put_kernel_map(struct seq_file *m)
{
	MACRO(m, kernel_map.page_offset);
	MACRO(m, kernel_map.virt_addr);
	MACRO(m, kernel_map.virt_offset);
	MACRO(m, kernel_map.phys_addr);
	MACRO(m, kernel_map.size);
	MACRO(m, kernel_map.va_pa_offset);
	MACRO(m, kernel_map.va_kernel_pa_offset);
}

void put_arch(struct seq_file *m)
{
	unsigned long pgtable_levels = pgtable_l5_enabled ? 5 : pgtable_l4_enabled ? 4 : 3;
	unsigned long satp = csr_read(CSR_SATP), satp_mode = satp >> SATP_MODE_SHIFT;

	put_modules(m);
	MACRO(m, PUD_SIZE);
	MACRO(m, PGDIR_SIZE);
	MACRO(m, CONFIG_PGTABLE_LEVELS);
	MACRO(m, pgtable_levels);
	MACRO(m, satp_mode);
	MACRO(m, VA_BITS);
	MACRO(m, phys_ram_base);
	MACRO(m, VMEMMAP_START);
	MACRO(m, VMEMMAP_END);
	MACRO(m, vmemmap);
	MACRO(m, PCI_IO_START);
	MACRO(m, PCI_IO_END);
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_TOP);
	MACRO(m, KERNEL_LINK_ADDR);
	MACRO(m, BPF_JIT_REGION_SIZE);
	MACRO(m, TASK_SIZE);
#ifdef CONFIG_KASAN
	MACRO(m, KASAN_SHADOW_START);
	MACRO(m, KASAN_SHADOW_END);
#else
	ABSENT(m, KASAN_SHADOW_START);
	ABSENT(m, KASAN_SHADOW_END);
#endif
	put_kernel_map(m);
	put_symbol(m, "_start");
}
