/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a small core: what was recorded of a dump, and what it says of itself. */
#ifndef MEM_COREWRITE_H
#define MEM_COREWRITE_H

#include "mem/mem.h"
#include "mem/record.h"

/*
 * An ELF core at @path: recorded pages, the rest of the memory that the dump
 * describes as segments without bytes, VMCOREINFO, the CPUs' control registers,
 * and a note "VMATLAS" with the time and host that the dump's header named.
 * @machine, @bits, @big_endian: the CPU's. *ret_size: bytes written.
 */
VMATLAS_CHECKED struct vmatlas_error *
core_write(const char *path, struct mem *mem, uint16_t machine, uint8_t bits, bool big_endian,
	   uint64_t taken, uint64_t *ret_size);

#endif
