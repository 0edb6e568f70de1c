/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake i386 with HIGHMEM, 256 MiB of lowmem mapped by large pages, with two levels of
 * tables or, with HAS_PAE, three. Where things lie is said once more in i386.lds; a
 * story says how the address space is split, and kernels.mk says that to the linker:
 *
 *	#define PAGE_OFFSET 0x78000000ul
 *	#define HIGH_MEMORY 0x88000000ul
 */
#ifndef FAKE_I386_H
#define FAKE_I386_H

#define MACHINE "i686"

#ifndef MORE_FUNCTIONS
#define MORE_FUNCTIONS(X) X(native_set_fixmap)
#endif
#include "functions.h"

#define VM(off) (HIGH_MEMORY + 0x800000 + (off))

void *high_memory = (void *)HIGH_MEMORY;
ulong __FIXADDR_TOP = 0xfffff000;
u8 __vmalloc_start_set = 1;
struct page { ulong flags; ulong scrambled[7]; } *mem_map_of_fake;

enum fixed_addresses {
	__end_of_permanent_fixed_addresses = 0x85, __end_of_fixed_addresses = 0x185,
};
enum fixed_addresses last_fixmap_set;
u32 pkmap_page_table[1];

/* ---- Page tables: Intel SDM vol. 3, 4.3 and 4.4 ---- */

#define TABLE 0x067	/* present, rw, accessed, dirty */
#define LARGE 0x1e3	/* present, rw, accessed, dirty, large, global */
#define PAGE  0x163
#define UNCACHED 0x173
#define PHYS(p) ((ulong)&(p) - PAGE_OFFSET)

#ifdef HAS_PAE		/* entries of eight bytes; the top bit is "not executable" */
#define ENTRY(value) (value), 0,
#define DATA(value)  (value), 0x80000000,
#else
#define ENTRY(value) (value),
#define DATA(value)  (value),
#endif

/* Of the six areas (six.h), the first two, of one page and of four, and the top one. */
#define FIRST_TWO							      \
	DATA(0x7fe0000 + UNCACHED) ENTRY(0) ENTRY(0) ENTRY(0)		      \
	DATA(0x9000000 + PAGE) DATA(0x9003000 + PAGE)			      \
	DATA(0x9001000 + PAGE) DATA(0x9002000 + PAGE)

#define MODULE_PAGES							      \
	DATA(0xa000000 + PAGE) DATA(0xa001000 + PAGE)			      \
	DATA(0xa002000 + PAGE) DATA(0xa003000 + PAGE)

#define LARGE1(i) ENTRY((ulong)(i) * LARGE_SIZE + LARGE)
#define LARGE4(i) LARGE1(i) LARGE1((i) + 1) LARGE1((i) + 2) LARGE1((i) + 3)
#define LARGE16(i) LARGE4(i) LARGE4((i) + 4) LARGE4((i) + 8) LARGE4((i) + 12)
#define LARGE64(i) LARGE16(i) LARGE16((i) + 16) LARGE16((i) + 32) LARGE16((i) + 48)

#ifdef HAS_PAE
typedef u64 phys_addr_t;
#define LARGE_SIZE 0x200000
#define PMD(addr) (((addr) >> 21 & 511) * 2)
ulong vmalloc_pte[1024] PAGE_ALIGNED = { FIRST_TWO };
ulong module_pte[1024] PAGE_ALIGNED = { MODULE_PAGES };
ulong initial_pg_pmd[2][1024] PAGE_ALIGNED = {
	{ [PMD(PAGE_OFFSET)] = LARGE64(0) LARGE64(64) },
	{ [PMD(VM(0))] = PHYS(vmalloc_pte) + TABLE,
	  [PMD(0xf8000000)] = PHYS(module_pte) + TABLE },
};
ulong swapper_pg_dir[8] PAGE_ALIGNED = {
	[(PAGE_OFFSET >> 30) * 2] = PHYS(initial_pg_pmd[0]) + 1,
	[(VM(0) >> 30) * 2] = PHYS(initial_pg_pmd[1]) + 1,
};
#else
typedef ulong phys_addr_t;
#define LARGE_SIZE 0x400000
ulong vmalloc_pte[1024] PAGE_ALIGNED = { [VM(0) >> 12 & 1023] = FIRST_TWO };
ulong module_pte[1024] PAGE_ALIGNED = { MODULE_PAGES };
ulong swapper_pg_dir[1024] PAGE_ALIGNED = {
	[PAGE_OFFSET >> 22] = LARGE64(0)
	[VM(0) >> 22] = PHYS(vmalloc_pte) + TABLE,
	[0xf8000000 >> 22] = PHYS(module_pte) + TABLE,
};
#endif

/* Of the six areas, that at the top: modules lie in vmalloc space here. */
#define TOP_AT 0xf8000000, 0xf8005000
#define TOP_VM .flags = VM_ALLOC, .nr_pages = 4, .caller = (void *)CALLER(load_module)

/* kernel/module.c, up to 4.4 */
#ifdef HAS_MODULE_CORE
struct module {
	void *module_init;
	u32 core_size, init_size;
	void *module_core;
	struct list_head list;
	u32 state, core_text_size, init_text_size;
	char name[60];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);
#endif

#endif
