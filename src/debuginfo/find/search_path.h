/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that nobody named: where they stand, and what belongs to what. */
#ifndef DEBUGINFO_FIND_SEARCH_PATH_H
#define DEBUGINFO_FIND_SEARCH_PATH_H

#include "base/strbuf.h"
#include "debuginfo/debuginfo_internal.h"

/* ---- search_path.c: where files usually stand ---- */

/* What to do with a file that is there; *ret_done ends the walk. */
typedef struct vmatlas_error *place_fn(void *arg, const char *path, bool *ret_done);

/* DIR/.build-id/xx/yyyy.debug in every folder of debug files. */
VMATLAS_CHECKED struct vmatlas_error *
places_of_build_id(const struct image_search *search, const char *build_id, place_fn *fn,
		   void *arg, bool *ret_done);

/* Beside @path, and where distributions put the vmlinux of @release. */
VMATLAS_CHECKED struct vmatlas_error *
places_beside(const char *path, const char *release, place_fn *fn, void *arg,
	      bool *ret_done);
VMATLAS_CHECKED struct vmatlas_error *
places_of_release(const struct image_search *search, const char *release, place_fn *fn,
		  void *arg, bool *ret_done);

/* @link of .gnu_debuglink of the file at @path. */
VMATLAS_CHECKED struct vmatlas_error *
places_of_link(const struct image_search *search, const char *path, const char *link,
	       place_fn *fn, void *arg, bool *ret_done);

/* "DIR, /usr/lib/debug, /boot, /lib/modules" for messages. */
void places_describe(const struct image_search *search, struct str *out);

/* ---- debuglink.c: the other half of a stripped vmlinux ---- */

VMATLAS_CHECKED struct vmatlas_error *
debugfile_attach(struct image *image, const struct image_search *search);

/* Name and CRC in a .gnu_debuglink section; false if it makes no sense. Pure. */
bool debuglink_parse(const struct bytes *section, bool big_endian, const char **ret_name,
		     uint32_t *ret_crc);

/* ---- debuginfod.c ---- */

/*
 * Fetch a file by its build ID, by order or with a person's consent; without either
 * *ret_path stays as it was. @what is "vmlinux" or "debug information".
 */
VMATLAS_CHECKED struct vmatlas_error *
debuginfod_fetch(const struct image_search *search, const char *build_id, const char *what,
		 char **ret_path);

#endif
