/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * x86-64 as of 2.6.28: vmlist and vmap_areas side by side, and vmlist is right where
 * they differ: of areas that vmalloc_init() found, for their vmap_areas have no
 * vm_struct and its flags for their own; of one whose vmap_area was purged for that
 * (VM_IOREMAP looks like VM_LAZY_FREE); of one that was freed, though its vmap_area
 * keeps VM_VM_AREA and a pointer that leads nowhere good. All is well.
 */
#define VMALLOC_START 0xffffc20000000000ul
#define VMALLOC_SIZE  (31ul << 40)
#define VM_IS_PRIVATE
#define HAS_VMLIST
#define HAS_MODULE_CORE
/* BIG, BIG_PAGES, PURGED */
#define MORE_PTES [64] = PTES64(0xa040000 + PAGE), PTES128(0xa080000 + PAGE), \
	PTES256(0xa100000 + PAGE)
#define SECOND_PTES PTES256(0xa200000 + PAGE), PTES256(0xa300000 + PAGE)
#define THIRD_PTES PTES64(0xa400000 + PAGE), 0xa440000 + PAGE, \
	[0x50] = 0xb000000 + PAGE, 0xb001000 + PAGE, 0xb002000 + PAGE
#define FIFTH_PTES 0xfed00000 + UNCACHED
#include "x86_64_old.h"
#include "v2_6_28.h"

#ifndef DAMAGE
#define DAMAGE
#endif
#ifndef AREA_DAMAGE
#define AREA_DAMAGE
#endif

enum { EARLY, HASH, BIG, BIG_PAGES, PURGED, MODULE_AREA, NR_VM };

struct vm_struct vm[] IN_SLAB = {
	[EARLY] = VM_OF(VM(0x0000), 0x2000, .flags = VM_IOREMAP, .phys_addr = 0x7fe0000,
			.caller = (void *)CALLER(acpi_os_map_iomem), .next = &vm[HASH]),
	[HASH] = VM_OF(VM(0x4000), 0x5000, .flags = VM_ALLOC, .nr_pages = 4,
		       .caller = (void *)CALLER(alloc_large_system_hash), .next = &vm[BIG]),
	[BIG] = VM_OF(VM(0x40000), 0x402000, .flags = VM_ALLOC | VM_VPAGES | VM_USERMAP,
		      .nr_pages = 1025, .pages = (void *)VM(0x450000),
		      .caller = (void *)CALLER(kernel_clone), .next = &vm[BIG_PAGES]),
	[BIG_PAGES] = VM_OF(VM(0x450000), 0x4000, .flags = VM_ALLOC, .nr_pages = 3,
			    .caller = (void *)CALLER(kernel_clone), .next = &vm[PURGED]),
	[PURGED] = VM_OF(VM(0x800000), 0x2000, .flags = VM_IOREMAP, .phys_addr = 0xfed00000,
			 .caller = (void *)CALLER(acpi_os_map_iomem), .next = &vm[MODULE_AREA]),
	[MODULE_AREA] = VM_OF(MODULE(0), 0x5000, .flags = VM_ALLOC, .nr_pages = 4,
			      .caller = (void *)CALLER(load_module))
	DAMAGE
};
VMLIST(&vm[EARLY]);

#ifndef NO_VMAP_AREAS
#define HEAD &vmap_area_list

struct vmap_area area[] IN_SLAB = {
	AREA(VM(0x0000), VM(0x2000), HEAD, &area[1].list, .flags = VM_VM_AREA | VM_IOREMAP),
	AREA(VM(0x4000), VM(0x9000), &area[0].list, &area[2].list, .private = &vm[HASH],
	     .flags = VM_VM_AREA),
	/* freed: what was its vm_struct may be anything by now */
	AREA(VM(0x10000), VM(0x14000), &area[1].list, &area[3].list,
	     .private = (void *)0x6b6b6b6b6b6b6b6b, .flags = VM_VM_AREA | VM_LAZY_FREE),
	AREA(VM(0x20000), VM(0x24000), &area[2].list, &area[4].list),	/* vm_map_ram */
	AREA(VM(0x40000), VM(0x442000), &area[3].list, &area[5].list, .private = &vm[BIG],
	     .flags = VM_VM_AREA),
	AREA(VM(0x450000), VM(0x454000), &area[4].list, &area[6].list,
	     .private = &vm[BIG_PAGES], .flags = VM_VM_AREA),
	AREA(MODULE(0), MODULE(0x5000), &area[5].list, HEAD, .private = &vm[MODULE_AREA],
	     .flags = VM_VM_AREA)
	AREA_DAMAGE
};
struct list_head vmap_area_list = { &area[0].list, &area[6].list };
#endif

#include "log_text.h"
