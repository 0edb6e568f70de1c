/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the boot loader told the kernel about RAM: a flattened device tree or a
 * list of ATAGs. Pure, fuzzed.
 */
#ifndef KERNEL_RAM_FDT_ATAGS_H
#define KERNEL_RAM_FDT_ATAGS_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"

enum firmware_role {
	FIRMWARE_RAM,			/* a bank of installed RAM */
	FIRMWARE_RESERVED,		/* reserved-memory, /memreserve/ */
	FIRMWARE_INITRD,
};

struct firmware_range {
	enum firmware_role role;
	struct vmatlas_range phys;
	bool no_map;			/* never RAM for this kernel */
	char name[64];			/* of the node or tag: "/memory@0" */
};

struct firmware {
	VEC(struct firmware_range) ranges;
	char *command_line;		/* NULL if it gives none */
	char *model;
};

void firmware_done(struct firmware *f);

/* The size of a device tree by its header; 0 if it is none or of no sane size. */
uint64_t firmware_fdt_size(const uint8_t header[static 8]);

/*
 * How much of it is in use: boot loaders leave room for more behind it (QEMU a
 * megabyte). What follows may be given to firmware_parse_fdt() as zeros.
 */
enum { FIRMWARE_FDT_HEADER = 40 };
uint64_t firmware_fdt_used(const uint8_t header[static FIRMWARE_FDT_HEADER]);

/* CORRUPT if libfdt does not like it. @blob is aligned as malloc() aligns. */
VMATLAS_CHECKED struct vmatlas_error *
firmware_parse_fdt(const void *blob, size_t len, struct firmware *ret);

/* CORRUPT if the list does not begin with ATAG_CORE. */
VMATLAS_CHECKED struct vmatlas_error *
firmware_parse_atags(const uint8_t *p, size_t len, bool big_endian, struct firmware *ret);

#endif
