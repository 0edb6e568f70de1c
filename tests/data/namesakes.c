/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second file of a fake kernel, whose statics and private types have the names of
 * others that matter. Linux has such: two execmem_info, many a struct log.
 */
typedef unsigned long ulong;

struct vmap_area { char other[3]; ulong va_end, va_start; } namesake_area;
struct vm_struct { ulong flags[9]; void *addr; } namesake_vm;
struct vmap_node { struct vmap_area busy; } namesake_node;
struct addr_marker { int name, start_address; } namesake_marker;
struct module { char list; ulong name; } namesake_module;
struct kcore_list { char addr, size; } namesake_kcore;

static ulong modules[7] __attribute__((used)) = { 1, 2, 3 };
static ulong vmap_nodes[5] __attribute__((used)) = { 4, 5, 6 };
static int nr_vmap_nodes[3] __attribute__((used)) = { 77, 78, 79 };
static char kcore_vmalloc[3] __attribute__((used)) = { 7, 8, 9 };
static char address_markers[5] __attribute__((used)) = "none";

void namesakes(void)
{
}
