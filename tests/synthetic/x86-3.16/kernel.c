/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * x86-64 as of 3.16: the list of vmap_areas is all there is, vm_struct.next leads
 * nowhere, what was freed has a flag. All is well.
 */
#define HAS_MODULE_CORE
#define SIX_HERE
#include "x86_64_old.h"
#include "v2_6_28.h"
#include "six.h"

struct vm_struct vm[] IN_SLAB = { SIX_VM };

#define ON_LIST(i) .list = LINKS(area, i, 6, vmap_area_list), .rb_node = TREE(area, i, 6)

struct vmap_area area[] IN_SLAB = {
	[IO] = AREA_AT(IO_AT, ON_LIST(IO), .vm = &vm[IO], .flags = VM_VM_AREA),
	[HASH] = AREA_AT(HASH_AT, ON_LIST(HASH), .vm = &vm[HASH], .flags = VM_VM_AREA),
	[FREED] = AREA_AT(FREED_AT, ON_LIST(FREED), .flags = VM_LAZY_FREE),
	[RAM] = AREA_AT(RAM_AT, ON_LIST(RAM)),
	/* its turn has come: __purge_vmap_area_lazy() is at work */
	[RAM_FREED] = AREA_AT(RAM_FREED_AT, ON_LIST(RAM_FREED), .flags = VM_LAZY_FREEING),
	[TOP] = AREA_AT(TOP_AT, ON_LIST(TOP), .vm = &vm[TOP], .flags = VM_VM_AREA),
};
struct list_head vmap_area_list = HEAD(area, 6);
struct rb_root vmap_area_root = ROOT(area);

/* What was there before vmalloc_init(): since 3.10 nobody reads it. */
struct vm_struct *vmlist = (void *)0x5a5a5a5a5a5a5a5a;

#include "log_records.h"
