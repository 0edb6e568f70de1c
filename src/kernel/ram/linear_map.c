/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RAM as arm64 and riscv tell it at boot: from PAGE_OFFSET, on arm64 since 4.6 from where
 * RAM begins, up to high_memory; and its struct pages (arch/arm64/mm/init.c: mem_init()).
 */
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/ram/linear_map.h"
#include "kernel/ram/ram_survey.h"

enum { HIGH_MEMORY, VMEMMAP, PAGE, NR_NEEDS };

static const struct vmatlas_lookup needs[] = {
	[HIGH_MEMORY] = VMATLAS_OPTIONAL_SYMBOL("high_memory"),
	[VMEMMAP] = VMATLAS_OPTIONAL_SYMBOL("vmemmap_populate"),	/* SPARSEMEM_VMEMMAP */
	[PAGE] = VMATLAS_OPTIONAL_MEMBER("page", "", "vfree|vunmap"),
};

/* memblock_start_of_DRAM(): the kernel's own account, else the dump's. */
static uint64_t start_of_ram(const struct kernel *k)
{
	static const enum ram_role roles[] = { RAM_MEMBLOCK, RAM_SYSTEM, RAM_DESCRIBED };
	const struct ram_facts *ram = k->records.ram;
	uint64_t start = UINT64_MAX;

	for (size_t r = 0; ram && r < ARRAY_SIZE(roles) && start == UINT64_MAX; r++)
		for (size_t i = 0; i < ram->facts.nr; i++)
			if (ram->facts.v[i].role == roles[r])
				start = MIN(start, ram->facts.v[i].phys.first);
	for (size_t i = 0; start == UINT64_MAX && i < k->mem->info.nr_segments; i++)
		start = MIN(start, k->mem->info.segments[i].paddr);
	return start;
}

/* Up to 4.5 vmemmap began with page 0, since with that of memstart_addr (dfd55ad85e4a). */
static void find_pages(const struct kernel *k, const struct resolved *page, uint64_t vmemmap,
		       uint64_t linear, struct boot_facts *ret)
{
	const bool from_zero = k->release < KERNEL_RELEASE(4, 6);
	/* built for 52 bits, on a CPU without: what lies below has no pages */
	const uint64_t lowest = UINT64_MAX << k->format->kernel_bits;
	const uint64_t first = from_zero ? k->phys_base >> k->page_shift : 0;

	linear = MAX(linear, lowest);
	ret->vmemmap = vmemmap +
		(first + ((ret->memory - linear) >> k->page_shift)) * page->size;
	ret->vmemmap_end = vmemmap +
		(first + ((ret->high_memory - linear) >> k->page_shift)) * page->size;
	ret->has_vmemmap = ret->vmemmap < ret->vmemmap_end;
}

struct vmatlas_error *boot_facts_read(struct kernel *k, uint64_t linear, uint64_t vmemmap,
				      struct boot_facts *ret)
{
	struct resolved res[NR_NEEDS];
	struct vmatlas_error *err;

	*ret = (struct boot_facts){ .memory = linear };
	err = lookup_resolve(k, needs, NR_NEEDS, res);
	if (err || !res[HIGH_MEMORY].found)
		return err;
	err = kernel_read_ptr(k, res[HIGH_MEMORY].addr, &ret->high_memory);
	if (error_is_kernel_trouble(err)) {
		vmatlas_error_free(err);
		return NULL;
	}
	if (k->arch->floating_direct_map && k->release >= k->arch->floating_direct_map)
		ret->memory = linear + start_of_ram(k) - k->phys_base;
	ret->has_memory = !err && ret->memory >= linear && ret->high_memory > ret->memory;
	if (ret->has_memory && vmemmap && res[VMEMMAP].found && res[PAGE].found)
		find_pages(k, &res[PAGE], vmemmap, linear, ret);
	return err;
}
