/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share; everyone else knocks at mem.h. */
#ifndef MEM_MEM_INTERNAL_H
#define MEM_MEM_INTERNAL_H

#include "mem/path_spec.h"
#include "mem/mem.h"

enum {
	MEM_BLOCK = 4096,		/* what the cache and the backends deal in */
	MEM_HEAD = 64,			/* bytes of a file that tell what it is */
};

extern const struct mem_ops mem_elf_ops, mem_kdump_ops, mem_raw_ops;

/* mem.c: one file, of whatever format. */
VMATLAS_CHECKED struct vmatlas_error *
mem_open_input(const struct input *in, const struct mem_opts *opts, struct mem **ret);

/* split_dump.c: several that are one dump; sentences for those that are not. */
VMATLAS_CHECKED struct vmatlas_error *
mem_open_set(const struct inputs *in, const struct mem_opts *opts, struct mem **ret);

/* "of this split dump the files with physical A-B were not given"; NULL if all were. */
VMATLAS_CHECKED struct vmatlas_error *set_lacks(const struct mem *part, const char **ret);

/* "physical", "virtual": for messages. */
static inline const char *space_name(enum mem_space space)
{
	return space == MEM_PHYSICAL ? "physical" : "virtual";
}

/* ---- file.c: bytes of the dump file, counted ---- */

void fd_closep(int *fd);

/* What there is of @len bytes at @offset; *ret_got is short at the end of the file. */
VMATLAS_CHECKED struct vmatlas_error *
file_read_some(struct mem *mem, int fd, uint64_t offset, void *buf, size_t len,
	       size_t *ret_got);

/* All @len bytes, or a FAULT that calls the file truncated. */
VMATLAS_CHECKED struct vmatlas_error *
file_read(struct mem *mem, int fd, uint64_t offset, void *buf, size_t len);

/* Is the range in the file, and was it not lost with the tail of a flattened one? */
bool file_holds(const struct mem *mem, uint64_t offset, uint64_t len);

/* Regular file or block device, not empty; else one sentence. Fills size and mtime. */
VMATLAS_CHECKED struct vmatlas_error *
file_check(int fd, uint64_t *ret_size, uint64_t *ret_mtime);

/* ---- block_cache.c ---- */

struct mem_cache *mem_cache_new(void);
void mem_cache_free(struct mem_cache *cache);

/* Keep what is read from now on, if the options ask for it. */
VMATLAS_CHECKED struct vmatlas_error *mem_record_start(struct mem *mem);

/* ---- unflatten.c: the flattened form ---- */

/*
 * Put the blocks of a flattened dump where they belong, in an unlinked file.
 * Of a file that was cut off, what is there; *ret_extents then says what that
 * is, and is NULL otherwise. *ret_wanted: bytes its last header asked for.
 */
VMATLAS_CHECKED struct vmatlas_error *
rearrange(const struct mem *mem, int fd, uint64_t size, int *ret_fd,
	  struct extents **ret_extents, uint64_t *ret_wanted);

/* ---- extents.c: which parts of a file are real ---- */

struct extents *extents_new(void);
void extents_free(struct extents *x);
DEFINE_FREEP(extents, extents_free)
/* False: out of memory, or too many pieces to be a dump. */
bool extents_add(struct extents *x, uint64_t offset, uint64_t len);
void extents_seal(struct extents *x);
bool extents_hold(const struct extents *x, uint64_t offset, uint64_t len);

#endif
