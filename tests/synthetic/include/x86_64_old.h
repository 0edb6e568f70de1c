/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake x86-64 as it was before KASLR moved anything: PAGE_OFFSET and the rest are
 * constants that nothing in memory tells. Up to 2.6.30 vmalloc space was elsewhere:
 *
 *	#define VMALLOC_START 0xffffc20000000000ul
 *	#define VMALLOC_SIZE (31ul << 40)
 *
 * kernels.mk tells the linker where the direct map is.
 */
#ifndef FAKE_X86_64_OLD_H
#define FAKE_X86_64_OLD_H

#define MACHINE "x86_64"

#ifndef MORE_FUNCTIONS
#define MORE_FUNCTIONS(X) X(native_set_fixmap)
#endif
#include "functions.h"

#define START_KERNEL_MAP 0xffffffff80000000ul
#define PHYS_BASE	 0x0000000003000000ul	/* x86_64.lds says it, too */
#define PAGE_OFFSET	 0xffff880000000000ul
#ifndef VMALLOC_START
#define VMALLOC_START	 0xffffc90000000000ul
#define VMALLOC_SIZE	 (32ul << 40)
#endif
#define MODULES_VADDR	 0xffffffffa0000000ul
#define MODULES_END	 0xffffffffff000000ul

#define VM(off) (VMALLOC_START + (off))
#define MODULE(off) (MODULES_VADDR + (off))

ulong phys_base = PHYS_BASE;

/* ---- Page tables ---- */

#include "x86_pages.h"

#define SLOT(addr) ((addr) >> 39 & 511)

ulong level3_kernel_pgt[512] PAGE_ALIGNED = { [510] = PHYS(level2_kernel_pgt) + TABLE };
ulong init_level4_pgt[512] PAGE_ALIGNED = {
	[SLOT(PAGE_OFFSET)] = PHYS(level3_direct_pgt) + TABLE,
	[SLOT(VMALLOC_START)] = PHYS(level3_vmalloc_pgt) + TABLE,
	[511] = PHYS(level3_kernel_pgt) + TABLE,
};

/* ---- Who else declares regions ---- */

struct page { ulong scrambled[4]; ulong flags; ulong more[2]; };
enum fixed_addresses { __end_of_permanent_fixed_addresses = 0x1a5 };
enum fixed_addresses last_fixmap_set;
struct page *mem_map_of_fake;

struct kcore_list {
	int type;
	ulong size, addr;
	struct list_head list;
};
struct kcore_list kcore_vmalloc = { .addr = VMALLOC_START, .size = VMALLOC_SIZE - 1 };
struct kcore_list kcore_modules = {
	.addr = MODULES_VADDR, .size = MODULES_END - MODULES_VADDR,
};

typedef u64 phys_addr_t;

/* ---- Of the six areas, that at the top ---- */

#define TOP_AT MODULE(0), MODULE(0x5000)
#define TOP_VM .flags = VM_ALLOC, .nr_pages = 4, .caller = (void *)CALLER(load_module)

/* kernel/module.c, up to 4.4 */
#ifdef HAS_MODULE_CORE
struct module {
	void *module_init;
	u32 core_size, init_size;
	void *module_core;
	struct list_head list;
	u32 state, core_text_size, init_text_size;
	char name[56];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);
#endif

#endif
