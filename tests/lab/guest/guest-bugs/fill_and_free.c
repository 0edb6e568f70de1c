// SPDX-License-Identifier: GPL-2.0
/*
 * A module that fills vmalloc space and gives back every second piece, or that gives back
 * very many areas without a purge:
 *
 *	insmod fill_and_free.ko lookup=ADDRESS what=fragments|unpurged
 *	echo 1 >/sys/module/fill_and_free/parameters/go		now the areas are freed
 *
 * Freeing waits for "go", since the end of loading a module purges. What was done is said
 * in lines of the log that begin with FACT, for check-guest-bugs.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

static char *what = "";
module_param(what, charp, 0444);

static unsigned long lookup;
module_param(lookup, ulong, 0444);
MODULE_PARM_DESC(lookup, "where kallsyms_lookup_name is");

static void *find(const char *name)
{
	unsigned long (*by_name)(const char *name) = (void *)lookup;
	void *found = by_name ? (void *)by_name(name) : NULL;

	if (!found)
		pr_warn("fill_and_free: no %s\n", name);
	return found;
}

/* ---- Fragments ---- */

#define MOST 2048
static struct vm_struct *pieces[MOST];
static unsigned int nr_pieces;

static struct vm_struct *(*get)(unsigned long size, unsigned long flags, const void *caller);
static void (*put)(struct vm_struct *vm);

/* Address space alone: VM_ALLOC without pages, and without an alignment. */
static noinline struct vm_struct *reserve(unsigned long size)
{
	return get(size, VM_ALLOC, __builtin_return_address(0));
}

static noinline unsigned int reserve_all(unsigned long size)
{
	unsigned int nr = 0;

	while (nr < 65536 && reserve(size))
		nr++;
	return nr;
}

/* The largest that the kernel still has room for: it is asked, size by size. */
static noinline unsigned long largest(unsigned long most)
{
	unsigned long low = 0, high = most / PAGE_SIZE;

	while (low < high) {
		unsigned long middle = high - (high - low) / 2;
		struct vm_struct *vm = reserve(middle * PAGE_SIZE);

		if (vm) {
			put(vm);
			vm_unmap_aliases();
			low = middle;
		} else {
			high = middle - 1;
		}
	}
	return low * PAGE_SIZE;
}

/*
 * Large windows first, then pieces of 256 KiB, then whatever still fits: no gap is left
 * that could make a hole larger. Every second piece goes.
 */
static noinline void fragment(void)
{
	unsigned long size = (unsigned long)SZ_1G << (BITS_PER_LONG == 64 ? 10 : 0);
	unsigned int nr = 0, i, freed = 0;

	get = find("get_vm_area_caller");
	put = find("free_vm_area");
	if (!get || !put)
		return;
	for (; size > SZ_64M; size /= 4)
		nr += reserve_all(size);
	while (nr_pieces < MOST && (pieces[nr_pieces] = reserve(SZ_256K)))
		nr_pieces++;
	for (size = SZ_64M; size >= PAGE_SIZE; size /= 4)
		nr += reserve_all(size);
	for (i = 0; i < nr_pieces; i += 2, freed++)
		put(pieces[i]);
	vm_unmap_aliases();
	/* the guard page is part of the hole */
	pr_info("FACT fragments: pieces=0x%x freed=0x%x others=0x%x each=0x%lx largest=0x%lx\n",
		nr_pieces, freed, nr, SZ_256K + PAGE_SIZE, largest(SZ_64M) + PAGE_SIZE);
}

/* ---- Unpurged ---- */

/* Together less than lazy_max_pages(), 8192 of 4 KiB on one CPU. */
#define MAPS 1600
#define ALLOCS 700
#define RAMS 16
#define RAM_PAGES 96		/* more than a block gives */
static void *maps[MAPS], *allocs[ALLOCS], *rams[RAMS];
static struct page *page;

static void tell_freed(const char *kind, void **areas, unsigned int nr, unsigned long size)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!areas[i])
			break;
	pr_info("FACT unpurged: %s areas=0x%x each=0x%lx\n", kind, i, size);
	for (i = 0; i < nr; i += nr / 8)
		pr_info("FACT unpurged-one: at=0x%lx size=0x%lx\n", (unsigned long)areas[i],
			size);
}

static noinline void make_many(void)
{
	struct page *all[RAM_PAGES];
	unsigned int i;

	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < RAM_PAGES; i++)
		all[i] = page;
	for (i = 0; i < MAPS; i++) {
		maps[i] = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
		/* stays: freed neighbours become one */
		vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	}
	for (i = 0; i < ALLOCS; i++)
		allocs[i] = vmalloc(3 * PAGE_SIZE);
	for (i = 0; i < RAMS; i++)
		rams[i] = vm_map_ram(all, RAM_PAGES, NUMA_NO_NODE);
	tell_freed("vmap", maps, MAPS, 2 * PAGE_SIZE);
	tell_freed("vmalloc", allocs, ALLOCS, 4 * PAGE_SIZE);
	tell_freed("vm_map_ram", rams, RAMS, RAM_PAGES * PAGE_SIZE);
}

static noinline void free_many(void)
{
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		vunmap(maps[i]);
	for (i = 0; i < ALLOCS; i++)
		vfree(allocs[i]);
	for (i = 0; i < RAMS; i++)
		vm_unmap_ram(rams[i], RAM_PAGES);
}

static int go(const char *value, const struct kernel_param *param)
{
	if (page)
		free_many();
	page = NULL;
	return 0;
}

static const struct kernel_param_ops go_ops = { .set = go };
module_param_cb(go, &go_ops, NULL, 0200);

static int fill_and_free_init(void)
{
	if (!strcmp(what, "fragments"))
		fragment();
	else if (!strcmp(what, "unpurged"))
		make_many();
	else
		return -EINVAL;
	return 0;
}
module_init(fill_and_free_init);

/* No exit: what was taken is not given back. */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: vmalloc space in pieces");
