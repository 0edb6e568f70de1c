/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small words every file uses: guards on owned things, sizes, extremes. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

/* A guard "free_fnp" for pointers of a type: _cleanup_(mem_freep) struct mem *m = NULL; */
#define DEFINE_FREEP(type, free_fn)                                           \
	static inline void free_fn##p(struct type **p) { free_fn(*p); }

/* Hand a guarded pointer over: the guard then finds NULL and does nothing. */
#define take(p) ({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })

static inline void freep(void *p)
{
	free(*(void **)p);
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define MAX(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define container_of(p, type, member)                                         \
	((type *)((char *)(p) - offsetof(type, member)))

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define TIB(n) ((uint64_t)(n) << 40)

static inline uint64_t align_down(uint64_t x, uint64_t a)
{
	return x & ~(a - 1);
}

static inline uint64_t align_up(uint64_t x, uint64_t a)
{
	return (x + a - 1) & ~(a - 1);
}

#endif
