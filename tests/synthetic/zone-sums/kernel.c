/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of two zones the second says that it manages a page more than it has. What is behind
 * nr_zones is not looked at. totalram_pages is told by what zones say that are right.
 */
#define STORY_FUNCTIONS(X) X(build_all_zonelists) X(kernel_restart)
#include "v6_1.h"

enum system_states { SYSTEM_BOOTING, SYSTEM_SCHEDULING, SYSTEM_FREEING_INITMEM, SYSTEM_RUNNING };
enum system_states system_state = SYSTEM_RUNNING;

typedef struct { long counter; } atomic_long_t;

struct zone {
	ulong present_pages, lowmem_reserve[4], spanned_pages;
	atomic_long_t managed_pages;
	ulong zone_start_pfn;
};

typedef struct pglist_data {
	int nr_zones;
	ulong node_spanned_pages, node_present_pages, node_start_pfn;
	struct zone node_zones[4];
} pg_data_t;

struct pglist_data contig_page_data = {
	.nr_zones = 2, .node_start_pfn = 1, .node_spanned_pages = 0x9fff,
	.node_present_pages = 0xf00 + 0x8000,
	.node_zones = {
		{ .zone_start_pfn = 1, .spanned_pages = 0xfff, .present_pages = 0xf00,
		  .managed_pages = { 0xe00 } },
		{ .zone_start_pfn = 0x1000, .spanned_pages = 0x9000, .present_pages = 0x8000,
		  .managed_pages = { 0x8001 } },
		{ .present_pages = 77 },
	},
};
atomic_long_t _totalram_pages = { 0xe00 + 0x8001 };

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
