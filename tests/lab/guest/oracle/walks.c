// SPDX-License-Identifier: GPL-2.0
/* Page-table walks by the kernel's own accessors, of two hundred addresses. */
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/sched/task.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>

#include "oracle.h"

static void put_walk(struct seq_file *m, unsigned long va, const char *level,
		     u64 leaf_pa, unsigned long size)
{
	seq_printf(m, "0x%lx=%s:0x%llx\n", va, level, leaf_pa + (va & (size - 1)));
}

#if defined(CONFIG_ARM) && !defined(CONFIG_ARM_LPAE)

/* One pmd is two sections of 1 MiB here. */
static pmd_t *half(pmd_t *pmd, unsigned long va)
{
	return pmd_leaf(*pmd) && (va & SECTION_SIZE) ? pmd + 1 : pmd;
}

static void put_pmd(struct seq_file *m, unsigned long va, pmd_t pmd)
{
	put_walk(m, va, "pmd", pmd_val(pmd) & SECTION_MASK, SECTION_SIZE);
}

#else

static pmd_t *half(pmd_t *pmd, unsigned long va)
{
	return pmd;
}

static void put_pmd(struct seq_file *m, unsigned long va, pmd_t pmd)
{
	put_walk(m, va, "pmd", (u64)pmd_pfn(pmd) << PAGE_SHIFT, PMD_SIZE);
}

#endif

/* False where no level can have a leaf as large. */
static bool put_pud(struct seq_file *m, unsigned long va, pud_t pud)
{
#ifdef CONFIG_64BIT
	if (pud_leaf(pud)) {
		put_walk(m, va, "pud", (u64)pud_pfn(pud) << PAGE_SHIFT, PUD_SIZE);
		return true;
	}
#endif
	return false;
}

static void walk(struct seq_file *m, unsigned long va)
{
	pgd_t *pgd = kernel_pgd(va);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (pgd_none(*pgd))
		goto none;
	p4d = p4d_offset(pgd, va);
	if (p4d_none(*p4d))
		goto none;
	pud = pud_offset(p4d, va);
	if (pud_none(*pud))
		goto none;
	if (put_pud(m, va, *pud))
		return;
	pmd = half(pmd_offset(pud, va), va);
	if (pmd_none(*pmd))
		goto none;
	if (pmd_leaf(*pmd)) {
		put_pmd(m, va, *pmd);
		return;
	}
	pte = pte_offset_kernel(pmd, va);
	if (!pte_present(*pte))
		goto none;
	put_walk(m, va, "pte", (u64)pte_pfn(*pte) << PAGE_SHIFT, PAGE_SIZE);
	return;
none:
	seq_printf(m, "0x%lx=none\n", va);
}

/* NR addresses from FIRST on, evenly up to END; each at another place in its page. */
static void walk_evenly(struct seq_file *m, unsigned long first, unsigned long end,
			unsigned int nr)
{
	unsigned long step = (end - first) / nr & PAGE_MASK;
	unsigned int i;

	for (i = 0; i < nr; i++)
		walk(m, first + i * step + i * 40);
}

/* First and last page of what was made here. */
static void walk_kept(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < nr_kept; i++) {
		walk(m, (unsigned long)kept[i]);
		walk(m, (unsigned long)kept[i] + PAGE_SIZE); /* often the guard */
	}
}

/* RAM need not begin where its mapping may: on arm64 that is chosen at boot. */
static void walk_lowmem(struct seq_file *m)
{
	unsigned long top = (unsigned long)high_memory;
	unsigned long size = min(totalram_pages(), (top - PAGE_OFFSET) >> PAGE_SHIFT);

	walk_evenly(m, top - (size << PAGE_SHIFT), top, 16);
	walk(m, (unsigned long)page_address(ram[0]));
}

/* What is in a module: this one. Text and data may lie apart. */
static void walk_module(struct seq_file *m)
{
	walk_evenly(m, (unsigned long)walks_show & PAGE_MASK,
		    ((unsigned long)walks_show & PAGE_MASK) + 4 * PAGE_SIZE, 4);
	walk_evenly(m, (unsigned long)kept & PAGE_MASK,
		    ((unsigned long)kept & PAGE_MASK) + 4 * PAGE_SIZE, 4);
	walk(m, (unsigned long)THIS_MODULE);
}

int walks_show(struct seq_file *m, void *unused)
{
	walk_kept(m);
	walk(m, PAGE_OFFSET + (16UL << 20) + 0x123);
	walk(m, (unsigned long)high_memory - 1);
	walk(m, (unsigned long)walks_show & ~1UL);
	walk(m, (unsigned long)vfree & ~1UL);
	walk(m, (unsigned long)&init_task);
	walk(m, (unsigned long)ram[0]);
	walk(m, (unsigned long)ram[RAM_PAGES - 1]);
	walk_lowmem(m);
	walk_evenly(m, FIXADDR_START, FIXADDR_TOP, 32);
	walk_evenly(m, VMALLOC_START, VMALLOC_END, 24);
	walk_module(m);
#ifdef CONFIG_ARM
	/* The vectors, their stubs, and nothing. */
	walk_evenly(m, VECTORS_BASE, VECTORS_BASE + 3 * PAGE_SIZE, 3);
#endif
	/* Just outside. */
	walk(m, VMALLOC_START - PAGE_SIZE);
	walk(m, VMALLOC_END & PAGE_MASK);
	return 0;
}
