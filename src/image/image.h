/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The door to vmlinux: what the files say, at link addresses. Knows ELF and
 * DWARF; knows nothing of dumps, KASLR or Linux.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <vmatlas.h>

#include "base/err.h"

struct image;

struct image_info {
	const char *path;
	char build_id[41];		/* hex; "" if vmlinux has none */
	uint64_t build_id_addr;		/* link address of the ID's bytes, 0: none */
	uint16_t machine;		/* EM_* */
	uint8_t bits;			/* 32 or 64 */
	bool big_endian;
	bool has_debug_info;
	uint64_t entry;			/* e_entry */
};

struct image_symbol {
	uint64_t addr;			/* link address; Thumb bit cleared */
	uint64_t size;			/* st_size; 0 unknown */
	bool is_absolute;		/* SHN_ABS: no KASLR slide */
	bool is_thumb;			/* an ARM function whose bit 0 was set */
	bool is_function;
};

struct image_member {
	uint64_t offset;		/* bytes from the start of the struct */
	uint64_t size;			/* bytes; of the whole array for arrays */
	uint64_t count;			/* elements, 0: no array, or a flexible one */
	bool is_signed;
	bool is_pointer;
};

/*
 * Is @fd (of @path) a vmlinux by content: ELF of type EXEC or DYN (REL for
 * nothing of ours)? Cheap: reads the header.
 */
bool image_probe(int fd);

VMATLAS_CHECKED struct vmatlas_error *
image_open(const char *path, struct image **ret);
void image_free(struct image *image);
DEFINE_FREEP(image, image_free)

const struct image_info *image_info(const struct image *image);

/*
 * Look for @names in one pass over .symtab and remember the answers, found or
 * not. Names that were not prefetched cost a pass of their own; so prefetch the
 * functions that image_member() will be given, too ("vfree|vunmap" is two names).
 */
VMATLAS_CHECKED struct vmatlas_error *
image_prefetch(struct image *image, const char *const *names, size_t nr);

/*
 * MISSING if there is none. A static whose name got a suffix ("markers.0",
 * "foo.llvm.1") answers to its plain name if nothing has that name exactly. Of
 * several, a global one wins, then the one whose size is @want_size (0: any).
 */
VMATLAS_CHECKED struct vmatlas_error *
image_symbol(struct image *image, const char *name, uint64_t want_size,
	     struct image_symbol *ret);

/*
 * Types are looked up in the compile unit of a function, since structs of the
 * same name in other files may differ. @near is one function or several
 * ("vfree|vunmap"), the first that exists counts. MISSING if there is no such
 * function, tag or member. @member may descend: "busy.head"; members of anonymous
 * structs and unions are found; "" gives the struct itself (its size). Array
 * elements: "ranges[]" is one element, "ranges[].start" a member of it.
 * @tag may also be a typedef. Bit-fields are MISSING: they have no bytes of their
 * own. Of an array, is_signed and is_pointer speak of the elements.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_member(struct image *image, const char *near, const char *tag,
	     const char *member, struct image_member *ret);

/* Value of an enumerator in the unit of @near. */
VMATLAS_CHECKED struct vmatlas_error *
image_enumerator(struct image *image, const char *near, const char *name,
		 int64_t *ret);

/* Bytes that the file holds at a link address; FAULT if it holds none there. */
VMATLAS_CHECKED struct vmatlas_error *
image_read(struct image *image, uint64_t addr, void *buf, size_t len);

#endif
