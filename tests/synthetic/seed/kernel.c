/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The board that vmatlas began with: 2.6.36, 512 MiB at 0x40000000, of which
 * lowmem takes 384 MiB, for VMALLOC_END is 0xe0000000 and 128 MiB below it are
 * vmalloc's. kernels.mk gives the addresses of its sections to the linker.
 */
#define LOWMEM_MIB 384
#define LOWMEM_SECTIONS SECTIONS128(0) SECTIONS128(128) SECTIONS128(256)
#define VM_IS_PRIVATE
#define HAS_VMLIST
#define MORE_FUNCTIONS(X) X(s5p_timer_init)
#define VMALLOC_MIB 0xd88
#define VMALLOC_PTES [0] = 0xe2500000 + DEVICE, \
	[3] = PTES4(0x44000000 + PAGE), PTES4(0x44004000 + PAGE)
#include "arm.h"
#include "v2_6_28.h"

void *vmalloc_min IN_INIT = (void *)(0xe0000000 - (128 << 20));

struct vm_struct vm[] IN_SLAB = {
	VM_OF(0xd8800000, 0x2000, .flags = VM_IOREMAP, .phys_addr = 0xe2500000,
	      .caller = (void *)CALLER(s5p_timer_init), .next = &vm[1]),
	VM_OF(0xd8803000, 0x9000, .flags = VM_ALLOC, .nr_pages = 8,
	      .caller = (void *)CALLER(load_module)),
};

VMLIST(&vm[0]);

#define HEAD &vmap_area_list

struct vmap_area area[] IN_SLAB = {
	AREA(0xd8800000, 0xd8802000, HEAD, &area[1].list, .private = &vm[0],
	     .flags = VM_VM_AREA),
	AREA(0xd8803000, 0xd880c000, &area[0].list, HEAD, .private = &vm[1],
	     .flags = VM_VM_AREA),
};
struct list_head vmap_area_list = { &area[0].list, &area[1].list };

struct module {
	u32 core_text_size, init_text_size, core_size, init_size;
	void *module_core, *module_init;
	char name[60];
	struct list_head list;
	u32 state;
} *last_module_loaded;
struct list_head modules = EMPTY_LIST(modules);

/* ---- The log: text, up to 3.4; log_end counts all that was ever written ---- */

#define LOG								      \
	"<5>Linux version " RELEASE "\n"				      \
	"<4>CPU: ARMv7 Processor [412fc082] revision 2 (ARMv7), cr=10c53c7f\n" \
	"<4>Truncating RAM at 40000000-5fffffff to -57ffffff (vmalloc region overlap)\n" \
	"<5>Kernel command line: console=ttySAC0,115200 mem=512M\n"	      \
	"<6>Memory: 384MB = 384MB total\n"				      \
	"<5>Memory: 385876k/385876k available, 7340k reserved, 0K highmem\n"

char log_bytes[4096] = LOG;
char *log_buf = log_bytes;
int log_buf_len = sizeof(log_bytes);
u32 log_end = sizeof(LOG) - 1;

char command_line[] = "console=ttySAC0,115200 mem=512M";
char *saved_command_line = command_line;
