/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names to run-time addresses and offsets: the one way in which a symbol, a type or a
 * member of vmlinux is named. Who reads has a table of struct vmatlas_lookup, which
 * stands in the sets that kernel_open() gets, so that all cost one pass together.
 */
#ifndef KERNEL_LOOKUP_H
#define KERNEL_LOOKUP_H

#include <vmatlas-plugin.h>

#include "kernel/kernel.h"

/* A need after it was looked up: a symbol's address or a member's place. */
struct resolved {
	bool found;
	uint64_t addr;			/* symbol: run-time address */
	uint64_t offset;		/* member: bytes from the struct's start */
	uint64_t size;			/* of symbol or member, bytes */
	uint64_t count;			/* array members: elements */
	bool is_signed, is_pointer;	/* of an array, of its elements */
	uint8_t bit_shift, bit_size;	/* bit-fields: bits above .offset; 0: none */
	int64_t value;			/* enumerator */
};

/* A table of lookups of one topic. */
struct lookup_set {
	const struct vmatlas_lookup *lookups;
	const size_t *nr;
};

/*
 * Prefetch the symbols of @sets and the CPU's wants in one pass; call once with everything.
 */
VMATLAS_CHECKED struct vmatlas_error *
lookup_prefetch(struct kernel *k, const struct lookup_set *sets, size_t nr_sets);

/* Resolve; what is missing has found == false. */
VMATLAS_CHECKED struct vmatlas_error *
lookup_resolve(struct kernel *k, const struct vmatlas_lookup *needs, size_t nr,
	      struct resolved *ret);

/* Likewise; members may be bit-fields, and names enumerators. */
VMATLAS_CHECKED struct vmatlas_error *
lookup_resolve_bits(struct kernel *k, const struct vmatlas_lookup *needs, size_t nr,
		    struct resolved *ret);

/* "vm_struct.nr_pages" for messages. */
void lookup_describe(const struct vmatlas_lookup *need, struct str *out);

/* Run-time address of one symbol, as lookup_resolve() has it; NOT_FOUND if there is none. */
VMATLAS_CHECKED struct vmatlas_error *
lookup_symbol(struct kernel *k, const char *name, uint64_t *ret);

#endif
