/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a purge under way? Whoever purges holds vmap_purge_lock, and the areas that it took
 * off the lists are on its stack until they are free: on no list that could be read.
 * vmap_lazy_nr counts them, too, until they are (mm/vmalloc.c, 4.9 to 7.2).
 */
#include "kernel/list.h"
#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area_lists.h"

/* What else the word has: kernel/locking/mutex.h, kernel/locking/rtmutex_common.h */
#define OWNER_FLAGS 7ull

static struct vmatlas_error *read_words(struct survey *s, uint64_t owner, uint64_t lazy_nr,
					struct purge *ret)
{
	struct vmatlas_error *err = kernel_read_ptr(s->k, owner, &ret->owner);

	if (!err)
		err = kernel_read_ptr(s->k, lazy_nr, &ret->pages);
	ret->owner = kernel_address(s->k, ret->owner & ~OWNER_FLAGS);
	ret->running = !err && kernel_is_pointer(s->k, ret->owner);
	return err;
}

/* An extract of before this was read does not hold it, and shall not ask for it either. */
void purge_state_read(struct survey *s, uint64_t owner, uint64_t lazy_nr)
{
	struct mem *mem = s->k->mem;
	const bool paused = mem->record_paused, is_extract = mem->info.is_extract;
	struct vmatlas_error *err;

	mem->record_paused |= is_extract;
	err = read_words(s, owner, lazy_nr, &s->k->records.purge);
	mem->record_paused = paused;
	if (!err && is_extract)
		err = read_words(s, owner, lazy_nr, &s->k->records.purge);
	if (err)
		s->k->records.purge = (struct purge){ 0 };
	vmatlas_error_free(err);
}

bool purge_has_list(struct kernel *k, uint64_t head)
{
	struct list_walk list;
	struct vmatlas_error *err;
	uint64_t entry;

	list_start(&list, k, head, 1);
	err = list_next(&list, &entry);
	vmatlas_error_free(err);
	return !err && entry;
}
