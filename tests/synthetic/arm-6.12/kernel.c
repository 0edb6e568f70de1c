/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM as of 6.12, with HIGHMEM: "single" is the one vmap_node and no
 * vmap_nodes points to it; the log is a ring of records; all is well.
 */
#define LOWMEM_MIB 256
#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
#define VMCOREINFO "NUMBER(VMALLOC_START)=0xd0800000\n"
#define MORE_FUNCTIONS(X) X(pci_reserve_io) X(execmem_alloc) X(iotable_init)
#define VMALLOC_MIB 0xd08
#define VMALLOC_PTES [1] = 0x08000000 + DEVICE, \
	[4] = PTES4(0x44000000 + PAGE), PTES4(0x44004000 + PAGE)
#include "arm.h"
#include "v6_12.h"

ulong vmalloc_size IN_INIT = 240 << 20;
u32 *pkmap_page_table;

/* ---- Areas ---- */

#define VM_ARM_STATIC_MAPPING 0x40000000

struct vm_struct vm[] IN_SLAB = {
	VM_OF(0xd0801000, 0x2000, .flags = VM_IOREMAP, .phys_addr = 0x08000000,
	      .caller = (void *)CALLER(request_resource), .requested_size = 0x1000),
	VM_OF(0xd0804000, 0x9000, .flags = VM_ALLOC, .nr_pages = 8,
	      .caller = (void *)CALLER(kernel_clone), .requested_size = 0x8000),
	VM_OF(0xfee00000, 0x200000, .flags = VM_IOREMAP,
	      .caller = (void *)CALLER(pci_reserve_io)),
};

extern struct vmap_area area[], lazy[];
extern struct vmap_node single;

#define BUSY &single.busy.head
#define LAZY &single.lazy.head

struct vmap_area area[] IN_SLAB = {
	AREA(0xd0801000, 0xd0803000, BUSY, &area[1].list, .vm = &vm[0],
	     BELOW(NULL, &area[1].rb_node)),
	AREA(0xd0804000, 0xd080d000, &area[0].list, &area[2].list, .vm = &vm[1],
	     BELOW(&area[0].rb_node, &area[2].rb_node)),
	AREA(0xd0810000, 0xd0814000, &area[1].list, &area[3].list, .flags = VMAP_RAM,
	     BELOW(&area[1].rb_node, &area[3].rb_node)),
	AREA(0xfee00000, 0xff000000, &area[2].list, BUSY, .vm = &vm[2],
	     BELOW(&area[2].rb_node, NULL)),
};
struct vmap_area lazy[] IN_SLAB = {
	AREA(0xd0820000, 0xd0822000, LAZY, LAZY, .vm = (void *)0x100, BELOW(NULL, NULL)),
};
struct vmap_node single = NODE(&area[0].list, &area[3].list, &area[0].rb_node,
			       &lazy[0].list, &lazy[0].list, &lazy[0].rb_node);
int nr_vmap_nodes = 1;

/* ---- Modules: none; and the only second source of vmalloc's bounds here ---- */

struct module {
	struct { ulong size; void *base; } mem[7];
	struct list_head list;
	u32 state;
	char name[60];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

struct execmem_range { ulong fallback_start, end, fallback_end, start; };
struct execmem_info { struct execmem_range ranges[5]; };
struct execmem_info execmem_of_arm = {
	.ranges = { [0] = { .start = 0xbf000000, .end = 0xbfe00000,
			    .fallback_start = 0xd0800000, .fallback_end = 0xff800000 } },
};
struct execmem_info *execmem_info = &execmem_of_arm;

/* ---- RAM by the kernel's own account ---- */

struct resource {
	struct resource *child;
	const char *name;
	ulong flags, end;
	struct resource *sibling;
	ulong start;
};

struct resource ram_resource = {
	.name = "System RAM", .start = 0x40000000, .end = 0x4fffffff, .flags = 0x81000200,
};
struct resource uart_resource = {
	.name = "fake-uart", .start = 0x09000000, .end = 0x09000fff, .flags = 0x80000200,
	.sibling = &ram_resource,
};
struct resource iomem_resource = { .end = 0xffffffff, .child = &uart_resource };

#define LOG_LINES(X)						\
	X(0, "Booting Linux on physical CPU 0x0"),		\
	X(1, "Linux version " RELEASE),				\
	X(2, "Kernel command line: console=ttyAMA0")
#define LOG_HEAD 2
#include "log_ring.h"
