/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Would find_vmap_area() find each area where it stands? It descends a tree by address,
 * which its list shares the order of (mm/vmalloc.c: link_va(), before 5.2
 * __insert_vmap_area()), and since 6.9 first chooses a node by address.
 */
#include <inttypes.h>

#include "kernel/vmalloc/vmap_area_lists.h"

struct vmatlas_error *area_list_check_order(const struct kernel_records *b,
					    const struct area_list *list)
{
	const struct area *area = b->areas.v + list->from;

	for (size_t i = 1; i < list->nr; i++) {
		const struct area *a = &area[i - 1], *z = &area[i];

		if (z->claim.range.first < a->claim.range.first)
			return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				"%s areas are not in order of address, so that the kernel "
				"cannot find them: number %zu of the list, vmap_area %#" PRIx64
				" at %#" PRIx64 ", comes after vmap_area %#" PRIx64 " at %#" PRIx64,
				list->state == AREA_BUSY ? "busy" : "unpurged", i + 1,
				z->rec.vmap_area, z->claim.range.first, a->rec.vmap_area,
				a->claim.range.first);
	}
	return NULL;
}

/*
 * addr_to_node_id(). An area is entered as busy where its first address belongs; one that
 * waits to be purged may be on another node (free_vmap_area_noflush()).
 */
static uint32_t node_of(uint64_t addr, uint64_t zone_size, uint32_t nr_nodes)
{
	return (uint32_t)(addr / zone_size % nr_nodes);
}

struct vmatlas_error *area_nodes_check(const struct kernel_records *b, uint64_t zone_size,
				       uint32_t nr_nodes, uint64_t *ret_record)
{
	const struct area *first = NULL;
	size_t nr_busy = 0, nr_wrong = 0;

	for (size_t i = 0; i < b->areas.nr && zone_size && nr_nodes; i++) {
		const struct area *a = &b->areas.v[i];

		if (a->state != AREA_BUSY)
			continue;
		nr_busy++;
		if (a->rec.node == node_of(a->claim.range.first, zone_size, nr_nodes))
			continue;
		if (!nr_wrong++)
			first = a;
	}
	if (!first)
		return NULL;
	*ret_record = first->rec.vmap_area;
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
		"%zu of %zu busy areas %s in another vmap_node than their address belongs to, so "
		"that the kernel cannot find %s: vmap_area %#" PRIx64 " at %#" PRIx64 " is in node "
		"%u, and %#" PRIx64 " / vmap_zone_size %#" PRIx64 " %% nr_vmap_nodes %u is %u",
		nr_wrong, nr_busy, nr_wrong == 1 ? "is" : "are", nr_wrong == 1 ? "it" : "them",
		first->rec.vmap_area, first->claim.range.first, first->rec.node,
		first->claim.range.first, zone_size, nr_nodes,
		node_of(first->claim.range.first, zone_size, nr_nodes));
}
