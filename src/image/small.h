/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a small vmlinux: what an extract needs of a large one. */
#ifndef IMAGE_SMALL_H
#define IMAGE_SMALL_H

#include "image/image.h"

/* Bytes at a link address. */
struct image_piece {
	uint64_t addr;
	const void *bytes;
	size_t len;
};

/* A symbol that stands elsewhere in the small vmlinux. */
struct image_moved {
	const char *name;
	uint64_t addr;
};

struct image_small {
	const struct image_piece *pieces;	/* may overlap */
	size_t nr_pieces;
	const struct image_moved *moved;
	size_t nr_moved;
	const void *btf;
	size_t btf_size;
};

/*
 * An ELF at @path with the symbols that were looked for and found, the build ID,
 * and what @what says. *ret_size: bytes written.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_write_small(struct image *image, const char *path, const struct image_small *what,
		  uint64_t *ret_size, size_t *ret_nr_symbols);

#endif
