/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM as of 3.10, without HIGHMEM: lazily freed areas stay on the list,
 * the log is a chain of records, the boot loader left ATAGs; all is well.
 */
#define LOWMEM_MIB 256
#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128)
#define MORE_FUNCTIONS(X) X(iotable_init)
#define VMALLOC_MIB 0xd08
#define VMALLOC_PTES [0] = 0x48000000 + DEVICE, \
	[3] = PTES4(0x44000000 + PAGE), PTES4(0x44004000 + PAGE)
#define MORE_SECTIONS [0xfe0] = 0x10000000 + DEVICE_SECTION
#include "arm.h"
#include "v2_6_28.h"

void *vmalloc_min IN_INIT = (void *)(0xff000000 - (248 << 20));

/* ---- Areas ---- */

struct vm_struct vm[] IN_SLAB = {
	VM_OF(0xd0800000, 0x2000, .flags = VM_IOREMAP, .phys_addr = 0x48000000,
	      .caller = (void *)CALLER(request_resource)),
	VM_OF(0xd0803000, 0x9000, .flags = VM_ALLOC, .nr_pages = 8,
	      .caller = (void *)CALLER(kernel_clone)),
	VM_OF(0xfe000000, 0x100000, .flags = VM_IOREMAP | VM_ARM_STATIC_MAPPING,
	      .phys_addr = 0x10000000, .caller = (void *)CALLER(iotable_init)),
};

#define HEAD &vmap_area_list

struct vmap_area area[] IN_SLAB = {
	AREA(0xd0800000, 0xd0802000, HEAD, &area[1].list, .vm = &vm[0], .flags = VM_VM_AREA),
	AREA(0xd0803000, 0xd080c000, &area[0].list, &area[2].list, .vm = &vm[1],
	     .flags = VM_VM_AREA),
	/* freed, and its vm with it: the pointer leads to another area's */
	AREA(0xd0810000, 0xd0814000, &area[1].list, &area[3].list, .vm = &vm[1],
	     .flags = VM_LAZY_FREE),
	AREA(0xd0820000, 0xd0824000, &area[2].list, &area[4].list),	/* vm_map_ram */
	AREA(0xfe000000, 0xfe100000, &area[3].list, HEAD, .vm = &vm[2], .flags = VM_VM_AREA),
};
struct list_head vmap_area_list = { &area[0].list, &area[4].list };

struct module {
	void *module_init;
	u32 core_size, init_size;
	void *module_core;
	struct list_head list;
	u32 state, core_text_size, init_text_size;
	char name[60];
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

/* ---- The boot loader's ATAGs: arch/arm/include/uapi/asm/setup.h ---- */

struct tag_header { u32 words, tag; };

struct {
	u8 before[0x100];
	struct { struct tag_header h; u32 flags, pagesize, rootdev; } core;
	struct { struct tag_header h; u32 size, start; } mem;
	struct { struct tag_header h; char text[24]; } command_line;
	struct tag_header none;
} first_page IN_LOWPAGE = {
	.core = { { 5, 0x54410001 }, 1, 4096, 0 },
	.mem = { { 4, 0x54410002 }, 256 << 20, PHYS_OFFSET },
	.command_line = { { 8, 0x54410009 }, "console=ttyS0" },
};
/* Init memory, poisoned after boot (arch/arm/mm/init.c: poison_init_mem). */
u32 __atags_pointer IN_INIT = 0xe7fddef0;

/* ---- The log: kernel/printk.c, 3.5 to 3.10 ---- */

struct log { u16 dict_len; u8 facility, flags_level; u16 text_len, len; u64 ts_nsec; };

enum { LOG_NOCONS = 1, LOG_NEWLINE = 2, LOG_PREFIX = 4, LOG_CONT = 8 };

#define PIECE(usec, flags, s) { .h = { .ts_nsec = (usec) * 1000, .len = 80, .facility = 0, \
				       .flags_level = 6 << 5 | (flags),			    \
				       .text_len = sizeof(s) - 1 }, .text = s }
#define LINE(usec, s) PIECE(usec, LOG_NEWLINE | LOG_PREFIX, s)

/* It went round: what is oldest stands behind, up to a header of zeros. */
union {
	struct { struct log h; char text[64]; } line[12];
	char bytes[1024];
} log_bytes = { .line = {
	[9] = LINE(0, "Booting Linux on physical CPU 0x0"),
	[10] = LINE(0, "Linux version " RELEASE),
	[11] = LINE(1500, "Kernel command line: console=ttyS0"),
	[0] = PIECE(2000, LOG_NOCONS | LOG_CONT, "pci 0000:00:01.0:"),
	[1] = PIECE(2010, LOG_CONT, " [mem 0x10000000-0x10000fff]"),
	[2] = PIECE(2020, LOG_CONT | LOG_NEWLINE, " disabled"),
	[3] = LINE(3000, "two lines\nin one record"),
} };
char *log_buf = log_bytes.bytes;
u32 log_buf_len = sizeof(log_bytes);
u32 log_first_idx = 9 * 80, log_next_idx = 4 * 80;
u64 log_first_seq = 57;

/* A line that waits for its end: until 4.8 with what the consoles were shown of it. */
struct cont { u32 len, cons; u8 flushed; char buf[52]; } cont;
