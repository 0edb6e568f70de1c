/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of a compressed kdump (or diskdump) in a buffer. Pure; fuzzed. */
#ifndef MEM_KDUMP_HEADER_H
#define MEM_KDUMP_HEADER_H

#include <vmatlas.h>

#include "base/error.h"

/* disk_dump_header.status, makedumpfile 1.7.2 diskdump_mod.h */
enum diskdump_status {
	DISKDUMP_ZLIB = 1,
	DISKDUMP_LZO = 2,
	DISKDUMP_SNAPPY = 4,
	DISKDUMP_INCOMPLETE = 8,
	DISKDUMP_ZSTD = 0x20,
};

enum {
	DISKDUMP_HEAD_SIZE = 464,	/* what diskdump_head_parse() needs of a file */
	DISKDUMP_SUB_SIZE = 104,
	DISKDUMP_DESC_SIZE = 24,
};

struct diskdump_part {
	uint64_t offset, size;		/* in the file; size 0: none */
};

struct diskdump_head {
	bool is_kdump;			/* has a sub-header we know */
	uint8_t bits;			/* width of long where the file was written */
	bool big_endian;
	int32_t version;
	char release[65], node[65], machine[65];	/* printable or "" */
	uint64_t taken;			/* seconds since 1970; 0 */
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_blocks;
	uint32_t bitmap_blocks;
	uint64_t max_mapnr;		/* pages described, from 0 */

	/* from the sub-header */
	bool padded;			/* 64-bit members aligned, as on 32-bit ARM */
	bool split;			/* holds only pages first_pfn .. end_pfn - 1 */
	uint64_t first_pfn, end_pfn;
	struct diskdump_part vmcoreinfo, notes;
};

struct diskdump_desc {
	uint64_t offset;
	uint32_t size, flags;
};

bool diskdump_probe(const uint8_t *p, size_t len);

/* FORMAT for headers that no dump has. */
VMATLAS_CHECKED struct vmatlas_error *
diskdump_head_parse(const uint8_t *p, size_t len, struct diskdump_head *ret);

/* @p: DISKDUMP_SUB_SIZE bytes from file offset block_size. */
void diskdump_sub_parse(const uint8_t *p, struct diskdump_head *h);

/* "kdump (lzo)", ", flattened" after it if so; a constant. */
const char *diskdump_format(const struct diskdump_head *h, bool flattened);

/* EM_* of a utsname machine ("armv7l"); 0 unknown. */
uint16_t diskdump_machine(const char *uts_machine);

struct diskdump_desc diskdump_desc_parse(const struct diskdump_head *h, const uint8_t *p);

#endif
