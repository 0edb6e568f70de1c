/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake x86-64: page tables of 4 levels as initialisers, the bases that KASLR
 * would move, and who else declares regions. Where things lie is said once more
 * in x86_64.lds.
 */
#ifndef FAKE_X86_64_H
#define FAKE_X86_64_H

#define MACHINE "x86_64"

#ifndef STORY_FUNCTIONS			/* a story's own */
#define STORY_FUNCTIONS(X)
#endif
#define MORE_FUNCTIONS(X)                                                     \
	X(native_set_fixmap)		/* arch/x86/mm/pgtable.c */	      \
	X(cea_set_pte)			/* arch/x86/mm/cpu_entry_area.c */    \
	X(ptdump_walk_pgd_level)	/* arch/x86/mm/dump_pagetables.c */   \
	X(efi_map_region)						      \
	X(ldt_dup_context)						      \
	STORY_FUNCTIONS(X)

#include "x86_64_types.h"
#include "functions.h"

#define START_KERNEL_MAP 0xffffffff80000000ul
#define PHYS_BASE	 0x0000000003000000ul	/* x86_64.lds says it, too */
#define PAGE_OFFSET	 0xffff888000000000ul
#define VMALLOC_START	 0xffffc90000000000ul
#define VMEMMAP_START	 0xffffea0000000000ul
#ifndef MODULES_VADDR
#define MODULES_VADDR	 0xffffffffa0000000ul	/* no RANDOMIZE_BASE */
#endif
#define MODULES_END	 0xffffffffff000000ul

#define VM(off) (VMALLOC_START + (off))
#define MODULE(off) (MODULES_VADDR + (off))

ulong page_offset_base = PAGE_OFFSET;
ulong vmalloc_base = VMALLOC_START;
ulong vmemmap_base = VMEMMAP_START;
ulong phys_base = PHYS_BASE;
u32 __pgtable_l5_enabled;

/* ---- Page tables ---- */

#include "x86_pages.h"

/* Module memory, where RANDOMIZE_BASE has it. */
ulong level2_modules_pgt[512] PAGE_ALIGNED = {
	[0] = RANDOMIZED_BASE ? PHYS(level1_modules_pgt) + TABLE : 0,
};
ulong level3_kernel_pgt[512] PAGE_ALIGNED = {
	[510] = PHYS(level2_kernel_pgt) + TABLE,
	[511] = PHYS(level2_modules_pgt) + TABLE,
};
#ifndef ROOT_MORE
#define ROOT_MORE
#endif
ulong init_top_pgt[512] PAGE_ALIGNED = {
	ROOT_MORE
	[273] = PHYS(level3_direct_pgt) + TABLE,
	[402] = PHYS(level3_vmalloc_pgt) + TABLE,
	[511] = PHYS(level3_kernel_pgt) + TABLE,
};

typedef u64 phys_addr_t;

/* Of the six areas (six.h), that at the top. */
#define TOP_AT MODULE(0), MODULE(0x5000)
#define TOP_VM .flags = VM_ALLOC, .nr_pages = 4, .caller = (void *)CALLER(load_module)

/* ---- Who else declares regions ---- */

enum fixed_addresses last_fixmap_set;
struct cpu_entry_area *last_cpu_entry_area;
struct page *mem_map_of_fake;
ulong __per_cpu_offset[64];
ulong espfix_pud_page[1];
u8 __vsyscall_page[16];

struct kcore_list {
	int type;
	ulong size, addr;
	struct list_head list;
};

/* VMALLOC_END is inclusive here (arch/x86/include/asm/pgtable_64_types.h). */
#ifndef KCORE_VMALLOC_SIZE
#define KCORE_VMALLOC_SIZE (BIT(45) - 1)
#endif
struct kcore_list kcore_vmalloc = { .addr = VMALLOC_START, .size = KCORE_VMALLOC_SIZE };
struct kcore_list kcore_modules = {
	.addr = MODULES_VADDR, .size = MODULES_END - MODULES_VADDR,
};

struct addr_marker { const char *name; ulong max_lines, start_address; };

struct addr_marker address_markers[] = {
	{ .start_address = 0, .name = "User Space" },
	{ .start_address = 0x8000000000000000, .name = "Kernel Space" },
	{ .start_address = 0, .name = "LDT remap" },
	{ .start_address = PAGE_OFFSET, .name = "Low Kernel Mapping" },
	{ .start_address = VMALLOC_START, .name = "vmalloc() Area" },
	{ .start_address = VMEMMAP_START, .name = "Vmemmap" },
	{ .start_address = START_KERNEL_MAP, .name = "High Kernel Mapping" },
	{ .start_address = MODULES_VADDR, .name = "Modules" },
	{ .start_address = MODULES_END, .name = "End Modules" },
	{ .start_address = -1ul, .name = NULL },
};

#endif
