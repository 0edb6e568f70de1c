/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the parts of the vmalloc surveyor: vmap_area_lists.c, vmlist.c, purge_llist.c, list_recovery.c. */
#ifndef KERNEL_VMALLOC_VMAP_AREA_LISTS_H
#define KERNEL_VMALLOC_VMAP_AREA_LISTS_H

#include "base/hash.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area.h"

#define MAX_AREAS (1u << 24)	/* a list longer than that does not end */

/*
 * Records that recovery knows of, over all lists of one kind: the roots of a thousand damaged
 * vmap_nodes may lead to one tree, which is gone through once.
 */
struct area_seen {
	struct hash records;
	size_t nr_areas;		/* of the records' areas, how many are in it */
};

/* One list of vmap_areas, and the tree beside it that holds the same. */
struct area_walk {
	struct survey *s;
	enum area_state state;
	uint32_t node;
	uint64_t head;			/* struct list_head */
	uint64_t root;			/* struct rb_root; 0 unknown */
	uint64_t last;			/* last list entry read, going forward */
	struct area_seen *seen;		/* for area_list_recover() */
};

/* Trouble with one list or record: told, and the records are incomplete. */
VMATLAS_CHECKED struct vmatlas_error *
area_report_fault(struct survey *s, struct vmatlas_error *err, const char *code, uint64_t record);

/* The vmap_area at @record into the records; what cannot be decoded becomes a finding. */
VMATLAS_CHECKED struct vmatlas_error *area_walk_add(struct area_walk *w, uint64_t record);

/*
 * The list is broken: add whatever else its links and the tree's lead to. Areas of
 * this list are those of the records from @from on; they are put in order of address.
 */
VMATLAS_CHECKED struct vmatlas_error *area_list_recover(struct area_walk *w, size_t from);

/* CORRUPT where a list that was walked whole is not in order of address. */
VMATLAS_CHECKED struct vmatlas_error *
area_list_check_order(const struct kernel_records *b, const struct area_list *list);
/* CORRUPT where busy areas are in another vmap_node than that of their address; then
 * *ret_record is the vmap_area of the first. */
VMATLAS_CHECKED struct vmatlas_error *
area_nodes_check(const struct kernel_records *b, uint64_t zone_size, uint32_t nr_nodes,
		 uint64_t *ret_record);

/*
 * Up to 3.9: the chain at @symbol says which areas there are; what vmap_areas led to
 * is in the records already.
 */
VMATLAS_CHECKED struct vmatlas_error *vmlist_join(struct survey *s, uint64_t symbol);

/*
 * 4.7 to 5.10: the llist at @symbol of areas that wait to be purged. Up to 5.3 they
 * are in the records already, as busy ones.
 */
VMATLAS_CHECKED struct vmatlas_error *purge_llist_walk(struct survey *s, uint64_t symbol);

/*
 * Whether somebody holds the lock whose owner's word is at @owner, and how many pages are
 * counted at @lazy_nr, into the records; nothing where that cannot be read.
 */
void purge_state_read(struct survey *s, uint64_t owner, uint64_t lazy_nr);

/* A vmap_node.purge_list is not made before the node's first purge: does it hold areas? */
bool purge_has_list(struct kernel *k, uint64_t head);

#endif
