/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bookkeeping of 5.11 to 6.8: one list of busy areas, one of areas to be
 * purged. A story takes the healthy areas and damages some of them:
 *
 *	struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
 *	struct vmap_area area[] IN_SLAB = {
 *		HEALTHY_AREAS,
 *		[2].va_end = VM(0x7000),	// the damage
 *	};
 *	LISTS(area[0], area[NR_AREAS - 1]);
 */
#ifndef FAKE_V6_1_H
#define FAKE_V6_1_H

/* The 4 MiB of BIG, one after the other, and its array of pages. */
#define MORE_PTES [16] = PTES16(0xa010000 + PAGE), PTES32(0xa020000 + PAGE), \
	PTES64(0xa040000 + PAGE), PTES128(0xa080000 + PAGE), PTES256(0xa100000 + PAGE)
#define SECOND_PTES PTES256(0xa200000 + PAGE), PTES256(0xa300000 + PAGE)
#define THIRD_PTES PTES16(0xa400000 + PAGE), [0x12] = 0xb000000 + PAGE, 0xb001000 + PAGE
#include "x86_64.h"

/* include/linux/vmalloc.h */
#define VM_IOREMAP 0x1
#define VM_ALLOC   0x2
#define VM_MAP	   0x4

struct vm_struct {
	const void *caller;
	u64 phys_addr;
	u32 nr_pages, page_order;
	ulong flags;
	struct page **pages;
	ulong size;
	void *addr;
	struct vm_struct *next;
};

struct vmap_area {
	union {
		ulong subtree_max_size;
		struct vm_struct *vm;
	};
	struct list_head list;
	ulong va_end;
	struct rb_node rb_node;
	ulong va_start;
};

extern struct vm_struct vm[];
extern struct vmap_area area[];
extern struct list_head vmap_area_list, purge_vmap_area_list;
extern struct rb_root vmap_area_root;

/* ---- Seven busy areas ---- */

enum { ACPI, HASH, BIG, BIG_PAGES, RAM, PERCPU, MODULE_AREA, NR_AREAS };

#define VM_OF(i, start, bytes, ...) [i] = { .addr = (void *)(start), .size = (bytes), __VA_ARGS__ }

#define HEALTHY_VM							      \
	VM_OF(ACPI, VM(0x0000), 0x2000, .flags = VM_IOREMAP, .phys_addr = 0x7fe0000, \
	      .caller = (void *)CALLER(acpi_os_map_iomem)),		      \
	VM_OF(HASH, VM(0x4000), 0x5000, .flags = VM_ALLOC, .nr_pages = 4,     \
	      .caller = (void *)CALLER(alloc_large_system_hash)),	      \
	VM_OF(BIG, VM(0x10000), 0x401000, .flags = VM_ALLOC, .nr_pages = 1024, \
	      .pages = (void *)VM(0x412000), .caller = (void *)MODULE(0x123)), \
	VM_OF(BIG_PAGES, VM(0x412000), 0x3000, .flags = VM_ALLOC, .nr_pages = 2, \
	      .caller = (void *)MODULE(0x123)),				      \
	VM_OF(PERCPU, VM(0x800000), 0x400000, .flags = VM_ALLOC,	      \
	      .caller = (void *)CALLER(pcpu_get_vm_areas)),		      \
	VM_OF(MODULE_AREA, MODULE(0), 0x5000, .flags = VM_ALLOC, .nr_pages = 4, \
	      .caller = (void *)CALLER(load_module))

/* In the order of their index; a story may cut the list and tie it anew. */
#define LINKS(i) {							      \
	.next = (i) + 1 < NR_AREAS ? &area[((i) + 1) % NR_AREAS].list : &vmap_area_list, \
	.prev = (i) > 0 ? &area[((i) + NR_AREAS - 1) % NR_AREAS].list : &vmap_area_list }

/*
 * And in a tree of seven, by address: 3 on top, 1 and 5 below it, then the even
 * ones. All are black: addresses are odd by one.
 */
#define NODE(i) (&area[(i) & 7].rb_node)
#define UP(i) ((i) & 1 ? 3 : (i) & 2 ? (i) - 1 : (i) + 1)
#define SPAN(i) ((i) == 3 ? 2 : 1)
#define TREE(i) {							      \
	.__rb_parent_color = (i) == 3 ? 1 : (ulong)NODE(UP(i)) + 1,			      \
	.rb_left = (i) & 1 ? NODE((i) - SPAN(i)) : NULL,			      \
	.rb_right = (i) & 1 ? NODE((i) + SPAN(i)) : NULL }

#define AREA(i, start, end, ...)					      \
	[i] = { .va_start = (start), .va_end = (end), .list = LINKS(i),	      \
		.rb_node = TREE(i), __VA_ARGS__ }

#define HEALTHY_AREAS							      \
	AREA(ACPI, VM(0x0000), VM(0x2000), .vm = &vm[ACPI]),		      \
	AREA(HASH, VM(0x4000), VM(0x9000), .vm = &vm[HASH]),		      \
	AREA(BIG, VM(0x10000), VM(0x411000), .vm = &vm[BIG]),		      \
	AREA(BIG_PAGES, VM(0x412000), VM(0x415000), .vm = &vm[BIG_PAGES]),    \
	AREA(RAM, VM(0x420000), VM(0x424000), .vm = NULL),		      \
	AREA(PERCPU, VM(0x800000), VM(0xc00000), .vm = &vm[PERCPU]),	      \
	AREA(MODULE_AREA, MODULE(0), MODULE(0x5000), .vm = &vm[MODULE_AREA])

#define LISTS(first, last)						      \
	struct rb_root vmap_area_root = { NODE(3) };			      \
	struct list_head vmap_area_list = { &(first).list, &(last).list }

/* A story with lazily freed areas defines its own. */
#define NOTHING_TO_PURGE \
	struct list_head purge_vmap_area_list = EMPTY_LIST(purge_vmap_area_list)

/* ---- One module, its symbols in its own memory ---- */

struct module_layout { u32 text_size; void *base; u32 size; };
typedef struct { u32 name; u8 info, other; u16 section; ulong value, size; } elf64_sym;
struct mod_kallsyms { char *typetab; u32 num_symtab; char *strtab; elf64_sym *symtab; };

struct module {
	struct mod_kallsyms *kallsyms;
	struct module_layout init_layout, core_layout;
	char name[56];
	struct list_head list;
	u32 state;
};

u8 fakemod_text[0x1000] IN_MODULE;
elf64_sym fakemod_symtab[] IN_MODULE = {
	{ 0 },
	{ .name = 1, .info = 0x12, .section = 1, .value = MODULE(0x100) },	/* fake_open */
	{ .name = 11, .info = 0x12, .section = 1, .value = MODULE(0x180) },	/* fake_read */
};
char fakemod_strtab[] IN_MODULE = "\0fake_open\0fake_read";
char fakemod_typetab[] IN_MODULE = "?tt";
struct mod_kallsyms fakemod_kallsyms IN_MODULE = {
	.symtab = fakemod_symtab, .num_symtab = ARRAY_SIZE(fakemod_symtab),
	.strtab = fakemod_strtab, .typetab = fakemod_typetab,
};

#ifndef FAKEMOD_SIZE
#define FAKEMOD_SIZE 0x4000
#endif

extern struct list_head modules;
struct module fakemod IN_MODULE = {
	.name = "fakemod", .kallsyms = &fakemod_kallsyms,
	.core_layout = { .base = (void *)MODULE(0), .size = FAKEMOD_SIZE, .text_size = 0x1000 },
	.list = { &modules, &modules },
};
struct list_head modules = { &fakemod.list, &fakemod.list };

#include "log_ring.h"

#endif
