/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two vmap_nodes, two NUMA nodes, RANDOMIZE_BASE, VMCOREINFO; all is well. Areas
 * alternate between the nodes, so that neither list alone is in order of address.
 */
#define MODULES_VADDR 0xffffffffc0000000ul
#define VMCOREINFO							      \
	"NUMBER(phys_base)=50331648\nKERNELOFFSET=0\nNUMBER(pgtable_l5_enabled)=0\n" \
	"NUMBER(KERNEL_IMAGE_SIZE)=1073741824\nNUMBER(VMALLOC_START)=0xffffc90000000000\n"
/* Of module memory, what its area has. */
#define MODULE_PTES [2] = 0x10002000 + PAGE_TEXT, 0x10003000 + PAGE
#include "x86_64.h"
#include "v6_12.h"

#ifndef NODE_DAMAGE
#define NODE_DAMAGE
#endif

/* ---- Struct pages: the node is the top bit ---- */

u64 node_data[2];
int nr_node_ids = 2;

struct page pages[] IN_SLAB = {
	{ .flags = 0x100 }, { .flags = 0x100 }, { .flags = BIT(63) }, { .flags = 0x100 },
};
struct page *hash_pages[] IN_SLAB = { &pages[0], &pages[3], &pages[1], &pages[2] };
struct page *module_pages[] IN_SLAB = { &pages[2], &pages[2] };

/* ---- Areas ---- */

struct vm_struct vm[] IN_SLAB = {
	VM_OF(VM(0x0000), 0x2000, .flags = VM_IOREMAP, .phys_addr = 0x7fe0000,
	      .caller = (void *)CALLER(acpi_os_map_iomem), .requested_size = 0x1000),
	VM_OF(VM(0x4000), 0x5000, .flags = VM_ALLOC, .nr_pages = 4, .pages = hash_pages,
	      .caller = (void *)CALLER(alloc_large_system_hash), .requested_size = 0x4000),
	VM_OF(MODULE(0x2000), 0x3000, .flags = VM_ALLOC, .nr_pages = 2, .pages = module_pages,
	      .caller = (void *)CALLER(load_module), .requested_size = 0x1800),
};

extern struct vmap_area area[], lazy[], pooled[], purging[];
extern struct vmap_node nodes[];

#define BUSY(node) &nodes[node].busy.head
#define LAZY(node) &nodes[node].lazy.head
#define POOLED(node, i) &nodes[node].pool[i].head

struct vmap_area area[] IN_SLAB = {
	AREA(VM(0x0000), VM(0x2000), BUSY(0), &area[2].list, .vm = &vm[0],
	     BELOW(NULL, &area[2].rb_node)),
	AREA(VM(0x4000), VM(0x9000), BUSY(1), &area[3].list, .vm = &vm[1],
	     BELOW(NULL, &area[3].rb_node)),
	AREA(VM(0x100000), VM(0x104000), &area[0].list, BUSY(0), .flags = VMAP_RAM,
	     BELOW(&area[0].rb_node, NULL)),
	AREA(MODULE(0x2000), MODULE(0x5000), &area[1].list, BUSY(1), .vm = &vm[2],
	     BELOW(&area[1].rb_node, NULL)),
};
/* Since 7.x the vm of a lazy area is stale: nobody may follow it. */
struct vmap_area lazy[] IN_SLAB = {
	AREA(VM(0x20000), VM(0x23000), LAZY(1), LAZY(1), .vm = (void *)0xdead000000000100,
	     BELOW(NULL, NULL)),
};
/* Two pages, kept on node 1 for the next area of that size. */
struct vmap_area pooled[] IN_SLAB = {
	AREA(VM(0x30000), VM(0x32000), POOLED(1, 1), POOLED(1, 1)),
};
struct vmap_node nodes[] IN_SLAB = {
	NODE(&area[0].list, &area[2].list, &area[0].rb_node, LAZY(0), LAZY(0), NULL,
	     .pool = { POOL(POOLED(0, 0), POOLED(0, 0)), POOL(POOLED(0, 1), POOLED(0, 1)) }
	     NODE_DAMAGE),
	NODE(&area[1].list, &area[3].list, &area[1].rb_node, &lazy[0].list, &lazy[0].list,
	     &lazy[0].rb_node,
	     .pool = { POOL(POOLED(1, 0), POOLED(1, 0)), POOL(&pooled[0].list, &pooled[0].list) }),
};
struct vmap_node *vmap_nodes = nodes;
int nr_vmap_nodes = 2;

/* ---- A module in the form of 6.4 and later, its windows in that of 6.10 ---- */

struct module_memory { u32 size; void *base; };
struct module {
	char name[56];
	u32 state;
	struct module_memory mem[7];
	struct list_head list;
};

extern struct list_head modules;
u8 fakemod_text[0x2000] IN_MODULE;
struct module fakemod IN_SLAB = {
	.name = "fakemod", .list = { &modules, &modules },
	.mem = { [0] = { .base = (void *)MODULE(0x2000), .size = 0x1800 } },
};
struct list_head modules = { &fakemod.list, &fakemod.list };

struct execmem_range { ulong alignment, fallback_end, end, fallback_start, start; };
struct execmem_info { ulong scrambled; struct execmem_range ranges[5]; };

struct execmem_info execmem_of_x86 = {
	.ranges = { [0] = { .start = MODULE(0x1000), .end = MODULES_END } },
};
struct execmem_info *execmem_info = &execmem_of_x86;
void execmem_alloc(void) { }

#include "log_ring.h"
