/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same six areas on every kernel, whatever its records look like: two in use, one
 * that vfree() and one that vm_unmap_ram() left to be purged, one of vm_map_ram(), and
 * one at the top, which the CPU's file places. The gaps between them are free; so the
 * trees have seven nodes at most, of which 3 is on top, 1 and 5 below it, then the
 * even ones.
 */
#ifndef FAKE_SIX_H
#define FAKE_SIX_H

enum { IO, HASH, FREED, RAM, RAM_FREED, TOP, NR_SIX };

#define IO_AT	     VM(0x0000), VM(0x2000)
#define HASH_AT	     VM(0x4000), VM(0x9000)
#define FREED_AT     VM(0x10000), VM(0x14000)
#define RAM_AT	     VM(0x20000), VM(0x24000)
#define RAM_FREED_AT VM(0x30000), VM(0x32000)

#define VM_OF(start, end, ...) \
	{ .addr = (void *)(start), .size = (ulong)(end) - (ulong)(start), __VA_ARGS__ }
#define VM_AT(at, ...) VM_OF(at, __VA_ARGS__)

#define SIX_VM								      \
	[IO] = VM_AT(IO_AT, .flags = VM_IOREMAP, .phys_addr = 0x7fe0000,      \
		     .caller = (void *)CALLER(acpi_os_map_iomem)),	      \
	[HASH] = VM_AT(HASH_AT, .flags = VM_ALLOC, .nr_pages = 4,	      \
		       .caller = (void *)CALLER(alloc_large_system_hash)),    \
	[TOP] = VM_AT(TOP_AT, TOP_VM)

/* ---- Lists and trees of area[from..from + n - 1], n being 4, 6 or 7 ---- */

#define NODE(a, i) (&(a)[i].rb_node)
#define UP(i) ((i) & 1 ? 3 : (i) & 2 ? (i) - 1 : (i) + 1)
#define SPAN(i) ((i) == 3 ? 2 : 1)
#define TREE(a, i, n) {							      \
	.__rb_parent_color = (i) == 3 ? 1 : (ulong)NODE(a, UP(i)) + 1,		      \
	.rb_left = (i) & 1 ? NODE(a, ((i) - SPAN(i)) & 7) : NULL,		      \
	.rb_right = (i) & 1 && (i) + SPAN(i) < (n) ? NODE(a, (i) + SPAN(i)) : NULL }
#define LINKS(a, i, n, head) {						      \
	.next = (i) + 1 < (n) ? &(a)[(i) + 1].list : &(head),		      \
	.prev = (i) > 0 ? &(a)[((i) - 1) & 7].list : &(head) }
#define ROOT(a) { NODE(a, 3) }
#define HEAD(a, n) { &(a)[0].list, &(a)[(n) - 1].list }

#define AREA_OF(start, end, ...) { .va_start = (start), .va_end = (end), __VA_ARGS__ }
#define AREA_AT(at, ...) AREA_OF(at, __VA_ARGS__)

/* ---- Free space, since 5.2: all of the address space but its first and last byte ---- */

#define START_OF(start, end) (start)
#define END_OF(start, end) (end)
#define START(at) START_OF(at)
#define END(at) END_OF(at)

#define FREE(i, start, end, most)					      \
	[i] = AREA_OF(start, end, .rb_node = TREE(free_area, i, 7),	      \
		      .list = LINKS(free_area, i, 7, free_vmap_area_list),    \
		      .subtree_max_size = (most))
#define FREE_LEAF(i, start, end) FREE(i, start, end, (ulong)(end) - (ulong)(start))

/* The lowest gap is the largest, the one below the top area next. */
#define SIX_FREE							      \
	FREE_LEAF(0, 1ul, START(IO_AT)),				      \
	FREE(1, END(IO_AT), START(HASH_AT), START(IO_AT) - 1),		      \
	FREE_LEAF(2, END(HASH_AT), START(FREED_AT)),			      \
	FREE(3, END(FREED_AT), START(RAM_AT), START(IO_AT) - 1),	      \
	FREE_LEAF(4, END(RAM_AT), START(RAM_FREED_AT)),			      \
	FREE(5, END(RAM_FREED_AT), START(TOP_AT), START(TOP_AT) - END(RAM_FREED_AT)), \
	FREE_LEAF(6, END(TOP_AT), -1ul)

/* What a story damages, as further initialisers: ", [4].va_end = ..." */
#ifndef FREE_DAMAGE
#define FREE_DAMAGE
#endif
#ifndef AREA_DAMAGE
#define AREA_DAMAGE
#endif

#define FREE_SPACE							      \
	extern struct vmap_area free_area[];				      \
	struct list_head free_vmap_area_list = HEAD(free_area, 7);	      \
	struct rb_root free_vmap_area_root = ROOT(free_area);		      \
	struct vmap_area free_area[] IN_SLAB = { SIX_FREE FREE_DAMAGE }

#endif
