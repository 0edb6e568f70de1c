/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arm64 as of 4.4, 39 bits: the linear map is the upper half of kernel space and holds
 * the image; the records are those of 3.10 to 4.6. All is well.
 */
#define VA_BITS 39
#define PAGE_OFFSET 0xffffffc000000000ul
#define IMAGE PAGE_OFFSET + 0x80000
#define VM(off) (0xffffff8000000000ul + (off))
#define FIXED_ADDRESSES 0x403
#define TOP_AT VM(0x100000000), VM(0x100005000)
#define SIX_HERE
#include "arm64.h"
#include "v2_6_28.h"
#include "six.h"

struct vm_struct vm[] IN_SLAB = { SIX_VM };

#define ON_LIST(i) .list = LINKS(area, i, 6, vmap_area_list), .rb_node = TREE(area, i, 6)

struct vmap_area area[] IN_SLAB = {
	[IO] = AREA_AT(IO_AT, ON_LIST(IO), .vm = &vm[IO], .flags = VM_VM_AREA),
	[HASH] = AREA_AT(HASH_AT, ON_LIST(HASH), .vm = &vm[HASH], .flags = VM_VM_AREA),
	[FREED] = AREA_AT(FREED_AT, ON_LIST(FREED), .flags = VM_LAZY_FREE),
	[RAM] = AREA_AT(RAM_AT, ON_LIST(RAM)),
	[RAM_FREED] = AREA_AT(RAM_FREED_AT, ON_LIST(RAM_FREED), .flags = VM_LAZY_FREE),
	[TOP] = AREA_AT(TOP_AT, ON_LIST(TOP), .vm = &vm[TOP], .flags = VM_VM_AREA),
};
struct list_head vmap_area_list = HEAD(area, 6);
struct rb_root vmap_area_root = ROOT(area);

struct module {
	void *module_init;
	u32 core_size, init_size;
	void *module_core;
	struct list_head list;
	u32 state, core_text_size, init_text_size;
	char name[56];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

#include "log_records.h"
