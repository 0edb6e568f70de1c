/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM as of 3.4, VMSPLIT_1G: vmlist is what counts; static mappings are the
 * first on it, and their vmap_areas know nothing of them; one is being made and not
 * yet on it. DMA memory has a region of its own. All is well.
 */
#define PAGE_OFFSET 0x40000000ul
#define LOWMEM_MIB 256
#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
#define VM(off) (0x50800000ul + (off))
#define MORE_FUNCTIONS(X) X(iotable_init)
#define HAS_VMLIST
#define SIX_HERE
#include "arm.h"
#include "v2_6_28.h"
#include "six.h"

void *vmalloc_min IN_INIT = (void *)(0xff000000 - (248 << 20));
ulong consistent_base = 0xffc00000;

enum { MAKING = FREED };	/* in place of one that was freed, which has no vm_struct */

#define UNLISTED_AT VM(0x40000), VM(0x43000)

struct vm_struct vm[] IN_SLAB = {
	SIX_VM,
	[IO].next = &vm[HASH],
	[HASH].next = &vm[TOP],
	[MAKING] = VM_AT(UNLISTED_AT, .flags = VM_ALLOC | VM_UNLIST, .nr_pages = 1,
			 .caller = (void *)CALLER(load_module)),
};
VMLIST(&vm[IO]);

enum { UNLISTED = TOP, LAST };
#define ON_LIST(i) .list = LINKS(area, i, 7, vmap_area_list), .rb_node = TREE(area, i, 7)

struct vmap_area area[] IN_SLAB = {
	[IO] = AREA_AT(IO_AT, ON_LIST(IO), .vm = &vm[IO], .flags = VM_VM_AREA),
	[HASH] = AREA_AT(HASH_AT, ON_LIST(HASH), .vm = &vm[HASH], .flags = VM_VM_AREA),
	[FREED] = AREA_AT(FREED_AT, ON_LIST(FREED), .flags = VM_LAZY_FREE),
	[RAM] = AREA_AT(RAM_AT, ON_LIST(RAM)),
	[RAM_FREED] = AREA_AT(RAM_FREED_AT, ON_LIST(RAM_FREED), .flags = VM_LAZY_FREE),
	[UNLISTED] = AREA_AT(UNLISTED_AT, ON_LIST(UNLISTED), .vm = &vm[MAKING],
			     .flags = VM_VM_AREA),
	/* vmalloc_init() took the vm_struct's flags for its own, and no pointer */
	[LAST] = AREA_AT(TOP_AT, ON_LIST(LAST),
			 .flags = VM_VM_AREA | VM_IOREMAP | VM_ARM_STATIC_MAPPING),
};
struct list_head vmap_area_list = HEAD(area, 7);
struct rb_root vmap_area_root = ROOT(area);

/* ---- Modules: none ---- */

struct module {
	void *module_init;
	u32 core_size, init_size;
	void *module_core;
	struct list_head list;
	u32 state, core_text_size, init_text_size;
	char name[60];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

#include "log_text.h"
