/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was read of a dump, byte by byte, with its content: the memory that the
 * answers rest on. An extract is made of it.
 */
#ifndef MEM_RECORD_H
#define MEM_RECORD_H

#include <vmatlas.h>

#include "base/err.h"

#define MEM_RECORD_PAGE 4096

struct mem_record_page {
	uint64_t paddr;
	uint8_t known[MEM_RECORD_PAGE / 8];	/* a bit per byte that was read */
	uint8_t bytes[MEM_RECORD_PAGE];		/* 0 where not */
};

struct mem_record *mem_record_new(void);
void mem_record_free(struct mem_record *r);
DEFINE_FREEP(mem_record, mem_record_free)

/* The later of two readings of a byte counts; of a dump they are equal. */
VMATLAS_CHECKED struct vmatlas_error *
mem_record_add(struct mem_record *r, uint64_t paddr, const void *bytes, size_t len);

/* By address. Good until the next mem_record_add(). */
VMATLAS_CHECKED struct vmatlas_error *
mem_record_pages(struct mem_record *r, const struct mem_record_page *const **ret, size_t *ret_nr);

/* Bytes known, of all pages. */
uint64_t mem_record_bytes(const struct mem_record *r);

#endif
