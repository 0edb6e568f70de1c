// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual areas of every kind that an idle guest lacks; they are kept, so that the dump
 * has them. The code which makes them is not __init: the caller of an area must still
 * have a name when /proc/vmallocinfo is printed.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "oracle.h"

void *kept[KEPT_MAX];
unsigned int nr_kept;

static void *keep(void *area)
{
	if (IS_ERR_OR_NULL(area))
		pr_warn("vmatlas: area %u was refused\n", nr_kept);
	else if (nr_kept < KEPT_MAX)
		kept[nr_kept++] = area;
	return area;
}

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
	unsigned long pages = PAGE_SIZE / sizeof(struct page *) + 64;

	keep(vmalloc(max(6UL << 20, pages * PAGE_SIZE)));
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
static noinline void make_io(unsigned long phys)
{
	if (!phys)
		return;
	keep((void __force *)ioremap(phys, 2 * PAGE_SIZE));
	keep((void __force *)ioremap(phys + PAGE_SIZE, 2 * PAGE_SIZE));
}

struct page *ram[RAM_PAGES];

/* One page under three addresses: in two areas, and twice in one of them. */
static noinline void make_vmap(void)
{
	struct page *twice[2] = { ram[0], ram[0] };

	keep(vmap(ram, 1, VM_MAP, PAGE_KERNEL));
	keep(vmap(twice, 2, VM_MAP, PAGE_KERNEL));
}

/*
 * vm_map_ram() takes up to BITS_PER_LONG pages out of a shared block, and more
 * as an area of its own. One of the small ones is given back later.
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
 * so this waits for the first read of a file of ours.
 */
void free_some(void)
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

noinline void make_areas(unsigned long phys)
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
	make_io(phys);
	make_vmap();
	make_vm_map_ram();
}
