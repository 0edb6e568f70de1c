/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which segment of an ELF core holds an address: a binary search, since a
 * kexec dump of a large machine has thousands. Segments overlap legitimately:
 * kexec describes the kernel's text once as text and once more as RAM.
 */
#include <stdlib.h>

#include "base/compare.h"
#include "mem/elf_segments.h"

static uint64_t start_of(const struct mem_segment *s, enum mem_space space)
{
	return space == MEM_PHYSICAL ? s->paddr : s->vaddr;
}

static void sort_keys(struct segment_index *ix)
{
	uint64_t reach = 0;

	if (ix->nr > 1)
		qsort(ix->keys, ix->nr, sizeof(*ix->keys), compare_first_u64);
	for (size_t i = 0; i < ix->nr; i++) {
		reach = MAX(reach, ix->keys[i].last);
		ix->keys[i].reach = reach;
	}
}

struct vmatlas_error *segment_index_init(struct segment_index *ix,
					 const struct mem_segment *segments, size_t nr,
					 enum mem_space space)
{
	ix->nr = 0;
	ix->keys = calloc(nr ? nr : 1, sizeof(*ix->keys));
	if (!ix->keys)
		return error_no_memory();

	for (size_t i = 0; i < nr; i++) {
		const uint64_t first = start_of(&segments[i], space);
		const uint64_t size = segments[i].size;

		if (first == UINT64_MAX || size == 0)
			continue;
		/* One that would wrap ends at the top: the headers are not ours. */
		ix->keys[ix->nr++] = (struct segment_key){
			.first = first,
			.last = size - 1 > UINT64_MAX - first ? UINT64_MAX :
								first + (size - 1),
			.segment = i,
		};
	}
	sort_keys(ix);
	return NULL;
}

void segment_index_done(struct segment_index *ix)
{
	free(ix->keys);
	*ix = (struct segment_index){ 0 };
}

/* Number of keys that start at or below @addr. */
static size_t keys_below(const struct segment_index *ix, uint64_t addr)
{
	size_t first = 0, nr = ix->nr;

	while (nr > 0) {
		const size_t half = nr / 2;

		if (ix->keys[first + half].first > addr) {
			nr = half;
		} else {
			first += half + 1;
			nr -= half + 1;
		}
	}
	return first;
}

const struct mem_segment *
segment_index_find(const struct segment_index *ix, const struct mem_segment *segments,
		   uint64_t addr, uint64_t *ret_skip)
{
	const struct mem_segment *found = NULL;

	for (size_t i = keys_below(ix, addr); i > 0; i--) {
		const struct segment_key *key = &ix->keys[i - 1];
		const struct mem_segment *s = &segments[key->segment];

		if (key->reach < addr)
			break;
		if (key->last < addr || (found && addr - key->first >= s->file_size))
			continue;
		found = s;
		*ret_skip = addr - key->first;
		if (*ret_skip < s->file_size)
			break;
	}
	return found;
}
