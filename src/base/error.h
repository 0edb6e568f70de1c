/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error values: see vmatlas_error_new() and friends in the public header. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <vmatlas.h>

#include "base/cleanup.h"

DEFINE_FREEP(vmatlas_error, vmatlas_error_free)

struct vmatlas_error *error_no_memory(void);

/* "what: strerror(errno)" with the code SYSTEM. Keeps errno. */
VMATLAS_CHECKED VMATLAS_PRINTF(1, 2)
struct vmatlas_error *error_system(const char *fmt, ...);

static inline bool error_is(const struct vmatlas_error *err, uint32_t code)
{
	return err && vmatlas_error_code(err) == code;
}

/*
 * Trouble that lies in the dump, not in us: becomes a finding or a coverage
 * line, and the work goes on.
 */
static inline bool error_is_kernel_trouble(const struct vmatlas_error *err)
{
	return error_is(err, VMATLAS_ERROR_FAULT) || error_is(err, VMATLAS_ERROR_CORRUPT);
}

#endif
