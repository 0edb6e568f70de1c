// SPDX-License-Identifier: GPL-2.0
/*
 * The oracle: a module which runs inside the guest whose memory is dumped, and
 * says what the kernel's own macros say there.
 *
 *   /proc/vmatlas/macros   NAME=0x…, or NAME=- for what this kernel has not
 *   /proc/vmatlas/walks    ADDRESS=LEVEL:PHYSICAL, by the kernel's own page
 *                          table accessors (no Debian kernel has ptdump)
 *
 * It also makes virtual areas of every kind that an idle guest lacks, and keeps
 * them, so that the dump has them. The code which makes them is not __init: the
 * caller of an area must still have a name when /proc/vmallocinfo is printed.
 *
 * x86-64 and ARM; built for 6.1, 6.12 and 7.2.
 */
#include <linux/hugetlb.h>
#include <linux/io.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>
#ifdef CONFIG_X86
#include <asm/cpu_entry_area.h>
#include <uapi/asm/vsyscall.h>
#endif
#ifdef CONFIG_HIGHMEM
#include <linux/highmem.h>
#endif

static unsigned long phys;
module_param(phys, ulong, 0444);
MODULE_PARM_DESC(phys, "three pages of a device which may be mapped; nothing touches them");

/* What is kept: the address, to be walked. */
#define KEPT_MAX 256
static void *kept[KEPT_MAX];
static unsigned int nr_kept;

static void *keep(void *area)
{
	if (IS_ERR_OR_NULL(area))
		pr_warn("vmatlas: area %u was refused\n", nr_kept);
	else if (nr_kept < KEPT_MAX)
		kept[nr_kept++] = area;
	return area;
}

/* ---- the areas ---- */

/*
 * Plain allocations of one to eleven pages. Every third is freed later, which
 * leaves holes between the others.
 */
#define PLAIN 72
static void *freed[PLAIN / 3];
static noinline void make_plain(void)
{
	unsigned int i;

	for (i = 0; i < PLAIN; i++) {
		void *area = vmalloc((1 + i % 11) * PAGE_SIZE - i);

		if (i % 3 == 1)
			freed[i / 3] = area;
		else
			keep(area);
	}
}

/* Large enough that the array of page pointers is itself a vmalloc area. */
static noinline void make_large(void)
{
	keep(vmalloc(6UL << 20));
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
	keep(vmalloc_huge(4UL << 20, GFP_KERNEL));
#endif
}

static noinline void make_user(void)
{
	keep(vmalloc_user(3 * PAGE_SIZE));
	keep(vmalloc_32_user(PAGE_SIZE));
}

/* Two mappings which share one physical page. */
static noinline void make_io(void)
{
	if (!phys)
		return;
	keep((void __force *)ioremap(phys, 2 * PAGE_SIZE));
	keep((void __force *)ioremap(phys + PAGE_SIZE, 2 * PAGE_SIZE));
}

#define RAM_PAGES (BITS_PER_LONG + 8)
static struct page *ram[RAM_PAGES];

/* One page under three addresses: in two areas, and twice in one of them. */
static noinline void make_vmap(void)
{
	struct page *twice[2] = { ram[0], ram[0] };

	keep(vmap(ram, 1, VM_MAP, PAGE_KERNEL));
	keep(vmap(twice, 2, VM_MAP, PAGE_KERNEL));
}

/*
 * vm_map_ram() takes up to BITS_PER_LONG pages out of a shared block, and more
 * as an area of its own. One of the small ones is given back
 * later.
 */
static void *unmapped;
static noinline void make_vm_map_ram(void)
{
	keep(vm_map_ram(ram, 1, NUMA_NO_NODE));
	unmapped = vm_map_ram(ram, 2, NUMA_NO_NODE);
	keep(vm_map_ram(ram, 3, NUMA_NO_NODE));
	keep(vm_map_ram(ram, RAM_PAGES, NUMA_NO_NODE));
}

/*
 * Freeing is lazy: the areas become rows that /proc/vmallocinfo calls "unpurged",
 * unless something purges them. Loading a module does (its init part is freed),
 * so this waits for the first read of a file below.
 */
static void free_some(void)
{
	static atomic_t done;
	unsigned int i;

	if (atomic_xchg(&done, 1))
		return;
	for (i = 0; i < ARRAY_SIZE(freed); i++)
		vfree(freed[i]);
	if (unmapped)
		vm_unmap_ram(unmapped, 2);
}

static noinline void make_areas(void)
{
	unsigned int i;

	for (i = 0; i < RAM_PAGES; i++) {
		ram[i] = alloc_page(GFP_KERNEL);
		if (!ram[i])
			return;
	}
	make_plain();
	make_large();
	make_user();
	make_io();
	make_vmap();
	make_vm_map_ram();
}

/* ---- the macros ---- */

/*
 * Symbols that are not exported: kallsyms_lookup_name() is not either, but a
 * probe finds it. Kernels without KALLSYMS_ALL answer for functions only.
 */
static unsigned long (*lookup_name)(const char *name);

static void find_lookup_name(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };

	if (register_kprobe(&probe))
		return;
	lookup_name = (void *)probe.addr;
	unregister_kprobe(&probe);
}

static unsigned long symbol(const char *name)
{
	return lookup_name ? lookup_name(name) : 0;
}

#define MACRO(m, name) seq_printf(m, #name "=0x%llx\n", (u64)(unsigned long)(name))
#define ABSENT(m, name) seq_puts(m, #name "=-\n")

static void put_symbol(struct seq_file *m, const char *name)
{
	unsigned long address = symbol(name);

	if (address)
		seq_printf(m, "%s=0x%lx\n", name, address);
	else
		seq_printf(m, "%s=-\n", name);
}

/* The value of a variable of one word, under the variable's name. */
static void __maybe_unused put_variable(struct seq_file *m, const char *name)
{
	unsigned long *variable = (unsigned long *)symbol(name);

	if (variable)
		seq_printf(m, "%s=0x%lx\n", name, *variable);
	else
		seq_printf(m, "%s=-\n", name);
}

static void put_symbols(struct seq_file *m)
{
	static const char *const names[] = {
		"_text", "_stext", "_etext", "__init_begin", "__init_end",
		"_sdata", "_edata", "__bss_start", "__bss_stop", "_end",
		"swapper_pg_dir",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		put_symbol(m, names[i]);
}

#ifdef CONFIG_X86_64
static void put_arch(struct seq_file *m)
{
	unsigned long pgtable_levels = pgtable_l5_enabled() ? 5 : 4;
	unsigned long phys_offset = 0;

	MACRO(m, pgtable_levels);
	seq_printf(m, "PHYS_OFFSET=0x%lx\n", phys_offset);
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
	MACRO(m, ESPFIX_BASE_ADDR);
	MACRO(m, EFI_VA_START);
	MACRO(m, EFI_VA_END);
	MACRO(m, VSYSCALL_ADDR);
	/* Last physical address of the direct map; renamed and backported at will. */
	put_variable(m, "physmem_end");
	put_variable(m, "direct_map_physmem_end");
	put_variable(m, "phys_base");
}
#endif

#ifdef CONFIG_ARM
static void put_arch(struct seq_file *m)
{
	MACRO(m, CONFIG_PGTABLE_LEVELS);
	seq_printf(m, "PHYS_OFFSET=0x%llx\n", (u64)PHYS_OFFSET);
#ifdef CONFIG_HIGHMEM
	MACRO(m, PKMAP_BASE);
	MACRO(m, LAST_PKMAP);
#else
	ABSENT(m, PKMAP_BASE);
	ABSENT(m, LAST_PKMAP);
#endif
	MACRO(m, FIXADDR_START);
	MACRO(m, FIXADDR_END);
	MACRO(m, FDT_FIXED_BASE);
	MACRO(m, FDT_FIXED_SIZE);
	MACRO(m, PCI_IO_VIRT_BASE);
	MACRO(m, VECTORS_BASE);
	MACRO(m, VMALLOC_OFFSET);
	MACRO(m, TASK_SIZE);
}
#endif

static int macros_show(struct seq_file *m, void *unused)
{
	free_some();
	MACRO(m, PAGE_SHIFT);
	MACRO(m, PAGE_OFFSET);
	MACRO(m, high_memory);
	MACRO(m, VMALLOC_START);
	MACRO(m, VMALLOC_END);
	MACRO(m, MODULES_VADDR);
	MACRO(m, MODULES_END);
	MACRO(m, PMD_SIZE);
	put_arch(m);
	put_symbols(m);
	return 0;
}

/* ---- the walks ---- */

static void put_walk(struct seq_file *m, unsigned long va, const char *level,
		     u64 table_pa, unsigned long size)
{
	seq_printf(m, "0x%lx=%s:0x%llx\n", va, level, table_pa + (va & (size - 1)));
}

/* The kernel's half is the same in every process: any table will do. */
static void walk(struct seq_file *m, unsigned long va)
{
	pgd_t *pgd = pgd_offset(current->active_mm, va);
	p4d_t *p4d = p4d_offset(pgd, va);
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (pgd_none(*pgd) || p4d_none(*p4d))
		goto none;
	pud = pud_offset(p4d, va);
	if (pud_none(*pud))
		goto none;
#ifdef CONFIG_X86_64
	if (pud_leaf(*pud)) {
		put_walk(m, va, "pud", (u64)pud_pfn(*pud) << PAGE_SHIFT, PUD_SIZE);
		return;
	}
#endif
	pmd = pmd_offset(pud, va);
#if defined(CONFIG_ARM) && !defined(CONFIG_ARM_LPAE)
	/* One pmd is two sections of 1 MiB here. */
	if (pmd_leaf(*pmd) && (va & SECTION_SIZE))
		pmd++;
#define LEAF_SIZE SECTION_SIZE
#else
#define LEAF_SIZE PMD_SIZE
#endif
	if (pmd_none(*pmd))
		goto none;
	if (pmd_leaf(*pmd)) {
#ifdef CONFIG_ARM
		put_walk(m, va, "pmd", pmd_val(*pmd) & ~(LEAF_SIZE - 1), LEAF_SIZE);
#else
		put_walk(m, va, "pmd", (u64)pmd_pfn(*pmd) << PAGE_SHIFT, LEAF_SIZE);
#endif
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

/* First and last page of what was made here, and one of each part of the kernel. */
static int walks_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < nr_kept; i++) {
		walk(m, (unsigned long)kept[i]);
		walk(m, (unsigned long)kept[i] + PAGE_SIZE); /* often the guard */
	}
	walk(m, PAGE_OFFSET + (16UL << 20) + 0x123);
	walk(m, (unsigned long)high_memory - 1);
	walk(m, (unsigned long)walks_show & ~1UL);
	walk(m, (unsigned long)vfree & ~1UL);
	walk(m, (unsigned long)&init_task);
	walk(m, (unsigned long)ram[0]);
	walk(m, FIXADDR_START);
	walk(m, VMALLOC_START);
	return 0;
}

static struct proc_dir_entry *dir;

static int oracle_init(void)
{
	find_lookup_name();
	make_areas();
	dir = proc_mkdir("vmatlas", NULL);
	if (!dir)
		return -ENOMEM;
	proc_create_single("macros", 0400, dir, macros_show);
	proc_create_single("walks", 0400, dir, walks_show);
	return 0;
}
module_init(oracle_init);

/* No exit: what was made must stay. */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: says what the kernel's macros say, and makes areas to look at");
