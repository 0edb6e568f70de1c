/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A typed array that grows: VEC(struct claim) claims; p = vec_push(&claims); */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stdlib.h>

#define VEC(type) struct { type *v; size_t nr, cap; }

/* A zeroed new last element, or NULL. Moves the array: keep indices, not pointers. */
#define vec_push(vec) ({                                                      \
	__typeof__((vec)->v) pushed_ = NULL;                                  \
	if (vec_grow_((void **)&(vec)->v, &(vec)->cap, (vec)->nr, sizeof(*(vec)->v))) { \
		pushed_ = &(vec)->v[(vec)->nr++];                             \
		*pushed_ = (__typeof__(*pushed_)){ 0 };                       \
	}                                                                     \
	pushed_;                                                              \
})

#define vec_done(vec) do { free((vec)->v); (vec)->v = NULL; (vec)->nr = (vec)->cap = 0; } while (0)

static inline bool vec_grow_(void **v, size_t *cap, size_t nr, size_t size)
{
	size_t want = *cap ? *cap * 2 : 16;
	void *grown;

	if (nr < *cap)
		return true;
	if (want > ((size_t)1 << 40) / size)
		return false;
	grown = realloc(*v, want * size);
	if (!grown)
		return false;
	*v = grown;
	*cap = want;
	return true;
}

#endif
