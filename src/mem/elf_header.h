/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELF headers in a buffer, both classes and byte orders. Pure; fuzzed. */
#ifndef MEM_ELF_HEADER_H
#define MEM_ELF_HEADER_H

#include <vmatlas.h>

#include "base/error.h"

struct elf_head {
	uint8_t bits;
	bool big_endian;
	uint16_t type, machine;
	uint64_t phoff, shoff;
	uint32_t nr_phdrs;		/* PN_XNUM: see elf_head_xnum() */
	uint16_t phdr_size;		/* stride in the table */
};

struct elf_phdr {
	uint32_t type;
	uint64_t offset, vaddr, paddr;	/* addresses: UINT64_MAX unknown */
	uint64_t file_size, mem_size;
};

bool elf_probe(const uint8_t *p, size_t len);

/* FORMAT, one sentence, for a header that is cut off or not a core file's. */
VMATLAS_CHECKED struct vmatlas_error *
elf_head_parse(const uint8_t *p, size_t len, struct elf_head *ret);

/* More than 65534 segments: the number is in the first section header. */
bool elf_head_xnum(const struct elf_head *h);
size_t elf_shdr_size(const struct elf_head *h);
uint32_t elf_shdr_xnum(const struct elf_head *h, const uint8_t *p);

/* @p: elf_phdr_size() bytes at least. */
size_t elf_phdr_size(const struct elf_head *h);
struct elf_phdr elf_phdr_parse(const struct elf_head *h, const uint8_t *p);

#endif
