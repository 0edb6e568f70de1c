/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * i386 as of 2.6.32, two levels of tables, VMSPLIT_2G_OPT: pkmap below the boot-time
 * fixmap, modules in vmalloc space; vmlist is what counts. All is well.
 */
#define PAGE_OFFSET 0x78000000ul
#define HIGH_MEMORY 0x88000000ul
#define VM_IS_PRIVATE
#define HAS_VMLIST
#define HAS_MODULE_CORE
#define SIX_HERE
#include "i386.h"
#include "v2_6_28.h"
#include "six.h"

struct vm_struct vm[] IN_SLAB = {
	SIX_VM,
	[IO].next = &vm[HASH],
	[HASH].next = &vm[TOP],
};
VMLIST(&vm[IO]);

#define ON_LIST(i) .list = LINKS(area, i, 6, vmap_area_list), .rb_node = TREE(area, i, 6)

struct vmap_area area[] IN_SLAB = {
	[IO] = AREA_AT(IO_AT, ON_LIST(IO), .private = &vm[IO], .flags = VM_VM_AREA),
	[HASH] = AREA_AT(HASH_AT, ON_LIST(HASH), .private = &vm[HASH], .flags = VM_VM_AREA),
	[FREED] = AREA_AT(FREED_AT, ON_LIST(FREED), .private = (void *)0x6b6b6b6b,
			  .flags = VM_VM_AREA | VM_LAZY_FREE),
	[RAM] = AREA_AT(RAM_AT, ON_LIST(RAM)),
	[RAM_FREED] = AREA_AT(RAM_FREED_AT, ON_LIST(RAM_FREED), .flags = VM_LAZY_FREE),
	[TOP] = AREA_AT(TOP_AT, ON_LIST(TOP), .private = &vm[TOP], .flags = VM_VM_AREA),
};
struct list_head vmap_area_list = HEAD(area, 6);
struct rb_root vmap_area_root = ROOT(area);
