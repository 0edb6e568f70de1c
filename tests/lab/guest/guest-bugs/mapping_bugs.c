// SPDX-License-Identifier: GPL-2.0
/*
 * A module that makes page tables and records of areas disagree, in every way that a
 * kernel can be talked into:
 *
 *	insmod mapping_bugs.ko lookup=ADDRESS device=ADDRESS [outside=ADDRESS]
 *
 * What was done is said in one line of the log each, for check-guest-bugs:
 *
 *	FACT KIND: area START-END NAME=0x...
 *
 * START-END is the area as its vm_struct has it when it is whole, guard page included.
 * "refused" stands for an address that the kernel did not give.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

static unsigned long lookup;
module_param(lookup, ulong, 0444);
MODULE_PARM_DESC(lookup, "where kallsyms_lookup_name is");

static unsigned long device;
module_param(device, ulong, 0444);
MODULE_PARM_DESC(device, "1 MiB that is no RAM and has no driver; nothing touches it");

static unsigned long outside;
module_param(outside, ulong, 0444);
MODULE_PARM_DESC(outside, "RAM that the command line keeps from the kernel");

static void *find(const char *name)
{
	unsigned long (*by_name)(const char *name) = (void *)lookup;
	void *found = by_name ? (void *)by_name(name) : NULL;

	if (!found)
		pr_warn("mapping_bugs: no %s\n", name);
	return found;
}

/* ---- What modules may not call ---- */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define MAP_BY_HAND "vmap_page_range"
#else
#define MAP_BY_HAND "ioremap_page_range"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define VMALLOC_BY_HAND "__vmalloc_node_range_noprof"
#else
#define VMALLOC_BY_HAND "__vmalloc_node_range"
#endif

static struct vm_struct *area_of(const void *addr)
{
	struct vm_struct *(*by_addr)(const void *addr) = find("find_vm_area");

	return by_addr ? by_addr(addr) : NULL;
}

static bool map_by_hand(void *va, phys_addr_t phys, unsigned int pages, pgprot_t prot)
{
	int (*map)(unsigned long from, unsigned long to, phys_addr_t phys, pgprot_t prot) =
		find(MAP_BY_HAND);
	unsigned long from = (unsigned long)va;

	return map && !map(from, from + pages * PAGE_SIZE, phys, prot);
}

static void unmap_by_hand(void *va, unsigned int pages)
{
	unsigned long from = (unsigned long)va;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
	void (*unmap)(unsigned long from, unsigned long to) = find("vunmap_range");

	if (unmap)
		unmap(from, from + pages * PAGE_SIZE);
#else
	void (*unmap)(unsigned long from, unsigned long size) = find("unmap_kernel_range");

	if (unmap)
		unmap(from, pages * PAGE_SIZE);
#endif
}

/* ---- What was done ---- */

static struct page *some_page(void)
{
	return alloc_pages(GFP_KERNEL | __GFP_NOFAIL | __GFP_ZERO, 0);
}

/* Before it is broken: afterwards nobody can ask. */
#define FACT(kind, va, fmt, ...)							\
do {											\
	const struct vm_struct *__vm = area_of((void __force *)(va));			\
	unsigned long __start = __vm ? (unsigned long)__vm->addr : 0;			\
											\
	if (__vm)									\
		pr_info("FACT " kind ": area 0x%lx-0x%lx " fmt "\n", __start,		\
			__start + __vm->size, ##__VA_ARGS__);				\
	else										\
		pr_info("FACT " kind ": refused " fmt "\n", ##__VA_ARGS__);		\
} while (0)

/* ---- Correct, though it may look like a bug ---- */

/* Two drivers of one device, each with its own part of it; two pages are in both. */
static noinline void remap_twice(unsigned long phys)
{
	FACT("plain", ioremap(phys, 3 * PAGE_SIZE), "phys=0x%lx", phys);
	FACT("offset", ioremap(phys + PAGE_SIZE, 3 * PAGE_SIZE), "phys=0x%lx",
	      phys + PAGE_SIZE);
}

/* RAM that mem= or memmap= leaves out is nobody's, and a driver may take it. */
static noinline void remap_outside(void)
{
	if (outside)
		FACT("outside", ioremap(outside, 4 * PAGE_SIZE), "phys=0x%lx", outside);
}

/* A page of RAM in three areas; the last wants it uncached, as ARM maps DMA memory. */
static noinline void share_page(void)
{
	struct page *page = some_page();
	unsigned long long phys = page_to_phys(page);

	FACT("share", vmap(&page, 1, VM_MAP, PAGE_KERNEL), "phys=0x%llx", phys);
	FACT("share", vmap(&page, 1, VM_MAP, PAGE_KERNEL), "phys=0x%llx", phys);
	FACT("share-uncached", vmap(&page, 1, VM_MAP, pgprot_noncached(PAGE_KERNEL)),
	      "phys=0x%llx", phys);
}

/* ---- One memory, two types ---- */

static noinline void two_types(unsigned long phys)
{
	FACT("plain", ioremap(phys, PAGE_SIZE), "phys=0x%lx", phys);
	FACT("combining", ioremap_wc(phys, PAGE_SIZE), "phys=0x%lx", phys);
}

static noinline void two_types_cached(unsigned long phys)
{
	FACT("plain", ioremap(phys, PAGE_SIZE), "phys=0x%lx", phys);
	FACT("cached", memremap(phys, PAGE_SIZE, MEMREMAP_WB), "phys=0x%lx", phys);
}

/* An area of one page, whatever is to be mapped there. */
static struct vm_struct *own_area(phys_addr_t phys, pgprot_t prot)
{
	struct vm_struct *(*get)(unsigned long size, unsigned long flags, const void *caller) =
		find("get_vm_area_caller");
	struct vm_struct *vm = get ? get(PAGE_SIZE, VM_IOREMAP, __builtin_return_address(0))
				   : NULL;

	if (!vm || !map_by_hand(vm->addr, phys, 1, prot))
		return NULL;
	vm->phys_addr = phys;
	return vm;
}

/* As one does it who does not ask the kernel whether he may. */
static noinline void two_types_by_hand(unsigned long phys)
{
	struct vm_struct *vm;

	FACT("plain", ioremap(phys, PAGE_SIZE), "phys=0x%lx", phys);
	vm = own_area(phys, pgprot_writecombine(PAGE_KERNEL));
	FACT("combining-by-hand", vm ? vm->addr : NULL, "phys=0x%lx", phys);
}

/* ---- RAM as a device ---- */

/* x86 gives in if the page says that it is reserved, ARM does not. */
static noinline void remap_ram(void)
{
	struct page *page = some_page();
	unsigned long long phys = page_to_phys(page);

	SetPageReserved(page);
	FACT("ram", ioremap(phys, PAGE_SIZE), "phys=0x%llx", phys);
}

static noinline void remap_ram_by_hand(void)
{
	phys_addr_t phys = page_to_phys(some_page());
	struct vm_struct *vm = own_area(phys, pgprot_noncached(PAGE_KERNEL));

	FACT("ram-by-hand", vm ? vm->addr : NULL, "phys=0x%llx", (unsigned long long)phys);
}

/* ---- Writable and executable ---- */

static noinline void make_executable(void)
{
	void *(*alloc)(unsigned long size, unsigned long align, unsigned long start,
		       unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long flags,
		       int node, const void *caller) = find(VMALLOC_BY_HAND);
	int (*set_x)(unsigned long addr, int pages) = find("set_memory_x");
	char *area;
	int err;

	if (alloc) {
		area = alloc(3 * PAGE_SIZE, PAGE_SIZE, VMALLOC_START, VMALLOC_END, GFP_KERNEL,
			     PAGE_KERNEL_EXEC, 0, NUMA_NO_NODE, __builtin_return_address(0));
		FACT("wx", area, "at=0x%lx pages=0x3", (unsigned long)area);
	}
	if (set_x) {
		area = vmalloc(4 * PAGE_SIZE);
		err = set_x((unsigned long)area + PAGE_SIZE, 1);
		FACT("wx", err ? NULL : area, "at=0x%lx pages=0x1",
		      (unsigned long)area + PAGE_SIZE);
	}
}

/* ---- Page tables without a record, and the other way round ---- */

/* Where nothing is for a long time: areas are taken from below, and from above. */
static noinline void map_hole(void *va, unsigned int pages)
{
	phys_addr_t phys = page_to_phys(alloc_pages(GFP_KERNEL, 2));

	if (!area_of(va) && map_by_hand(va, phys, pages, PAGE_KERNEL))
		pr_info("FACT stale: at=0x%lx pages=0x%x phys=0x%llx\n", (unsigned long)va,
			pages, (unsigned long long)phys);
}

static noinline void map_holes(void)
{
	unsigned long half = (VMALLOC_END - VMALLOC_START) / 2;
	char *middle = (char *)PAGE_ALIGN(VMALLOC_START + half);

	map_hole(middle, 3);
	map_hole(middle + SZ_8M, 1);
#ifdef CONFIG_X86_64
	map_hole((void *)PAGE_ALIGN(MODULES_VADDR + MODULES_LEN / 2), 2);
#endif
}

static noinline void unmap_pages(unsigned long phys)
{
	struct page *pages[4] = { some_page(), some_page(), some_page(), some_page() };
	char *area = vmalloc(8 * PAGE_SIZE);

	unmap_by_hand(area + 3 * PAGE_SIZE, 2);
	FACT("unmapped", area, "at=0x%lx pages=0x2", (unsigned long)area + 3 * PAGE_SIZE);
	area = vmap(pages, 4, VM_MAP, PAGE_KERNEL);
	unmap_by_hand(area, 4);
	FACT("unmapped-map", area, "at=0x%lx pages=0x4", (unsigned long)area);
	area = (void __force *)ioremap(phys, 4 * PAGE_SIZE);
	unmap_by_hand(area + 3 * PAGE_SIZE, 1);
	FACT("unmapped-remap", area, "at=0x%lx pages=0x1", (unsigned long)area + 3 * PAGE_SIZE);
}

static void replace(char *at, phys_addr_t phys, pgprot_t prot)
{
	unmap_by_hand(at, 1);
	map_by_hand(at, phys, 1, prot);
}

static noinline void map_wrong(unsigned long phys)
{
	char *area = vmalloc(4 * PAGE_SIZE);
	unsigned long long said = page_to_phys(vmalloc_to_page(area + 2 * PAGE_SIZE));
	unsigned long long found = page_to_phys(some_page());

	replace(area + 2 * PAGE_SIZE, found, PAGE_KERNEL);
	FACT("wrong", area, "at=0x%lx said=0x%llx found=0x%llx",
	      (unsigned long)area + 2 * PAGE_SIZE, said, found);
	area = (void __force *)ioremap(phys, 2 * PAGE_SIZE);
	replace(area + PAGE_SIZE, phys + 8 * PAGE_SIZE, pgprot_noncached(PAGE_KERNEL));
	FACT("wrong", area, "at=0x%lx said=0x%lx found=0x%lx", (unsigned long)area + PAGE_SIZE,
	      phys + PAGE_SIZE, phys + 8 * PAGE_SIZE);
}

static noinline void map_guard(void)
{
	char *area = vmalloc(5 * PAGE_SIZE);

	map_by_hand(area + 5 * PAGE_SIZE, page_to_phys(some_page()), 1, PAGE_KERNEL);
	FACT("guard", area, "at=0x%lx", (unsigned long)area + 5 * PAGE_SIZE);
}

/* ---- Records ---- */

static noinline void overwrite_records(void)
{
	char *area = vmalloc(6 * PAGE_SIZE);
	struct vm_struct *vm = area_of(area);

	FACT("record-size", area, "record=0x%lx", (unsigned long)vm);
	vm->size += PAGE_SIZE;
	area = vmalloc(6 * PAGE_SIZE);
	vm = area_of(area);
	FACT("record-addr", area, "record=0x%lx", (unsigned long)vm);
	vm->addr += 0x40;
	area = vmalloc(6 * PAGE_SIZE);
	vm = area_of(area);
	FACT("record-zero", area, "record=0x%lx", (unsigned long)vm);
	memset(vm, 0, sizeof(*vm));
}

static int mapping_bugs_init(void)
{
	remap_twice(device);
	two_types(device + 0x10000);
	two_types_cached(device + 0x20000);
	two_types_by_hand(device + 0x30000);
	remap_outside();
	remap_ram();
	remap_ram_by_hand();
	share_page();
	make_executable();
	map_holes();
	unmap_pages(device + 0x40000);
	map_wrong(device + 0x50000);
	map_guard();
	overwrite_records();
	return 0;
}
module_init(mapping_bugs_init);

/* No exit: what was done stays. */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: page tables and records that do not agree");
